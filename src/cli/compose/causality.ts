import { Interrupted } from '../../base/mistakes.js'
import type { CausalityVerdict } from '../../core/backtest/causality.js'
import type { CutCount } from '../../core/backtest/cut-plan.js'
import { veiledTables } from '../../core/backtest/veiled-tables.js'
import { checkCausalityOfRun } from '../../runtime/backtest/causality.js'
import { type Progress, startProgress } from '../shell/progress.js'
import type { BacktestChoice, BacktestResult } from './backtest.js'
import { readDays } from './days.js'
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
  const runs = bulkRuns(run)
  let progress: Progress | undefined
  try {
    const verdict = await checkCausalityOfRun({
      backtest() {
        const { settings, veil } = veiledTables(run.settings)
        return { backtest: runs.make({ ...settings, keepRefusals: true }, false), veil }
      },
      files: files.filter((file) => used.has(file.date)),
      report,
      refusals,
      signal,
      read: (days) => readDays(days, { ...choice, columns: run }),
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
    await runs.close()
  }
  throw new Interrupted('Interrupted during the causality check; nothing was written.')
}

/** A finished run's days, and at how many bars its causality is to be proven. */
export interface CausalityChoice extends BacktestChoice {
  readonly cuts: CutCount
}
