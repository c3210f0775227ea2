import { basename } from 'node:path'
import { InputMistake } from '../../base/mistakes.js'
import { type LoadedStrategy, loadStrategy, strategyMistake } from '../../config/strategy-module.js'
import { Backtest } from '../../core/backtest/backtest.js'
import type { BacktestSettings } from '../../core/backtest/settings.js'
import { StrategyBacktest } from '../../core/backtest/strategy-backtest.js'
import { championOf } from '../../core/session/session-plan.js'
import { StrategyFailure } from '../../core/strategy/failure.js'
import { displayPath } from '../../files/package-files.js'
import type { Strategy } from '../../ports/strategy.js'
import { isExample, type OwnStrategy } from '../../ports/vocabulary/report.js'
import { CallWatchdog } from '../../runtime/strategy/call-watchdog.js'
import { GuardedStrategy, type RecordedFailure } from '../../runtime/strategy/guarded-strategy.js'
import type { PreparedRun, RunSettings } from './run-settings.js'

/** The strategy of somebody's own that a run's settings name; undefined where they name none. Throws InputMistake. */
export async function loadOwn({ strategy, param }: RunSettings): Promise<LoadedStrategy | undefined> {
  if (strategy === undefined) return undefined
  if (isExample({ file: strategy })) return loadStrategy(strategy, param)
  const file = displayPath(strategy)
  const watchdog = new CallWatchdog({ strategyId: basename(file), file })
  try {
    return await watchdog.whileLoading(() => loadStrategy(strategy, param))
  } finally {
    await watchdog.close()
  }
}

/** What a report and a session record of it. */
export function ownStrategyOf({ file, sha256, parameters }: LoadedStrategy): OwnStrategy {
  return { file, sha256, parameters }
}

/** Bulk runs of the champion, or of a strategy of somebody's own, which is watched. */
export function bulkRuns(run: PreparedRun): BulkRuns {
  const { own } = run
  if (own === undefined) return { make: (settings) => new Backtest(settings), close: async () => {} }
  const watchdog = new CallWatchdog({ strategyId: own.id, file: own.file })
  const create = ({ initialCapital }: BacktestSettings) => watchdog.watched(own.create(initialCapital))
  return {
    make: (settings, twin = true) =>
      toldAsMistakes(own, () => {
        const twinBars = twin ? {} : { twinBars: 0 }
        return new StrategyBacktest({ ...settings, ...twinBars, create: () => create(settings) })
      }),
    close: () => watchdog.close(),
  }
}

export interface BulkRuns {
  /** `twin`: whether a second strategy of somebody's own is asked the same, to find chance; true when absent. */
  make(settings: BacktestSettings, twin?: boolean): Backtest | StrategyBacktest
  close(): Promise<void>
}

/** Refuses a finished run whose strategy decided by chance: it would decide otherwise the next time. */
export function refuseChance({ own }: PreparedRun, backtest: Backtest | StrategyBacktest): void {
  if (own === undefined || !(backtest instanceof StrategyBacktest) || backtest.nondeterminism === undefined) return
  const { bar, date, first, second } = backtest.nondeterminism
  const [one, other] = [first, second].map((mandates) => JSON.stringify(mandates).slice(0, 120))
  const message = `strategy ${own.id}: onBar at bar ${bar} of ${date} is not deterministic: two strategies that were told the same decided ${one} and ${other}`
  throw new InputMistake({ place: own.file, message }, { hint: 'No clock, no randomness, no state outside of it.' })
}

/** A failure of a strategy of somebody's own is its author's mistake; everything else stays what it is. */
export function asMistake({ own }: Pick<PreparedRun, 'own'>, error: unknown): unknown {
  return own !== undefined && error instanceof StrategyFailure ? strategyMistake(error, own.file) : error
}

/**
 * The strategies of a session: the champion, an example, or one of somebody's own behind its guard.
 *
 * @param failures where it failed in the session that goes on.
 */
export function sessionStrategies(
  run: BacktestSettings,
  own: LoadedStrategy | undefined,
  failures: readonly RecordedFailure[] = [],
): { readonly strategies: readonly Strategy[]; close(): Promise<void> } {
  if (own === undefined) return { strategies: [championOf(run)], close: async () => {} }
  // Nobody else's code: it needs no guard.
  if (own.isExample) return { strategies: [own.create(run.initialCapital)], close: async () => {} }
  const { id, path, parameters, books, observation } = own
  const context = { id, initialCapital: run.initialCapital, parameters }
  try {
    const guarded = new GuardedStrategy({ path, context, books, observation, failures })
    return { strategies: [guarded], close: () => guarded.close() }
  } catch (error) {
    throw new InputMistake((error as Error).message)
  }
}

function toldAsMistakes<T>(own: LoadedStrategy, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw asMistake({ own }, error)
  }
}
