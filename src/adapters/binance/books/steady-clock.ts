/**
 * The exchange's clock for whoever closes bars by it: it never goes back. It is not followed at once when it leaps ahead of the
 * clock here, since what it has once read it would have to be waited for; while nothing is known of it any more, it stands.
 */
export class SteadyClock {
  /** The exchange's clock less the local one, as far as it is believed. */
  private offsetMs: number | undefined
  /** Until when a leap is not followed, local time. */
  private doubtedUntilMs: number | undefined
  private lastMs: number | undefined

  /** @param exchangeMs what is known at `nowMs`; undefined: nothing. Answers what is believed; undefined before anything was known. */
  read(exchangeMs: number | undefined, nowMs: number): number | undefined {
    if (exchangeMs === undefined) return this.lastMs
    this.believe(exchangeMs - nowMs, nowMs)
    this.lastMs = Math.max(this.lastMs ?? Number.NEGATIVE_INFINITY, nowMs + this.offsetMs!)
    return this.lastMs
  }

  private believe(offsetMs: number, nowMs: number): void {
    if (this.offsetMs !== undefined && offsetMs - this.offsetMs >= LEAP_MIN_MS) {
      this.doubtedUntilMs ??= nowMs + LEAP_DOUBTED_MS
      if (nowMs < this.doubtedUntilMs) return
    }
    this.doubtedUntilMs = undefined
    this.offsetMs = offsetMs
  }
}

/** How far it goes ahead when that is not how well it is known, and for how long it must. */
const LEAP_MIN_MS = 5_000
const LEAP_DOUBTED_MS = 60_000
