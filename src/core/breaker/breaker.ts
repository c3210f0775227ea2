import { assert, unreachable } from '../../base/assert.js'
import type { IsoDate } from '../../base/utc-date.js'
import { percentileOfSorted } from '../numeric/percentile.js'

/** The breaker's frozen constants. Source: system bible §10.2 and §19.2; OB-4's gain: §9.4. */
export const ACB = Object.freeze({
  BETA_HIGH: 0.8,
  BETA_LOW: 0.2,
  /** Percent of the w750 velocities that lie below the threshold. */
  W750_THRESHOLD_PCT: 60,
  FUNDING_VERY_BEARISH: -0.0001,
  FUNDING_BEARISH: 0,
  DVOL_EXTREME: 80,
  DVOL_ELEVATED: 55,
  FNG_EXTREME_FEAR: 25,
  FNG_FEAR: 40,
  TAKER_SELLING: 0.8,
  TAKER_MILD_SELLING: 0.9,
  SIGNALS_MIN: 1,
  BOOST_GAIN: 0.5,
  /** With fewer prior dates than this an expanding threshold would be noise. */
  EXPANDING_DATES_MIN: 5,
  STRESS_BETA_GAIN: 0.25,
})

/**
 * What was known of a date at 00:00 UTC. A missing (or not finite) factor contributes nothing.
 * Funding is a rate per settlement, DVOL an index in volatility points, Fear & Greed 0 … 100, taker the ratio of
 * BTCUSDT taker buy volume to taker sell volume of the day before.
 */
export interface DailyFactors {
  /** Rate per settlement, a fraction. */
  readonly fundingBtc?: number | null
  /** Volatility points. */
  readonly dvolBtc?: number | null
  /** 0 to 100. */
  readonly fng?: number | null
  /** Ratio of volumes. */
  readonly taker?: number | null
}

/**
 * Over which dates the w750 threshold is taken: those before the day (the default), every date of the table, the future
 * included (what the source did; it looks ahead), or a number given beforehand.
 */
export type BetaPolicy = 'expanding' | 'full-sample' | 'fixed'

export interface BreakerTable {
  readonly factors: ReadonlyMap<IsoDate, DailyFactors>
  /** Velocity of the 750-bar λmax as known at 00:00 UTC of the date; null where it is not known. */
  readonly w750: ReadonlyMap<IsoDate, number | null>
  readonly betaPolicy: BetaPolicy
  /** Required by, and only read under, the `fixed` policy. */
  readonly fixedThreshold?: number
}

export interface DayBoost {
  /** Leverage multiplier of the day, ≥ 1. */
  readonly boost: number
  /** How much of the signal strength is added on top, 0.2 or 0.8. */
  readonly beta: number
  /** Bearish signals counted, 0 … 4 in halves. */
  readonly signals: number
  /** The w750 threshold of the day; null where the policy has too little to take one from. */
  readonly threshold: number | null
}

/** The daily breaker (ACB v6), scales 1 and 3. Engine semantics, section 10. */
export class DailyBreaker {
  private readonly known: readonly { readonly date: IsoDate; readonly velocity: number }[]
  private readonly fullSampleThreshold: number | null

  constructor(private readonly table: BreakerTable) {
    assert(
      table.betaPolicy !== 'fixed' || Number.isFinite(table.fixedThreshold),
      'the fixed beta policy has a finite threshold',
    )
    this.known = [...table.w750]
      .flatMap(([date, velocity]) => (velocity !== null && Number.isFinite(velocity) ? [{ date, velocity }] : []))
      .sort((a, b) => (a.date < b.date ? -1 : 1))
    this.fullSampleThreshold = thresholdOf(this.known)
  }

  /** A date without a row has boost 1; a date whose velocity is not known has the low beta. */
  boostForDate(date: IsoDate): DayBoost {
    const signals = bearishSignals(this.table.factors.get(date) ?? {})
    const threshold = this.thresholdFor(date)
    const velocity = this.table.w750.get(date) ?? Number.NaN
    const beta = threshold !== null && velocity >= threshold ? ACB.BETA_HIGH : ACB.BETA_LOW
    return { boost: boostOfSignals(signals), beta, signals, threshold }
  }

  private thresholdFor(date: IsoDate): number | null {
    const { betaPolicy, fixedThreshold } = this.table
    switch (betaPolicy) {
      case 'fixed':
        return fixedThreshold!
      case 'full-sample':
        return this.fullSampleThreshold
      case 'expanding': {
        const before = this.known.filter((row) => row.date < date)
        return before.length < ACB.EXPANDING_DATES_MIN ? null : thresholdOf(before)
      }
      default:
        return unreachable(betaPolicy)
    }
  }
}

/** Scale 1: the bearish signals of a date, 0 … 4. Fear & Greed counts only when another factor confirms it. */
export function bearishSignals(factors: DailyFactors): number {
  const funding = weight(
    factors.fundingBtc,
    (rate) => rate < ACB.FUNDING_VERY_BEARISH,
    (rate) => rate < ACB.FUNDING_BEARISH,
  )
  const dvol = weight(
    factors.dvolBtc,
    (index) => index > ACB.DVOL_EXTREME,
    (index) => index > ACB.DVOL_ELEVATED,
  )
  const taker = weight(
    factors.taker,
    (ratio) => ratio < ACB.TAKER_SELLING,
    (ratio) => ratio < ACB.TAKER_MILD_SELLING,
  )
  const confirming = funding + dvol + taker
  if (confirming === 0) return 0
  return (
    confirming +
    weight(
      factors.fng,
      (index) => index < ACB.FNG_EXTREME_FEAR,
      (index) => index < ACB.FNG_FEAR,
    )
  )
}

/** Scale 1: the boost of a signal count; half a signal alone moves nothing. */
export function boostOfSignals(signals: number): number {
  return signals >= ACB.SIGNALS_MIN ? 1 + ACB.BOOST_GAIN * Math.log1p(signals) : 1
}

/** OB-4: liquidity stress raises a computed beta by up to a quarter. `stressShare` is 0 … 1, see `withdrawalShare`. */
export function orderBookBeta(
  beta: number,
  market: { readonly regimeSignal: number; readonly stressShare: number },
): number {
  return market.regimeSignal === 1 ? beta * (1 + ACB.STRESS_BETA_GAIN * market.stressShare) : beta
}

function weight(
  value: number | null | undefined,
  extreme: (value: number) => boolean,
  mild: (value: number) => boolean,
): number {
  if (value === null || value === undefined || !Number.isFinite(value)) return 0
  if (extreme(value)) return 1
  return mild(value) ? 0.5 : 0
}

function thresholdOf(rows: readonly { readonly velocity: number }[]): number | null {
  if (rows.length === 0) return null
  const ascending = Float64Array.from(rows, (row) => row.velocity).sort()
  return percentileOfSorted(ascending, ACB.W750_THRESHOLD_PCT / 100)
}
