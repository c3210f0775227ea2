import type { Timer } from '../../ports/clock.js'
import type { Link } from '../../ports/link.js'

/** Two ends of a link that takes `delayMs` of a timer's time; nothing is lost. */
export function delayedLinkPair(timer: Timer, delayMs: number): readonly [Link, Link] {
  const left = new DelayedLink(timer, delayMs)
  const right = new DelayedLink(timer, delayMs)
  left.peer = right
  right.peer = left
  return [left, right]
}

class DelayedLink implements Link {
  peer: DelayedLink | undefined
  private readonly timer: Timer
  private readonly delayMs: number
  private listener: ((text: string) => void) | undefined
  private closed = false

  constructor(timer: Timer, delayMs: number) {
    this.timer = timer
    this.delayMs = delayMs
  }

  send(text: string): void {
    if (!this.closed) this.timer.at(this.timer.epochMs() + this.delayMs, () => this.peer?.listener?.(text))
  }

  listen(listener: (text: string) => void): void {
    this.listener = listener
  }

  async close(): Promise<void> {
    this.closed = true
    this.listener = undefined
  }
}
