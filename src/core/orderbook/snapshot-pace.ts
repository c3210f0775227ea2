/** Pace of asking for snapshots of one symbol, ms. Source: spec "Books and features". */
export const SNAPSHOT_PACE = Object.freeze({
  apartMs: 1_000,
  backoffMs: 500,
  backoffMsMax: 30_000,
})

/**
 * Which snapshot is being waited for, and when the next may be asked for. There is one request at a time; its id goes out with
 * the request, and only the answer with that id counts.
 */
export class SnapshotPace {
  private lastId = 0
  private outstandingId: number | undefined
  private lastDueMs = Number.NEGATIVE_INFINITY
  /** Answers since the book was last live that did not make it so. */
  private failures = 0

  /** The next request: its id, and how long from now it is due. */
  ask(nowMs: number): { readonly requestId: number; readonly afterMs: number } {
    const { apartMs, backoffMs, backoffMsMax } = SNAPSHOT_PACE
    const waitMs = this.failures === 0 ? 0 : Math.min(backoffMs * 2 ** (this.failures - 1), backoffMsMax)
    const dueMs = Math.max(nowMs + waitMs, this.lastDueMs + apartMs)
    this.lastDueMs = dueMs
    this.outstandingId = ++this.lastId
    return { requestId: this.outstandingId, afterMs: dueMs - nowMs }
  }

  /** The request that is out; undefined when none is. */
  get waitingFor(): number | undefined {
    return this.outstandingId
  }

  /** Whether an answer is the one that is waited for; from then on none is. */
  takes(requestId: number): boolean {
    if (requestId !== this.outstandingId) return false
    this.outstandingId = undefined
    return true
  }

  failed(): void {
    this.failures++
  }

  live(): void {
    this.failures = 0
  }

  /** The request is void: its answer does not count. */
  giveUp(): void {
    this.outstandingId = undefined
  }
}
