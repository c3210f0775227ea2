import { epochDay, NS_PER_DAY } from '../../base/utc-date.js'
import type { DayColumns } from '../../ports/days.js'
import type { Finding } from './finding.js'

/**
 * The engine's precondition: bar times strictly increase and lie inside the UTC day named by `date`; a day without a
 * timestamp column passes. Answers with the first row that breaks it. Engine semantics, section 13.
 *
 * Plain int64 comparisons: V8 compiles them to machine words (17,280 bars: 0.013 ms warm, 0.05 ms cold on Node 20; going
 * through Int32Array halves took 0.024 and 0.07).
 */
export function checkTimestamps(columns: Pick<DayColumns, 'date' | 'timestampNs'>): Finding | undefined {
  const times = columns.timestampNs
  if (times === undefined || times.length === 0) return undefined
  const row = firstDisorder(times)
  if (row !== -1) {
    return {
      severity: 'error',
      check: 'timestamp-order',
      message: `timestamps must strictly increase, found ${timeText(times[row]!)} after ${timeText(times[row - 1]!)}`,
      row,
      column: 'timestamp',
      count: 1,
    }
  }
  // In order, so the ends decide for all.
  const outside = isInside(times[0]!, columns.date) ? times.length - 1 : 0
  if (isInside(times[outside]!, columns.date)) return undefined
  return {
    severity: 'error',
    check: 'timestamp-outside-day',
    message: `timestamps must lie inside ${columns.date} UTC, found ${timeText(times[outside]!)}`,
    row: outside,
    column: 'timestamp',
    count: 1,
  }
}

/** First row whose time is not after the time before it, or −1. */
function firstDisorder(times: BigInt64Array): number {
  for (let row = 1; row < times.length; row++) if (!(times[row]! > times[row - 1]!)) return row
  return -1
}

function isInside(timeNs: bigint, date: string): boolean {
  const start = BigInt(epochDay(date)) * NS_PER_DAY
  return timeNs >= start && timeNs < start + NS_PER_DAY
}

/** Distance in ns from each time to the one before it, as float64 (exact below 2^53, some 104 days); NaN at row 0. */
export function stepsNs(times: BigInt64Array): Float64Array {
  const steps = new Float64Array(times.length).fill(Number.NaN)
  for (let row = 1; row < times.length; row++) steps[row] = Number(times[row]! - times[row - 1]!)
  return steps
}

const NS_PER_MS = 1_000_000n
/** What a Date can hold, in ms either side of 1970. */
const DATE_RANGE_MS = 8_640_000_000_000_000n

/** A time for a message: ISO in UTC with the fraction it needs. */
export function timeText(timeNs: bigint): string {
  let ms = timeNs / NS_PER_MS
  if (timeNs % NS_PER_MS < 0n) ms -= 1n
  if (ms > DATE_RANGE_MS || ms < -DATE_RANGE_MS) return `${timeNs} ns`
  const iso = new Date(Number(ms)).toISOString()
  const rest = timeNs - ms * NS_PER_MS
  const text = rest === 0n ? iso.slice(0, -1) : `${iso.slice(0, -1)}${String(rest).padStart(6, '0')}`
  return `${text.replace(/\.000$/, '')}Z`
}
