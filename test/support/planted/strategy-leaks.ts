import { StrategyAccount } from '../../../src/core/backtest/strategy-account.js'
import { StrategyBacktest } from '../../../src/core/backtest/strategy-backtest.js'
import { type BreakerTable, DailyBreaker, type DayBoost } from '../../../src/core/breaker/breaker.js'
import { VolGate } from '../../../src/core/signal/vol-gate.js'
import type { DayColumns } from '../../../src/ports/days.js'
import type { Mandate, Strategy, StrategyBar } from '../../../src/ports/strategy.js'
import { type PlantedLeak, prepared, replaced } from './planted-leak.js'

/** Leaks in what a strategy of somebody's own is told, and in how its mandates fill. */
export const STRATEGY_LEAKS: readonly PlantedLeak[] = [
  {
    name: 'a strategy is shown a missing price’s next one',
    run: { create: dips },
    plant: () => shown((day) => prepared(day, { price: (own, row) => (own[row]! > 0 ? own[row]! : next(own, row)) })),
  },
  {
    name: 'a strategy is shown the next price where it jumps',
    run: { create: dips },
    plant: () =>
      shown((day) =>
        prepared(day, {
          price: (own, row) => (Math.abs(next(own, row) / own[row]! - 1) > 0.0005 ? next(own, row) : own[row]!),
        }),
      ),
  },
  {
    name: 'a strategy is shown the next signal where it is strong',
    run: { create: dips },
    plant: () =>
      shown((day) => prepared(day, { signal: (own, row) => (next(own, row) < -0.03 ? next(own, row) : own[row]!) })),
  },
  {
    name: 'a strategy is told of the next bar’s volatility gate',
    run: { create: dips, volGate: { kind: 'percentile', percentile: 40 } },
    plant: () =>
      replaced<VolGate, [DayColumns], Uint8Array | undefined>(VolGate.prototype, 'maskForDay', (own) => (gate, day) => {
        const answer = own(gate, day)
        return answer?.map((open, row) => answer[row + 1] ?? open)
      }),
  },
  {
    name: 'a strategy is told the boost of the day after',
    run: { create: boosted, breaker: breaker() },
    plant: () =>
      replaced<DailyBreaker, [string], DayBoost>(
        DailyBreaker.prototype,
        'boostForDate',
        (own) => (self, date) => own(self, new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10)),
      ),
  },
  {
    name: 'a strategy’s exit fills at the next price where that is better',
    run: { create: dips },
    plant: () =>
      fills((account, symbol, price) => {
        if (price > account.lastPrices.get(symbol)!) account.lastPrices.set(symbol, price)
      }),
  },
  {
    name: 'a strategy hears of no entry before the data end',
    run: { create: dips },
    plant: () => shown((day) => prepared(day, { signal: (own, row) => (own.length - row < 30 ? 0 : own[row]!) })),
  },
]

function next(column: Float64Array, row: number): number {
  return column[row + 1] ?? Number.NaN
}

function shown(leaky: (day: DayColumns) => DayColumns): () => void {
  return replaced<StrategyBacktest, [number, DayColumns, Uint8Array | undefined], void>(
    StrategyBacktest.prototype,
    'runTo',
    (own) => (run, untilRow, day, volOk) => own(run, untilRow, leaky(day), volOk),
  )
}

interface AccountInside {
  readonly lastPrices: Map<string, number>
}

/** An account that gets to see the day, whose rows it is at. */
function fills(leaky: (account: AccountInside, symbol: string, nextPrice: number) => void): () => void {
  let columns: DayColumns | undefined
  let row = 0
  const undoRun = replaced<{ readonly day: { row: number } }, [number, DayColumns, Uint8Array | undefined], void>(
    StrategyBacktest.prototype,
    'runTo',
    (own) => (run, untilRow, day, volOk) => {
      columns = day
      row = run.day.row - 1
      own(run, untilRow, day, volOk)
    },
  )
  const undoSee = replaced<AccountInside, [StrategyBar], void>(
    StrategyAccount.prototype,
    'see',
    (own) => (account, bar) => {
      own(account, bar)
      row++
    },
  )
  const undoReduce = replaced<AccountInside, [number | null, string], unknown>(
    StrategyAccount.prototype,
    'reduce',
    (own) => (account, notionalUsd, reason) => {
      columns?.assets.forEach((symbol, i) => {
        leaky(account, symbol, columns!.prices[i]![row + 1] ?? Number.NaN)
      })
      return own(account, notionalUsd, reason)
    },
  )
  return () => {
    undoReduce()
    undoSee()
    undoRun()
  }
}

/** Buys BTCUSDT on a negative signal while the gate is open, and sells it thirty bars later. */
function dips(): Strategy {
  return trading((bar) => bar.volOk && bar.velDiv < -0.02)
}

/** Buys at the start of days with a boost. */
function boosted(): Strategy {
  return trading((bar) => bar.day !== undefined && (bar.day.boost ?? 1) > 1)
}

function trading(wants: (bar: StrategyBar) => boolean): Strategy {
  let held = -1
  let asked = -1
  const mandate = (bar: StrategyBar, more: Partial<Mandate>): Mandate[] => [
    {
      strategyId: 'test',
      symbol: 'BTCUSDT',
      type: 'HOLD',
      authority: 1,
      timestampMs: bar.timestampMs,
      price: bar.prices[bar.symbols.indexOf('BTCUSDT')]!,
      reason: 'TEST',
      ...more,
    },
  ]
  return {
    id: 'test',
    onBar(bar) {
      if (!(bar.prices[bar.symbols.indexOf('BTCUSDT')]! > 0)) return []
      if (held >= 0) return bar.bar - held >= 30 ? mandate(bar, { type: 'EXIT' }) : []
      if (!wants(bar)) return []
      asked = bar.bar
      return mandate(bar, { type: 'ENTRY', direction: 1, notionalUsd: 5_000 })
    },
    onEntryDropped() {},
    onFill({ leg }) {
      held = leg === 'entry' ? asked : -1
    },
    snapshot: () => null,
    restore() {},
  }
}

function breaker(): BreakerTable {
  const dates = Array.from({ length: 40 }, (_, i) => new Date(Date.UTC(2025, 4, 1 + i)).toISOString().slice(0, 10))
  return {
    factors: new Map(dates.map((date, i) => [date, { dvolBtc: i % 3 === 0 ? 90 : 30 }])),
    w750: new Map(),
    betaPolicy: 'expanding',
  }
}
