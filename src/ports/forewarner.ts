import type { IsoDate } from '../base/utc-date.js'

export interface ForewarnerQuery {
  readonly date: IsoDate
  /** `max_leverage × day boost`: the leverage the day would trade with. */
  readonly maxLeverage: number
}

/** Where a report comes from: a model on real evidence, or a conservative fallback. Source: system bible §28.6. */
export type ForewarnerSource = 'REAL_MODEL' | 'FALLBACK_NO_DATA' | 'FALLBACK_ERROR'

export interface ForewarnerReport {
  /** Share of simulated paths with a catastrophic drawdown, 0 … 1. */
  readonly catastrophicProbability: number
  /** Distance of the 5 % tail from the envelope: 1 safe, 0 at its edge, −2 far outside. */
  readonly envelopeScore: number
  readonly source: ForewarnerSource
}

/** Assessed once per day, off the bar loop. A throw or a report that is not finite counts as RED. */
export interface Forewarner {
  assess(query: ForewarnerQuery): ForewarnerReport
}
