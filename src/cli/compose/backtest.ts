import { assert } from '../../base/assert.js'
import { DataRefused, Interrupted, type Mistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import type { Backtest } from '../../core/backtest/backtest.js'
import { StrategyBacktest } from '../../core/backtest/strategy-backtest.js'
import { packageVersion } from '../../files/package-files.js'
import type { DayFile, LoadedDay } from '../../ports/days.js'
import type { RefusedEntry } from '../../ports/vocabulary/refusals.js'
import type { BacktestReport, SkippedDay } from '../../ports/vocabulary/report.js'
import { ObservationAtBar, ObservedDays } from '../../runtime/backtest/observed-days.js'
import { replayDays } from '../../runtime/backtest/replay-days.js'
import { codeHash } from '../shell/code-hash.js'
import { plural } from '../shell/figures-text.js'
import { startProgress } from '../shell/progress.js'
import { noticeWarning } from '../shell/terminal.js'
import { type ReadChoice, readDays } from './days.js'
import { incompleteDays } from './incomplete-days.js'
import { observedRecording } from './observed-recording.js'
import { asMistake, bulkRuns, ownStrategyOf, refuseChance } from './own-strategy.js'
import type { PreparedRun } from './run-settings.js'
import { SeenColumns } from './seen-columns.js'

/**
 * A bulk run over days, with its progress at the terminal. Writes nothing.
 *
 * @throws DayError on a day that cannot be used, unless the run keeps going; DataRefused where no day can; Interrupted.
 */
export async function backtestDays(run: PreparedRun, choice: BacktestChoice): Promise<BacktestResult> {
  const { files, quiet, signal, keepGoing, check } = choice
  const observed = await observedRecording(run)
  const runs = bulkRuns(run)
  const atBar = new ObservationAtBar()
  const backtest = runs.make({
    ...run.settings(),
    ...present({ keepRefusals: choice.keepRefusals, observation: observed && atBar }),
  })
  const progress = startProgress({ total: files.length, unit: 'days', label: 'Backtest', quiet })
  let code: string | undefined
  const onDay = (date: string): void => {
    progress.advance(1, date)
    // Here and not at the end: the first day is read on this thread, and the others are still starting.
    code ??= codeHash()
  }
  const seen = new SeenColumns(run)
  const options = { keepGoing, signal, onDay, ...present({ check }) }
  const { done, skipped, aborted } = await replayDays(
    observed === undefined ? backtest : observedDays(backtest, { atBar, observedBy: (ms) => observed.observedBy(ms) }),
    seen.watch(readDays(files, { ...choice, columns: run })),
    options,
  )
    .catch((error: unknown) => {
      throw asMistake(run, error)
    })
    .finally(async () => {
      progress.stop()
      await observed?.close()
      await runs.close()
    })
  if (aborted) {
    throw new Interrupted(`Interrupted after ${done} of ${plural(files.length, 'day')}; nothing was written.`)
  }
  if (skipped.length === files.length) throw allRefused(skipped)
  const warnings = [...seen.warnings(), ...incompleteDays(files), ...(observed?.warnings() ?? [])]
  for (const warning of warnings) noticeWarning(warning)
  refuseChance(run, backtest)
  const about = {
    engineVersion: packageVersion(),
    codeHash: code ?? codeHash(),
    settings: run.recorded,
    ...present({ ownStrategy: run.own && ownStrategyOf(run.own) }),
  }
  return { report: backtest.finish(about), skipped, refusals: backtest.refusals }
}

/** What a bulk run is over, and how it is read and told of. */
export interface BacktestChoice extends ReadChoice {
  readonly files: readonly DayFile[]
  readonly keepGoing?: boolean
  readonly quiet: boolean
  /** Keeps every refused entry, for the causality check. */
  readonly keepRefusals?: boolean
  /** Refuses a day by throwing, before the engine sees it. */
  check?(day: LoadedDay): void
}

export interface BacktestResult {
  readonly report: BacktestReport
  readonly skipped: readonly SkippedDay[]
  /** Empty where they were not kept. */
  readonly refusals: readonly RefusedEntry[]
}

function observedDays(
  backtest: Backtest | StrategyBacktest,
  around: ConstructorParameters<typeof ObservedDays>[1],
): ObservedDays {
  assert(backtest instanceof StrategyBacktest, 'it is a strategy of its own that observes')
  return new ObservedDays(backtest, around)
}

function allRefused(skipped: readonly SkippedDay[]): Mistake {
  const shown = skipped.slice(0, 10).map((day) => ({ message: day.error }))
  const more = skipped.length > shown.length ? [{ message: `and ${skipped.length - shown.length} more` }] : []
  return new DataRefused([...shown, ...more], {
    hint: 'Every day was refused: there is nothing to report.',
  })
}
