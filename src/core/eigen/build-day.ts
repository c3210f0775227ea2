import type { DayColumns } from '../../ports/days.js'
import type { SymbolDay } from '../../ports/klines.js'
import type { IsoDate } from '../../ports/market.js'
import type { Scan } from '../../ports/scan.js'
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
  /** Steps the day lacks against its smallest step,
   * and the longest hole between two of its steps. */
  readonly missingSteps: number
  readonly longestHoleMs: number
  /** Scans that were decided in extended precision. */
  readonly escalated: number
  /** The w750 velocity of the day's last scans, oldest first; null where undefined. */
  readonly lastW750: readonly (number | null)[]
}

/**
 * One day of bars with their eigen columns, from each symbol's own bars: a step is every time at which some symbol has a
 * bar, and nothing is filled in. The scanner carries its windows on from the day before.
 *
 * @param symbolDays in the order of the scanner's symbols; undefined: the symbol has no bar that day.
 * @param firstScan number of the day's first scan; the following ones count on.
 * @returns undefined when no symbol has a bar.
 */
export function buildDay(
  date: IsoDate,
  scanner: Scanner,
  symbolDays: readonly (SymbolDay | undefined)[],
  firstScan: number,
): BuiltDay | undefined {
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
    timestampNs[step] = nanoseconds(timesMs[step]!)
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
  }
  const lastW750 = Array.from(v750.subarray(-SCANS_PER_DATE), (velocity) => (Number.isNaN(velocity) ? null : velocity))
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
    ...holesOf(timesMs),
    escalated,
    lastW750,
  }
}

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

/** Against the smallest step between two bars, which is what the input was sampled with. */
function holesOf(timesMs: Float64Array): { missingSteps: number; longestHoleMs: number } {
  let step = Number.POSITIVE_INFINITY
  for (let i = 1; i < timesMs.length; i++) step = Math.min(step, timesMs[i]! - timesMs[i - 1]!)
  let missingSteps = 0
  let longestHoleMs = 0
  for (let i = 1; i < timesMs.length; i++) {
    const gap = timesMs[i]! - timesMs[i - 1]!
    if (gap <= step) continue
    missingSteps += Math.round(gap / step) - 1
    longestHoleMs = Math.max(longestHoleMs, gap)
  }
  return { missingSteps, longestHoleMs }
}

/** Milliseconds may carry microseconds as a fraction. */
function nanoseconds(timeMs: number): bigint {
  return BigInt(Math.round(timeMs * 1000)) * 1000n
}
