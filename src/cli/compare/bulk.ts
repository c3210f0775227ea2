import { directionName } from '../../base/direction.js'
import { InputMistake, type Mistake, type Problem } from '../../base/mistakes.js'
import type { LoadedStrategy } from '../../config/strategy-module.js'
import { timesOf } from '../../core/days/timestamps.js'
import type { DayFile, LoadedDay } from '../../ports/days.js'
import type { BacktestReport } from '../../ports/vocabulary/report.js'
import type { Session } from '../../ports/vocabulary/session.js'
import { backtestDays } from '../compose/backtest.js'
import { findDays } from '../compose/days.js'
import { journalBacktest } from '../compose/journal-backtest.js'
import { loadOwn } from '../compose/own-strategy.js'
import { prepareRun } from '../compose/run-settings.js'
import { runOfSession } from '../run-options.js'
import type { CompareOptions } from './options.js'

/** The bulk run of a session's days, with the session's settings. Throws {@link Mistake} when it would be another one. */
export async function bulkRunOf(
  { settings, folder }: Session,
  options: CompareOptions,
  signal: AbortSignal,
): Promise<BacktestReport> {
  const asked = runOfSession(settings.options, `${folder}/settings.json`, { fills: options.bulk })
  if (settings.live !== undefined && options.days.length === 0) {
    const report = await journalBacktest({ settings, folder }, asked, signal)
    refuseOtherStrategy(report, settings, folder)
    return report
  }
  const own = await loadOwn(asked)
  refuseOtherFile(own, settings)
  const run = prepareRun(asked, own)
  const files = await filesOf(settings.days, dayInputs(settings, options))
  const expected = new Map(settings.days.map((day) => [day.date, day.sha256]))
  const check = ({ file, columns, sha256 }: LoadedDay): void => {
    if (sha256 !== expected.get(file.date)) {
      throw new InputMistake({
        place: { file: file.path },
        message: `expected the day that the session replayed (SHA-256 ${expected.get(file.date)}), found another (${sha256})`,
      })
    }
    timesOf(columns)
  }
  const { report } = await backtestDays(run, { files, quiet: options.quiet, signal, check })
  refuseOtherStrategy(report, settings, folder)
  return report
}

/** Another file decides otherwise: its differences would mean nothing. */
function refuseOtherFile(own: LoadedStrategy | undefined, { ownStrategy }: Session['settings']): void {
  if (own === undefined || own.sha256 === ownStrategy?.sha256) return
  const expected = `the strategy that the session traded (SHA-256 ${ownStrategy?.sha256 ?? 'unknown'})`
  throw new InputMistake({ place: own.file, message: `expected ${expected}, found another (${own.sha256})` })
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
  const files = await findDays(inputs)
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
