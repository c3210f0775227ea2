import { Backtest } from '../../src/core/backtest/backtest.js'
import type { CausalityVerdict } from '../../src/core/backtest/causality.js'
import type { CutCount } from '../../src/core/backtest/cut-plan.js'
import { type Decision, decisionsOf } from '../../src/core/backtest/decisions.js'
import { breakerInFuture, type Cut, orderBookInFuture } from '../../src/core/backtest/other-future.js'
import type { BacktestSettings } from '../../src/core/backtest/settings.js'
import { StrategyBacktest } from '../../src/core/backtest/strategy-backtest.js'
import { veiledTables } from '../../src/core/backtest/veiled-tables.js'
import { type BreakerTable, DailyBreaker } from '../../src/core/breaker/breaker.js'
import { DEFAULT_PARAMETERS, type EngineParameters } from '../../src/core/engine/parameters.js'
import { MonteCarloForewarner } from '../../src/core/forewarner/monte-carlo.js'
import { type OrderBookTable, TableOrderBook } from '../../src/core/orderbook/table-order-book.js'
import { VolGate, type VolGateSetting } from '../../src/core/signal/vol-gate.js'
import type { DayColumns, DayFile } from '../../src/ports/days.js'
import type { Strategy } from '../../src/ports/strategy.js'
import type { Direction } from '../../src/ports/vocabulary/market.js'
import { checkCausalityOfRun } from '../../src/runtime/backtest/causality.js'

/** A run over days in memory, as plain data. */
export interface RunOf {
  readonly days: readonly DayColumns[]
  readonly parameters?: Partial<EngineParameters>
  readonly direction?: Direction
  readonly initialCapital?: number
  readonly volGate?: VolGateSetting
  readonly breaker?: BreakerTable
  readonly orderBook?: OrderBookTable
  readonly forewarned?: boolean
  readonly atBarPrices?: boolean
  readonly rules?: Pick<BacktestSettings, 'liquidation' | 'delisting' | 'onGap'>
  /** A strategy of somebody's own instead of the champion. */
  readonly create?: () => Strategy
}

/** The run's decisions. */
export function decisionsOfRun(run: RunOf): Decision[] {
  return decisionsOf(played(run))
}

/** The verdict of the check that the command line makes, over days in memory. */
export async function causalityOf(run: RunOf, cuts: CutCount = 'usual'): Promise<CausalityVerdict> {
  const { days } = run
  const backtest = played(run)
  const files = days.map(({ date }): DayFile => ({ date, path: date, bytes: 0 }))
  return await checkCausalityOfRun({
    backtest() {
      const { settings, veil } = veiledTables((cut) => settingsOf(run, cut))
      return { backtest: backtestOf(run, settings), veil }
    },
    files,
    report: backtest.finish({ engineVersion: '0', codeHash: '', settings: {} }),
    refusals: backtest.refusals,
    async *read() {
      for (const [i, columns] of days.entries()) {
        const file = files[i]!
        yield { file, day: { file, columns, sha256: '', cached: false } }
      }
    },
    cuts,
  })
}

function played(run: RunOf): Backtest | StrategyBacktest {
  const backtest = backtestOf(run, settingsOf(run))
  for (const day of run.days) backtest.addDay(day, '')
  return backtest
}

function backtestOf({ create }: RunOf, settings: BacktestSettings): Backtest | StrategyBacktest {
  const kept = { ...settings, keepRefusals: true }
  return create === undefined ? new Backtest(kept) : new StrategyBacktest({ ...kept, create, twinBars: 0 })
}

function settingsOf(run: RunOf, cut?: Cut): BacktestSettings {
  const { volGate, breaker, orderBook, forewarned, atBarPrices } = run
  return {
    strategy: 'test',
    direction: run.direction ?? -1,
    posture: 'APEX',
    initialCapital: run.initialCapital ?? 25_000,
    parameters: { ...DEFAULT_PARAMETERS, ...run.parameters },
    ...run.rules,
    ...(volGate && { volGate: new VolGate(volGate) }),
    ...(breaker && { breaker: new DailyBreaker(cut === undefined ? breaker : breakerInFuture(breaker, cut)) }),
    ...(orderBook && {
      orderBook: new TableOrderBook(cut === undefined ? orderBook : orderBookInFuture(orderBook, cut)),
    }),
    ...(forewarned && { forewarner: new MonteCarloForewarner({ paths: 50 }) }),
    ...(atBarPrices && { barPriceFills: (notionalUsd: number, price: number) => notionalUsd / price }),
  }
}
