import { beforeAll, describe, expect, test } from 'vitest'
import { loadInstruments } from '../../../src/config/instruments.js'
import { Backtest } from '../../../src/core/backtest/backtest.js'
import { lotSizing } from '../../../src/core/backtest/bar-price-fills.js'
import { DEFAULT_PARAMETERS, type EngineParameters } from '../../../src/core/engine/parameters.js'
import { ChampionStrategy } from '../../../src/core/strategy/champion.js'
import type { DayColumns } from '../../../src/ports/days.js'
import type { Direction } from '../../../src/ports/vocabulary/market.js'
import type { Trade } from '../../../src/ports/vocabulary/trades.js'
import { FIXTURE_DAYS, readDays } from '../../support/price-tables.js'
import { barsOf } from '../../support/strategy-bars.js'

const table = loadInstruments()
const sizing = lotSizing((symbol) => table.instrument(symbol))
const INITIAL_CAPITAL = 25_000

let days: DayColumns[]
beforeAll(async () => {
  days = await readDays(FIXTURE_DAYS)
})

interface Setting {
  readonly direction: Direction
  readonly parameters: EngineParameters
  readonly dates: readonly [from: string, to: string]
}

function bulk({ direction, parameters, dates }: Setting): Pick<Backtest, 'trades' | 'capital' | 'openPosition'> {
  const backtest = new Backtest({
    strategy: 'champion',
    direction,
    posture: 'APEX',
    initialCapital: INITIAL_CAPITAL,
    parameters,
    barPriceFills: sizing,
  })
  for (const day of daysOf(dates)) backtest.addDay(day, '')
  return backtest
}

/** Mandates are executed at once, whole and at the bar's price: what an execution side without costs does. */
function barByBar({ direction, parameters, dates }: Setting, restoreEvery = Number.POSITIVE_INFINITY) {
  const trades: Trade[] = []
  const settings = { id: 'blue', direction, parameters, initialCapital: INITIAL_CAPITAL }
  const create = () => new ChampionStrategy({ ...settings, onTrade: (trade) => trades.push(trade) })
  let strategy = create()
  for (const bar of barsOf(daysOf(dates))) {
    if (bar.bar % restoreEvery === 0) {
      const snapshot: unknown = JSON.parse(JSON.stringify(strategy.snapshot()))
      strategy = create()
      strategy.restore(snapshot)
    }
    for (const mandate of strategy.onBar(bar)) {
      const { symbol, type, reason } = mandate
      const price = mandate.price ?? Number.NaN
      if (type === 'ENTRY') {
        const quantity = sizing(mandate.notionalUsd!, price, symbol)
        const leg = { price, quantity, feesUsd: 0, fundingUsd: 0, complete: true, reason }
        if (quantity > 0) strategy.onFill({ symbol, direction: mandate.direction!, leg: 'entry', ...leg })
        else strategy.onEntryDropped(symbol, 'REJECT_LOT_OR_NOTIONAL')
      } else if (type === 'EXIT') {
        const { direction, quantity } = strategy.openPosition!
        const leg = { price, quantity: quantity!, feesUsd: 0, fundingUsd: 0, complete: true, reason }
        strategy.onFill({ symbol, direction, leg: 'exit', ...leg })
      }
    }
  }
  return { trades, capital: strategy.capital, openPosition: strategy.openPosition }
}

function daysOf([from, to]: Setting['dates']): DayColumns[] {
  return days.filter(({ date }) => date >= from && date <= to)
}

describe('one path: a strategy whose mandates fill at once at the bar price is the backtest that does so', () => {
  const may: Setting['dates'] = ['2025-05-10', '2025-05-31']
  test.each<[string, Setting]>([
    ['the champion', { direction: -1, parameters: DEFAULT_PARAMETERS, dates: may }],
    ['LONG', { direction: 1, parameters: DEFAULT_PARAMETERS, dates: may }],
    [
      'short holds, close stops, early turns',
      {
        direction: -1,
        parameters: {
          ...DEFAULT_PARAMETERS,
          max_hold_bars: 20,
          stop_pct: 0.002,
          fixed_tp_pct: 0.002,
          vd_enabled: true,
        },
        dates: ['2025-05-12', '2025-05-20'],
      },
    ],
  ])('%s: the same trades, sizes and capital to the last digit', (_, setting) => {
    const expected = bulk(setting)
    const found = barByBar(setting)
    expect(expected.trades.length).toBeGreaterThan(20)
    expect(found.trades).toEqual(expected.trades)
    expect(found.capital).toBe(expected.capital)
    expect(found.openPosition).toEqual(expected.openPosition)
  })

  test('restored from JSON before every seventh bar, still', () => {
    const setting: Setting = { direction: -1, parameters: DEFAULT_PARAMETERS, dates: ['2025-05-12', '2025-05-13'] }
    const expected = bulk(setting)
    expect(expected.trades.length).toBeGreaterThan(3)
    const found = barByBar(setting, 7)
    expect(found.trades).toEqual(expected.trades)
    expect(found.openPosition).toEqual(expected.openPosition)
  })
})

test('bar-price fills are whole lots, and differ from simulated ones in what they cost alone', () => {
  const setting: Setting = { direction: -1, parameters: DEFAULT_PARAMETERS, dates: ['2025-05-12', '2025-05-16'] }
  const free = bulk(setting).trades
  const simulated = new Backtest({
    strategy: 'champion',
    direction: -1,
    posture: 'APEX',
    initialCapital: INITIAL_CAPITAL,
    parameters: DEFAULT_PARAMETERS,
  })
  for (const day of daysOf(setting.dates)) simulated.addDay(day, '')
  const decided = (trades: readonly Trade[]) =>
    trades.map(({ asset, entryBar, exitBar, reason }) => [asset, entryBar, exitBar, reason])
  expect(decided(free)).toEqual(decided(simulated.trades))
  for (const [i, trade] of free.entries()) {
    const { lotSize } = table.instrument(trade.asset)
    expect(Number((trade.quantity! / Number(lotSize)).toFixed(6)) % 1).toBe(0)
    expect([trade.fees, trade.slippageUsd, trade.edgeUsd, trade.refundUsd, trade.fundingUsd, trade.rng]).toEqual([
      0,
      0,
      0,
      0,
      0,
      null,
    ])
    expect(trade.net).toBe(trade.direction * (trade.exitPrice - trade.entryPrice) * trade.quantity!)
    expect(trade.entryPrice).toBe(simulated.trades[i]!.entryPrice)
  }
})
