import type { MemoryClient } from './memory-client.js'

/** A lock as all clients share it. Those who wait get it in the order in which they came. */
export class StoredLock {
  private held: { readonly by: MemoryClient; readonly fence: bigint } | undefined
  private readonly waiting = new Set<Waiting>()

  /** @param nextFence gives a higher one every time. */
  constructor(private readonly nextFence: () => bigint) {}

  /** Undefined while somebody has it. */
  acquire(by: MemoryClient): bigint | undefined {
    if (this.held !== undefined) return undefined
    const fence = this.nextFence()
    this.held = { by, fence }
    return fence
  }

  /** Gives it to `by` when those before have had it. Answers how to stop waiting. */
  wait(by: MemoryClient, give: (fence: bigint) => void): () => void {
    const waiting: Waiting = { by, give }
    this.waiting.add(waiting)
    return () => this.waiting.delete(waiting)
  }

  /** Whether `by` had it under that token. */
  release(by: MemoryClient, fence: bigint): boolean {
    if (this.held?.by !== by || this.held.fence !== fence) return false
    this.held = undefined
    const [next] = this.waiting
    if (next !== undefined) next.give(this.acquire(next.by)!)
    return true
  }

  /** Lets go of it if `by` has it. */
  leave(by: MemoryClient): void {
    if (this.held?.by === by) this.release(by, this.held.fence)
  }
}

interface Waiting {
  readonly by: MemoryClient
  readonly give: (fence: bigint) => void
}
