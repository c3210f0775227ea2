import type { Link } from '../../ports/link.js'

/** Two ends of one link within a process. Nothing is lost, and nothing arrives while it is still being sent. */
export function memoryLinkPair(): readonly [Link, Link] {
  const left = new MemoryLink()
  const right = new MemoryLink()
  left.peer = right
  right.peer = left
  return [left, right]
}

class MemoryLink implements Link {
  peer: MemoryLink | undefined
  private listener: ((text: string) => void) | undefined
  private closed = false

  send(text: string): void {
    // A task of its own, not a microtask: two ends that answer each other must not keep timers and files waiting.
    if (!this.closed) setImmediate(() => this.peer?.receive(text))
  }

  listen(listener: (text: string) => void): void {
    this.listener = listener
  }

  async close(): Promise<void> {
    this.closed = true
    this.listener = undefined
  }

  private receive(text: string): void {
    if (!this.closed) this.listener?.(text)
  }
}
