import { setImmediate as nextTurn } from 'node:timers/promises'
import { SessionLogError } from '../adapters/session-log/refusal.js'
import { SessionLog } from '../adapters/session-log/session-log.js'
import type { DecisionRecord } from '../core/decision/records.js'
import type { ExecutionRecord } from '../core/execution/records.js'
import { recordLine } from '../core/journal/frame.js'
import { ChampionStrategy } from '../core/strategy/champion.js'
import type { DayColumns } from '../ports/days.js'
import type { JournalKind } from '../ports/journal.js'
import { alertLog } from './alert-log.js'
import { EXIT } from './exit-codes.js'
import { openJournal } from './journal-files.js'
import { displayPath } from './package-files.js'
import { readPaperDays } from './paper-days.js'
import type { PaperOptions } from './paper-options.js'
import { journalFolder, type PaperSetup } from './paper-setup.js'
import { UserError } from './problems.js'
import { startProgress } from './progress.js'
import { SessionBars } from './session-bars.js'
import { SessionBooks, type SessionFigures } from './session-books.js'
import { notice } from './terminal.js'
import { JournalDeparture, TimedJournal } from './virtual-ports.js'
import { VirtualSession } from './virtual-session.js'
import { VirtualTime } from './virtual-time.js'

/** Where a session stands when it ends, or is interrupted. */
export interface PaperResult {
  readonly finished: boolean
  /** UTC ms, of the session's own time. */
  readonly atMs: number
  readonly bars: number
  readonly figures: SessionFigures
  readonly journals: Readonly<Record<JournalKind, { readonly records: number; readonly stateHash: string }>>
}

/** Time after the last bar for what it led to. */
const COOL_DOWN_MS = 30_000
/** What a record takes to be durable, by the session's clock. */
const DURABLE_MS = 1
/** Between looks at the disk, Ctrl-C and the progress bar. */
const BARS_PER_TURN = 60

/**
 * Trades the days on virtual time. A session of these settings is a function of the days, so one that was interrupted is
 * computed again from its first bar, in seconds: what its journals hold must come out again record for record, and goes on
 * from there.
 */
export async function runVirtualPaper(
  setup: PaperSetup,
  options: PaperOptions,
  signal: AbortSignal,
): Promise<PaperResult> {
  const log = await translated(setup, () => SessionLog.open(setup.parent, setup.session))
  try {
    const run = await PaperRun.open(setup, options, log)
    try {
      return await translated(setup, () => run.trade(signal))
    } finally {
      await run.close()
    }
  } finally {
    await log.close()
  }
}

class PaperRun {
  private readonly setup: PaperSetup
  private readonly options: PaperOptions
  private readonly log: SessionLog
  private readonly time: VirtualTime
  private readonly journals: Readonly<Record<JournalKind, TimedJournal>>
  private readonly books: SessionBooks
  private readonly session: VirtualSession
  private readonly bars: SessionBars
  private day = ''
  private traded = 0
  private fundedAtMs = 0

  static async open(setup: PaperSetup, options: PaperOptions, log: SessionLog): Promise<PaperRun> {
    const time = new VirtualTime(setup.session.startedAtMs)
    const open = async <R extends DecisionRecord | ExecutionRecord>(kind: JournalKind): Promise<TimedJournal> => {
      const folder = journalFolder(log.folder, kind)
      const { records, journal, warning } = await openJournal<R>(folder, kind, setup.decision.build)
      if (warning !== undefined) notice(warning)
      return new TimedJournal(journal, time, { delayMs: DURABLE_MS, there: records.map(recordLine) })
    }
    const decision = await open<DecisionRecord>('decision')
    try {
      return new PaperRun(setup, options, log, time, { decision, execution: await open<ExecutionRecord>('execution') })
    } catch (error) {
      await decision.close()
      throw error
    }
  }

  private constructor(
    setup: PaperSetup,
    options: PaperOptions,
    log: SessionLog,
    time: VirtualTime,
    journals: Readonly<Record<JournalKind, TimedJournal>>,
  ) {
    const { run, session } = setup
    this.setup = setup
    this.options = options
    this.log = log
    this.time = time
    this.journals = journals
    this.books = new SessionBooks(session, log)
    this.bars = new SessionBars(run)
    const tell = alertLog({ quiet: true })
    this.session = new VirtualSession({
      time,
      journals,
      decision: setup.decision,
      execution: setup.execution,
      exchange: setup.exchange,
      strategies: [this.champion()],
      recorded: (record) => this.books.record(record),
      alerted: (_side, alert) => {
        this.books.alert(alert)
        if (!options.quiet) tell(alert)
      },
    })
  }

  async trade(signal: AbortSignal): Promise<PaperResult> {
    const { days } = this.setup
    const progress = startProgress({ total: days.bars, unit: 'bars', label: 'Paper', quiet: this.options.quiet })
    this.session.start()
    try {
      for await (const { columns } of readPaperDays(days.files, signal)) {
        await this.tradeDay(columns, signal, (bars) => progress.advance(bars, columns.date))
        if (signal.aborted) break
        this.books.write(this.time.epochMs(), false)
      }
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error
    } finally {
      progress.stop()
    }
    const finished = !signal.aborted
    if (finished) this.session.runTo(this.time.epochMs() + COOL_DOWN_MS)
    return await this.result(finished)
  }

  close(): Promise<void> {
    return this.session.stop()
  }

  private async tradeDay(columns: DayColumns, signal: AbortSignal, advance: (bars: number) => void): Promise<void> {
    this.bars.beginDay(columns)
    this.day = columns.date
    for (let row = 0; row < columns.bars; row++) {
      if (row % BARS_PER_TURN === 0 && row > 0) {
        advance(BARS_PER_TURN)
        await this.turn()
        if (signal.aborted) return
      }
      this.fund(columns.assets, this.bars.timeMs(row))
      this.session.bar(this.bars.bar(row))
      this.traded++
    }
    advance(columns.bars % BARS_PER_TURN || BARS_PER_TURN)
    await this.turn()
  }

  /** Lets files, signals and the terminal have their turn. */
  private async turn(): Promise<void> {
    await this.journals.decision.keepUp()
    await this.journals.execution.keepUp()
    await nextTurn()
  }

  /** Settles funding at the eighth hours that have come since the bar before. */
  private fund(symbols: readonly string[], barMs: number): void {
    const { fundingRate } = this.setup
    const dueMs = barMs - (barMs % FUNDING_MS)
    const isFirst = this.fundedAtMs === 0
    if (dueMs <= this.fundedAtMs) return
    this.fundedAtMs = dueMs
    if (fundingRate === undefined || isFirst) return
    this.session.runTo(Math.max(dueMs, this.time.epochMs()))
    this.session.funding(symbols, fundingRate)
  }

  private champion(): ChampionStrategy {
    const { run } = this.setup
    const { orderBook, forewarner } = run
    return new ChampionStrategy({
      id: run.strategy,
      parameters: run.parameters,
      direction: run.direction,
      initialCapital: run.initialCapital,
      ...(orderBook === undefined ? {} : { orderBook }),
      ...(forewarner === undefined ? {} : { onTrade: (trade) => forewarner.observe(trade, this.day) }),
    })
  }

  private async result(finished: boolean): Promise<PaperResult> {
    const atMs = this.time.epochMs()
    this.books.write(atMs, finished)
    await this.log.flush()
    const { decision, execution } = this.session
    return {
      finished,
      atMs,
      bars: this.traded,
      figures: this.books.figures(atMs),
      journals: {
        decision: { records: decision.state.records, stateHash: decision.stateHash() },
        execution: { records: execution.state.n, stateHash: execution.stateHash() },
      },
    }
  }
}

const FUNDING_MS = 28_800_000

async function translated<T>(setup: PaperSetup, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof SessionLogError) throw new UserError(error.message, { exitCode: EXIT.dataRefused })
    if (!(error instanceof JournalDeparture)) throw error
    throw new UserError(
      { place: displayPath(setup.folder), message: `the journal is of another session: ${error.message}` },
      { exitCode: EXIT.dataRefused, hint: 'A session goes on only with the same days, settings and build.' },
    )
  }
}
