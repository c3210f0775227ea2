import { readMarket } from '../../adapters/market-parquet/read-market.js'
import { DataRefused, InputMistake, Interrupted, type Problem } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import type { CascadeRules } from '../../core/analysis/cascade-rules.js'
import { wantedMarks } from '../../core/analysis/recorded-cascades.js'
import { RecordedFeeds } from '../../core/analysis/recorded-feeds.js'
import type { MarketRows } from '../../ports/market-recording.js'
import { startProgress } from '../shell/progress.js'
import { noticeWarning } from '../shell/terminal.js'
import { recordingAt } from './recorded-market.js'
import { refuseUnrecorded } from './recorded-symbols.js'

export interface AnalysedChoice {
  /** Folders with a `recording.json`. */
  readonly paths: readonly string[]
  /** Absent: all. */
  readonly symbols?: readonly string[]
  /** Rows stamped in [`fromMs`, `toMs`), UTC ms. */
  readonly fromMs?: number
  readonly toMs?: number
  readonly quiet: boolean
  readonly signal: AbortSignal
}

/** A table that something is looked for in, and how it is recorded. */
export type AnalysedTable = 'liquidations' | 'open_interest' | 'marks'

/** What recordings hold that cascades are found in, read table by table. */
export class AnalysedRecordings {
  readonly feeds = new RecordedFeeds()
  /** Rows of each table that was read, of all recordings. */
  readonly rows: Record<AnalysedTable, number> = { liquidations: 0, open_interest: 0, marks: 0 }

  private constructor(private readonly choice: AnalysedChoice) {}

  /**
   * Says what of the recordings may be missing, and reads nothing yet.
   *
   * @throws InputMistake where nothing is at a path, or one is named twice; DataRefused for a folder that is no recording.
   */
  static async open(choice: AnalysedChoice): Promise<AnalysedRecordings> {
    const twice = choice.paths.filter((path, i) => choice.paths.indexOf(path) < i)
    if (twice.length > 0)
      throw new InputMistake(twice.map((place) => ({ place, message: 'expected each recording once, found it twice' })))
    for (const path of choice.paths) {
      const { gaps } = await recordingAt(path)
      for (const { fromMs, untilMs, why } of gaps)
        noticeWarning(`${path}: rows of ${utc(fromMs)} … ${utc(untilMs)} may be missing (${why})`)
    }
    return new AnalysedRecordings(choice)
  }

  /** Reads liquidations, and what else is told of when. Throws `InputMistake` for symbols that are not there. */
  async readLiquidations(): Promise<void> {
    await this.read('liquidations', (row) => this.feeds.liquidation(row))
    for (const { liquidations } of this.feeds.bySymbol.values()) liquidations.sort((a, b) => a.tsMs - b.tsMs)
  }

  async readOpenInterest(): Promise<void> {
    await this.read('open_interest', (row) => this.feeds.openInterest(row))
  }

  /** Reads marks round what may be a cascade; `ofFunding`: also basis and funding rates of each minute, of all of them. */
  async readMarks(rules: CascadeRules, { ofFunding }: { readonly ofFunding: boolean }): Promise<void> {
    for (const [symbol, feed] of this.feeds.bySymbol) this.feeds.want(symbol, wantedMarks(feed, rules))
    await this.read('marks', (row) => this.feeds.mark(row, { ofFunding }))
  }

  /** @throws InputMistake naming each symbol that was asked for and is in none of the tables that were read. */
  refuseUnrecorded(): void {
    const { symbols: asked = [], paths } = this.choice
    const recorded = Object.fromEntries(this.feeds.symbols().map((symbol) => [symbol, true]))
    refuseUnrecorded(paths.join(', '), { option: '--symbols', asked, recorded })
  }

  /** @throws DataRefused naming the table, when none of the recordings has a row of it. */
  refuseWithout(table: AnalysedTable): void {
    if (this.rows[table] > 0) return
    const { paths, fromMs, toMs } = this.choice
    const inPeriod = fromMs === undefined && toMs === undefined ? '' : ' of the period'
    throw new DataRefused(
      { place: paths.join(', '), message: `expected rows of the table ${table}${inPeriod}, found none` },
      { hint: HOW_RECORDED },
    )
  }

  private async read<Table extends AnalysedTable>(table: Table, take: (row: MarketRows[Table]) => void): Promise<void> {
    const { paths, symbols, fromMs, toMs, quiet, signal } = this.choice
    const progress = startProgress({ total: paths.length, unit: 'recordings', label: `Reading ${table}`, quiet })
    const seen = new SeenSpans()
    try {
      for (const path of paths) {
        for await (const rows of readMarket(path, table, present({ symbols, fromMs, toMs }))) {
          refuseInterrupted(signal)
          this.rows[table] += rows.length
          for (const row of rows) {
            seen.at(path, row.symbol, timeOf(row))
            take(row)
          }
        }
        progress.advance(1, path)
      }
    } finally {
      progress.stop()
    }
    seen.refuseTwice(table)
  }
}

export const HOW_RECORDED =
  'dolphin observe --live --record <folder> records liquidations, open interest and marks; so does dolphin serve order-book.'

/** What is recorded twice would count twice. */
class SeenSpans {
  private readonly bySymbol = new Map<string, { path: string; fromMs: number; untilMs: number }[]>()

  at(path: string, symbol: string, ms: number): void {
    const spans = this.bySymbol.get(symbol)
    const last = spans?.at(-1)
    if (last?.path === path) {
      if (ms < last.fromMs) last.fromMs = ms
      if (ms > last.untilMs) last.untilMs = ms
    } else if (spans === undefined) this.bySymbol.set(symbol, [{ path, fromMs: ms, untilMs: ms }])
    else spans.push({ path, fromMs: ms, untilMs: ms })
  }

  refuseTwice(table: AnalysedTable): void {
    const problems = new Map<string, Problem>()
    for (const [symbol, spans] of this.bySymbol) {
      const ordered = [...spans].sort((a, b) => a.fromMs - b.fromMs)
      for (const [i, { path, fromMs }] of ordered.entries()) {
        const before = ordered[i - 1]
        if (before === undefined || fromMs > before.untilMs || problems.has(path)) continue
        const message = `expected ${table} of ${symbol} of other times than in ${before.path}, found them at ${utc(fromMs)} in both`
        problems.set(path, { place: path, message })
      }
    }
    if (problems.size > 0)
      throw new InputMistake([...problems.values()], { hint: 'Give one of them, or --from and --to.' })
  }
}

function timeOf(row: MarketRows[AnalysedTable]): number {
  if ('T_ms' in row) return row.T_ms
  return 'E_ms' in row ? row.E_ms : row.t_ms
}

function refuseInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new Interrupted()
}

function utc(ms: number): string {
  return new Date(ms).toISOString()
}
