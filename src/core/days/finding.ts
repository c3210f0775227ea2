import type { IsoDate } from '../../base/utc-date.js'

/** How bad: an `error` makes a day unfit for a run, a `warning` wants a look, `info` is for the record. */
export type Severity = 'error' | 'warning' | 'info'

/** What was looked at. Stable names: scripts filter by them. */
export type Check =
  | 'unreadable'
  | 'checksum'
  | 'no-bars'
  | 'no-timestamps'
  | 'timestamp-missing'
  | 'timestamp-order'
  | 'timestamp-outside-day'
  | 'gap'
  | 'short-day'
  | 'stale-file'
  | 'few-bars'
  | 'step-change'
  | 'scan-number'
  | 'vel-div-unchecked'
  | 'vel-div-mismatch'
  | 'vel-div-undefined'
  | 'vel-div-infinite'
  | 'vel-div-outlier'
  | 'no-assets'
  | 'other-column'
  | 'price-invalid'
  | 'price-missing'
  | 'price-jump'
  | 'price-constant'
  | 'missing-date'
  | 'universe-change'

/** One thing found in a day, or between days. */
export interface Finding {
  readonly severity: Severity
  readonly check: Check
  /** One sentence: what was expected and what was found. */
  readonly message: string
  /** First row concerned, counted from 0. */
  readonly row?: number
  readonly column?: string
  /** Number of rows (or dates, or columns) concerned. */
  readonly count: number
}

/** A finding between days, filed under the later one. */
export interface DatedFinding extends Finding {
  readonly date: IsoDate
}
