import { systemClock } from '../../adapters/clock/system-clock.js'
import { statfsDisk } from '../../adapters/disk/statfs-disk.js'
import { memoryLinkPair } from '../../adapters/link-memory/memory-link.js'
import { PaperVenue } from '../../adapters/paper/paper-venue.js'
import { DataRefused } from '../../base/mistakes.js'
import type { DecisionSettings } from '../../core/decision/settings.js'
import { decisionAtSpeed } from '../../core/session/limits-at-speed.js'
import { displayPath } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import type { Clock } from '../../ports/clock.js'
import { type Journal, JournalError, type SideKind } from '../../ports/journal.js'
import type { Link } from '../../ports/link.js'
import type { PlayedMarket } from '../../ports/played-market.js'
import { PacedJournal } from '../../runtime/session/paced-session.js'
import { runSession, type SessionResult } from '../../runtime/session/session.js'
import type { SessionParts } from '../../runtime/session/session-parts.js'
import { type SessionPoint, SessionRecovery } from '../../runtime/session/session-recovery.js'
import { sessionSteps } from '../../runtime/session/session-steps.js'
import { paceOf } from '../../runtime/time/pace.js'
import { PacedTime } from '../../runtime/time/paced-time.js'
import { type ClockScale, scaledClock } from '../../runtime/time/scaled-clock.js'
import { type ExecutorFiles, executorProcess } from './executor-process.js'
import { keptExchange, refuseWithoutExchange } from './kept-exchange.js'
import { behindNotices, behindText } from './kept-pace.js'
import { sessionStrategies } from './own-strategy.js'
import { resumedText } from './resumed-text.js'
import type { ServeChoice } from './serve-address.js'
import { ServedSession } from './served-session.js'
import { inSessionFolder, type SessionFolder } from './session-folder.js'
import type { SessionNews } from './session-news.js'
import { journalFolder, type PaperSetup } from './session-settings.js'

/**
 * Trades recorded days by a clock that runs faster than they were recorded. Exchange and sides outlive their process: a session
 * that was interrupted goes on behind the last bar that its decision side took, at the time at which it stopped.
 */
export function runClockSession(
  setup: PaperSetup,
  choice: ClockChoice,
  news: SessionNews,
  signal: AbortSignal,
): Promise<SessionResult> {
  return inSessionFolder(setup, news.onWarning, async (folder) => {
    const closing: (() => Promise<void>)[] = []
    const failed = new AbortController()
    try {
      const parts = await partsOf(setup, choice, { folder, news, closing, failed })
      const result = await runSession(parts, AbortSignal.any([signal, failed.signal]))
      failed.signal.throwIfAborted()
      return result
    } finally {
      for (const close of closing.toReversed()) await close()
    }
  })
}

/** How a session runs by the clock. */
export interface ClockChoice {
  /** Times faster than the days were recorded. */
  readonly speed: number
  /** Where the execution side is: here, or in a process of its own that reads these files itself. */
  readonly executor: 'in-process' | ExecutorFiles
  readonly serve: ServeChoice
}

interface Around {
  readonly folder: SessionFolder
  readonly news: SessionNews
  /** What has to be closed at the end, in reverse. */
  readonly closing: (() => Promise<void>)[]
  /** Aborted when the exchange can keep nothing any more. */
  readonly failed: AbortController
}

/** Reads what the session has been so far, and puts it together from there. The exchange comes first: sides know it by then. */
async function partsOf(setup: PaperSetup, choice: ClockChoice, around: Around): Promise<SessionParts> {
  const { folder, news, closing, failed } = around
  const folders = foldersOf(folder)
  refuseWithoutExchange(folders)
  let time: PacedTime | Clock | undefined
  const hold = () => (time instanceof PacedTime ? time.hold() : () => {})
  const at = { folder: folders.exchange, settings: setup.exchange, startedAtMs: setup.startedAtMs }
  const kept = await keptExchange(at, async (reader) => {
    return new PacedJournal(await folder.readJournal('exchange', reader), { hold })
  })
  closing.push(() => kept.journal.close())
  const own = sessionStrategies(setup.run, setup.own)
  closing.push(() => own.close())
  const epochMs = () => time?.epochMs() ?? kept.atMs
  const served = new ServedSession(setup, choice.serve, { folder: folder.folder, clock: { epochMs } })
  closing.push(() => served.close())
  const settings = decisionOf(setup, choice)
  const { strategies } = own
  const recovery = new SessionRecovery({
    ...{ start: setup, log: folder.log, decision: settings, strategies, seen: served.surface },
  })
  const decisionJournal = await journalOf(around, 'decision', recovery)
  const executionJournal =
    choice.executor === 'in-process' ? await journalOf(around, 'execution', recovery) : undefined
  const from = pointOf(recovery, folders.decision)
  news.onBehind?.(from.bar + 1)

  const startedAtMs = Math.max(setup.startedAtMs, kept.atMs, from.atMs)
  const scale: ClockScale = { speed: choice.speed, epochMs: startedAtMs, realEpochMs: Date.now() }
  time = timeOf(startedAtMs, choice, { scale, news })
  closing.push(async () => {
    if (time instanceof PacedTime && time.kept.lostMs > 0) news.onNotice(`In all ${behindText(time.kept)}.`)
  })
  const venue = new PaperVenue({
    exchange: kept.exchange,
    timer: paceOf(time).timer,
    journal: kept.journal,
    journalFailed: (message) => failed.abort(new JournalError(message)),
  })
  closing.push(() => venue.close())
  const { link, execution } = await executionOf(setup, choice, { folder, scale, venue, served, news, executionJournal })
  return {
    ...news,
    start: setup,
    time,
    steps: (ended, last) => sessionSteps(setup.days, setup.run, ended, last),
    strategies,
    recovery,
    decision: { settings, journal: { journal: decisionJournal, there: [] }, link },
    execution,
    venue,
    fundingRate: setup.fundingRate,
    log: folder.log,
    status: served,
    disk: statfsDisk(folder.folder),
    started: () => served.listen(),
    onResumed: (last) => news.onNotice(resumedText(last)),
  }
}

function foldersOf({ folder }: SessionFolder): Record<'exchange' | 'decision', string> {
  return { exchange: journalFolder(folder, 'exchange'), decision: journalFolder(folder, 'decision') }
}

async function journalOf({ folder, closing }: Around, kind: SideKind, recovery: SessionRecovery): Promise<Journal> {
  const journal = await (kind === 'decision'
    ? folder.readJournal(kind, recovery.decision)
    : folder.readJournal(kind, recovery.execution))
  closing.push(() => journal.close())
  return journal
}

/** @throws DataRefused where the journal is of a session that was begun otherwise. */
function pointOf(recovery: SessionRecovery, folder: string): SessionPoint {
  try {
    return recovery.from
  } catch (error) {
    throw new DataRefused({ place: displayPath(folder), message: reason(error) })
  }
}

/**
 * In one process it is time that stands while the process does not run. Two processes cannot wait for each other: they read
 * one clock, and the limits of the link between them are as wide as its speed calls for.
 */
function timeOf(
  startedAtMs: number,
  { executor, speed }: ClockChoice,
  { scale, news }: { readonly scale: ClockScale; readonly news: SessionNews },
): PacedTime | Clock {
  if (executor !== 'in-process') return scaledClock(scale, systemClock)
  const fellBehind = behindNotices(news.onNotice, () => systemClock.nowMs())
  return new PacedTime({ startedAtMs, speed, clock: systemClock, fellBehind })
}

/** Of two processes each waits for the other in real time. */
function decisionOf({ decision }: PaperSetup, { executor, speed }: ClockChoice): DecisionSettings {
  return executor === 'in-process' ? decision : decisionAtSpeed(decision, speed)
}

async function executionOf(
  setup: PaperSetup,
  { executor }: ClockChoice,
  around: {
    readonly folder: SessionFolder
    readonly scale: ClockScale
    readonly venue: PlayedMarket
    readonly served: ServedSession
    readonly news: SessionNews
    readonly executionJournal: Journal | undefined
  },
): Promise<{ readonly link: Link; readonly execution: SessionParts['execution'] }> {
  if (executor !== 'in-process') return await executorProcess(setup, executor, { ...around, ...around.news })
  const [link, executionEnd] = memoryLinkPair()
  const journal = { journal: around.executionJournal!, there: [] }
  return { link, execution: { settings: setup.execution, journal, link: executionEnd } }
}
