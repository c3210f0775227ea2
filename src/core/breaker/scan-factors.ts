import { dateOfEpochDay, epochDay, type IsoDate } from '../../base/utc-date.js'
import type { FactorScanDay } from '../../ports/factor-scans.js'
import type { BreakerTable, DailyFactors } from './breaker.js'
import { medianOfFirstScans, medianOfLastScans, SCANS_PER_DATE } from './daily-factors.js'

/**
 * Which scans a date's w750 velocity is the median of: the last ten before 00:00 UTC of the date, or the date's own first
 * ten, as the source does, which looks ahead by their time. Engine semantics, section 10.
 */
export const W750_SCANS = ['last-10', 'first-10'] as const
export type W750Scans = (typeof W750_SCANS)[number]

/** The w750 velocities of the scans at both ends of a date, in their order; null where undefined. */
export interface W750Day {
  readonly firstW750: readonly (number | null)[]
  readonly lastW750: readonly (number | null)[]
}

/**
 * The breaker's rows out of the scans of dates: factors are the medians of a date's first ten scans, as the source reads
 * them. With `last-10` the date after the last has a velocity, too.
 */
export function scanFactors(
  scanDays: readonly FactorScanDay[],
  which: W750Scans,
): Pick<BreakerTable, 'factors' | 'w750'> {
  const factors = new Map<IsoDate, DailyFactors>()
  const days = new Map(scanDays.map((day) => [day.date, day]))
  for (const { date, first } of scanDays) {
    factors.set(date, {
      fundingBtc: medianOfFirstScans(first.map((scan) => scan.funding_btc)),
      dvolBtc: medianOfFirstScans(first.map((scan) => scan.dvol_btc)),
      fng: medianOfFirstScans(first.map((scan) => scan.fng)),
      taker: medianOfFirstScans(first.map((scan) => scan.taker)),
    })
  }
  const dates = new Set(scanDays.map(({ date }) => date))
  if (which === 'last-10') for (const { date } of scanDays) dates.add(dateOfEpochDay(epochDay(date) + 1))
  const w750 = new Map(
    [...dates].sort().map((date) => [date, w750OfDate((day) => days.get(day), date, which)] as const),
  )
  return { factors, w750 }
}

/** A date's w750 velocity; null where none of its scans has one. `dayOf` answers undefined for a date without scans. */
export function w750OfDate(
  dayOf: (date: IsoDate) => W750Day | undefined,
  date: IsoDate,
  which: W750Scans,
): number | null {
  if (which === 'first-10') return medianOfFirstScans(dayOf(date)?.firstW750 ?? [])
  const scans: (number | null)[] = []
  // A short day gives fewer than ten, and the day before it the rest.
  for (let day = epochDay(date) - 1; scans.length < SCANS_PER_DATE; day--) {
    const before = dayOf(dateOfEpochDay(day))
    if (before === undefined) break
    scans.unshift(...before.lastW750.slice(-(SCANS_PER_DATE - scans.length)))
  }
  return medianOfLastScans(scans)
}
