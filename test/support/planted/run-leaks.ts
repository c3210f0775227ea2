import { Backtest } from '../../../src/core/backtest/backtest.js'
import { type BreakerTable, DailyBreaker, type DayBoost } from '../../../src/core/breaker/breaker.js'
import { Engine } from '../../../src/core/engine/engine.js'
import { Xoshiro128 } from '../../../src/core/numeric/xoshiro128.js'
import { type OrderBookTable, TableOrderBook } from '../../../src/core/orderbook/table-order-book.js'
import { VolGate } from '../../../src/core/signal/vol-gate.js'
import type { DayColumns } from '../../../src/ports/days.js'
import type { AssetBook, BookMacro } from '../../../src/ports/order-book.js'
import { type PlantedLeak, prepared, replaced } from './planted-leak.js'

/** Leaks around the champion: how a day's columns are prepared, the volatility gate, the breaker, an order book, the day itself. */
export const RUN_LEAKS: readonly PlantedLeak[] = [
  {
    name: 'prices of a day are those of the next bar',
    plant: () => preparation((day) => prepared(day, { price: next })),
  },
  {
    name: 'one asset’s prices are those of the next bar',
    plant: () => preparation((day) => ofAsset(day, 'XLMUSDT', next)),
  },
  {
    name: 'holes are filled with the next price',
    plant: () =>
      preparation((day) => prepared(day, { price: (own, row) => (own[row]! > 0 ? own[row]! : next(own, row)) })),
  },
  {
    name: 'a price that jumps and comes back is taken for an error',
    plant: () =>
      preparation((day) =>
        prepared(day, {
          price(own, row) {
            const [before, at, after] = [own[row - 1]!, own[row]!, own[row + 1]!]
            const isSpike = Math.abs(at / before - 1) > 0.002 && Math.abs(after / before - 1) < 0.001
            return isSpike ? before : at
          },
        }),
      ),
  },
  {
    name: 'prices are smoothed over a window that is centred, once an hour',
    plant: () =>
      preparation((day) =>
        prepared(day, {
          price: (own, row) =>
            row % 60 === 30 && own[row - 1]! > 0 && next(own, row) > 0
              ? (own[row - 1]! + own[row]! + next(own, row)) / 3
              : own[row]!,
        }),
      ),
  },
  { name: 'the signal is the next bar’s', plant: () => preparation((day) => prepared(day, { signal: next })) },
  {
    name: 'the signal is measured against the mean of its whole day',
    plant: () =>
      preparation((day) => {
        const finite = day.velDiv.filter((value) => Number.isFinite(value))
        const mean = finite.reduce((sum, value) => sum + value, 0) / Math.max(1, finite.length)
        return prepared(day, { signal: (own, row) => own[row]! - mean })
      }),
  },
  {
    name: 'the signal is scaled by the largest of its day where that is large',
    plant: () =>
      preparation((day) => {
        const largest = Math.max(...day.velDiv.filter((value) => Number.isFinite(value)))
        return prepared(day, { signal: (own, row) => (largest > 0.05 ? own[row]! * 0.9 : own[row]!) })
      }),
  },
  {
    name: 'the signal is the mean of both neighbours every seventh bar',
    plant: () =>
      preparation((day) =>
        prepared(day, { signal: (own, row) => (row % 7 === 3 ? (own[row - 1]! + next(own, row)) / 2 : own[row]!) }),
      ),
  },
  {
    name: 'an asset that has no price in the next bar has none in this one',
    plant: () =>
      preparation((day) => ({
        ...day,
        prices: day.prices.map((column) => column.map((price, row) => (next(column, row) > 0 ? price : Number.NaN))),
      })),
  },
  {
    name: 'the volatility gate is a bar ahead',
    run: { volGate: { kind: 'percentile', percentile: 50 } },
    plant: () => mask(1),
  },
  {
    name: 'the volatility window is centred',
    run: { volGate: { kind: 'percentile', percentile: 50 } },
    plant: () => mask(25),
  },
  {
    name: 'the percentile of volatility takes in the day that it gates',
    run: { volGate: { kind: 'percentile', percentile: 50 } },
    plant: () =>
      replaced<VolGate, [DayColumns], Uint8Array | undefined>(VolGate.prototype, 'maskForDay', (own) => (gate, day) => {
        const informed = gate.copy()
        own(informed, day)
        const answer = own(informed, day)
        own(gate, day)
        return gate.threshold === undefined ? undefined : answer
      }),
  },
  {
    name: 'a fixed gate is open on days that end calm',
    run: { volGate: { kind: 'fixed', threshold: 0.0004 } },
    plant: () =>
      replaced<VolGate, [DayColumns], Uint8Array | undefined>(VolGate.prototype, 'maskForDay', (own) => (gate, day) => {
        const answer = own(gate, day)
        return day.velDiv.at(-1)! > 0 ? answer?.map((_, row) => (row < 100 ? 0 : 1)) : answer
      }),
  },
  {
    name: 'the beta threshold is taken over all dates',
    run: { breaker: tableOf('full-sample') },
    plant: () => () => {},
  },
  {
    name: 'the breaker knows the next day’s factors',
    run: { breaker: tableOf('expanding') },
    plant: () => boost((own, breaker, date) => ({ ...own(breaker, date), boost: own(breaker, dayAfter(date)).boost })),
  },
  {
    name: 'the beta threshold takes in later dates while earlier ones are few',
    run: { breaker: tableOf('expanding') },
    plant: () =>
      boost((own, breaker, date) => {
        const known = own(breaker, date)
        return known.threshold === null
          ? { ...known, beta: own(breaker, '2025-06-30').threshold! > 0 ? 0.8 : 0.5 }
          : known
      }),
  },
  {
    name: 'a fixed beta threshold looks at the next day’s velocity',
    run: { breaker: tableOf('fixed') },
    plant: () => boost((own, breaker, date) => ({ ...own(breaker, date), beta: own(breaker, dayAfter(date)).beta })),
  },
  {
    name: 'an order book is a bar ahead',
    run: { orderBook: bookOf() },
    plant: () =>
      replaced<TableOrderBook, [string, number], AssetBook | undefined>(
        TableOrderBook.prototype,
        'book',
        (own) => (table, asset, bar) => own(table, asset, bar + 1),
      ),
  },
  {
    name: 'an order book without data of an asset takes what comes next',
    run: { orderBook: bookOf() },
    plant: () =>
      replaced<TableOrderBook, [string, number], AssetBook | undefined>(
        TableOrderBook.prototype,
        'book',
        (own) => (table, asset, bar) => own(table, asset, bar) ?? own(table, asset, bar + 40),
      ),
  },
  {
    name: 'a cascade is known five bars before it comes',
    run: { orderBook: bookOf() },
    plant: () =>
      replaced<TableOrderBook, [number], BookMacro>(
        TableOrderBook.prototype,
        'macro',
        (own) => (table, bar) => (own(table, bar + 5).cascadeCount > 0 ? own(table, bar + 5) : own(table, bar)),
      ),
  },
  {
    name: 'a day that ends high begins in a posture that halts entries',
    plant: () =>
      replaced<{ readonly engine: Engine }, [DayColumns], void>(Backtest.prototype, 'beginDay', (own) => (run, day) => {
        own(run, day)
        if (day.prices[0]!.at(-1)! > 1.001 * day.prices[0]![0]!) run.engine.setPosture('TURTLE')
      }),
  },
  {
    name: 'the breaker’s update is parked one bar before the signal that it follows',
    plant: () => parked((own, row) => own[row + 1]! < -0.05),
  },
]

function next(column: Float64Array, row: number): number {
  return column[row + 1] ?? Number.NaN
}

function ofAsset(day: DayColumns, asset: string, price: (column: Float64Array, row: number) => number): DayColumns {
  const prices = day.prices.map((column, i) =>
    day.assets[i] === asset ? column.map((_, row) => price(column, row)) : column,
  )
  return { ...day, prices }
}

/** Columns as the engine is handed them. */
function preparation(leaky: (day: DayColumns) => DayColumns): () => void {
  return replaced<Engine, [DayColumns], void>(
    Engine.prototype,
    'attach',
    (own) => (engine, day) => own(engine, leaky(day)),
  )
}

function mask(bars: number): () => void {
  return replaced<VolGate, [DayColumns], Uint8Array | undefined>(
    VolGate.prototype,
    'maskForDay',
    (own) => (gate, day) => {
      const answer = own(gate, day)
      return answer?.map((open, row) => answer[row + bars] ?? open)
    },
  )
}

function boost(
  leaky: (own: (breaker: DailyBreaker, date: string) => DayBoost, breaker: DailyBreaker, date: string) => DayBoost,
): () => void {
  return replaced<DailyBreaker, [string], DayBoost>(
    DailyBreaker.prototype,
    'boostForDate',
    (own) => (breaker, date) => leaky(own, breaker, date),
  )
}

function parked(isNear: (velDiv: Float64Array, row: number) => boolean): () => void {
  interface Inside {
    readonly times: { readonly columns: DayColumns | undefined; readonly row: number }
    parkAcb(update: { readonly boost: number; readonly beta: number }): void
  }
  return replaced<Inside, [number, boolean], void>(Engine.prototype, 'bar', (own) => (engine, velDiv, volOk) => {
    const { columns, row } = engine.times
    if (columns !== undefined && isNear(columns.velDiv, row)) engine.parkAcb({ boost: 1.3, beta: 0.5 })
    own(engine, velDiv, volOk)
  })
}

function dayAfter(date: string): string {
  return new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10)
}

/** A table over May 2025 whose factors and velocities change from day to day. */
function tableOf(betaPolicy: BreakerTable['betaPolicy']): BreakerTable {
  const rng = new Xoshiro128(7)
  const dates = Array.from({ length: 40 }, (_, i) => new Date(Date.UTC(2025, 4, 7 + i)).toISOString().slice(0, 10))
  return {
    factors: new Map(
      dates.map((date) => [date, { dvolBtc: rng.between(40, 100), fundingBtc: rng.between(-2e-4, 2e-4) }]),
    ),
    w750: new Map(dates.map((date) => [date, rng.between(-1, 1)])),
    betaPolicy,
    fixedThreshold: 0,
  }
}

function bookOf(): OrderBookTable {
  const rng = new Xoshiro128(9)
  const assets = ['BTCUSDT', 'ETHUSDT', 'XLMUSDT', 'ETCUSDT', 'LTCUSDT', 'TRXUSDT', 'BNBUSDT']
  const rows = Array.from({ length: 6_000 }, () => ({
    bar: rng.integer(0, 11_000),
    assetIndex: rng.integer(0, assets.length - 1),
    book:
      rng.double() < 0.1
        ? undefined
        : {
            imbalanceMa5: rng.between(-0.3, 0.3),
            persistence: rng.double(),
            withdrawalVelocity: rng.between(-0.4, 0.4),
            depthQuality: rng.between(0.3, 1.5),
            fillProbability: rng.double(),
          },
  }))
  const macro = Array.from({ length: 400 }, () => ({
    bar: rng.integer(0, 11_000),
    macro: { cascadeCount: rng.integer(0, 3) === 0 ? 1 : 0, regimeSignal: rng.integer(-1, 1) },
  }))
  return { assets, rows, macro }
}
