import type { IsoDate } from '../base/utc-date.js'

/** What a scan's indicators tell, and the velocity of its 750-step window. Units: engine semantics, section 10. */
export const SCAN_FACTORS = ['funding_btc', 'dvol_btc', 'fng', 'taker', 'w750'] as const
export type ScanFactor = (typeof SCAN_FACTORS)[number]

/** What each factor can be; beyond, it is another quantity or another unit. Units: engine semantics, section 10. */
const RANGES: Readonly<Record<ScanFactor, { readonly min: number; readonly max: number; readonly expected: string }>> =
  {
    // Exchanges cap the rate of 8 hours at 3 %; a percentage, or a rate of a year, lies beyond.
    funding_btc: {
      min: -0.05,
      max: 0.05,
      expected: 'a funding rate as a fraction, from -0.05 to 0.05 (0.0001 is 0.01 %)',
    },
    dvol_btc: { min: 0, max: 1_000, expected: 'an index from 0 to 1000' },
    fng: { min: 0, max: 100, expected: 'an index from 0 to 100' },
    taker: { min: 0, max: Number.MAX_VALUE, expected: 'a ratio of 0 or more' },
    w750: { min: -Number.MAX_VALUE, max: Number.MAX_VALUE, expected: 'a velocity' },
  }

/** What was expected of a factor that `value` cannot be; undefined where it can. */
export function unlikeFactor(factor: ScanFactor, value: number): string | undefined {
  const { min, max, expected } = RANGES[factor]
  return value >= min && value <= max ? undefined : expected
}

/** The scans of one UTC date that its factors are made of, each list in the order of the scans; null where a scan has no value. */
export interface FactorScanDay {
  readonly date: IsoDate
  /** Indicators of the first scans. */
  readonly first: readonly Readonly<Record<Exclude<ScanFactor, 'w750'>, number | null>>[]
  /** The velocity of the first scans, and of the last ones. */
  readonly firstW750: readonly (number | null)[]
  readonly lastW750: readonly (number | null)[]
}
