import type { IsoDate } from '../../base/utc-date.js'
import type { DayColumns } from '../../ports/days.js'
import type { SymbolDay } from '../../ports/klines.js'
import type { Scan } from '../../ports/vocabulary/scan.js'
import { SCANS_PER_DATE } from '../breaker/daily-factors.js'
import type { Scanner } from './scanner.js'

/** What a symbol lacked on a day, against the steps the day has. */
export interface SymbolGaps {
  /** Steps without a price. */
  readonly missing: number
  /** Longest run of them. */
  readonly longest: number
}

export interface BuiltDay {
  readonly columns: DayColumns
  /** Symbols with missing steps only. */
  readonly gaps: Readonly<Record<string, SymbolGaps>>
  /** Steps that should lie between the day's steps, and between the first of them and the one before, and do not exist. */
  readonly missingSteps: number
  /** The longest time from one step to the next, where steps are missing; else 0. */
  readonly longestHoleMs: number
  /** Open time of the day's last step. */
  readonly lastMs: number
  /** Scans that were decided in extended precision. */
  readonly escalated: number
  /** The w750 velocity of the day's last scans, oldest first; null where undefined. */
  readonly lastW750: readonly (number | null)[]
  /** That of its first scans. */
  readonly firstW750: readonly (number | null)[]
}

/** What a day is made from. */
export interface DayInput {
  readonly date: IsoDate
  /** In the order of the scanner's symbols; undefined: the symbol has no bar that day. */
  readonly symbolDays: readonly (SymbolDay | undefined)[]
  /** All bars lie on multiples of it. */
  readonly stepMs: number
  /** Number of the day's first scan; the following ones count on. */
  readonly firstScan: number
  /** Open time of the last step before the day; undefined on the first day. */
  readonly beforeMs: number | undefined
}

/**
 * One day of bars with their eigen columns, from each symbol's own bars: a step is every time at which some symbol has a
 * bar, and nothing is filled in. The scanner carries its windows on from the day before.
 *
 * Yields after every scan, so that a caller can look up from a day that takes minutes.
 *
 * @returns undefined when no symbol has a bar.
 */
export function* buildDay(scanner: Scanner, input: DayInput): Generator<void, BuiltDay | undefined, void> {
  const { date, symbolDays, stepMs, firstScan, beforeMs } = input
  const timesMs = stepTimes(symbolDays)
  const steps = timesMs.length
  if (steps === 0) return undefined
  const prices = symbolDays.map((day) => alignedTo(timesMs, day))
  const column = () => new Float64Array(steps)
  const [velDiv, v50, v150, v300, v750, instability50, instability150] = Array.from({ length: 7 }, column) as Columns
  const timestampNs = new BigInt64Array(steps)
  const scanNumber = new BigInt64Array(steps)
  const vector = new Float64Array(prices.length)
  let escalated = 0
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < prices.length; i++) vector[i] = prices[i]![step]!
    timestampNs[step] = BigInt(timesMs[step]!) * NS_PER_MS
    scanNumber[step] = BigInt(firstScan + step)
    const scan = scanner.push(vector, { scanNumber: firstScan + step, timestampNs: timestampNs[step]! }) as Scan
    const [w50, w150, w300, w750] = scan.windows
    velDiv[step] = scan.velDiv
    v50[step] = w50.velocity
    v150[step] = w150.velocity
    v300[step] = w300.velocity
    v750[step] = w750.velocity
    instability50[step] = w50.instability
    instability150[step] = w150.instability
    if (scan.escalated) escalated++
    yield
  }
  const known = (velocities: Float64Array) =>
    Array.from(velocities, (velocity) => (Number.isNaN(velocity) ? null : velocity))
  return {
    columns: {
      date,
      bars: steps,
      timestampNs,
      scanNumber,
      velDiv,
      eigen: {
        v50_lambda_max_velocity: v50,
        v150_lambda_max_velocity: v150,
        v300_lambda_max_velocity: v300,
        v750_lambda_max_velocity: v750,
        instability_50: instability50,
        instability_150: instability150,
      },
      assets: scanner.symbols,
      prices,
    },
    gaps: gapsOf(scanner.symbols, prices),
    ...holesOf(timesMs, stepMs, beforeMs),
    lastMs: timesMs.at(-1)!,
    escalated,
    lastW750: known(v750.subarray(-SCANS_PER_DATE)),
    firstW750: known(v750.subarray(0, SCANS_PER_DATE)),
  }
}

const NS_PER_MS = 1_000_000n

type Columns = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]

/**
 * Every time at which some symbol has a bar, in order. Nearly always that is the times of the symbol with the most bars,
 * so only the times it lacks are collected: a set of all of them costs more than the scans.
 */
function stepTimes(symbolDays: readonly (SymbolDay | undefined)[]): Float64Array {
  let most: Float64Array = new Float64Array(0)
  for (const day of symbolDays) if (day !== undefined && day.openTimesMs.length > most.length) most = day.openTimesMs
  const others = new Set<number>()
  for (const day of symbolDays) {
    if (day === undefined || day.openTimesMs === most) continue
    let at = 0
    for (const time of day.openTimesMs) {
      while (at < most.length && most[at]! < time) at++
      if (most[at] !== time) others.add(time)
    }
  }
  return others.size === 0 ? most : Float64Array.from([...most, ...others]).sort()
}

function alignedTo(timesMs: Float64Array, day: SymbolDay | undefined): Float64Array {
  const prices = new Float64Array(timesMs.length).fill(Number.NaN)
  if (day === undefined) return prices
  let row = 0
  for (let step = 0; step < timesMs.length && row < day.openTimesMs.length; step++) {
    if (day.openTimesMs[row] === timesMs[step]) prices[step] = day.closes[row++]!
  }
  return prices
}

function gapsOf(symbols: readonly string[], prices: readonly Float64Array[]): Record<string, SymbolGaps> {
  const gaps: Record<string, SymbolGaps> = {}
  prices.forEach((column, i) => {
    let missing = 0
    let run = 0
    let longest = 0
    for (const price of column) {
      run = Number.isNaN(price) ? run + 1 : 0
      if (run > 0) missing++
      if (run > longest) longest = run
    }
    if (missing > 0) gaps[symbols[i]!] = { missing, longest }
  })
  return gaps
}

function holesOf(
  timesMs: Float64Array,
  stepMs: number,
  beforeMs = timesMs[0]! - stepMs,
): Pick<BuiltDay, 'missingSteps' | 'longestHoleMs'> {
  let missingSteps = 0
  let longestHoleMs = 0
  let before = beforeMs
  for (const time of timesMs) {
    const missing = (time - before) / stepMs - 1
    if (missing > 0) {
      missingSteps += missing
      longestHoleMs = Math.max(longestHoleMs, time - before)
    }
    before = time
  }
  return { missingSteps, longestHoleMs }
}
