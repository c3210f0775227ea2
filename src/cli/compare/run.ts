import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSession } from '../../adapters/session-log/read-session.js'
import { SessionLogError } from '../../adapters/session-log/refusal.js'
import { InputMistake, Interrupted } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { type Comparison, compareRuns } from '../../core/compare/compare.js'
import { exitAtMs } from '../../core/performance/daily-book.js'
import { reason } from '../../files/reason.js'
import { stageFile } from '../../files/whole-file.js'
import type { BacktestReport } from '../../ports/vocabulary/report.js'
import type { Session } from '../../ports/vocabulary/session.js'
import { showingSession } from '../compose/session-news.js'
import { preparePaper, type SessionChoice } from '../compose/session-settings.js'
import { runVirtualSession } from '../compose/virtual-session.js'
import { codeHash } from '../shell/code-hash.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { refuseOverwriting } from '../shell/overwriting.js'
import { watchInterrupt } from '../shell/signals.js'
import { coloursFor, notice, printResult } from '../shell/terminal.js'
import { bulkRunOf } from './bulk.js'
import type { CompareOptions } from './options.js'
import { comparisonCsv, comparisonJson, comparisonText } from './text.js'

/** Runs `dolphin compare` on checked options. */
export async function runCompare(options: CompareOptions): Promise<ExitCode> {
  const watch = watchInterrupt('bar')
  try {
    const { session: given } = options
    const session =
      typeof given === 'string' ? await sessionAt(given) : await tradedSession(given, options.quiet, watch.signal)
    refuseOverwritingInputs(session, options.csv)
    if (!options.quiet) for (const line of caveats(session)) notice(line)
    const bulk = await bulkRunOf(session, options, watch.signal)
    if (watch.signal.aborted) throw new Interrupted('Interrupted; nothing was written.')
    const comparison = comparisonOf(bulk, session)
    if (options.csv !== undefined) await writeCsv(options.csv, comparison)
    const about = { session, bulk }
    const colours = coloursFor(process.stdout)
    const text = options.json
      ? comparisonJson(comparison, about)
      : comparisonText(comparison, about, { colours, all: options.all, csv: options.csv })
    await printResult(text)
    return comparison.explained ? EXIT.ok : EXIT.failed
  } finally {
    watch.stop()
  }
}

function comparisonOf(bulk: BacktestReport, session: Session): Comparison {
  return compareRuns({
    bulk: bulk.trades,
    bulkOpen: bulk.openPosition,
    session: session.trades,
    sessionOpen: session.summary?.openTrades ?? [],
    missedEntries: session.missedEntries,
    ...present({ sessionStoppedAtMs: stoppedAtMs(session) }),
  })
}

/** UTC ms of the last thing that a session without its end has recorded, 0 when that is nothing. */
function stoppedAtMs({ summary, trades, missedEntries }: Session): number | undefined {
  if (summary?.finished === true) return undefined
  const recorded = [...trades.map(exitAtMs), ...missedEntries.map(({ entryBarAtMs }) => entryBarAtMs)]
  return Math.max(summary?.updatedAtMs ?? 0, ...recorded)
}

/** A session of the days, traded now in a folder that is gone afterwards. */
async function tradedSession(choice: SessionChoice, quiet: boolean, signal: AbortSignal): Promise<Session> {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-compare-'))
  try {
    const setup = await preparePaper({ ...choice, out: join(folder, 'session') }, signal)
    const shown = { bars: setup.days.bars, isVirtual: true, quiet }
    const { finished } = await showingSession(shown, (news) => runVirtualSession(setup, news, signal))
    if (!finished) throw new Interrupted('Interrupted; nothing was written.')
    return await sessionAt(join(folder, 'session'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A session's folder, or one that holds exactly one session. */
async function sessionAt(folder: string): Promise<Session> {
  try {
    return await readSession(sessionFolder(folder))
  } catch (error) {
    if (!(error instanceof SessionLogError)) throw error
    const { place, expected, found } = error
    throw new InputMistake({ place, message: `expected ${expected}, found ${found}` })
  }
}

function sessionFolder(folder: string): string {
  if (!existsSync(folder) || existsSync(join(folder, 'settings.json')) || !statSync(folder).isDirectory()) return folder
  const inside = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'settings.json')))
  if (inside.length > 1) {
    throw new InputMistake({
      place: '--session',
      message: `expected one session, found ${inside.length} in ${folder}: ${inside.join(', ')}`,
    })
  }
  return inside.length === 1 ? join(folder, inside[0]!) : folder
}

/** Of the table of a run that is compared, nothing may be lost to the table of its differences. */
function refuseOverwritingInputs({ folder, settings }: Session, csv: string | undefined): void {
  for (const name of ['trades.csv', 'missed.csv', 'daily.csv']) {
    refuseOverwriting({ '--csv': csv }, [], { '--session': join(folder, name) })
  }
  const { factors } = settings.options
  if (typeof factors === 'string') refuseOverwriting({ '--csv': csv }, [], { '--factors': factors })
}

/** What makes a comparison say less than it seems to. */
function caveats({ settings, summary }: Session): string[] {
  const lines: string[] = []
  if (summary?.finished !== true)
    lines.push('The session has not come to its end: trades after it stopped are missing.')
  if (settings.hashes.code !== codeHash()) lines.push('The session ran with another build than the backtest does now.')
  return lines
}

async function writeCsv(path: string, comparison: Comparison): Promise<void> {
  try {
    await (await stageFile(path, comparisonCsv(comparison))).commit()
  } catch (error) {
    throw new InputMistake({ place: path, message: `cannot write the differences: ${reason(error)}` })
  }
}
