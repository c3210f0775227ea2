/** All in ms. Source: spec, "/status". */
export interface MarketLimits {
  /** A bar later than this after its own time is stale. */
  readonly lagMaxMs: number
  /** The last bar is stale when it came longer ago than this. */
  readonly scanAgeMaxMs: number
  /** Fresh again: every lag at most this … */
  readonly freshLagMaxMs: number
  /** … for this long. */
  readonly freshForMs: number
}

export const MARKET_LIMITS: MarketLimits = {
  lagMaxMs: 2000,
  scanAgeMaxMs: 10_000,
  freshLagMaxMs: 500,
  freshForMs: 60_000,
}

/** Whether market data can be relied on: stale at once, fresh only after a while. Not durable: after a restart it learns anew. */
export class MarketWatch {
  lagMs: number | null = null
  lastBarMs: number | null = null
  private isStaleNow = false
  private freshSinceMs: number | null = null

  constructor(private readonly limits: MarketLimits) {}

  /** When the last bar becomes too old. */
  get dueMs(): number {
    if (this.lastBarMs === null || this.isStaleNow) return Number.POSITIVE_INFINITY
    return this.lastBarMs + this.limits.scanAgeMaxMs + 1
  }

  get isStale(): boolean {
    return this.isStaleNow
  }

  /**
   * Lag of the last bar and its age as the contract of `/status` counts them: where bars come by another pace than a live
   * feed's, and later ones are no failure, without what that pace excuses. Null before the first.
   */
  get contractLagMs(): number | null {
    return this.lagMs === null ? null : Math.max(0, this.lagMs - (this.limits.lagMaxMs - MARKET_LIMITS.lagMaxMs))
  }

  contractAgeMs(nowMs: number): number | null {
    if (this.lastBarMs === null) return null
    return Math.max(0, nowMs - this.lastBarMs - (this.limits.scanAgeMaxMs - MARKET_LIMITS.scanAgeMaxMs))
  }

  /** Recovered from staleness, or never stale since the first bar. */
  isFresh(nowMs: number): boolean {
    const { freshSinceMs } = this
    return !this.isStaleNow && freshSinceMs !== null && nowMs - freshSinceMs >= this.limits.freshForMs
  }

  /** Takes in a bar; what is wrong with its lag, or undefined. */
  bar(timestampMs: number, nowMs: number): string | undefined {
    this.lagMs = Math.max(0, nowMs - timestampMs)
    this.lastBarMs = nowMs
    if (this.lagMs > this.limits.freshLagMaxMs) this.freshSinceMs = null
    else this.freshSinceMs ??= nowMs
    this.isStaleNow = this.lagMs > this.limits.lagMaxMs
    return this.isStaleNow ? `a bar came ${this.lagMs} ms after its time` : undefined
  }

  /** What has become stale by now; undefined when nothing has, or had already. */
  time(nowMs: number): string | undefined {
    if (nowMs < this.dueMs) return undefined
    this.isStaleNow = true
    this.freshSinceMs = null
    return `no bar for ${nowMs - this.lastBarMs!} ms`
  }
}
