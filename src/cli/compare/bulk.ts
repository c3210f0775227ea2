import { createParquetDays, findDayFiles } from '../../adapters/parquet/parquet-days.js'
import { directionName } from '../../base/direction.js'
import { found, InputMistake, Interrupted, Mistake, type Problem } from '../../base/mistakes.js'
import { Backtest } from '../../core/backtest/backtest.js'
import { timesOf } from '../../core/days/timestamps.js'
import { packageVersion } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import type { DayFile } from '../../ports/days.js'
import type { BacktestReport } from '../../ports/vocabulary/report.js'
import type { Session } from '../../ports/vocabulary/session.js'
import { backtestOptions, defaultWorkers, type RawBacktestOptions } from '../backtest/options.js'
import { prepareRun } from '../compose/backtest.js'
import { codeHash } from '../shell/code-hash.js'
import { startProgress } from '../shell/progress.js'
import type { CompareOptions } from './options.js'

/** Options of `dolphin backtest` that decide, as a session's settings name them, and as this command line does. */
const DECIDING: Readonly<Record<string, keyof RawBacktestOptions>> = {
  config: 'config',
  direction: 'direction',
  set: 'set',
  research: 'research',
  capital: 'capital',
  posture: 'posture',
  'vol-gate': 'volGate',
  factors: 'factors',
  'beta-policy': 'betaPolicy',
  'beta-threshold': 'betaThreshold',
  'order-book': 'orderBook',
  forewarner: 'forewarner',
  'forewarner-trades': 'forewarnerTrades',
  instruments: 'instruments',
}

/** The bulk run of a session's days, with the session's settings. Throws {@link Mistake} when it would be another one. */
export async function bulkRunOf(
  { settings, folder }: Session,
  options: CompareOptions,
  signal: AbortSignal,
): Promise<BacktestReport> {
  const raw = { ...decidingOptions(settings.options, folder), fills: options.bulk, quiet: options.quiet }
  const { instruments, ...simulated } = raw as RawBacktestOptions
  const inputs = dayInputs(settings, options)
  const checked = backtestOptions(inputs, options.bulk === 'simulated' ? simulated : raw)
  const run = prepareRun(checked)
  const files = await filesOf(settings.days, inputs)
  const backtest = new Backtest(run.settings())
  const progress = startProgress({ total: files.length, unit: 'days', label: 'Backtest', quiet: options.quiet })
  const workers = defaultWorkers(files.reduce((sum, file) => sum + file.bytes, 0))
  const expected = new Map(settings.days.map((day) => [day.date, day.sha256]))
  try {
    for await (const outcome of createParquetDays({ reuseBuffers: true }).read(files, { workers, signal })) {
      if ('error' in outcome) throw outcome.error
      const { sha256, columns } = outcome.day
      if (sha256 !== expected.get(outcome.file.date)) {
        throw new InputMistake({
          place: { file: outcome.file.path },
          message: `expected the day that the session replayed (SHA-256 ${expected.get(outcome.file.date)}), found another (${sha256})`,
        })
      }
      timesOf(columns)
      backtest.addDay(columns, sha256)
      progress.advance(1, outcome.file.date)
    }
  } catch (error) {
    if (signal.aborted) throw new Interrupted('Interrupted; nothing was written.')
    throw error
  } finally {
    progress.stop()
  }
  const report = backtest.finish({ engineVersion: packageVersion(), codeHash: codeHash(), settings: run.recorded })
  refuseOtherStrategy(report, settings, folder)
  return report
}

function decidingOptions(options: Session['settings']['options'], folder: string): RawBacktestOptions {
  const problems: Problem[] = Object.keys(options)
    .filter((name) => !Object.hasOwn(DECIDING, name))
    .map((name) => ({
      place: `${folder}/settings.json`,
      message: `options.${name}: expected an option of dolphin backtest that decides, found ${found(name)}`,
    }))
  if (problems.length > 0) throw new InputMistake(problems)
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [DECIDING[name]!, value]))
}

/** What was given, or where the session had its days from. */
function dayInputs({ days }: Session['settings'], given: CompareOptions): readonly string[] {
  if (days.length === 0) throw new InputMistake('the session replayed no recorded days: there is no backtest of them')
  if (given.days.length > 0) return given.days
  return days.map(({ date, path }) => {
    if (path !== undefined) return path
    throw new InputMistake({
      place: '<days…>',
      message: `expected the days of the session, which does not say where ${date} is`,
    })
  })
}

/** The files of the session's days, in order. Other days in the folders are none of its business. */
async function filesOf(days: Session['settings']['days'], inputs: readonly string[]): Promise<DayFile[]> {
  const files = await findDayFiles(inputs).catch((error: unknown) => {
    throw new InputMistake(reason(error))
  })
  const byDate = new Map(files.map((file) => [file.date, file]))
  const missing = days.filter(({ date }) => !byDate.has(date))
  if (missing.length > 0) {
    const dates = missing.map(({ date }) => date)
    const shown = dates.length > 3 ? `${dates[0]} to ${dates.at(-1)}` : dates.join(', ')
    throw new InputMistake({
      place: '<days…>',
      message: `expected the ${days.length} days of the session, found ${files.length} files without ${shown}`,
    })
  }
  return days.map(({ date }) => byDate.get(date)!)
}

/** A configuration that has changed since the session makes another run, whose differences mean nothing. */
function refuseOtherStrategy(report: BacktestReport, settings: Session['settings'], folder: string): void {
  const direction = directionName(report.direction)
  const problems: Problem[] = (
    [
      ['hashes.parameters', settings.hashes.parameters, report.hashes.parameters],
      ['direction', settings.direction, direction],
      ['initialCapitalUsd', settings.initialCapitalUsd, String(report.initialCapital)],
    ] as const
  )
    .filter(([, expected, is]) => expected !== is)
    .map(([name, expected, is]) => ({
      place: `${folder}/settings.json`,
      message: `${name}: expected ${expected} from its options, too, found ${is}`,
    }))
  if (problems.length === 0) return
  throw new InputMistake(problems, { hint: 'A file that the options name has changed since the session ran.' })
}
