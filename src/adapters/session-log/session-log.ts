import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppendFile } from '../../files/append-file.js'
import { makeFolder } from '../../files/folder.js'
import { withPath } from '../../files/reason.js'
import { removeTemporaries, writeAtomically } from '../../files/whole-file.js'
import type { SessionLog } from '../../ports/session-log.js'
import type {
  DailyStats,
  MissedEntry,
  SessionSettings,
  SessionSummary,
  TradeRecord,
} from '../../ports/vocabulary/session.js'
import type { Columns } from './columns.js'
import { DAILY_COLUMNS, headerLine, MISSED_COLUMNS, parseRow, rowLine, TRADE_COLUMNS } from './columns.js'
import { quoted, SessionLogError } from './refusal.js'
import { parseSettings, SETTINGS_FILE, settingsText } from './settings.js'

export const TRADES_FILE = 'trades.csv'
export const MISSED_FILE = 'missed.csv'
export const SUMMARY_FILE = 'summary.json'
const DAILY_FILE = 'daily.csv'
const WHOLE_FILES = [SETTINGS_FILE, SUMMARY_FILE, DAILY_FILE]

/**
 * The record of one session, a folder `<out>/<session-id>`: `settings.json` and `summary.json`, `trades.csv` and
 * `missed.csv` appended row by row, `daily.csv`.
 *
 * Opening it again continues it: a row that a crash cut off is taken away, and rows that are there already are not
 * written again. So after a crash the host records every trade of its journal once more, and the files are complete.
 */
export class FileSessionLog implements SessionLog {
  readonly folder: string
  /** What the files held when they were opened. */
  readonly resumed: { readonly trades: number; readonly missedEntries: number; readonly tornRows: number }
  private readonly sessionId: string
  private readonly trades: Table<TradeRecord>
  private readonly missed: Table<MissedEntry>
  /** Rewrites of whole files, one after another; a failure stays and shows in `flush`. */
  private rewrites: Promise<void> = Promise.resolve()

  private constructor(folder: string, sessionId: string, trades: Table<TradeRecord>, missed: Table<MissedEntry>) {
    this.folder = folder
    this.sessionId = sessionId
    this.trades = trades
    this.missed = missed
    this.resumed = {
      trades: trades.resumed,
      missedEntries: missed.resumed,
      tornRows: Number(trades.torn) + Number(missed.torn),
    }
  }

  /**
   * Begins a session in `out`, or continues the one of that id. Throws {@link SessionLogError} when the folder holds a
   * session with other settings, or a file is not what this format says.
   */
  static async open(out: string, settings: SessionSettings): Promise<FileSessionLog> {
    const text = settingsText(settings)
    parseSettings(text, SETTINGS_FILE)
    const folder = join(out, settings.sessionId)
    await makeFolder(folder)
    await removeTemporaries(folder, (name) => WHOLE_FILES.includes(name))
    await keepSettings(join(folder, SETTINGS_FILE), text)
    const trades = await Table.open(join(folder, TRADES_FILE), TRADE_COLUMNS, (trade) => trade.tradeId)
    try {
      const missed = await Table.open(join(folder, MISSED_FILE), MISSED_COLUMNS, missedKey)
      return new FileSessionLog(folder, settings.sessionId, trades, missed)
    } catch (error) {
      await trades.close()
      throw error
    }
  }

  trade(trade: TradeRecord): void {
    this.trades.record(trade)
  }

  missedEntry(entry: MissedEntry): void {
    this.missed.record(entry)
  }

  /** Replaces `daily.csv`. */
  daily(days: readonly DailyStats[]): void {
    const lines = [headerLine(DAILY_COLUMNS), ...days.map((day) => rowLine(DAILY_COLUMNS, day))]
    this.rewrite(DAILY_FILE, `${lines.join('\n')}\n`)
  }

  /** Replaces `summary.json`. */
  summary(summary: Omit<SessionSummary, 'schema' | 'sessionId' | 'missedEntries'>): void {
    const whole: SessionSummary = {
      schema: 'dolphin.session-summary/1',
      sessionId: this.sessionId,
      missedEntries: this.missed.rows,
      ...summary,
    }
    this.rewrite(SUMMARY_FILE, `${JSON.stringify(whole, null, 2)}\n`)
  }

  /** Resolves when everything recorded so far is on disk; rejects with the first failure of a disk. */
  async flush(): Promise<void> {
    await Promise.all([this.trades.flush(), this.missed.flush(), this.rewrites])
  }

  async close(): Promise<void> {
    try {
      await this.flush()
    } finally {
      await Promise.all([this.trades.close(), this.missed.close()])
    }
  }

  private rewrite(name: string, text: string): void {
    this.rewrites = this.rewrites.then(() => writeAtomically(join(this.folder, name), text))
    // Heard in `flush`; without a listener of its own a failure before that would end the process.
    this.rewrites.catch(() => undefined)
  }
}

/** The identity of an entry that did not happen: a strategy asks once per symbol and bar. */
function missedKey({ strategy, symbol, entryBar }: MissedEntry): string {
  return `${strategy} ${symbol} ${entryBar}`
}

/** A file of rows that each have a key of their own. */
class Table<Row> {
  readonly resumed: number
  private constructor(
    private readonly path: string,
    private readonly file: AppendFile,
    private readonly columns: Columns<Row>,
    private readonly keyOf: (row: Row) => string,
    private readonly lineOf: Map<string, string>,
    readonly torn: boolean,
  ) {
    this.resumed = lineOf.size
  }

  static async open<Row>(path: string, columns: Columns<Row>, keyOf: (row: Row) => string): Promise<Table<Row>> {
    const header = headerLine(columns)
    const refuse = (found: string): SessionLogError =>
      new SessionLogError({ file: path, line: 1, column: 1 }, `the header ${quoted(header)}`, quoted(found))
    const { file, lines, torn } = await AppendFile.open(path, { line: header, refuse })
    try {
      const lineOf = new Map<string, string>()
      for (const [i, line] of lines.entries()) {
        const key = keyOf(parseRow(columns, line, { file: path, line: i + 2 }))
        if (lineOf.has(key)) throw new SessionLogError({ file: path, line: i + 2 }, 'every row once', `${key} again`)
        lineOf.set(key, line)
      }
      return new Table(path, file, columns, keyOf, lineOf, torn !== undefined)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  get rows(): number {
    return this.lineOf.size
  }

  record(row: Row): void {
    const line = rowLine(this.columns, row)
    const key = this.keyOf(row)
    const before = this.lineOf.get(key)
    if (before === line) return
    if (before !== undefined)
      throw new SessionLogError({ file: this.path }, `the row of ${key} as it is: ${before}`, line)
    this.lineOf.set(key, line)
    this.file.append(line)
  }

  flush(): Promise<void> {
    return this.file.flush()
  }

  close(): Promise<void> {
    return this.file.close()
  }
}

/** Settings are written once; a session goes on only under the same ones. */
async function keepSettings(path: string, text: string): Promise<void> {
  const before = await withPath(path, readFile(path, 'utf8')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (before === undefined) return await writeAtomically(path, text)
  const [found, expected] = [parseSettings(before, path), parseSettings(text, path)].map(whatDecides)
  for (const key of Object.keys(expected!) as (keyof SessionSettings)[]) {
    const difference = firstDifference(key, found![key], expected![key])
    if (difference === undefined) continue
    const { at, was, is } = difference
    throw new SessionLogError({ file: path }, `${at} ${is}, with which the session is to continue`, was)
  }
}

/** Where two values first differ, as JSON: of settings that have parts the part, not all that is alike beside it. */
function firstDifference(
  at: string,
  was: unknown,
  is: unknown,
): { readonly at: string; readonly was: string; readonly is: string } | undefined {
  const texts = { was: JSON.stringify(was) ?? 'nothing', is: JSON.stringify(is) ?? 'nothing' }
  if (texts.was === texts.is) return undefined
  if (!isRecord(was) || !isRecord(is)) return { at, ...texts }
  for (const key of new Set([...Object.keys(is), ...Object.keys(was)])) {
    const inner = firstDifference(`${at}.${key}`, was[key], is[key])
    if (inner !== undefined) return inner
  }
  return { at, ...texts }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A session goes on at another time, and with its days in another place. */
function whatDecides({ startedAtMs: _, days, ...settings }: SessionSettings): Partial<SessionSettings> {
  return { ...settings, days: days.map(({ date, sha256 }) => ({ date, sha256 })) }
}
