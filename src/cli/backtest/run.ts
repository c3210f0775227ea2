import { DataRefused, Interrupted, type Mistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import type { CausalityVerdict } from '../../core/backtest/causality.js'
import { withinPeriod } from '../../core/days/period.js'
import { DayError, type DayFile } from '../../ports/days.js'
import type { BacktestReport, SkippedDay } from '../../ports/vocabulary/report.js'
import { type BacktestResult, backtestDays } from '../compose/backtest.js'
import type { CausalityChoice } from '../compose/causality.js'
import { findDays } from '../compose/days.js'
import { loadOwn } from '../compose/own-strategy.js'
import { type PreparedRun, prepareRun } from '../compose/run-settings.js'
import { compileLate } from '../shell/compile-late.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { plural } from '../shell/figures-text.js'
import { refuseOverwriting } from '../shell/overwriting.js'
import { reportJson } from '../shell/report-json.js'
import { watchInterrupt } from '../shell/signals.js'
import { coloursFor, notice, noticeWarning, printResult } from '../shell/terminal.js'
import { prepareCacheFolder } from './cache-folder.js'
import { dataWarnings } from './data-text.js'
import type { BacktestOptions } from './options.js'
import { stageOutputs } from './outputs.js'
import { type SummaryOptions, summaryText } from './text.js'

/** Runs `dolphin backtest` on checked options: days in, files and a summary out. */
export async function runBacktest(options: BacktestOptions): Promise<ExitCode> {
  compileLate()
  const watch = watchInterrupt()
  try {
    const { signal } = watch
    const run = prepareRun(options.run, await loadOwn(options.run))
    const found = await findDays(options.inputs)
    const files = withinPeriod(found, options.period)
    refuseOverwritingInputs(found, options)
    const unwritable = options.cacheDir === undefined ? undefined : prepareCacheFolder(options.cacheDir)
    if (!options.quiet) for (const line of [run.notice, unwritable]) if (line !== undefined) notice(line)
    const { causalityCuts: cuts } = options
    const choice = { ...options, files, signal, keepRefusals: cuts !== undefined }
    const result = await backtestDays(run, choice).catch((error: unknown) => {
      throw error instanceof DayError ? refused(error) : error
    })
    const { report, skipped } = result
    const causality = cuts === undefined ? undefined : await causalityOf(run, result, { ...choice, cuts })
    await publish(report, causality, options, signal)
    warnOfUnusedFactors(run, report)
    if (!options.quiet) warnOfLiquidation(report)
    if (skipped.length > 0) warnOfSkippedDays(skipped, files.length)
    return causality?.holds === false ? EXIT.failed : EXIT.ok
  } finally {
    watch.stop()
  }
}

function refuseOverwritingInputs(found: readonly DayFile[], options: BacktestOptions): void {
  const { json, trades, report } = options
  const { config, strategy, factors, orderBook, instruments, forewarnerTrades } = options.run
  refuseOverwriting(
    { '--json': json === '-' ? undefined : json, '--trades': trades, '--report': report },
    found.map((file) => file.path),
    {
      '--config': config,
      '--strategy': strategy,
      '--factors': factors,
      '--order-book': orderBook,
      '--instruments': instruments,
      '--forewarner-trades': forewarnerTrades,
    },
  )
}

function refused(error: DayError): Mistake {
  return new DataRefused(error.message, {
    hint: 'The day was refused and the run stopped. --keep-going leaves such days out.',
  })
}

type Causality = (NonNullable<SummaryOptions['causality']> & { readonly verdict: CausalityVerdict }) | undefined

/** Loaded only where it is asked for. */
async function causalityOf(run: PreparedRun, result: BacktestResult, choice: CausalityChoice): Promise<Causality> {
  const [{ checkCausality }, { causalityLines }] = await Promise.all([
    import('../compose/causality.js'),
    import('./causality-text.js'),
  ])
  const verdict = await checkCausality(run, result, choice)
  return { verdict, holds: verdict.violations.length === 0, lines: causalityLines(verdict) }
}

/** Files first, then stdout: a summary that names a report can rely on it. An interruption until then leaves nothing. */
async function publish(
  report: BacktestReport,
  causality: Causality,
  options: BacktestOptions,
  signal: AbortSignal,
): Promise<void> {
  const result = causality === undefined ? report : { ...report, causality: causality.verdict }
  const staged = await stageOutputs(result, options)
  if (signal.aborted) {
    await staged.discard()
    throw new Interrupted('Interrupted; nothing was written.')
  }
  await staged.commit()
  if (options.json === '-') {
    await printResult(reportJson(result))
    if (causality !== undefined && !(causality.holds && options.quiet))
      for (const [i, line] of causality.lines.entries()) notice(i === 0 ? `Causality: ${line}` : `  ${line}`)
    return
  }
  const { byAsset, byDay } = options
  const colours = coloursFor(process.stdout)
  const shown = present({ causality })
  await printResult(summaryText(report, { colours, byAsset, byDay, written: staged.written, ...shown }))
}

/** A table of another year is a slip that would pass for a run with a breaker. */
function warnOfUnusedFactors({ factorDates }: PreparedRun, { days, from, to }: BacktestReport): void {
  if (factorDates === undefined || days.some(({ date }) => factorDates.has(date))) return
  noticeWarning(`--factors has no row for any day from ${from} to ${to}.`)
}

/** Beside the summary, which may have gone into a pipe. */
function warnOfLiquidation(report: BacktestReport): void {
  const colours = coloursFor(process.stderr)
  for (const line of dataWarnings(report).loud) notice(`${colours.bold(colours.red('LIQUIDATED'))} ${line}.`)
}

function warnOfSkippedDays(skipped: readonly SkippedDay[], total: number): void {
  noticeWarning(`${skipped.length} of ${plural(total, 'day')} refused and left out:`)
  for (const day of skipped) notice(`  ${day.error}`)
}
