import { dateOfEpochDay, epochDay, type IsoDate, MS_PER_DAY } from '../../base/utc-date.js'
import { unlikeFactor } from '../../ports/factor-scans.js'
import type { DailyFactors } from './breaker.js'

/** When a date's row is fixed, ms after 00:00 UTC: until then what is stamped at or before 00:00 may still arrive. */
export const ROW_FIXED_MS = 300_000

/** How old each factor may be at 00:00, ms; older is missing. Source: spec "External factors". */
export const FACTOR_AGE_MAX_MS = Object.freeze({
  funding_btc: 9 * 3_600_000,
  dvol_btc: 2 * 3_600_000,
  fng: 36 * 3_600_000,
  taker: 2 * 3_600_000,
})

export type FactorName = keyof typeof FACTOR_AGE_MAX_MS

/** A factor as its source stamped it. */
export interface StampedFactor {
  readonly factor: FactorName
  readonly value: number
  /** UTC ms. */
  readonly atMs: number
}

/** With the time at which it became known, UTC ms. */
export interface ArrivedFactor extends StampedFactor {
  readonly arrivedAtMs: number
}

/**
 * Rows of dates out of factors as they arrive: of each the newest that was stamped at or before 00:00 UTC of the date and had
 * arrived by 00:05, unless it was too old at 00:00. What arrives later changes the rows of later dates alone. Spec: "Day row of
 * the factors".
 */
export class DayFactors {
  /** By the first day whose 00:00 a factor's stamp does not exceed. */
  private readonly held = new Map<FactorName, Map<number, ArrivedFactor>>()

  /** Whether a row may have changed by it. A value that cannot be the factor is not taken. */
  take(factor: StampedFactor, nowMs: number): boolean {
    const { value, atMs } = factor
    if (!Number.isFinite(atMs) || !Number.isFinite(value)) return false
    if (unlikeFactor(factor.factor, value) !== undefined || atMs > nowMs + FUTURE_MAX_MS) return false
    // The row of its own 00:00 may be fixed; then it is known to the next one.
    const firstOpen = Math.ceil((nowMs - ROW_FIXED_MS) / MS_PER_DAY)
    const day = Math.max(Math.ceil(atMs / MS_PER_DAY), firstOpen)
    const byDay = this.held.get(factor.factor) ?? new Map<number, ArrivedFactor>()
    this.held.set(factor.factor, byDay)
    const before = byDay.get(day)
    if (before !== undefined && (before.atMs > atMs || (before.atMs === atMs && before.value === value))) return false
    byDay.set(day, { ...factor, arrivedAtMs: nowMs })
    for (const old of byDay.keys()) if (old < day - DAYS_KEPT) byDay.delete(old)
    return true
  }

  /** The row of a date; a factor that is not known is absent. */
  rowOf(date: IsoDate): DailyFactors {
    const known = (factor: FactorName) => this.known(factor, date)?.value
    const [fundingBtc, dvolBtc, fng, taker] = [known('funding_btc'), known('dvol_btc'), known('fng'), known('taker')]
    return {
      ...(fundingBtc === undefined ? {} : { fundingBtc }),
      ...(dvolBtc === undefined ? {} : { dvolBtc }),
      ...(fng === undefined ? {} : { fng }),
      ...(taker === undefined ? {} : { taker }),
    }
  }

  /** What the row of a date rests on for one factor; undefined where that is not known. */
  known(factor: FactorName, date: IsoDate): StampedFactor | undefined {
    const day = epochDay(date)
    let newest: StampedFactor | undefined
    for (const [known, held] of this.held.get(factor) ?? []) {
      if (known <= day && (newest === undefined || held.atMs > newest.atMs)) newest = held
    }
    if (newest === undefined || day * MS_PER_DAY - newest.atMs > FACTOR_AGE_MAX_MS[factor]) return undefined
    return newest
  }

  /** What rows of the last days and the next one may rest on. Taken again at the times at which they arrived, they give the same rows. */
  arrivals(factor: FactorName): readonly ArrivedFactor[] {
    return [...(this.held.get(factor)?.values() ?? [])]
  }
}

/** A stamp further ahead is somebody's wrong clock. */
const FUTURE_MAX_MS = 60_000
/** The oldest value that may still count is 36 h old. */
const DAYS_KEPT = 3

/** The UTC date of a moment. */
export function dateOfMs(epochMs: number): IsoDate {
  return dateOfEpochDay(Math.floor(epochMs / MS_PER_DAY))
}
