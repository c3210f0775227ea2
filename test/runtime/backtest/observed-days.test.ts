import { expect, it } from 'vitest'
import { DayObservations } from '../../../src/core/backtest/day-observations.js'
import { StrategyBacktest, type StrategyBacktestSettings } from '../../../src/core/backtest/strategy-backtest.js'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import { EXAMPLE_STRATEGIES } from '../../../src/core/examples/example-strategies.js'
import type { DayColumns } from '../../../src/ports/days.js'
import type { BarObservation } from '../../../src/ports/vocabulary/observation.js'
import { barTimesMs, ObservationAtBar, ObservedDays } from '../../../src/runtime/backtest/observed-days.js'
import { observed, type Seen } from '../../core/examples/inputs.js'

const STEP_MS = 5_000
const BARS = 24
const STARTS_MS = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2)] as const

/** Longs are liquidated at the third bar, and at the fifth somebody buys: whoever goes with them earns 0.4 % by the tenth. */
const SEEN: Readonly<Record<number, Seen>> = {
  2: { burst: { long: 80_000, short: 0 }, msSinceLiquidation: 200 },
  4: { flow: { buy: 9_000, sell: 500 }, msSinceLiquidation: 9_000 },
}

function day(startMs: number): DayColumns {
  const rows = Array.from({ length: BARS }, (_, row) => row)
  return {
    date: new Date(startMs).toISOString().slice(0, 10),
    bars: BARS,
    timestampNs: BigInt64Array.from(rows, (row) => BigInt(startMs + row * STEP_MS) * 1_000_000n),
    velDiv: new Float64Array(BARS).fill(Number.NaN),
    eigen: {},
    assets: ['BTCUSDT'],
    prices: [Float64Array.from(rows, (row) => (row < 5 ? 100 - row * 0.2 : 99 + Math.min(row - 5, 6) * 0.1))],
  }
}

function observationAt(timestampMs: number): BarObservation {
  const row = (timestampMs % 86_400_000) / STEP_MS
  const symbols = { BTCUSDT: observed('BTCUSDT', SEEN[row] ?? {}, timestampMs) }
  return { status: 'UNINITIALIZED', timestampMs, symbols }
}

function backtest(more: Partial<StrategyBacktestSettings>): StrategyBacktest {
  const module = EXAMPLE_STRATEGIES['cascade-sniper']!
  const parameters = {
    ...{ mode: 'ABSORPTION_REVERSAL', triggersUsd: {}, triggerElsewhereUsd: 10_000, notionalUsd: 1_000 },
    ...{ takeProfitFrac: 0.004, stopFrac: 0.004, holdSecMax: 120, authority: 0.5 },
  }
  return new StrategyBacktest({
    ...{ strategy: module.name, direction: -1, posture: 'APEX', initialCapital: 25_000 },
    parameters: DEFAULT_PARAMETERS,
    barPriceFills: (notionalUsd, price) => notionalUsd / price,
    create: () => module.create({ id: module.name, initialCapital: 25_000, parameters }),
    ...more,
  })
}

const ABOUT = { engineVersion: '0', codeHash: '', settings: {} }

it('a backtest that observes enters after a cascade that is taken in, and is told of each bar by its own time', async () => {
  const atBar = new ObservationAtBar()
  const asked: number[] = []
  const observedBy = async (timestampMs: number) => {
    asked.push(timestampMs)
    return observationAt(timestampMs)
  }
  const run = backtest({ observation: atBar })
  const days = new ObservedDays(run, { atBar, observedBy })
  for (const startMs of STARTS_MS) await days.addDay(day(startMs), '00')
  const { trades, figures } = run.finish(ABOUT)
  expect(trades.map(({ direction, entryBar, reason }) => ({ direction, entryBar, reason }))).toEqual([
    { direction: 1, entryBar: 4, reason: 'TAKE_PROFIT' },
    { direction: 1, entryBar: BARS + 4, reason: 'TAKE_PROFIT' },
  ])
  expect(figures.trades).toBe(2)
  expect(run.nondeterminism).toBeUndefined()
  expect(asked).toEqual(STARTS_MS.flatMap((startMs) => barTimesMs(day(startMs))))
})

it('a backtest whose observations were read ahead comes to the same', async () => {
  const atBar = new ObservationAtBar()
  const streamed = backtest({ observation: atBar })
  const days = new ObservedDays(streamed, { atBar, observedBy: async (timestampMs) => observationAt(timestampMs) })
  const observation = new DayObservations()
  const ahead = backtest({ observation })
  for (const [i, startMs] of STARTS_MS.entries()) {
    const columns = day(startMs)
    await days.addDay(columns, '00')
    observation.beginDay(i * BARS, barTimesMs(columns).map(observationAt))
    ahead.addDay(columns, '00')
  }
  expect(ahead.finish(ABOUT)).toEqual(streamed.finish(ABOUT))
})

it('a strategy that nothing is told to enters nothing', async () => {
  const atBar = new ObservationAtBar()
  const run = backtest({ observation: atBar })
  await new ObservedDays(run, { atBar, observedBy: async () => undefined }).addDay(day(STARTS_MS[0]), '00')
  expect(run.finish(ABOUT).trades).toEqual([])
})
