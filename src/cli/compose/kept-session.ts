import { statfsDisk } from '../../adapters/disk/statfs-disk.js'
import { memoryLinkPair } from '../../adapters/link-memory/memory-link.js'
import { PaperVenue } from '../../adapters/paper/paper-venue.js'
import { DataRefused, type Mistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { SHIPPED_TESTS } from '../../core/assumptions/shipped-assumptions.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import type { DecisionSettings } from '../../core/decision/settings.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import { decisionAtSpeed } from '../../core/session/limits-at-speed.js'
import { displayPath } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import type { Clock } from '../../ports/clock.js'
import { type Journal, JournalError, type JournalKind, type SideKind } from '../../ports/journal.js'
import type { Link } from '../../ports/link.js'
import type { MarketEvent, PlayedMarket } from '../../ports/played-market.js'
import type { BooksView, ExchangeView, ObservedView } from '../../ports/status-surface.js'
import type { Strategy, StrategyBar } from '../../ports/strategy.js'
import type { Venue } from '../../ports/venue.js'
import { PacedJournal } from '../../runtime/session/paced-session.js'
import { runSession, type SessionResult } from '../../runtime/session/session.js'
import type { SessionParts } from '../../runtime/session/session-parts.js'
import { type SessionPoint, SessionRecovery } from '../../runtime/session/session-recovery.js'
import { paceOf } from '../../runtime/time/pace.js'
import { PacedTime } from '../../runtime/time/paced-time.js'
import type { ClockScale } from '../../runtime/time/scaled-clock.js'
import { AccountRefusal, EXECUTOR_REFUSED } from './account-refusal.js'
import { ExecutorExchange } from './executor-exchange.js'
import { lastTimeOf } from './executor-journal.js'
import { type ExecutorFiles, executorProcess } from './executor-process.js'
import { keptExchange, refuseWithoutExchange } from './kept-exchange.js'
import { sessionStrategies } from './own-strategy.js'
import type { ServeChoice } from './serve-address.js'
import { ServedSession } from './served-session.js'
import { inSessionFolder, type SessionFolder } from './session-folder.js'
import type { SessionNews } from './session-news.js'
import { journalFolder, type SessionSetup } from './session-settings.js'

/**
 * Trades a market by a clock. Exchange and sides outlive their process: a session that was interrupted goes on behind the last
 * bar that its decision side took, at the time at which it stopped or later.
 */
export function runKeptSession(
  setup: SessionSetup,
  choice: KeptChoice,
  market: (around: KeptAround) => KeptMarket | Promise<KeptMarket>,
  { news, signal }: { readonly news: SessionNews; readonly signal: AbortSignal },
): Promise<SessionResult> {
  return inSessionFolder(setup, news.onWarning, async (folder) => {
    const closing: (() => Promise<void>)[] = []
    const failed = new AbortController()
    try {
      const around = { folder, news, closing, failed }
      const parts = await partsOf(setup, choice, { ...around, market: await market(around) })
      const result = await runSession(parts, AbortSignal.any([signal, failed.signal]))
      failed.signal.throwIfAborted()
      return result
    } finally {
      for (const close of closing.toReversed()) await close()
    }
  })
}

/** How a session runs by a clock. */
export interface KeptChoice {
  /** Times faster than the market was or is. */
  readonly speed: number
  /** Where the execution side is: here, or in a process of its own that reads these files itself. */
  readonly executor: 'in-process' | ExecutorFiles
  readonly serve: ServeChoice
}

/** The market of a session by a clock. */
export interface KeptMarket {
  steps(signal: AbortSignal, from: SessionPoint | undefined): ReturnType<SessionParts['steps']>
  /** Prices are those of this moment: the session's time is, too, however long its process was away. */
  readonly isNow?: boolean
  /** The session's clock, from that time on, UTC ms. */
  time(startedAtMs: number, scale: ClockScale): PacedTime | Clock
  /** A session that goes on had this record before, in order. */
  before?(record: DecisionRecord): void
  /** As they are shown to the decision side. */
  strategies?(own: readonly Strategy[]): readonly Strategy[]
  /** What a person is told at the first bar of a session that goes on. */
  resumed(from: SessionPoint, bar: StrategyBar): string
  /** Who fills: a paper exchange that bars are played to, one that is shown quotes as they come, or an exchange. Absent: the first. */
  readonly filledBy?: ShownQuotes | RealExchange
  /** How connections to an exchange stand; absent: there are none. */
  readonly exchangeView?: () => readonly ExchangeView[]
  /** Age of what the feed of prices told last, ms; null: nothing yet. Absent: no feed of this process says. */
  readonly feedLatencyMs?: () => number | null
  /** What fills before the session cost, basis points against us; absent: nothing is known of any. */
  readonly earlierSlippageBps?: readonly number[]
  /** How the order books stand that decide; absent: none do. */
  readonly booksView?: () => BooksView
  /** How the observation stands that strategies decide on; absent: they observe nothing. */
  readonly observedView?: () => ObservedView
  readonly outside?: SessionParts['outside']
  readonly recorded?: SessionParts['recorded']
}

/** Shows a paper exchange what happens at a real one. */
export interface ShownQuotes {
  readonly kind: 'quotes'
  /** Begins; what is shown after the session's end is not looked at. */
  show(happened: (event: MarketEvent) => void): void
}

/** An exchange that has its own account of everything. */
export interface RealExchange {
  readonly kind: 'exchange'
  /** For an execution side in this process, which closes it; one of its own process connects by itself. */
  readonly venue: Venue | undefined
  /** Rejects with a Mistake where the account must not trade like this: exits are taken, entries never. */
  readonly ready?: Promise<unknown>
}

/** What a session by a clock has around it. */
export interface KeptAround {
  readonly folder: SessionFolder
  readonly news: SessionNews
  /** What has to be closed at the end, in reverse. */
  readonly closing: (() => Promise<void>)[]
  /** Aborted when the exchange can keep nothing any more. */
  readonly failed: AbortController
}

/** Reads what the session has been so far, and puts it together from there. The exchange comes first: sides know it by then. */
async function partsOf(
  setup: SessionSetup,
  choice: KeptChoice,
  around: KeptAround & { readonly market: KeptMarket },
): Promise<SessionParts> {
  const { folder, news, closing, market } = around
  const folders = foldersOf(folder)
  let time: PacedTime | Clock | undefined
  const exchange = await exchangeOf(setup, { ...around, folders, time: () => time })
  const own = sessionStrategies(setup.run, setup.own)
  closing.push(() => own.close())
  const epochMs = () => time?.epochMs() ?? exchange.atMs
  const served = new ServedSession(setup, choice.serve, { folder: folder.folder, clock: { epochMs } })
  closing.push(() => served.close())
  if (market.exchangeView !== undefined) served.surface.showExchange(market.exchangeView)
  if (market.booksView !== undefined) served.surface.showBooks(market.booksView)
  if (market.observedView !== undefined) served.surface.showObservation(market.observedView)
  const settings = decisionOf(setup, choice)
  const strategies = market.strategies?.(own.strategies) ?? own.strategies
  const recovery = new SessionRecovery({
    ...{ start: setup, log: folder.log, decision: settings, strategies, seen: seenBy(served.surface, market) },
  })
  const decisionJournal = await journalOf(around, 'decision', recovery)
  const executionJournal = choice.executor === 'in-process' ? await journalOf(around, 'execution', recovery) : undefined
  const executorAtMs = choice.executor === 'in-process' ? 0 : await lastTimeOf(folders.execution)
  const from = pointOf(recovery, folders.decision)
  news.onBehind?.(from.bar + 1)

  const realEpochMs = Date.now()
  const keptAtMs = Math.max(exchange.atMs, from.atMs, executorAtMs)
  const startedAtMs = Math.max(market.isNow ? realEpochMs : setup.startedAtMs, keptAtMs)
  if (market.isNow && keptAtMs > realEpochMs) news.onWarning(aheadText(keptAtMs, realEpochMs))
  const scale: ClockScale = { speed: choice.speed, epochMs: startedAtMs, realEpochMs }
  time = market.time(startedAtMs, scale)
  const venue = exchange.open(time)
  const refusal = new AccountRefusal({ recovery, failed: around.failed, warn: news.onWarning })
  if (market.filledBy?.kind === 'exchange') market.filledBy.ready?.catch((error: Mistake) => refusal.take(error))
  if (choice.executor !== 'in-process' && choice.executor.exchangeAt !== undefined) {
    const exchange = new ExecutorExchange(() => served.executor)
    closing.push(async () => exchange.close())
    served.surface.showExchange(() => [...(market.exchangeView?.() ?? []), ...exchange.view()])
  }
  const executing = {
    folder,
    scale,
    venue,
    served,
    news,
    executionJournal,
    refused: () => refusal.take(EXECUTOR_REFUSED),
  }
  const { link, execution } = await executionOf(setup, choice, executing)
  return {
    ...news,
    start: setup,
    time,
    steps: (ended, last) => market.steps(ended, last),
    strategies,
    recovery,
    decision: { settings, journal: { journal: decisionJournal, there: [] }, link },
    execution,
    ...present({ venue }),
    fundingRate: setup.fundingRate,
    log: folder.log,
    status: served,
    assumptions: {
      tests: SHIPPED_TESTS,
      isNow: market.filledBy !== undefined,
      feedLatencyMsMax: setup.feedLatencyMsMax,
      ...present({ feedLatencyMs: market.feedLatencyMs, earlierSlippageBps: market.earlierSlippageBps }),
    },
    disk: statfsDisk(folder.folder),
    started: () => served.listen(),
    onResumed: (last, bar) => news.onNotice(market.resumed(last, bar)),
    outside(decision) {
      refusal.watch(decision)
      market.outside?.(decision)
    },
    ...present({ recorded: market.recorded }),
  }
}

interface OpenedExchange {
  /** The last time that it knows, UTC ms; 0: none. */
  readonly atMs: number
  /** Once the session's time is known. Undefined: the execution side has a connection of its own. */
  open(time: PacedTime | Clock): Venue | PlayedMarket | undefined
}

/** A paper exchange as its journal left it; one that is real has no journal of ours. */
async function exchangeOf(
  setup: SessionSetup,
  around: KeptAround & {
    readonly market: KeptMarket
    readonly folders: Readonly<Record<JournalKind, string>>
    time(): PacedTime | Clock | undefined
  },
): Promise<OpenedExchange> {
  const { folder, folders, closing, failed, market } = around
  const { filledBy } = market
  if (filledBy?.kind === 'exchange') return { atMs: 0, open: () => filledBy.venue }
  refuseWithoutExchange(folders)
  const hold = () => {
    const time = around.time()
    return time instanceof PacedTime ? time.hold() : () => {}
  }
  const at = { folder: folders.exchange, settings: setup.exchange, startedAtMs: setup.startedAtMs }
  const kept = await keptExchange(at, async (reader) => {
    return new PacedJournal(await folder.readJournal('exchange', reader), { hold })
  })
  closing.push(() => kept.journal.close())
  return {
    atMs: kept.atMs,
    open(time) {
      const venue = new PaperVenue({
        exchange: kept.exchange,
        timer: paceOf(time).timer,
        journal: kept.journal,
        journalFailed: (message) => failed.abort(new JournalError(message)),
      })
      closing.push(() => venue.close())
      if (filledBy === undefined) return venue
      filledBy.show((event) => venue.market(event))
      return withOwnMarket(venue)
    },
  }
}

/** To the session it is like a real exchange: its prices are not those of the bars. */
function withOwnMarket(venue: PlayedMarket): Venue {
  return {
    send: (request) => venue.send(request),
    listen: (listener) => venue.listen(listener),
    close: () => venue.close(),
  }
}

/** Neither side's time goes back: that of a session whose clock was wrong before stays ahead, and prices of now are old to it. */
function aheadText(keptAtMs: number, nowMs: number): string {
  const seconds = ((keptAtMs - nowMs) / 1000).toFixed(0)
  const until = new Date(keptAtMs).toISOString()
  return `The session's journals end at ${until}, ${seconds} s ahead of this machine's clock: positions are managed, nothing is entered. Once the clock is past that time, start it again.`
}

/** Whoever shows the session, and the market, have its past told. */
function seenBy(surface: ServedSession['surface'], market: KeptMarket) {
  return {
    decided: (record: DecisionRecord) => {
      surface.decided(record)
      market.before?.(record)
    },
    executed: (record: ExecutionRecord) => surface.executed(record),
  }
}

function foldersOf({ folder }: SessionFolder): Readonly<Record<JournalKind, string>> {
  const of = (kind: JournalKind) => journalFolder(folder, kind)
  return { exchange: of('exchange'), decision: of('decision'), execution: of('execution') }
}

async function journalOf({ folder, closing }: KeptAround, kind: SideKind, recovery: SessionRecovery): Promise<Journal> {
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

/** Of two processes each waits for the other in real time. */
function decisionOf({ decision }: SessionSetup, { executor, speed }: KeptChoice): DecisionSettings {
  return executor === 'in-process' ? decision : decisionAtSpeed(decision, speed)
}

async function executionOf(
  setup: SessionSetup,
  { executor }: KeptChoice,
  around: {
    readonly folder: SessionFolder
    readonly scale: ClockScale
    readonly venue: Venue | undefined
    readonly served: ServedSession
    readonly news: SessionNews
    readonly executionJournal: Journal | undefined
    refused(): boolean
  },
): Promise<{ readonly link: Link; readonly execution: SessionParts['execution'] }> {
  if (executor !== 'in-process') return await executorProcess(setup, executor, { ...around, ...around.news })
  const [link, executionEnd] = memoryLinkPair()
  const journal = { journal: around.executionJournal!, there: [] }
  return { link, execution: { settings: setup.execution, journal, link: executionEnd } }
}
