import type { Decided } from '../../src/core/backtest/decisions.js'
import { definedDvols, VOLATILITY_ASSET } from '../../src/core/signal/vol-gate.js'
import type { DayColumns } from '../../src/ports/days.js'

/** A way to cheat: what a run must not know, done to its days before it sees them. */
export interface Leak {
  readonly name: string
  readonly plant: (run: (days: readonly DayColumns[]) => Decided) => (days: readonly DayColumns[]) => Decided
}

/** Leaks that backtests are known for, each through the data of the days alone. */
export const LEAKS: readonly Leak[] = [
  { name: 'the signal of the next bar', plant: (run) => (days) => run(days.map(withNextSignal)) },
  { name: 'prices of the next bar', plant: (run) => (days) => run(days.map(withNextPrices)) },
  { name: 'holes filled with the next price', plant: (run) => (days) => run(days.map(withFilledHoles)) },
  { name: 'signals centred on the mean of their whole day', plant: (run) => (days) => run(days.map(centred)) },
  { name: 'assets chosen for being there on the last day', plant: (run) => (days) => run(survivors(days)) },
  {
    name: 'days left out for how they end',
    plant: (run) => (days) => run(days.filter((day) => day.velDiv.at(-1)! < 0.05)),
  },
]

/** A percentile of the volatilities of all days, those to come included. */
export function wholeSampleThreshold(days: readonly DayColumns[], percentile: number): number {
  const all = days.flatMap((day) => {
    const prices = day.prices[day.assets.indexOf(VOLATILITY_ASSET)]
    return prices === undefined ? [] : [...definedDvols(prices)].filter((dvol) => !Number.isNaN(dvol))
  })
  return all.sort((a, b) => a - b)[Math.floor((percentile / 100) * (all.length - 1))] ?? 0
}

function withNextSignal(day: DayColumns): DayColumns {
  return { ...day, velDiv: day.velDiv.map((_, row) => day.velDiv[row + 1] ?? Number.NaN) }
}

function withNextPrices(day: DayColumns): DayColumns {
  return { ...day, prices: day.prices.map((prices) => prices.map((_, row) => prices[row + 1] ?? Number.NaN)) }
}

function withFilledHoles(day: DayColumns): DayColumns {
  return {
    ...day,
    prices: day.prices.map((prices) => {
      const filled = prices.slice()
      for (let row = filled.length - 2; row >= 0; row--) {
        if (!(filled[row]! > 0 && filled[row]! < Number.POSITIVE_INFINITY)) filled[row] = filled[row + 1]!
      }
      return filled
    }),
  }
}

function centred(day: DayColumns): DayColumns {
  const finite = day.velDiv.filter((value) => Number.isFinite(value))
  const mean = finite.reduce((sum, value) => sum + value, 0) / Math.max(1, finite.length)
  return { ...day, velDiv: day.velDiv.map((value) => value - mean) }
}

function survivors(days: readonly DayColumns[]): DayColumns[] {
  const last = new Set(days.at(-1)?.assets)
  return days.map((day) => ({
    ...day,
    assets: day.assets.filter((asset) => last.has(asset)),
    prices: day.prices.filter((_, i) => last.has(day.assets[i]!)),
  }))
}
