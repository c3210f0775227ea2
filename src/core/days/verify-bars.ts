import { epochDay, NS_PER_DAY } from '../../base/utc-date.js'
import type { DayColumns } from '../../ports/days.js'
import type { Finding } from './finding.js'
import { checkTimestamps, MISSING_TIME, stepsNs, type TimeFault, timeText } from './timestamps.js'

/** How a day's bars lie in its 24 hours. */
export interface Coverage {
  /** Median distance between bars, ns. */
  readonly stepNs: number
  /** Bars that a whole day of this step has. */
  readonly expectedBars: number
  /** Bars missing before the first one and after the last one. */
  readonly missingBefore: number
  readonly missingAfter: number
}

/** Missing bars at a day's ends up to this share are jitter of the clock that stamped them. */
const END_TOLERANCE = 0.001
/** A step longer than this many usual ones is a gap. */
const GAP_FACTOR = 1.5
/** Gaps that are listed one by one; a day with more has one finding for the rest. */
const GAPS_LISTED = 10

/** Undefined where there are no two bars in order inside the day to take a step from. */
export function coverageOf(columns: DayColumns): Coverage | undefined {
  const times = columns.timestampNs
  if (times === undefined || times.length < 2 || checkTimestamps(columns) !== undefined) return undefined
  const sorted = stepsNs(times).subarray(1).toSorted()
  return coverageAtStep({ date: columns.date, timestampNs: times }, sorted[sorted.length >> 1]!)
}

/** {@link coverageOf} two bars or more in order inside the day, whose usual step is known. */
export function coverageAtStep(
  { date, timestampNs: times }: { readonly date: string; readonly timestampNs: BigInt64Array },
  stepNs: number,
): Coverage {
  const start = BigInt(epochDay(date)) * NS_PER_DAY
  const head = Number(times[0]! - start)
  const tail = Number(start + NS_PER_DAY - times.at(-1)!)
  return {
    stepNs,
    expectedBars: Math.round(Number(NS_PER_DAY) / stepNs),
    missingBefore: Math.floor(head / stepNs),
    missingAfter: Math.max(0, Math.round(tail / stepNs) - 1),
  }
}

/** Time order, gaps, completeness and scan numbers. */
export function barFindings(columns: DayColumns, coverage: Coverage | undefined): Finding[] {
  const findings: Finding[] = []
  const { timestampNs } = columns
  if (timestampNs === undefined) {
    findings.push({
      severity: 'info',
      check: 'no-timestamps',
      message: 'no timestamp column: order, gaps and completeness cannot be checked',
      column: 'timestamp',
      count: 1,
    })
  } else {
    findings.push(...orderFindings(columns, timestampNs))
    if (coverage !== undefined) {
      findings.push(...gapFindings(timestampNs, coverage), ...completenessFindings(columns, timestampNs, coverage))
    }
  }
  if (columns.scanNumber !== undefined) findings.push(...scanNumberFindings(columns.scanNumber))
  return findings
}

function orderFindings(columns: DayColumns, times: BigInt64Array): Finding[] {
  const fault = checkTimestamps(columns)
  if (fault === undefined) return []
  const { check, row, expected, found } = fault
  const count = COUNTS[check](times, columns)
  return [
    { severity: 'error', check, message: `expected ${expected}, found ${found}`, row, column: 'timestamp', count },
  ]
}

const COUNTS: Record<TimeFault['check'], (times: BigInt64Array, columns: DayColumns) => number> = {
  'timestamp-missing': (times) => times.filter((time) => time === MISSING_TIME).length,
  'timestamp-order': countDisorder,
  'timestamp-outside-day': countOutside,
}

function countDisorder(times: BigInt64Array): number {
  let count = 0
  for (let row = 1; row < times.length; row++) if (times[row]! <= times[row - 1]!) count++
  return count
}

function countOutside(times: BigInt64Array, { date }: DayColumns): number {
  const start = BigInt(epochDay(date)) * NS_PER_DAY
  return times.filter((time) => time < start || time >= start + NS_PER_DAY).length
}

function gapFindings(times: BigInt64Array, { stepNs }: Coverage): Finding[] {
  const gaps: Finding[] = []
  let unlisted = 0
  let unlistedBars = 0
  let unlistedRow: number | undefined
  for (const [row, step] of stepsNs(times).entries()) {
    if (!(step > GAP_FACTOR * stepNs)) continue
    const bars = Math.max(1, Math.round(step / stepNs) - 1)
    if (gaps.length === GAPS_LISTED) {
      unlisted++
      unlistedBars += bars
      unlistedRow ??= row
      continue
    }
    const message = `${bars} bars missing between ${timeText(times[row - 1]!)} and ${timeText(times[row]!)}`
    gaps.push({ severity: 'warning', check: 'gap', message, row, column: 'timestamp', count: bars })
  }
  if (unlistedRow !== undefined) {
    const message = `${unlisted} more gaps, ${unlistedBars} bars missing in them`
    gaps.push({
      severity: 'warning',
      check: 'gap',
      message,
      row: unlistedRow,
      column: 'timestamp',
      count: unlistedBars,
    })
  }
  return gaps
}

function completenessFindings(columns: DayColumns, times: BigInt64Array, coverage: Coverage): Finding[] {
  const { expectedBars, missingBefore, missingAfter } = coverage
  const missing = missingBefore + missingAfter
  if (missing <= Math.max(1, END_TOLERANCE * expectedBars)) return []
  const message =
    `${expectedBars} bars make a whole day at this step, found ${columns.bars} from ${timeText(times[0]!)} ` +
    `to ${timeText(times.at(-1)!)}: ${missingBefore} missing before, ${missingAfter} after`
  return [{ severity: 'warning', check: 'short-day', message, column: 'timestamp', count: missing }]
}

/** Scan numbers rise; a jump larger than the usual one is scans that were made and are not here. */
function scanNumberFindings(scans: BigInt64Array): Finding[] {
  const steps = stepsNs(scans).subarray(1)
  if (steps.length === 0) return []
  const usual = steps.toSorted()[steps.length >> 1]!
  let falls = 0
  let firstFall: number | undefined
  let skipped = 0
  let firstSkip: number | undefined
  for (const [i, step] of steps.entries()) {
    if (step <= 0) {
      falls++
      firstFall ??= i + 1
    } else if (usual > 0 && step > usual) {
      skipped += Math.round(step / usual) - 1
      firstSkip ??= i + 1
    }
  }
  const findings: Finding[] = []
  const about = { severity: 'warning', check: 'scan-number', column: 'scan_number' } as const
  if (firstFall !== undefined) {
    findings.push({ ...about, message: 'scan numbers must rise, found falls or repeats', row: firstFall, count: falls })
  }
  if (firstSkip !== undefined && skipped > 0) {
    findings.push({ ...about, message: `${skipped} scan numbers are skipped`, row: firstSkip, count: skipped })
  }
  return findings
}
