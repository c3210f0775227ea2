import { beforeAll, describe, expect, test } from 'vitest'
import { Backtest } from '../../../src/core/backtest/backtest.js'
import { checkCausality } from '../../../src/core/backtest/causality.js'
import { StrategyBacktest, type StrategyBacktestSettings } from '../../../src/core/backtest/strategy-backtest.js'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import { BuyAndHold } from '../../../src/core/strategy/buy-and-hold.js'
import { ChampionStrategy } from '../../../src/core/strategy/champion.js'
import type { DayColumns } from '../../../src/ports/days.js'
import type { Mandate, Strategy, StrategyBar, StrategyFill } from '../../../src/ports/strategy.js'
import { FIXTURE_DAYS, readDays } from '../../support/price-tables.js'

let days: readonly DayColumns[]
beforeAll(async () => {
  days = (await readDays(FIXTURE_DAYS)).slice(0, 8)
})

const ABOUT = { engineVersion: '0', codeHash: '', settings: {} }
const COMMON = {
  strategy: 'mine',
  direction: -1,
  posture: 'APEX',
  initialCapital: 25_000,
  parameters: DEFAULT_PARAMETERS,
} as const

function run(settings: Partial<StrategyBacktestSettings> & Pick<StrategyBacktestSettings, 'create'>, over = days) {
  const backtest = new StrategyBacktest({ ...COMMON, ...settings })
  for (const day of over) backtest.addDay(day, '00')
  return backtest
}

/** A strategy made of one function, without a state of its own. */
function scripted(onBar: (bar: StrategyBar) => unknown, more: Partial<Strategy> = {}): () => Strategy {
  return () => ({
    id: 'mine',
    onBar: onBar as Strategy['onBar'],
    onEntryDropped: () => {},
    onFill: () => {},
    snapshot: () => null,
    restore: () => {},
    ...more,
  })
}

function mandate(bar: StrategyBar, more: Partial<Mandate>): Mandate {
  const symbol = 'BTCUSDT'
  const price = bar.prices[bar.symbols.indexOf(symbol)]!
  return {
    strategyId: 'mine',
    symbol,
    type: 'HOLD',
    authority: 1,
    timestampMs: bar.timestampMs,
    price,
    reason: 'TEST',
    ...more,
  }
}

const enter = (bar: StrategyBar, notionalUsd = 10_000) => mandate(bar, { type: 'ENTRY', direction: 1, notionalUsd })

describe('a backtest of a strategy', () => {
  test('of the champion, filled at once at bar prices, is the bulk run that does so, to the last digit', () => {
    const sizing = (notionalUsd: number, price: number) => Math.floor((notionalUsd / price) * 1000) / 1000
    const bulk = new Backtest({ ...COMMON, barPriceFills: sizing })
    for (const day of days) bulk.addDay(day, '00')
    const champion = () =>
      new ChampionStrategy({ id: 'mine', parameters: DEFAULT_PARAMETERS, direction: -1, initialCapital: 25_000 })
    const own = run({ create: champion, barPriceFills: sizing })
    const shared = (trade: (typeof bulk.trades)[number]) => {
      const {
        asset,
        direction,
        entryBar,
        entryPrice,
        notional,
        quantity,
        exitBar,
        exitPrice,
        reason,
        net,
        capitalAfter,
      } = trade
      return {
        asset,
        direction,
        entryBar,
        entryPrice,
        notional,
        quantity,
        exitBar,
        exitPrice,
        reason,
        net,
        capitalAfter,
      }
    }
    expect(bulk.trades.length).toBeGreaterThan(20)
    expect(own.trades.map(shared)).toEqual(bulk.trades.map(shared))
    expect(own.nondeterminism).toBeUndefined()
  })

  test('of buy-and-hold, closed at the end, is the baseline of every report', () => {
    const parameters = { ...DEFAULT_PARAMETERS, close_at_end: true }
    const create = () => new BuyAndHold({ id: 'mine', symbol: 'BTCUSDT', notionalUsd: 25_000 })
    const report = run({ create, parameters }).finish(ABOUT)
    expect(report.trades).toHaveLength(1)
    expect(report.baseline).toMatchObject({ strategy: 'buy-and-hold', asset: 'BTCUSDT' })
    expect(report.finalCapital).toBe(report.baseline!.finalCapital)
    const bulk = new Backtest({ ...COMMON })
    for (const day of days) bulk.addDay(day, '00')
    expect(bulk.finish(ABOUT).baseline).toEqual(report.baseline)
  })

  test('is research, whatever its parameters are, and its capital is the start plus the sum of all nets', () => {
    let bars = 0
    const create = scripted((bar) => [
      bars++ % 100 === 0 ? enter(bar) : mandate(bar, { type: bars % 100 === 50 ? 'EXIT' : 'HOLD' }),
    ])
    const report = run({ create, twinBars: 0 }).finish(ABOUT)
    expect(report.research).toBe(true)
    expect(report.trades.length).toBeGreaterThan(10)
    const sum = report.trades.reduce((total, { net }) => total + net, 25_000)
    expect(report.finalCapital).toBeCloseTo(sum, 6)
    for (const trade of report.trades) expect(trade.fees).toBeGreaterThan(0)
  })

  test('tells each fill once, with what was paid, and a part of an exit as a part', () => {
    const fills: StrategyFill[] = []
    const create = scripted(
      (bar) =>
        bar.bar === 0
          ? [enter(bar)]
          : bar.bar === 5
            ? [mandate(bar, { type: 'REDUCE', notionalUsd: 4_000 })]
            : bar.bar === 9
              ? [mandate(bar, { type: 'EXIT' })]
              : [],
      { onFill: (fill) => void fills.push(fill) },
    )
    const { trades, capital } = run({ create, twinBars: 0 }, days.slice(0, 1))
    expect(fills.map(({ leg, complete }) => [leg, complete])).toEqual([
      ['entry', true],
      ['exit', false],
      ['exit', true],
    ])
    expect(fills[2]!.quantity).toBeCloseTo(fills[0]!.quantity, 12)
    expect(fills[0]!.feesUsd + fills[2]!.feesUsd).toBeCloseTo(trades[0]!.fees, 9)
    expect(capital).toBeCloseTo(25_000 + trades[0]!.net, 9)
  })

  test.each([
    ['with more leverage than the largest', (bar: StrategyBar) => enter(bar, 200_000), 'REJECT_RISK_LIMIT'],
    ['in a symbol without a price', (bar: StrategyBar) => ({ ...enter(bar), symbol: 'NOPEUSDT' }), 'REJECT_INSTRUMENT'],
  ])('drops an entry %s, and says why', (_, asked, reason) => {
    const dropped: string[] = []
    const create = scripted((bar) => (bar.bar === 0 ? [asked(bar)] : []), {
      onEntryDropped: (_symbol, why) => void dropped.push(why),
    })
    expect(run({ create, twinBars: 0 }, days.slice(0, 1)).trades).toEqual([])
    expect(dropped).toEqual([reason])
  })

  test('drops an entry while a position is open', () => {
    const dropped: string[] = []
    const create = scripted(
      (bar) => (bar.bar < 2 ? [{ ...enter(bar), symbol: bar.symbols[bar.bar]!, price: bar.prices[bar.bar]! }] : []),
      {
        onEntryDropped: (symbol, why) => void dropped.push(`${symbol} ${why}`),
      },
    )
    const { openPosition } = run({ create, twinBars: 0 }, days.slice(0, 1))
    expect(openPosition?.asset).toBe(days[0]!.assets[0])
    expect(dropped).toEqual([`${days[0]!.assets[1]} REJECT_POSITION_EXISTS`])
  })

  test.each([
    [
      'throws',
      () => {
        throw new TypeError('no such thing')
      },
      /^strategy mine: onBar at bar 3 of 2025-05-09 threw TypeError: no such thing$/,
    ],
    ['returns nothing', () => undefined, /returned nothing, expected an array of mandates$/],
    ['returns text', () => ['buy'], /returned a mandate whose form: an object expected, "buy" found$/],
    [
      'has another id',
      (bar: StrategyBar) => [{ ...enter(bar), strategyId: 'yours' }],
      /strategyId: mine expected, "yours" found$/,
    ],
    ['wants nothing for nothing', (bar: StrategyBar) => [enter(bar, 0)], /notionalUsd: above zero expected, 0 found$/],
  ])('of a strategy that %s is a failure of the strategy, with the bar', (_, onBar, message) => {
    const create = scripted((bar) => (bar.bar === 3 ? (onBar as (bar: StrategyBar) => unknown)(bar) : []))
    expect(() => run({ create }, days.slice(0, 1))).toThrow(message)
  })

  test('finds the first bar at which a strategy is no function of its bars', () => {
    let made = 0
    const create = () => {
      const own = made++
      return scripted((bar) => (bar.bar === 40 ? [enter(bar, 10_000 + own)] : []))()
    }
    const found = run({ create }, days.slice(0, 1)).nondeterminism
    expect(found).toMatchObject({
      bar: 40,
      date: '2025-05-09',
      first: [{ notionalUsd: 10_000 }],
      second: [{ notionalUsd: 10_001 }],
    })
  })

  test('refuses a day without bar times', () => {
    const { timestampNs: _, ...without } = days[0]!
    expect(() => run({ create: scripted(() => []) }, [without])).toThrow(
      /column 'timestamp': expected a time for every bar/,
    )
  })
})

describe('the causality check of a strategy', () => {
  /** Long each hour for half of it, where `wants` says so. */
  const hourly = (wants: (bar: StrategyBar) => boolean) =>
    scripted((bar) => {
      const price = bar.prices[bar.symbols.indexOf('BTCUSDT')]!
      if (!(price > 0 && Number.isFinite(price))) return []
      if (bar.bar % 60 === 30) return [mandate(bar, { type: 'EXIT' })]
      return bar.bar % 60 === 0 && wants(bar) ? [enter(bar)] : []
    })

  test.each([
    ['holds for one that looks at its bars alone', () => () => true, 0],
    [
      'finds one that looks half an hour ahead in its day',
      ({ assets, prices }: DayColumns) => {
        const column = prices[assets.indexOf('BTCUSDT')]!
        return ({ bar }: StrategyBar) => column[bar + 30]! > column[bar]!
      },
      1,
    ],
  ])('%s', (_, wants, atLeast) => {
    const verdict = checkCausality({
      days: days.slice(0, 1),
      run: (over) => run({ create: hourly(wants(over[0]!)), twinBars: 0 }, over),
      cuts: 60,
      seed: 7,
    })
    expect(verdict.decisions).toBeGreaterThan(5)
    if (atLeast === 0) expect(verdict.violations).toEqual([])
    else expect(verdict.violations.length).toBeGreaterThanOrEqual(atLeast)
  })
})

describe('what becomes of a position of a strategy where its data say what it does not decide', () => {
  const SHORT = { type: 'ENTRY', direction: -1, notionalUsd: 20_000 } as const
  /** The first two days; `alter` has the word on the second. */
  const pair = (alter: (day: DayColumns) => DayColumns) => [days[0]!, alter(days[1]!)]
  const holding = (fills: StrategyFill[], reduceAt = -1) =>
    scripted(
      (bar) => {
        if (bar.bar === days[0]!.bars - 10) return [mandate(bar, SHORT)]
        return bar.bar === reduceAt ? [mandate(bar, { type: 'REDUCE', notionalUsd: 8_000 })] : []
      },
      { onFill: (fill) => void fills.push(fill) },
    )
  const tenfold = (day: DayColumns): DayColumns => ({
    ...day,
    prices: day.prices.map((column) => column.map((price) => 10 * price)),
  })

  test.each([-1, 0])('an account that it uses up ends at zero, also after a part was closed (%i)', (offset) => {
    const fills: StrategyFill[] = []
    const create = holding(fills, offset === -1 ? -1 : days[0]!.bars - 5)
    const report = run({ create, liquidation: 'cross', twinBars: 0 }, pair(tenfold)).finish(ABOUT)
    expect(report.trades).toHaveLength(1)
    expect(report.trades[0]).toMatchObject({ reason: 'LIQUIDATION', net: -25_000, exitBar: days[0]!.bars })
    expect([report.finalCapital, report.figures.maxDrawdown, report.markToMarket.maxDrawdown]).toEqual([0, 1, 1])
    expect(fills.at(-1)).toMatchObject({ leg: 'exit', complete: true, reason: 'LIQUIDATION' })
    const plain = run({ create: holding([]), twinBars: 0 }, pair(tenfold))
    expect([plain.trades, plain.openPosition?.asset]).toEqual([[], 'BTCUSDT'])
  })

  test('an asset that a day’s file does not have is closed at its last price on the first bar of that day', () => {
    const fills: StrategyFill[] = []
    const without = (day: DayColumns): DayColumns => {
      const kept = day.assets.map((asset, i) => [asset, day.prices[i]!] as const).filter(([a]) => a !== 'BTCUSDT')
      return { ...day, assets: kept.map(([asset]) => asset), prices: kept.map(([, column]) => column) }
    }
    const backtest = run({ create: holding(fills), delisting: 'close', twinBars: 0 }, pair(without))
    const last = days[0]!.prices[days[0]!.assets.indexOf('BTCUSDT')]!.at(-1)!
    expect(backtest.trades).toHaveLength(1)
    expect(backtest.trades[0]).toMatchObject({ reason: 'DELISTED', exitBar: days[0]!.bars, exitPrice: last * 1.0005 })
    expect(fills.at(-1)!.reason).toBe('DELISTED')
    expect(run({ create: holding([]), twinBars: 0 }, pair(without)).openPosition?.asset).toBe('BTCUSDT')
  })

  test('one without a price is closed on the 120th bar running', () => {
    const silent = (day: DayColumns): DayColumns => ({
      ...day,
      prices: day.prices.map((column, i) =>
        day.assets[i] === 'BTCUSDT' ? column.map((price, row) => (row < 7 || row > 200 ? price : Number.NaN)) : column,
      ),
    })
    const { trades } = run({ create: holding([]), delisting: 'close', twinBars: 0 }, pair(silent))
    expect(trades[0]).toMatchObject({ reason: 'DELISTED', exitBar: days[0]!.bars + 7 + 119 })
  })

  test('before missing days it is closed at the last price if that is asked for, and the strategy hears of it', () => {
    const fills: StrategyFill[] = []
    const over = [days[0]!, days[3]!]
    const carried = run({ create: holding([]), twinBars: 0 }, over)
    expect(carried.openPosition?.asset).toBe('BTCUSDT')
    const report = run({ create: holding(fills), onGap: 'close', twinBars: 0 }, over).finish(ABOUT)
    expect(report.trades[0]).toMatchObject({ reason: 'DATA_GAP', exitBar: days[0]!.bars - 1 })
    expect(report.days.map(({ trades }) => trades)).toEqual([1, 0])
    expect(report.days[1]!.capitalStart).toBe(report.days[0]!.capital)
    expect(fills.at(-1)).toMatchObject({ reason: 'DATA_GAP', complete: true })
  })
})
