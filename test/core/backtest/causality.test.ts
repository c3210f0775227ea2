import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Backtest } from '../../../src/core/backtest/backtest.js'
import type { Decided, Decision } from '../../../src/core/backtest/causality.js'
import { checkCausality, decisionsOf, firstDivergence, planCuts } from '../../../src/core/backtest/causality.js'
import type { Cut } from '../../../src/core/backtest/other-future.js'
import { breakerInFuture, orderBookInFuture } from '../../../src/core/backtest/other-future.js'
import type { BacktestSettings } from '../../../src/core/backtest/settings.js'
import type { BreakerTable } from '../../../src/core/breaker/breaker.js'
import { DailyBreaker } from '../../../src/core/breaker/breaker.js'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import { MonteCarloForewarner } from '../../../src/core/forewarner/monte-carlo.js'
import { Xoshiro128 } from '../../../src/core/numeric/xoshiro128.js'
import { type OrderBookTable, TableOrderBook } from '../../../src/core/orderbook/table-order-book.js'
import { VolGate } from '../../../src/core/signal/vol-gate.js'
import type { DayColumns } from '../../../src/ports/days.js'
import type { OrderBookSource } from '../../../src/ports/order-book.js'
import { readDay } from '../../golden/golden-run.js'
import { LEAKS, wholeSampleThreshold } from '../../support/leaks.js'
import { entryRecord, type Market, type MarketShape, marketOf, marketShape } from '../../support/markets.js'

/** Markets that surely trade, with holes, over several days. */
const LIVELY: readonly MarketShape[] = [1, 2, 3, 4].map((seed) => ({
  seed,
  dayBars: [260, 260, 260, 260, 260, 260, 260, 260],
  assets: 5,
  holes: 0.3,
  orderBook: true,
  timestamps: true,
  parameters: { lookback: 30, max_hold_bars: 10, min_irp_alignment: 0.1, use_asset_selection: true },
  initialCapital: 25_000,
}))
const CUTS = 40

function settingsOf(market: Market, extras: Partial<BacktestSettings> = {}): BacktestSettings {
  return {
    strategy: 'test',
    direction: -1,
    posture: 'APEX',
    initialCapital: market.initialCapital,
    parameters: market.parameters,
    ...extras,
  }
}

function backtest(settings: BacktestSettings, days: readonly DayColumns[]): Decided {
  const run = new Backtest(settings)
  for (const day of days) run.addDay(day, '')
  return run
}

/** A breaker table over the market's days whose velocities are spread around 0. */
function tableOf(market: Market, betaPolicy: BreakerTable['betaPolicy']): BreakerTable {
  const rng = new Xoshiro128(7)
  return {
    factors: new Map(market.days.map(({ columns }) => [columns.date, { dvolBtc: rng.between(40, 100) }])),
    w750: new Map(market.days.map(({ columns }) => [columns.date, rng.between(-1, 1)])),
    betaPolicy,
    fixedThreshold: 0,
  }
}

const columnsOf = (market: Market) => market.days.map((day) => day.columns)

describe('no decision of a backtest uses a later bar', () => {
  test('on random markets, with every gate, breaker policy but full-sample, order book, forewarner and fills', () => {
    const extras = fc.record({
      gate: fc.constantFrom('warmup', 'fixed', 'percentile'),
      betaPolicy: fc.constantFrom('expanding', 'fixed'),
      forewarned: fc.boolean(),
      atBarPrices: fc.boolean(),
      direction: fc.constantFrom<-1 | 1>(-1, 1),
      seed: fc.nat(0xffffffff),
    })
    let decisions = 0
    fc.assert(
      fc.property(marketShape, extras, (shape, { gate, betaPolicy, forewarned, atBarPrices, direction, seed }) => {
        // Long enough days: the warm-up rule lets no bar before the hundredth trade.
        const market = marketOf({ ...shape, dayBars: shape.dayBars.map((bars) => 3 * bars) })
        const table = tableOf(market, betaPolicy)
        const settingsAt = (cut?: Cut): BacktestSettings => {
          return {
            ...settingsOf(market, { direction }),
            ...(gate === 'fixed' ? { volGate: new VolGate({ kind: 'fixed', threshold: 0.0008 }) } : {}),
            ...(gate === 'percentile' ? { volGate: new VolGate({ kind: 'percentile', percentile: 40 }) } : {}),
            breaker: new DailyBreaker(cut === undefined ? table : breakerInFuture(table, cut)),
            ...orderBookAt(market, cut),
            ...(forewarned ? { forewarner: new MonteCarloForewarner({ paths: 50 }) } : {}),
            ...(atBarPrices ? { barPriceFills: (notionalUsd, price) => notionalUsd / price } : {}),
          }
        }
        const verdict = checkCausality({
          days: columnsOf(market),
          run: (days, cut) => backtest(settingsAt(cut), days),
          cuts: 12,
          seed,
        })
        expect(verdict.violations).toEqual([])
        decisions += verdict.decisions
      }),
      { numRuns: 120 },
    )
    expect(decisions).toBeGreaterThan(200)
  })
})

describe('a planted leak is found', () => {
  test.each(LEAKS)('$name', ({ plant }) => {
    for (const shape of LIVELY) {
      const market = marketOf(shape)
      const honest = (days: readonly DayColumns[]) => backtest(settingsOf(market), days)
      const check = (run: typeof honest) => checkCausality({ days: columnsOf(market), run, cuts: CUTS, seed: 1 })
      expect(check(honest).violations, 'without the leak').toEqual([])
      const { violations, decisions } = check(plant(honest))
      expect(decisions).toBeGreaterThan(0)
      expect(violations.length, `seed ${shape.seed}, ${decisions} decisions`).toBeGreaterThan(0)
      for (const { cut, divergence } of violations) expect(divergence.bar).toBeLessThanOrEqual(cut.bar)
    }
  })

  test('a volatility threshold from the whole sample', () => {
    for (const shape of LIVELY) {
      const market = marketOf({ ...shape, holes: 0 })
      const run = (days: readonly DayColumns[]) => {
        const threshold = wholeSampleThreshold(days, 60)
        return backtest(settingsOf(market, { volGate: new VolGate({ kind: 'fixed', threshold }) }), days)
      }
      expect(checkCausality({ days: columnsOf(market), run, cuts: CUTS, seed: 1 }).violations).not.toEqual([])
    }
  })

  test('a beta threshold from all dates of the table', () => {
    for (const shape of LIVELY) {
      const market = marketOf(shape)
      const violationsUnder = (betaPolicy: BreakerTable['betaPolicy']) => {
        const table = tableOf(market, betaPolicy)
        const run = (days: readonly DayColumns[], cut?: Cut) => {
          const breaker = new DailyBreaker(cut === undefined ? table : breakerInFuture(table, cut))
          return backtest(settingsOf(market, { breaker }), days)
        }
        return checkCausality({ days: columnsOf(market), run, cuts: CUTS, seed: 1 }).violations
      }
      expect(violationsUnder('full-sample')).not.toEqual([])
      expect(violationsUnder('expanding')).toEqual([])
    }
  })

  test('an order book that is a bar ahead', () => {
    const ahead = (table: OrderBookTable): OrderBookSource => {
      const book = new TableOrderBook(table)
      return {
        assets: book.assets,
        book: (asset, bar) => book.book(asset, bar + 1),
        macro: (bar) => book.macro(bar + 1),
      }
    }
    for (const shape of LIVELY) {
      const market = marketOf(shape)
      const table = market.orderBook!
      const run = (days: readonly DayColumns[], cut?: Cut) => {
        const orderBook = ahead(cut === undefined ? table : orderBookInFuture(table, cut))
        return backtest(settingsOf(market, { orderBook }), days)
      }
      expect(checkCausality({ days: columnsOf(market), run, cuts: 400, seed: 1 }).violations).not.toEqual([])
    }
  })
})

describe('on the bundled real days', () => {
  const folder = fileURLToPath(new URL('../../../fixtures/days/', import.meta.url))
  let days: DayColumns[]
  beforeAll(async () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.parquet'))
    days = await Promise.all(files.sort().map((name) => readDay(`${folder}${name}`)))
  })
  const champion = (seen: readonly DayColumns[]) =>
    backtest(
      { strategy: 'blue', direction: -1, posture: 'APEX', initialCapital: 25_000, parameters: DEFAULT_PARAMETERS },
      seen,
    )

  test('the champion decides from the past alone', () => {
    const verdict = checkCausality({ days, run: champion, cuts: 40, seed: 42 })
    expect(verdict.violations).toEqual([])
    expect(verdict.decisions).toBeGreaterThan(100)
    expect(verdict.cuts).toBe(40)
  })

  test('one bar of foresight in the signal is found', () => {
    const run = LEAKS[0]!.plant(champion)
    expect(checkCausality({ days: days.slice(0, 6), run, cuts: 20, seed: 42 }).violations).not.toEqual([])
  })
})

describe('decisions', () => {
  const entry = entryRecord({ entryBar: 3 })
  const at = (bar: number, fields: object = {}): Decision => ({
    bar,
    kind: 'entry',
    record: { ...entry, entryBar: bar, ...fields },
  })

  test('a closed trade is an entry and an exit, an open position an entry, the end of the data nothing', () => {
    const market = marketOf({ ...LIVELY[0]!, parameters: { ...LIVELY[0]!.parameters, max_hold_bars: 200 } })
    const run = new Backtest(settingsOf(market))
    for (const day of columnsOf(market)) run.addDay(day, '')
    const decisions = decisionsOf(run)
    expect(decisions.map(({ bar, kind }) => [bar, kind])).toEqual([
      ...run.trades.flatMap((trade) => [
        [trade.entryBar, 'entry'],
        [trade.exitBar, 'exit'],
      ]),
      ...(run.openPosition === undefined ? [] : [[run.openPosition.entryBar, 'entry']]),
    ])
    const [first] = run.trades
    const ended = decisionsOf({ trades: [{ ...first!, reason: 'END_OF_DATA' }], openPosition: undefined })
    expect(ended).toEqual([decisions[0]])
    expect(decisions[0]!.record).not.toHaveProperty('net')
  })

  test.each<[string, Decision[], Decision[], number, number | undefined]>([
    ['equal runs do not diverge', [at(3), at(9)], [at(3), at(9)], 10, undefined],
    ['what differs after the bar does not count', [at(3), at(9)], [at(3), at(8, { notional: 7 })], 7, undefined],
    ['another field of the record counts', [at(3)], [at(3, { notional: 7 })], 3, 3],
    ['the sign of a zero counts', [at(3, { velDiv: 0 })], [at(3, { velDiv: -0 })], 3, 3],
    ['a decision that vanishes counts', [at(3), at(9)], [at(3)], 9, 9],
    ['a decision that appears counts', [at(3)], [at(3), at(5)], 9, 5],
    ['a decision that moves counts where it comes first', [at(6)], [at(4)], 9, 4],
    ['the bar itself is included', [at(3)], [], 3, 3],
  ])('%s', (_, baseline, probe, throughBar, expected) => {
    expect(firstDivergence(baseline, probe, throughBar)?.bar).toBe(expected)
  })
})

describe('cuts', () => {
  const days = [
    { date: '2026-01-01', bars: 50 },
    { date: '2026-01-02', bars: 0 },
    { date: '2026-01-03', bars: 50 },
  ]
  const decisions = [{ bar: 30, kind: 'entry' as const, record: entryRecord() }]

  test('they lie in their days, in order, each bar once, and the same seed gives the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 150 }), fc.nat(), (cuts, seed) => {
        const plan = planCuts({ days, decisions, cuts, seed })
        expect(plan).toHaveLength(Math.min(cuts, 100))
        expect(new Set(plan.map((cut) => cut.bar)).size).toBe(plan.length)
        expect(plan.map((cut) => cut.bar)).toEqual(plan.map((cut) => cut.bar).sort((a, b) => a - b))
        for (const cut of plan) expect(cut.bar).toBe(cut.row + (cut.date === '2026-01-01' ? 0 : 50))
        expect(planCuts({ days, decisions, cuts, seed })).toEqual(plan)
        expect(plan.at(0)!.bar).toBe(0)
        expect(plan.at(-1)!.bar).toBe(99)
      }),
    )
  })

  test('the ends of days and the neighbourhood of decisions come before anything else', () => {
    const bars = planCuts({ days, decisions, cuts: 16, seed: 5 }).map((cut) => cut.bar)
    expect(bars).toEqual(expect.arrayContaining([0, 29, 30, 31, 49, 50, 99]))
  })

  test('without a bar there is nothing to cut', () => {
    expect(planCuts({ days: [], decisions: [], cuts: 5, seed: 1 })).toEqual([])
    expect(planCuts({ days: [{ date: '2026-01-01', bars: 0 }], decisions: [], cuts: 5, seed: 1 })).toEqual([])
  })
})

function orderBookAt({ orderBook }: Market, cut: Cut | undefined): { readonly orderBook?: OrderBookSource } {
  if (orderBook === undefined) return {}
  return { orderBook: new TableOrderBook(cut === undefined ? orderBook : orderBookInFuture(orderBook, cut)) }
}
