import { createHash } from 'node:crypto'
import { DataRefused, InputMistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import type { Backtest } from '../../core/backtest/backtest.js'
import { lotSizing } from '../../core/backtest/bar-price-fills.js'
import { DayObservations } from '../../core/backtest/day-observations.js'
import type { StrategyBacktest } from '../../core/backtest/strategy-backtest.js'
import { barBooks } from '../../core/decision/recorded-books.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import { BarOrderBook } from '../../core/orderbook/bar-order-book.js'
import { JournaledBooks } from '../../core/orderbook/journaled-books.js'
import { JournalDays } from '../../core/paper-record/journal-days.js'
import { packageVersion } from '../../files/package-files.js'
import { type DayColumns, DayError } from '../../ports/days.js'
import type { BarBooks } from '../../ports/order-book.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { BarObservation } from '../../ports/vocabulary/observation.js'
import type { BacktestReport } from '../../ports/vocabulary/report.js'
import type { SessionSettings } from '../../ports/vocabulary/session.js'
import { codeHash } from '../shell/code-hash.js'
import { judge, readJournal } from './journal-reading.js'
import { bulkRuns, loadOwn, ownStrategyOf } from './own-strategy.js'
import { type PreparedRun, prepareRun, type RunSettings } from './run-settings.js'
import { journalFolder } from './session-settings.js'

/**
 * The backtest of a live session's bars, whole; ends between two blocks of the journal when the signal is aborted.
 *
 * @throws InputMistake where the strategy is not the session's; DataRefused when the journal is damaged, or a day is refused.
 */
export async function journalBacktest(
  { settings, folder }: { readonly settings: SessionSettings; readonly folder: string },
  asked: RunSettings,
  signal: AbortSignal,
): Promise<BacktestReport> {
  const backtest = await JournalBacktest.of(settings, asked)
  try {
    const place = journalFolder(folder, 'decision')
    const reading = await readJournal(place, {
      quiet: true,
      label: 'Reading',
      take(records) {
        for (const record of records as unknown as readonly DecisionRecord[]) backtest.take(record)
        return !signal.aborted
      },
    })
    judge(place, reading)
    const report = backtest.finish()
    const [refused] = backtest.refused
    if (refused !== undefined) throw new DataRefused(refused.why)
    return report
  } finally {
    await backtest.close()
  }
}

/** The backtest of the bars that a live session decided on, read out of its decision journal: no other recording is needed. */
export class JournalBacktest {
  private readonly days = new JournalDays()
  private readonly books = new JournaledBooks()
  private readonly observations = new DayObservations()
  /** Of the bars since the last day that was run. */
  private ofDay: { readonly books: BarBooks | undefined; readonly observation: BarObservation | undefined }[] = []
  private bars = 0
  private readonly backtest: Backtest | StrategyBacktest
  private readonly runs: ReturnType<typeof bulkRuns>
  /** Days that the engine refuses, each with why. */
  readonly refused: { readonly date: string; readonly why: string }[] = []

  /** @throws InputMistake where the strategy is not the session's. */
  static async of(settings: SessionSettings, asked: RunSettings): Promise<JournalBacktest> {
    const own = await loadOwn(asked)
    if (own?.sha256 !== settings.ownStrategy?.sha256)
      throw new InputMistake('the strategy is another one than the session traded: its file has changed')
    return new JournalBacktest(prepareRun(asked, own), settings)
  }

  private constructor(
    private readonly run: PreparedRun,
    settings: SessionSettings,
  ) {
    this.runs = bulkRuns(run)
    const made = run.settings()
    // Lots and limits are those of the exchange when the session began, in no file.
    const rules = made.barPriceFills && lotSizing(ruleOf(settings))
    // Those that came with the bars.
    const orderBook = made.orderBook instanceof BarOrderBook ? this.books : made.orderBook
    const observation = run.own !== undefined && run.own.observation !== false ? this.observations : undefined
    this.backtest = this.runs.make({ ...made, ...present({ orderBook, barPriceFills: rules, observation }) })
  }

  take(record: DecisionRecord): void {
    if (record.type !== 'bar') return
    this.add(this.days.take(record.bar))
    const { books, observation } = record.bar
    this.ofDay.push({ books: books && barBooks(books), observation })
  }

  /** What the bars so far came to. */
  finish(): BacktestReport {
    this.add(this.days.end())
    const { own, recorded: settings } = this.run
    const about = { engineVersion: packageVersion(), codeHash: codeHash(), settings }
    return this.backtest.finish({ ...about, ...present({ ownStrategy: own && ownStrategyOf(own) }) })
  }

  close(): Promise<void> {
    return this.runs.close()
  }

  private add(day: DayColumns | undefined): void {
    if (day === undefined) return
    this.books.beginDay(
      this.bars,
      this.ofDay.map(({ books }) => books),
    )
    this.observations.beginDay(
      this.bars,
      this.ofDay.map(({ observation }) => observation),
    )
    this.ofDay = []
    try {
      this.backtest.addDay(day, hashOf(day))
      this.bars += day.bars
    } catch (error) {
      if (!(error instanceof DayError)) throw error
      this.refused.push({ date: day.date, why: error.message })
    }
  }
}

function ruleOf({ venue }: SessionSettings): (symbol: string) => Instrument {
  const { instruments } = venue.exchange as { readonly instruments: readonly Instrument[] }
  const rules = new Map(instruments.map((instrument) => [instrument.identity.symbol, instrument]))
  return (symbol) => {
    const rule = rules.get(symbol)
    if (rule === undefined) throw new InputMistake(`the session lists no trading rules of ${symbol}`)
    return rule
  }
}

function hashOf({ date, assets, timestampNs, velDiv, prices }: DayColumns): string {
  const hash = createHash('sha256').update(JSON.stringify([date, assets]))
  for (const column of [timestampNs!, velDiv, ...prices]) {
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
  }
  return hash.digest('hex')
}
