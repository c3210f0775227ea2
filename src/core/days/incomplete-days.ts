import { dateOfEpochDay, epochDay, type IsoDate } from '../../base/utc-date.js'
import { lowerMedian } from '../numeric/percentile.js'
import type { DatedFinding, Finding } from './finding.js'
import type { Coverage } from './verify-bars.js'

/** What a day says about how much of it there is. */
export interface DayExtent {
  readonly date: IsoDate
  readonly bars: number
  /** Absent without timestamps, or where they are not in order. */
  readonly coverage?: Coverage
}

/**
 * What is missing between days, and of days beside their neighbours: dates without a file, files that end before their day
 * does, files with far fewer bars than those around them. Days come in order of date; `unreadable` are dates whose file is
 * there. A run and `dolphin data verify` both say what this finds.
 */
export function incompleteDays(days: readonly DayExtent[], unreadable: readonly IsoDate[] = []): DatedFinding[] {
  const dates = [...days.map((day) => day.date), ...unreadable].sort()
  const stale = staleFindings(days)
  const told = new Set(stale.map(({ date }) => date))
  const few = days.flatMap((day, i) => (told.has(day.date) ? [] : fewBars(day, neighboursOf(days, i))))
  return [...missingDates(dates), ...stale, ...few].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
}

/**
 * {@link incompleteDays} of a run, files without bars, and how its only day ends where there is no other to hold it against: a
 * run's last figure is of that moment.
 */
export function incompleteRun(days: readonly DayExtent[], unreadable: readonly IsoDate[]): DatedFinding[] {
  const empty = days.filter(({ bars }) => bars === 0).map(({ date }): DatedFinding => ({ date, ...NO_BARS }))
  const findings = [...incompleteDays(days, unreadable), ...empty]
  const [only] = days
  if (days.length !== 1 || only?.coverage === undefined) return findings
  const { missingAfter: count, expectedBars } = only.coverage
  if (count <= STALE_SHARE * expectedBars) return findings
  const message = `ends ${count} bars before its day does`
  return [
    ...findings,
    { date: only.date, severity: 'warning', check: 'stale-file', message, column: 'timestamp', count },
  ]
}

/** A file that is there and says nothing. */
export const NO_BARS: Finding = { severity: 'warning', check: 'no-bars', message: 'the file holds no bars', count: 1 }

/** A tail longer than the other days' by this share of a day is a file from before the day's end. */
const STALE_SHARE = 0.01
/** A day with less than this share of its neighbours' bars lacks some. */
const FEW_SHARE = 0.8
/** So many days before a day and after it are its neighbours. */
const NEIGHBOURS = 3
/** Steps that differ by less are the same clock. */
export const STEP_TOLERANCE = 0.01

/**
 * A file written before its day ended lacks the tail that the other days have. The source's own incident: a day cached
 * at midday, 435 scans short, silently worth 2.5 points of return. Source: system bible §2.
 */
function staleFindings(days: readonly DayExtent[]): DatedFinding[] {
  const tails = days.flatMap(({ coverage }) => (coverage === undefined ? [] : [coverage.missingAfter]))
  if (tails.length < 2) return []
  const usual = lowerMedian(tails)!
  return days.flatMap(({ date, coverage }) => {
    if (coverage === undefined) return []
    const lacking = coverage.missingAfter - usual
    if (lacking <= STALE_SHARE * coverage.expectedBars) return []
    const message = `ends ${lacking} bars earlier than the other days: a file from before the day's end?`
    return [{ date, severity: 'warning', check: 'stale-file', message, column: 'timestamp', count: lacking }]
  })
}

/** Bars at another step say nothing about how many a day should have. */
function fewBars({ date, bars, coverage }: DayExtent, neighbours: readonly DayExtent[]): DatedFinding[] {
  const alike = neighbours.filter((day) => day.bars > 0 && isSameStep(day.coverage, coverage))
  const usual = lowerMedian(alike.map((day) => day.bars))
  if (bars === 0 || usual === undefined || bars >= FEW_SHARE * usual) return []
  const message = `${bars} bars, where the days around it have ${usual}`
  return [{ date, severity: 'warning', check: 'few-bars', message, count: usual - bars }]
}

function isSameStep(a: Coverage | undefined, b: Coverage | undefined): boolean {
  if (a === undefined || b === undefined) return true
  return Math.abs(a.stepNs / b.stepNs - 1) <= STEP_TOLERANCE
}

function neighboursOf(days: readonly DayExtent[], i: number): DayExtent[] {
  return [...days.slice(Math.max(0, i - NEIGHBOURS), i), ...days.slice(i + 1, i + 1 + NEIGHBOURS)]
}

function missingDates(dates: readonly IsoDate[]): DatedFinding[] {
  return dates.flatMap((date, i) => {
    const count = i === 0 ? 0 : epochDay(date) - epochDay(dates[i - 1]!) - 1
    if (count <= 0) return []
    const first = dateOfEpochDay(epochDay(date) - count)
    const message =
      count === 1
        ? `no file for ${first}`
        : `no files for ${count} dates, ${first} … ${dateOfEpochDay(epochDay(date) - 1)}`
    return [{ date, severity: 'warning', check: 'missing-date', message, count }]
  })
}
