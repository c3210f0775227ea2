import type { SymbolDay } from '../../ports/klines.js'
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

/** Taker buy over taker sell volume of a day; undefined where the input does not say, or nothing was sold. */
export function takerRatio({ volume, takerBuyVolume }: SymbolDay): number | undefined {
  if (volume === undefined || takerBuyVolume === undefined) return undefined
  let bought = 0
  let sold = 0
  for (let i = 0; i < volume.length; i++) {
    if (!Number.isFinite(volume[i]!) || !Number.isFinite(takerBuyVolume[i]!)) continue
    bought += takerBuyVolume[i]!
    sold += volume[i]! - takerBuyVolume[i]!
  }
  return sold > 0 ? bought / sold : undefined
}

function medianOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null && Number.isFinite(value)) as number[]
  return known.length === 0 ? null : median(known)
}
