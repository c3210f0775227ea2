import { median } from '../numeric/percentile.js'

/** How many scans make a date's value. Source: system bible §10.2. */
export const SCANS_PER_DATE = 10

/** Median over the first ten scans of a date, missing ones left out; null when none of the ten has a value. */
export function medianOfFirstScans(scans: readonly (number | null)[]): number | null {
  return medianOfKnown(scans.slice(0, SCANS_PER_DATE))
}

/** Median over the last ten scans before a date, missing ones left out; null when none of the ten has a value. */
export function medianOfLastScans(scans: readonly (number | null)[]): number | null {
  return medianOfKnown(scans.slice(-SCANS_PER_DATE))
}

function medianOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null && Number.isFinite(value)) as number[]
  return known.length === 0 ? null : median(known)
}
