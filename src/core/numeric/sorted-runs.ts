import { percentileOf } from './percentile.js'

/**
 * Values kept as sorted runs, for exact percentiles over a growing set: adding a run costs its sort, and a percentile a
 * few binary searches per run, however many values there are. One array of all values would be rewritten at each run.
 */
export class SortedRuns {
  private readonly runs: Float64Array[] = []
  private count = 0

  /** Adds a copy of the values, in any order, none of them NaN. */
  add(values: Float64Array): void {
    if (values.length === 0) return
    this.runs.push(values.slice().sort())
    this.count += values.length
  }

  /** Adds all values of another; they are shared, not copied. */
  addAll(other: SortedRuns): void {
    this.runs.push(...other.runs)
    this.count += other.count
  }

  get size(): number {
    return this.count
  }

  /** The percentile of all values with linear interpolation; `fraction` is 0 … 1. NaN while there is no value. */
  percentile(fraction: number): number {
    return percentileOf(this.count, fraction, (rank) => this.select(rank))
  }

  /** The value that sorting all values would put at `rank`, counted from 0. */
  private select(rank: number): number {
    const from = this.runs.map(() => 0)
    const to = this.runs.map((run) => run.length)
    for (;;) {
      const widest = widestRange(from, to)
      const pivot = this.runs[widest]![(from[widest]! + to[widest]!) >>> 1]!
      const less = this.runs.map((run, i) => firstNotBelow(run, pivot, from[i]!, to[i]!))
      if (rank < sum(less)) {
        for (const [i, end] of less.entries()) to[i] = end
        continue
      }
      const lessOrEqual = this.runs.map((run, i) => firstAbove(run, pivot, less[i]!, to[i]!))
      if (rank < sum(lessOrEqual)) return pivot
      for (const [i, start] of lessOrEqual.entries()) from[i] = start
    }
  }
}

function widestRange(from: readonly number[], to: readonly number[]): number {
  let widest = 0
  for (let i = 1; i < from.length; i++) if (to[i]! - from[i]! > to[widest]! - from[widest]!) widest = i
  return widest
}

function sum(values: readonly number[]): number {
  let total = 0
  for (const value of values) total += value
  return total
}

function firstNotBelow(sorted: Float64Array, value: number, from: number, to: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

function firstAbove(sorted: Float64Array, value: number, from: number, to: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low
}
