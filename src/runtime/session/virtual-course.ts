import { setImmediate as nextTurn } from 'node:timers/promises'
import { delayedLinkPair } from '../../adapters/link-memory/delayed-link.js'
import { PaperExchange } from '../../adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../adapters/paper/paper-venue.js'
import { openJournal } from '../../cli/compose/journals.js'
import { journalFolder, type PaperSetup } from '../../cli/compose/session-settings.js'
import type { PaperOptions } from '../../cli/paper/options.js'
import { type Progress, startProgress } from '../../cli/shell/progress.js'
import { notice } from '../../cli/shell/terminal.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import { recordLine, sumOf } from '../../core/journal/frame.js'
import type { JournalKind } from '../../ports/journal.js'
import { VirtualTime } from '../time/virtual-time.js'
import { COOL_DOWN_MS, championOf, type PaperDesk, type PaperResult, withPaperDesk } from './session-recorder.js'
import { paperSteps } from './session-steps.js'
import { TimedJournal } from './timed-journal.js'
import { VirtualSession } from './virtual-session.js'

/** What a record takes to be durable, by the session's clock. */
const DURABLE_MS = 1
/** What a message takes from one side to the other within a process. */
const LINK_MS = 1
/** Between looks at the disk, Ctrl-C and the progress bar. */
const BARS_PER_TURN = 60

/**
 * Trades the days on virtual time. A session of these settings is a function of the days, so one that was interrupted is
 * computed again from its first bar, in seconds: what its journals hold must come out again record for record, and goes on
 * from there.
 */
export function runVirtualPaper(setup: PaperSetup, options: PaperOptions, signal: AbortSignal): Promise<PaperResult> {
  return withPaperDesk(setup, options, async (desk) => {
    const time = new VirtualTime(setup.session.startedAtMs)
    const journals = await openJournals(setup, desk, time)
    const session: VirtualSession = new VirtualSession({
      time,
      journals,
      decision: setup.decision,
      execution: setup.execution,
      venue: new PaperVenue({ exchange: new PaperExchange(setup.exchange), timer: time }),
      links: delayedLinkPair(time, LINK_MS),
      strategies: [championOf(setup)],
      recorded: (record) => desk.recorded(record, (command) => session.command(command)),
      alerted: (_side, alert) => desk.alerted(alert),
    })
    const progress = startProgress({ total: setup.days.bars, unit: 'bars', label: 'Paper', quiet: options.quiet })
    try {
      const bars = await new VirtualCourse(setup, desk, { time, journals, session }, progress).run(signal)
      const finished = !signal.aborted
      if (finished) session.runTo(time.epochMs() + COOL_DOWN_MS)
      return await resultOf(desk, session, { finished, bars, atMs: time.epochMs() })
    } finally {
      progress.stop()
      await session.stop()
    }
  })
}

interface VirtualParts {
  readonly time: VirtualTime
  readonly journals: Readonly<Record<JournalKind, TimedJournal>>
  readonly session: VirtualSession
}

/** A session's way through its days. */
class VirtualCourse {
  private readonly setup: PaperSetup
  private readonly desk: PaperDesk
  private readonly parts: VirtualParts
  private readonly progress: Progress
  private bars = 0
  private shown = 0

  constructor(setup: PaperSetup, desk: PaperDesk, parts: VirtualParts, progress: Progress) {
    this.setup = setup
    this.desk = desk
    this.parts = parts
    this.progress = progress
  }

  /** Answers the bars that were traded: all of them, unless the signal came. */
  async run(signal: AbortSignal): Promise<number> {
    const { setup, desk, parts } = this
    const { session, time } = parts
    session.start()
    try {
      for await (const { bar, date, dayEndMs, fundedAtMs } of paperSteps(setup, signal)) {
        if (fundedAtMs !== undefined && setup.fundingRate !== undefined) {
          session.funding(bar.symbols, setup.fundingRate, fundedAtMs)
        }
        session.bar(bar)
        this.bars++
        if (dayEndMs !== undefined) {
          session.runTo(dayEndMs)
          desk.books.write(time.epochMs(), false)
        }
        if (dayEndMs !== undefined || this.bars % BARS_PER_TURN === 0) await this.turn(date)
        if (signal.aborted) break
      }
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error
    }
    return this.bars
  }

  /** Lets files, signals and the terminal have their turn. */
  private async turn(date: string): Promise<void> {
    this.progress.advance(this.bars - this.shown, date)
    this.shown = this.bars
    await this.parts.journals.decision.keepUp()
    await this.parts.journals.execution.keepUp()
    await nextTurn()
  }
}

async function openJournals(
  setup: PaperSetup,
  { log }: PaperDesk,
  time: VirtualTime,
): Promise<VirtualParts['journals']> {
  const open = async <R extends DecisionRecord | ExecutionRecord>(kind: JournalKind): Promise<TimedJournal> => {
    const folder = journalFolder(log.folder, kind)
    const there: string[] = []
    const reader = { take: (record: R) => void there.push(sumOf(recordLine(record))) }
    const { journal, warnings } = await openJournal({ folder, kind, build: setup.decision.build }, reader)
    warnings.forEach(notice)
    return new TimedJournal(journal, time, { delayMs: DURABLE_MS, there })
  }
  const decision = await open<DecisionRecord>('decision')
  try {
    return { decision, execution: await open<ExecutionRecord>('execution') }
  } catch (error) {
    await decision.close()
    throw error
  }
}

async function resultOf(
  { books, log }: PaperDesk,
  { decision, execution }: VirtualSession,
  end: { readonly finished: boolean; readonly bars: number; readonly atMs: number },
): Promise<PaperResult> {
  books.write(end.atMs, end.finished)
  await log.flush()
  return {
    ...end,
    figures: books.figures(end.atMs),
    journals: {
      decision: { records: decision.state.records, stateHash: decision.stateHash() },
      execution: { records: execution.state.n, stateHash: execution.stateHash() },
    },
  }
}
