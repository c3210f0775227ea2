import { systemClock } from '../../adapters/clock/system-clock.js'
import { delayedLinkPair } from '../../adapters/link-memory/delayed-link.js'
import { PaperExchange } from '../../adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../adapters/paper/paper-venue.js'
import { present } from '../../base/present.js'
import { SHIPPED_TESTS } from '../../core/assumptions/shipped-assumptions.js'
import { SCAN_STREAM, type StrategyColour } from '../../core/grid/names.js'
import { SCAN_AGE_LIMITS, type ScanAgeLimits } from '../../core/grid/scan-intake.js'
import { LiveVolGate } from '../../core/signal/live-vol-gate.js'
import type { ScanRecord } from '../../ports/scan-archive.js'
import type { ServiceEnd } from '../../runtime/services/service-host.js'
import { RecordedBars } from '../../runtime/services/trader/recorded-bars.js'
import { Trader, type TraderMode, type TraderParts } from '../../runtime/services/trader/trader.js'
import { TraderService } from '../../runtime/services/trader/trader-service.js'
import { runSession, type SessionResult } from '../../runtime/session/session.js'
import { scaledClock } from '../../runtime/time/scaled-clock.js'
import { VirtualTime } from '../../runtime/time/virtual-time.js'
import { type GridParts, gridTime } from './grid-parts.js'
import { refuseKeptExchange } from './kept-exchange.js'
import { type KeptChoice, type KeptMarket, runKeptSession } from './kept-session.js'
import type { OwnBooks } from './live-books.js'
import { sessionStrategies } from './own-strategy.js'
import { resumedText } from './resumed-text.js'
import type { ServeChoice } from './serve-address.js'
import { ServedSession } from './served-session.js'
import { inSessionFolder } from './session-folder.js'
import type { SessionNews } from './session-news.js'
import { journalFolder, type SessionSetup } from './session-settings.js'

/** How a session trades what scanners publish. */
export interface GridSessionChoice {
  readonly mode: TraderMode
  readonly serve: ServeChoice
  readonly executor: KeptChoice['executor']
  /** From bar to bar, ms. */
  readonly stepMs: number
  /** What a scan's age counts from. */
  readonly ageFrom: ScanAgeLimits['ageFrom']
  /** Ends after so many bars. */
  readonly barsMax?: number | undefined
  /** Whether somebody writes each day's boost: a replay waits for it. */
  readonly expectsBoost: boolean
}

export interface GridSessionParts {
  readonly parts: GridParts
  readonly news: SessionNews
  readonly signal: AbortSignal
  /** What is scanned and published from this process; absent: others do. */
  readonly scans?: OwnScans | undefined
  /** Who fills, by the clock; absent: a paper exchange that is shown the bars. */
  readonly filledBy?: KeptMarket['filledBy']
  readonly exchangeView?: KeptMarket['exchangeView']
  readonly feedLatencyMs?: KeptMarket['feedLatencyMs']
  readonly earlierSlippageBps?: KeptMarket['earlierSlippageBps']
  /** The order books that decide, by the clock; absent: none do, or those of a table. */
  readonly books?: OwnBooks | undefined
  /** What is observed of the market, now or in a recording; absent: no strategy observes. */
  readonly observations?: TraderParts['observations']
  /** How that observation stands. */
  readonly observedView?: KeptMarket['observedView']
}

/** Scans that are published from this process: recorded days, or live prices. */
export interface OwnScans {
  /**
   * Begins. `demand` resolves when another scan may be written; `failed` is told when it cannot go on; `played`, when it has come to
   * its end, the number of the last scan.
   */
  begin(around: {
    demand(scan: ScanRecord): Promise<void>
    failed(end: ServiceEnd): void
    played(lastNumber: number): void
  }): void | Promise<void>
  close(): Promise<void>
}

/** Trades what scanners publish in a grid: by the clock, or on the time that the scans say. */
export async function runGridSession(
  setup: SessionSetup,
  choice: GridSessionChoice,
  around: GridSessionParts,
): Promise<SessionResult> {
  const failed = new AbortController()
  const signal = AbortSignal.any([around.signal, failed.signal])
  let service: TraderService | undefined
  const trader = newTrader(setup, choice, { ...around, progress: () => service?.progress() })
  const { scans, parts } = around
  /** Once the trader is where it was: nothing is published that would only have to wait. */
  const beginScans = async (): Promise<number | undefined> => {
    if (scans === undefined) return undefined
    const { newest } = await around.parts.grid.stream(SCAN_STREAM).bounds()
    await scans.begin({
      demand: (scan) => demand(scan.scanNumber, trader, signal),
      failed: ({ error }) => failed.abort(error),
      played: (lastNumber) => trader.endsAfter(lastNumber),
    })
    return newest + 1
  }
  const within = { ...around, signal }
  try {
    const session =
      choice.mode === 'replay'
        ? replaySession(setup, choice, { ...within, trader, beginScans })
        : liveSession(setup, choice, { ...within, trader, beginScans })
    service = new TraderService({ clock: systemClock, view: () => trader.view(), session })
    // What the session fails of is what this fails of, and is told once.
    parts.run(service, () => {})
    const result = await session
    failed.signal.throwIfAborted()
    return result
  } finally {
    failed.abort()
    trader.results.write(true)
  }
}

interface Around extends GridSessionParts {
  readonly trader: Trader
  /** Answers where in the stream what is published from here begins; undefined where nothing is. */
  beginScans(): Promise<number | undefined>
}

/** On virtual time: a function of the scans. One that was interrupted is computed again from the bars of its journal. */
function replaySession(setup: SessionSetup, { serve }: GridSessionChoice, around: Around): Promise<SessionResult> {
  const { news, signal, trader, beginScans, observedView } = around
  return inSessionFolder(setup, news.onWarning, async (folder) => {
    refuseKeptExchange(journalFolder(folder.folder, 'exchange'), { place: '--mode', expected: 'live', found: 'replay' })
    const time = new VirtualTime(setup.startedAtMs)
    const [decisionEnd, executionEnd] = delayedLinkPair(time, LINK_MS)
    const recorded = new RecordedBars((bar) => trader.again(bar))
    const decisionJournal = await folder.openJournal('decision', (record) => recorded.take(record))
    const executionJournal = await folder.openJournal('execution').catch(async (error: unknown) => {
      await decisionJournal.journal.close()
      throw error
    })
    const own = sessionStrategies(setup.run, setup.own, decisionJournal.failures)
    const served =
      serve.serve === undefined ? undefined : new ServedSession(setup, serve, { folder: folder.folder, clock: time })
    if (observedView !== undefined) served?.surface.showObservation(observedView)
    const listening = new AbortController()
    try {
      const session = runSession(
        {
          ...news,
          start: setup,
          time,
          steps: (ended) =>
            trader.steps(ended, async () => {
              await trader.listen(AbortSignal.any([ended, listening.signal]))
              return beginScans()
            }),
          strategies: trader.noted(own.strategies),
          decision: { settings: setup.decision, journal: decisionJournal, link: decisionEnd },
          execution: { settings: setup.execution, journal: executionJournal, link: executionEnd },
          venue: new PaperVenue({ exchange: new PaperExchange(setup.exchange), timer: time }),
          fundingRate: setup.fundingRate,
          log: folder.log,
          assumptions: { tests: SHIPPED_TESTS, isNow: false },
          outside: (decision) => trader.outside(decision),
          recorded: (record) => trader.recorded(record),
          ...(served === undefined ? {} : { status: served, started: () => served.listen() }),
        },
        signal,
      )
      return await session
    } finally {
      listening.abort()
      await served?.close()
      await own.close()
    }
  })
}

/** What a message takes from one side to the other within a process. */
const LINK_MS = 1

/** By the machine's clock: a session that goes on has a gap where it was not there. */
function liveSession(setup: SessionSetup, choice: GridSessionChoice, around: Around): Promise<SessionResult> {
  const { news, signal, trader, beginScans, filledBy, exchangeView, feedLatencyMs, earlierSlippageBps, books } = around
  const { observedView } = around
  const { executor, serve, stepMs } = choice
  return runKeptSession(
    setup,
    { speed: 1, executor, serve },
    ({ closing }) => {
      const listening = new AbortController()
      closing.push(async () => listening.abort())
      const recorded = new RecordedBars((bar) => trader.again(bar))
      return {
        steps: (ended) =>
          trader.steps(ended, async () => {
            await trader.listen(AbortSignal.any([ended, listening.signal]))
            return beginScans()
          }),
        isNow: true,
        time: (_, scale) => scaledClock(scale, systemClock),
        before: (record) => {
          recorded.take(record)
          trader.recorded(record)
        },
        strategies: (own) => trader.noted(own),
        resumed: (from, bar) => resumedText(from, { firstBarAtMs: bar.timestampMs, gapMsMax: GAP_STEPS * stepMs }),
        outside: (decision) => trader.outside(decision),
        recorded: (record) => trader.recorded(record),
        ...present({ filledBy, exchangeView, feedLatencyMs, earlierSlippageBps, booksView: books?.view, observedView }),
      }
    },
    { news, signal },
  )
}

/** A scan that comes half a step late is no gap. */
const GAP_STEPS = 1.5

function newTrader(
  setup: SessionSetup,
  choice: GridSessionChoice,
  { parts, news, progress, books, observations }: GridSessionParts & { progress(): void },
): Trader {
  const { run, session } = setup
  const { volGate } = run
  return new Trader({
    mode: choice.mode,
    grid: parts.grid,
    clock: systemClock,
    time: gridTime,
    random: Math.random,
    put: (map, key, text) => parts.room.writer.put(map, key, text),
    strategy: {
      id: run.strategy,
      colour: colourOf(setup),
      parametersHash: session.hashes.parameters,
      leverageMax: run.parameters.max_leverage,
      leverageCap: run.parameters.abs_max_leverage,
      showsState: setup.own === undefined,
    },
    start: setup,
    symbols: new Set(setup.symbols),
    volGate: volGate === undefined ? undefined : new LiveVolGate(volGate),
    limits: { ...SCAN_AGE_LIMITS, ageFrom: choice.ageFrom },
    expectsBoost: choice.expectsBoost,
    barsMax: choice.barsMax,
    books: books?.books,
    observations,
    notice: news.onNotice,
    waiting: news.onWarning,
    progress,
  })
}

/** The sources know two strategies by their colours: SHORT is blue, LONG is green. */
function colourOf({ session }: SessionSetup): StrategyColour {
  return session.direction === 'LONG' ? 'GREEN' : 'BLUE'
}

/** Resolves when the trader is not far behind what is published. */
async function demand(number: number, trader: Trader, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && number - trader.view().highestNumber > AHEAD_MAX) {
    await systemClock.sleep(DEMAND_MS, signal).catch(() => {})
  }
}

/** Scans that may be on their way: much less than a stream keeps. */
const AHEAD_MAX = 500
const DEMAND_MS = 2
