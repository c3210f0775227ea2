/**
 * How far the liquidations of the last minute, quote currency, are from those of the hour before, in standard deviations, clipped to
 * ±10. Minutes without any count with 0. Source: spec, "Analysis: liquidation z".
 */
export class LiquidationZ {
  /** Liquidations of the last minute that made room for later ones. */
  dropped = 0
  private readonly minuteUsd = new Float64Array(MINUTES_KEPT)
  /** Which minute each place holds. */
  private readonly minutes = new Float64Array(MINUTES_KEPT).fill(Number.NEGATIVE_INFINITY)
  private readonly lastTsMs = new Float64Array(LAST_MAX)
  private readonly lastUsd = new Float64Array(LAST_MAX)
  private lastCount = 0
  private newestMs = Number.NEGATIVE_INFINITY

  /** In any order; what belongs to a minute that is forgotten counts nowhere. */
  add(tsMs: number, usd: number): void {
    const minute = Math.floor(tsMs / MINUTE_MS)
    const place = minute % MINUTES_KEPT
    if (minute < this.minutes[place]!) return
    if (minute > this.minutes[place]!) {
      this.minutes[place] = minute
      this.minuteUsd[place] = 0
    }
    this.minuteUsd[place] = this.minuteUsd[place]! + usd
    this.keepLast(tsMs, usd)
  }

  /** As of a time, having been told everything since another, UTC ms; undefined until that is 62 minutes ago. */
  at({ nowMs, sinceMs }: { readonly nowMs: number; readonly sinceMs: number }): number | undefined {
    if (nowMs - sinceMs < WARM_UP_MS) return undefined
    const { mean, deviation } = this.baseline(Math.floor(nowMs / MINUTE_MS))
    const away = this.usdOfLastMinute(nowMs) - mean
    if (away === 0) return 0
    if (deviation === 0) return away > 0 ? Z_MAX : -Z_MAX
    return Math.max(-Z_MAX, Math.min(Z_MAX, away / deviation))
  }

  private baseline(minute: number): { readonly mean: number; readonly deviation: number } {
    const [from, to] = [minute - BASELINE_MINUTES - 1, minute - 2]
    const first = this.usdOf(from)
    let sum = 0
    let isConstant = true
    for (let m = from; m <= to; m++) {
      const usd = this.usdOf(m)
      sum += usd
      if (usd !== first) isConstant = false
    }
    // The mean of equal numbers is theirs, whatever the sum was rounded to.
    if (isConstant) return { mean: first, deviation: 0 }
    const mean = sum / BASELINE_MINUTES
    let squares = 0
    for (let m = from; m <= to; m++) squares += (this.usdOf(m) - mean) ** 2
    return { mean, deviation: Math.sqrt(squares / BASELINE_MINUTES) }
  }

  private usdOf(minute: number): number {
    const place = minute % MINUTES_KEPT
    return this.minutes[place] === minute ? this.minuteUsd[place]! : 0
  }

  private usdOfLastMinute(nowMs: number): number {
    let usd = 0
    for (let i = 0; i < this.lastCount; i++) {
      const tsMs = this.lastTsMs[i]!
      if (tsMs > nowMs - MINUTE_MS && tsMs <= nowMs) usd += this.lastUsd[i]!
    }
    return usd
  }

  /** By time; those beyond a minute before the newest leave first. */
  private keepLast(tsMs: number, usd: number): void {
    this.newestMs = Math.max(this.newestMs, tsMs)
    if (tsMs <= this.newestMs - MINUTE_MS) return
    if (this.lastCount === LAST_MAX) this.makeRoom()
    let at = this.lastCount++
    while (at > 0 && this.lastTsMs[at - 1]! > tsMs) {
      this.lastTsMs[at] = this.lastTsMs[at - 1]!
      this.lastUsd[at] = this.lastUsd[at - 1]!
      at--
    }
    this.lastTsMs[at] = tsMs
    this.lastUsd[at] = usd
  }

  private makeRoom(): void {
    let gone = 0
    while (gone < LAST_MAX && this.lastTsMs[gone]! <= this.newestMs - MINUTE_MS) gone++
    if (gone === 0) {
      this.dropped++
      gone = 1
    }
    this.lastTsMs.copyWithin(0, gone)
    this.lastUsd.copyWithin(0, gone)
    this.lastCount -= gone
  }
}

const MINUTE_MS = 60_000

/** Whole minutes that the last one is compared with: the hour that ended a minute before the present one began. */
const BASELINE_MINUTES = 60

/** Nothing is known until so much has been heard: the first minute of the baseline is a whole one by then. */
const WARM_UP_MS = 62 * MINUTE_MS

/** Minutes whose sums are kept: the baseline, the last one and the present one. */
const MINUTES_KEPT = BASELINE_MINUTES + 2

/** Liquidations of the last minute that are kept. */
const LAST_MAX = 1_024

const Z_MAX = 10
