/**
 * When a replay advances. Where the recording tells when it was advanced (or closed its bars) by the same step, it is advanced just
 * so; otherwise before the first row that is stamped at or after a boundary. Stamps that are behind move nothing, and a stretch in
 * which nothing came is passed in one advance: after it nothing of before is remembered but memory that needs no steps.
 */
export class ReplayClock {
  private readonly stepMs: number
  private readonly isTold: boolean
  private advancedMs: number | undefined

  constructor({ stepMs, isTold }: { readonly stepMs: number; readonly isTold: boolean }) {
    this.stepMs = stepMs
    this.isTold = isTold
  }

  /** Time of the last advance, UTC ms; undefined before the first. */
  get timeMs(): number | undefined {
    return this.advancedMs
  }

  /** The times to advance to before a row of this stamp is taken. */
  *before(atMs: number): Generator<number, void, void> {
    const { stepMs } = this
    const boundaryMs = Math.floor(atMs / stepMs) * stepMs
    // A lost book may be without a time.
    if (atMs <= 0) return
    if (this.advancedMs === undefined) {
      // A recording that tells its advances begins with one; rows before it were not taken when it was made either.
      if (!this.isTold) yield this.to(boundaryMs)
      return
    }
    // What a recording tells has its time; a stamp far ahead of it says that advances are missing from there on.
    if (this.isTold && atMs - this.advancedMs <= stepMs + AHEAD_MS) return
    if (boundaryMs - this.advancedMs > SILENCE_MS) yield this.to(boundaryMs)
    while (this.advancedMs < boundaryMs) yield this.to(this.advancedMs + stepMs)
  }

  /** The same for a boundary that is told. */
  *told(tMs: number): Generator<number, void, void> {
    if (!this.isTold || (this.advancedMs !== undefined && tMs <= this.advancedMs)) return
    yield this.to(tMs)
  }

  /** After the last row: what came since the last boundary counts by the next. */
  *end(): Generator<number, void, void> {
    if (!this.isTold && this.advancedMs !== undefined) yield this.to(this.advancedMs + this.stepMs)
  }

  private to(tMs: number): number {
    this.advancedMs = tMs
    return tMs
  }
}

/** The furthest that what is told may be ahead of an observer's time. */
const AHEAD_MS = 5_000
/** Longer than anything is remembered that steps through time would show: buffers hold five minutes. */
const SILENCE_MS = 600_000
