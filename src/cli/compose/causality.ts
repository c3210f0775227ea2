import { Interrupted } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import type { CausalityVerdict } from '../../core/backtest/causality.js'
import type { CutCount } from '../../core/backtest/cut-plan.js'
import { DayObservations } from '../../core/backtest/day-observations.js'
import { veiledTables } from '../../core/backtest/veiled-tables.js'
import type { DayColumns, DayOutcome } from '../../ports/days.js'
import type { BarObservation } from '../../ports/vocabulary/observation.js'
import { checkCausalityOfRun } from '../../runtime/backtest/causality.js'
import { barTimesMs } from '../../runtime/backtest/observed-days.js'
import { type Progress, startProgress } from '../shell/progress.js'
import type { BacktestChoice, BacktestResult } from './backtest.js'
import { readDays } from './days.js'
import { type ObservedRecording, observedRecording } from './observed-recording.js'
import { asMistake, bulkRuns } from './own-strategy.js'
import type { PreparedRun } from './run-settings.js'

/** Holds a finished run's decisions against those of repetitions with another future, and shows how far it is. */
export async function checkCausality(
  run: PreparedRun,
  { report, refusals }: Pick<BacktestResult, 'report' | 'refusals'>,
  choice: CausalityChoice,
): Promise<CausalityVerdict> {
  const { files, cuts, quiet, signal } = choice
  const used = new Set(report.days.map((day) => day.date))
  const observed = await observedRecording(run)
  const ahead = observed === undefined ? undefined : new DaysAhead(observed)
  const runs = bulkRuns(run)
  let progress: Progress | undefined
  try {
    const verdict = await checkCausalityOfRun({
      backtest() {
        const { settings, veil } = veiledTables(run.settings)
        const observation = ahead?.observations
        return { backtest: runs.make({ ...settings, keepRefusals: true, ...present({ observation }) }, false), veil }
      },
      files: files.filter((file) => used.has(file.date)),
      report,
      refusals,
      signal,
      read(days) {
        const outcomes = readDays(days, { ...choice, columns: run })
        return ahead === undefined ? outcomes : ahead.watch(outcomes)
      },
      cuts,
      onPlan: (total) => {
        progress = startProgress({ total, unit: 'cuts', label: 'Causality', quiet })
      },
      onCut: (date) => progress?.advance(1, date),
    })
    if (!signal.aborted) return verdict
  } catch (error) {
    if (!signal.aborted) throw asMistake(run, error)
  } finally {
    progress?.stop()
    await observed?.close()
    await runs.close()
  }
  throw new Interrupted('Interrupted during the causality check; nothing was written.')
}

/** A finished run's days, and at how many bars its causality is to be proven. */
export interface CausalityChoice extends BacktestChoice {
  readonly cuts: CutCount
}

/**
 * The observations of each day before it is run, since many runs go through it side by side. Each is of its own bar, by what had come
 * by then: whatever future a run is given, it holds nothing of it. A day is in memory whole.
 */
class DaysAhead {
  readonly observations = new DayObservations()
  private bars = 0

  constructor(private readonly observed: ObservedRecording) {}

  async *watch(outcomes: AsyncIterable<DayOutcome>): AsyncGenerator<DayOutcome, void, void> {
    for await (const outcome of outcomes) {
      if ('day' in outcome) await this.read(outcome.day.columns)
      yield outcome
    }
  }

  private async read(columns: DayColumns): Promise<void> {
    const day: (BarObservation | undefined)[] = []
    for (const atMs of barTimesMs(columns)) day.push(await this.observed.observedBy(atMs))
    this.observations.beginDay(this.bars, day)
    this.bars += columns.bars
  }
}
