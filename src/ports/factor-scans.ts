import type { IsoDate } from '../base/utc-date.js'

/** What a scan's indicators tell, and the velocity of its 750-step window. Units: engine semantics, section 10. */
export const SCAN_FACTORS = ['funding_btc', 'dvol_btc', 'fng', 'taker', 'w750'] as const
export type ScanFactor = (typeof SCAN_FACTORS)[number]

/** The scans of one UTC date that its factors are made of, each list in the order of the scans; null where a scan has no value. */
export interface FactorScanDay {
  readonly date: IsoDate
  /** Indicators of the first scans. */
  readonly first: readonly Readonly<Record<Exclude<ScanFactor, 'w750'>, number | null>>[]
  /** The velocity of the first scans, and of the last ones. */
  readonly firstW750: readonly (number | null)[]
  readonly lastW750: readonly (number | null)[]
}
