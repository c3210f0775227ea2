import type { DueTime } from '../../../ports/prices.js'

/** How late, ms after the due time; a percentile is at most 1 % too high. */
export interface Lateness {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

export interface DriftReport {
  readonly scans: number
  readonly started: Lateness
  readonly finished: Lateness
  /** Scans that finished when the next one was already due. */
  readonly behind: number
}

/** How far the scans of a paced run fall behind their schedule, in bounded memory however long it runs. */
export class ScheduleDrift {
  private readonly started = new LatenessHistogram()
  private readonly finished = new LatenessHistogram()
  private behind = 0

  /** @returns by how many ms the scan finished after the next one was due; not positive: it was in time. */
  add(due: DueTime, at: { readonly startedMs: number; readonly finishedMs: number }): number {
    const lateMs = at.finishedMs - due.atMs
    this.started.add(at.startedMs - due.atMs)
    this.finished.add(lateMs)
    const behindMs = lateMs - due.intervalMs
    if (behindMs > 0) this.behind++
    return behindMs
  }

  /** `undefined` when nothing was due. */
  report(): DriftReport | undefined {
    if (this.started.total === 0) return undefined
    return {
      scans: this.started.total,
      started: this.started.report(),
      finished: this.finished.report(),
      behind: this.behind,
    }
  }
}

/** Buckets whose upper ends grow by 1 %, from 0.01 ms to a year. */
const FIRST_MS = 0.01
const GROWTH = Math.log(1.01)
const BUCKETS = Math.ceil(Math.log(3.2e10 / FIRST_MS) / GROWTH) + 1

class LatenessHistogram {
  total = 0
  private maxMs = 0
  private readonly counts = new Uint32Array(BUCKETS)

  add(lateMs: number): void {
    // A timer may fire a fraction of a millisecond early; that is not late.
    const ms = Math.max(0, lateMs)
    const bucket = ms <= FIRST_MS ? 0 : Math.ceil(Math.log(ms / FIRST_MS) / GROWTH)
    this.counts[Math.min(bucket, BUCKETS - 1)]!++
    this.total++
    if (ms > this.maxMs) this.maxMs = ms
  }

  report(): Lateness {
    return { p50Ms: this.percentile(0.5), p99Ms: this.percentile(0.99), maxMs: this.maxMs }
  }

  /** The upper end of the bucket that holds the value of this rank, and never more than the maximum. */
  private percentile(share: number): number {
    const rank = Math.ceil(share * this.total)
    let seen = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.counts[bucket]!
      if (seen >= rank) return Math.min(this.maxMs, FIRST_MS * Math.exp(bucket * GROWTH))
    }
    return this.maxMs
  }
}
