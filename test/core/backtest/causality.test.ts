import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Backtest } from '../../../src/core/backtest/backtest.js'
import { checkCausality } from '../../../src/core/backtest/causality.js'
import type { Decided } from '../../../src/core/backtest/decisions.js'
import type { Cut } from '../../../src/core/backtest/other-future.js'
import { breakerInFuture, FUTURES, orderBookInFuture } from '../../../src/core/backtest/other-future.js'
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
import { type Market, type MarketShape, marketOf, marketShape } from '../../support/markets.js'

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
const FUTURES_ASKED = ['absent', 'altered'] as const

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
  test('on random markets, with every gate, breaker policy but full-sample, order book, forewarner, fills and rules', () => {
    const extras = fc.record({
      gate: fc.constantFrom('warmup', 'fixed', 'percentile'),
      betaPolicy: fc.constantFrom('expanding', 'fixed'),
      forewarned: fc.boolean(),
      atBarPrices: fc.boolean(),
      rules: fc.record({
        liquidation: fc.constantFrom<'off' | 'cross'>('off', 'cross'),
        delisting: fc.constantFrom<'wait' | 'close'>('wait', 'close'),
        onGap: fc.constantFrom<'carry' | 'close'>('carry', 'close'),
      }),
      direction: fc.constantFrom<-1 | 1>(-1, 1),
      seed: fc.nat(0xffffffff),
    })
    let decisions = 0
    fc.assert(
      fc.property(
        marketShape,
        extras,
        (shape, { gate, betaPolicy, forewarned, atBarPrices, rules, direction, seed }) => {
          // Long enough days: the warm-up rule lets no bar before the hundredth trade.
          const market = marketOf({ ...shape, dayBars: shape.dayBars.map((bars) => 3 * bars) })
          const table = tableOf(market, betaPolicy)
          const settingsAt = (cut?: Cut): BacktestSettings => {
            return {
              ...settingsOf(market, { direction }),
              ...rules,
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
            cuts: 4,
            seed,
          })
          expect(verdict.violations).toEqual([])
          decisions += verdict.decisions
        },
      ),
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
      const check = (run: typeof honest) =>
        checkCausality({ days: columnsOf(market), run, cuts: CUTS, seed: 1, futures: FUTURES_ASKED })
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
      expect(
        checkCausality({ days: columnsOf(market), run, cuts: CUTS, seed: 1, futures: FUTURES_ASKED }).violations,
      ).not.toEqual([])
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
        return checkCausality({ days: columnsOf(market), run, cuts: CUTS, seed: 1, futures: FUTURES_ASKED }).violations
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
      expect(
        checkCausality({ days: columnsOf(market), run, cuts: 200, seed: 1, futures: FUTURES_ASKED }).violations,
      ).not.toEqual([])
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
    const verdict = checkCausality({ days, run: champion, cuts: 12, seed: 42 })
    expect(verdict.violations).toEqual([])
    expect(verdict.decisions).toBeGreaterThan(100)
    expect(verdict).toMatchObject({ cuts: 12, probed: 12, futures: FUTURES, isSteppedToo: false })
  })

  test('one bar of foresight in the signal is found', () => {
    const run = LEAKS[0]!.plant(champion)
    expect(checkCausality({ days: days.slice(0, 6), run, cuts: 12, seed: 42 }).violations).not.toEqual([])
  })
})

function orderBookAt({ orderBook }: Market, cut: Cut | undefined): { readonly orderBook?: OrderBookSource } {
  if (orderBook === undefined) return {}
  return { orderBook: new TableOrderBook(cut === undefined ? orderBook : orderBookInFuture(orderBook, cut)) }
}
