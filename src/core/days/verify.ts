import { present } from '../../base/present.js'
import { isPrice } from '../../base/price.js'
import type { IsoDate } from '../../base/utc-date.js'
import type { DayColumns } from '../../ports/days.js'
import type { Finding } from './finding.js'
import { NO_BARS } from './incomplete-days.js'
import { barFindings, type Coverage, coverageOf } from './verify-bars.js'
import { priceFindings } from './verify-prices.js'
import { signalFindings } from './verify-signal.js'

/** Where suspicion begins. */
export interface VerifyLimits {
  /** Largest believable move of an asset from one bar to the next, as a fraction. */
  readonly maxJump: number
  /** Largest believable |vel_div|; recorded minutes stay below 0.3, the source's corrupt file held 1.2. */
  readonly maxVelDiv: number
}

export const VERIFY_LIMITS: VerifyLimits = Object.freeze({ maxJump: 0.2, maxVelDiv: 0.5 })

/** What a day says about itself, kept to compare days with each other. */
export interface DaySummary {
  readonly date: IsoDate
  readonly bars: number
  /** Absent without timestamps, or where they are not in order. */
  readonly coverage?: Coverage
  readonly assets: readonly string[]
  /** First and last valid price of each asset, NaN where it has none. */
  readonly firstPrices: readonly number[]
  readonly lastPrices: readonly number[]
}

export interface DayVerification {
  readonly summary: DaySummary
  readonly findings: readonly Finding[]
}

/**
 * Checks one day: time order, gaps and completeness, `vel_div` against its velocities, prices. Read it with the eigen
 * columns, else `vel_div` cannot be checked and a finding says so. Pure; a few ms for 17,280 bars of 50 assets.
 */
export function verifyDay(columns: DayColumns, limits: VerifyLimits = VERIFY_LIMITS): DayVerification {
  const { date, bars, assets, prices } = columns
  const coverage = coverageOf(columns)
  const summary: DaySummary = {
    date,
    bars,
    ...present({ coverage }),
    assets,
    firstPrices: prices.map((column) => column.find(isPrice) ?? Number.NaN),
    lastPrices: prices.map((column) => column.findLast(isPrice) ?? Number.NaN),
  }
  if (bars === 0) {
    return { summary, findings: [NO_BARS] }
  }
  const findings = [
    ...barFindings(columns, coverage),
    ...signalFindings(columns, limits.maxVelDiv),
    ...priceFindings(columns, limits.maxJump),
  ]
  return { summary, findings }
}
