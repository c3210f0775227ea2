import { createParquetDays, findDayFiles } from '../../adapters/parquet/parquet-days.js'
import { DataRefused, InputMistake, Interrupted, type Mistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { Backtest } from '../../core/backtest/backtest.js'
import type { CausalityVerdict } from '../../core/backtest/causality.js'
import { withinPeriod } from '../../core/days/period.js'
import { packageVersion } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import { DayError, type DayFile, type DayOutcome } from '../../ports/days.js'
import type { BacktestReport, SkippedDay } from '../../ports/vocabulary/report.js'
import { type PreparedRun, prepareRun } from '../compose/backtest.js'
import { codeHash } from '../shell/code-hash.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { plural } from '../shell/figures-text.js'
import { refuseOverwriting } from '../shell/overwriting.js'
import { startProgress } from '../shell/progress.js'
import { type InterruptWatch, watchInterrupt } from '../shell/signals.js'
import { coloursFor, notice, printResult } from '../shell/terminal.js'
import { prepareCacheFolder } from './cache-folder.js'
import { type BacktestOptions, defaultWorkers } from './options.js'
import { stageOutputs } from './outputs.js'
import { reportJson } from './report-json.js'
import { type SummaryOptions, summaryText } from './text.js'

/** Runs `dolphin backtest` on checked options: days in, files and a summary out. */
export async function runBacktest(options: BacktestOptions): Promise<ExitCode> {
  const watch = watchInterrupt()
  try {
    const run = prepareRun(options)
    const { report, causality, found } = await backtestOf(run, options, watch)
    await publish(report, causality, options, watch)
    warnOfUnusedFactors(run, report)
    if (report.skippedDays.length > 0) warnOfSkippedDays(report.skippedDays, found)
    return causality?.holds === false ? EXIT.failed : EXIT.ok
  } finally {
    watch.stop()
  }
}

/** The run itself: what it found, and whether its decisions are causal where that is asked. Writes nothing. */
export async function backtestOf(
  run: PreparedRun,
  options: BacktestOptions,
  watch: InterruptWatch,
): Promise<{ readonly report: BacktestReport; readonly causality: Causality; readonly found: number }> {
  const found = await findDays(options)
  const files = withinPeriod(found, options.period)
  refuseOverwritingInputs(found, options)
  const unwritable = options.cacheDir === undefined ? undefined : prepareCacheFolder(options.cacheDir)
  if (!options.quiet) for (const line of [run.notice, unwritable]) if (line !== undefined) notice(line)
  const report = await replay(run, files, options, watch)
  return { report, causality: await causalityOf(run, files, report, options, watch), found: files.length }
}

/** The day files the inputs name. */
async function findDays({ inputs }: BacktestOptions): Promise<DayFile[]> {
  return await findDayFiles(inputs).catch((error: unknown) => {
    throw new InputMistake(reason(error))
  })
}

function refuseOverwritingInputs(found: readonly DayFile[], options: BacktestOptions): void {
  const { json, trades, report, config, factors, orderBook, instruments, forewarnerTrades } = options
  refuseOverwriting(
    { '--json': json === '-' ? undefined : json, '--trades': trades, '--report': report },
    found.map((file) => file.path),
    {
      '--config': config,
      '--factors': factors,
      '--order-book': orderBook,
      '--instruments': instruments,
      '--forewarner-trades': forewarnerTrades,
    },
  )
}

/** The day loop: the only place where reading (asynchronous) and the engine (not) meet. */
async function replay(
  run: PreparedRun,
  files: readonly DayFile[],
  options: BacktestOptions,
  { signal }: InterruptWatch,
): Promise<BacktestReport> {
  const backtest = new Backtest(run.settings())
  const skipped: SkippedDay[] = []
  const progress = startProgress({ total: files.length, unit: 'days', label: 'Backtest', quiet: options.quiet })
  let done = 0
  let code: string | undefined
  try {
    for await (const outcome of readDays(files, options, signal)) {
      if (signal.aborted) break
      const error = addOutcome(backtest, outcome)
      if (error !== undefined) {
        const day = { date: outcome.file.date, file: outcome.file.path, error: error.message }
        if (!options.keepGoing) throw refused(error)
        backtest.skipDay(day)
        skipped.push(day)
      }
      progress.advance(1, outcome.file.date)
      done++
      // Here and not at the end: the first day is read on this thread, and the others are still starting.
      code ??= codeHash()
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    progress.stop()
  }
  if (signal.aborted)
    throw new Interrupted(`Interrupted after ${done} of ${plural(files.length, 'day')}; nothing was written.`)
  if (skipped.length === files.length) throw allRefused(skipped)
  return backtest.finish({ engineVersion: packageVersion(), codeHash: code ?? codeHash(), settings: run.recorded })
}

/** The engine keeps nothing of a day once the next one begins, so a day's memory can serve the next one. */
const source = createParquetDays({ reuseBuffers: true })

function readDays(files: readonly DayFile[], options: BacktestOptions, signal: AbortSignal): AsyncIterable<DayOutcome> {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const { workers = defaultWorkers(bytes), cacheDir, cacheBytesMax } = options
  return source.read(files, { workers, signal, ...present({ cacheDir, cacheBytesMax }) })
}

/** Feeds one day to the engine; answers with the error when the day cannot be used. */
function addOutcome(backtest: Backtest, outcome: DayOutcome): DayError | undefined {
  if ('error' in outcome) return outcome.error
  try {
    backtest.addDay(outcome.day.columns, outcome.day.sha256)
    return undefined
  } catch (error) {
    if (!(error instanceof DayError)) throw error
    return error
  }
}

function refused(error: DayError): Mistake {
  return new DataRefused(error.message, {
    hint: 'The day was refused and the run stopped. --keep-going leaves such days out.',
  })
}

function allRefused(skipped: readonly SkippedDay[]): Mistake {
  const shown = skipped.slice(0, 10).map((day) => ({ message: day.error }))
  const more = skipped.length > shown.length ? [{ message: `and ${skipped.length - shown.length} more` }] : []
  return new DataRefused([...shown, ...more], {
    hint: 'Every day was refused: there is nothing to report.',
  })
}

type Causality = (NonNullable<SummaryOptions['causality']> & { readonly verdict: CausalityVerdict }) | undefined

async function causalityOf(
  run: PreparedRun,
  files: readonly DayFile[],
  report: BacktestReport,
  options: BacktestOptions,
  { signal }: InterruptWatch,
): Promise<Causality> {
  if (options.causalityCuts === undefined) return undefined
  const { causalityLines, checkCausalityOfRun } = await import('./causality.js')
  const used = new Set(report.days.map((day) => day.date))
  const kept = files.filter((file) => used.has(file.date))
  const { causalityCuts: cuts, quiet } = options
  const read = (days: readonly DayFile[]) => readDays(days, options, signal)
  const verdict = await checkCausalityOfRun({ run, files: kept, report, read, signal, cuts, quiet })
  return { verdict, holds: verdict.violations.length === 0, lines: causalityLines(verdict) }
}

/** Files first, then stdout: a summary that names a report can rely on it. An interruption until then leaves nothing. */
async function publish(
  report: BacktestReport,
  causality: Causality,
  options: BacktestOptions,
  watch: InterruptWatch,
): Promise<void> {
  const result = causality === undefined ? report : { ...report, causality: causality.verdict }
  const staged = await stageOutputs(result, options)
  if (watch.signal.aborted) {
    await staged.discard()
    throw new Interrupted('Interrupted; nothing was written.')
  }
  await staged.commit()
  if (options.json === '-') {
    await printResult(reportJson(result))
    if (causality !== undefined && !(causality.holds && options.quiet))
      notice(`Causality: ${causality.lines.join('\n  ')}`)
    return
  }
  const { byAsset, byDay } = options
  const colours = coloursFor(process.stdout)
  const shown = causality === undefined ? {} : { causality }
  await printResult(summaryText(report, { colours, byAsset, byDay, written: staged.written, ...shown }))
}

/** A table of another year is a slip that would pass for a run with a breaker. */
function warnOfUnusedFactors({ factorDates }: PreparedRun, { days, from, to }: BacktestReport): void {
  if (factorDates === undefined || days.some(({ date }) => factorDates.has(date))) return
  const colours = coloursFor(process.stderr)
  notice(`${colours.bold(colours.yellow('WARNING'))} --factors has no row for any day from ${from} to ${to}.`)
}

function warnOfSkippedDays(skipped: readonly SkippedDay[], total: number): void {
  const colours = coloursFor(process.stderr)
  notice(
    `${colours.bold(colours.yellow('WARNING'))} ${skipped.length} of ${plural(total, 'day')} refused and left out:`,
  )
  for (const day of skipped) notice(`  ${day.error}`)
}
