import { steadyEpoch } from '../../src/adapters/clock/system-clock.js'
import { memoryGrid } from '../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../src/adapters/grid-memory/memory-grid-store.js'
import { MemoryJournal } from '../../src/adapters/journal/memory-journal.js'
import { memoryLinkPair } from '../../src/adapters/link-memory/memory-link.js'
import { ExchangeJournal } from '../../src/adapters/paper/exchange-journal.js'
import type { ExchangeRecord } from '../../src/adapters/paper/exchange-record.js'
import { ExchangeRecovery } from '../../src/adapters/paper/exchange-recovery.js'
import { PaperExchange } from '../../src/adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../src/adapters/paper/paper-venue.js'
import { MemorySessionLog } from '../../src/adapters/session-log/memory-session-log.js'
import { assert } from '../../src/base/assert.js'
import { loadExecutionConfig } from '../../src/config/execution-config.js'
import { loadInstruments } from '../../src/config/instruments.js'
import type { DecisionRecord } from '../../src/core/decision/records.js'
import type { DecisionState } from '../../src/core/decision/state.js'
import type { ExecutionRecord } from '../../src/core/execution/records.js'
import { FEATURE_KEYS, GRID_MAPS, LATEST, POSTURE_REFERENCE, SCAN_STREAM } from '../../src/core/grid/names.js'
import { SCAN_AGE_LIMITS } from '../../src/core/grid/scan-intake.js'
import { SAFETY } from '../../src/core/grid/watch-documents.js'
import { recordLine } from '../../src/core/journal/frame.js'
import { AlignedBooks } from '../../src/core/orderbook/aligned-books.js'
import { planSession, type SessionPlan } from '../../src/core/session/session-plan.js'
import type { Clock } from '../../src/ports/clock.js'
import { GridUnavailable } from '../../src/ports/grid.js'
import type { Strategy } from '../../src/ports/strategy.js'
import type { Posture } from '../../src/ports/vocabulary/market.js'
import type { TradeRecord } from '../../src/ports/vocabulary/session.js'
import type { ServiceHealth } from '../../src/runtime/services/service.js'
import { hostService } from '../../src/runtime/services/service-host.js'
import { LiveBooks } from '../../src/runtime/services/trader/live-books.js'
import { RecordedBars } from '../../src/runtime/services/trader/recorded-bars.js'
import { Trader, type TraderView } from '../../src/runtime/services/trader/trader.js'
import { TraderService } from '../../src/runtime/services/trader/trader-service.js'
import { runSession, type SessionResult } from '../../src/runtime/session/session.js'
import type { WatchedDecision } from '../../src/runtime/session/session-parts.js'
import { SessionRecovery } from '../../src/runtime/session/session-recovery.js'
import type { SessionStep } from '../../src/runtime/session/session-steps.js'
import { clockTimer, scaledClock } from '../../src/runtime/time/scaled-clock.js'
import { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { HeldJournal } from './held-journal.js'
import { LeavingGrid } from './leaving-grid.js'
import { LiveClock } from './live-clock.js'
import { pass } from './pass-time.js'
import { type Script, ScriptedStrategy } from './scripted-strategy.js'

export const LIVE_START_MS = Date.UTC(2026, 2, 2, 7, 50)
export const LIVE_DAY = '2026-03-02'
export const LIVE_SYMBOL = 'BTCUSDT'

/**
 * A live trader with both sides and an exchange, by a clock that a test moves, on an embedded grid that may go away. Its journals
 * outlive it: {@link start} after {@link stop} goes on. It enters at a scan whose signal is below zero, and leaves above it.
 */
export class LiveTrader {
  readonly time: VirtualTime
  /** What the time of day is, to whoever starts now. */
  readonly clock: LiveClock
  readonly grid: LeavingGrid
  readonly notices: string[] = []
  /** Heartbeats, each with the time of the test at which it came. */
  readonly beats: (ServiceHealth & { readonly beatAtMs: number })[] = []
  log = new MemorySessionLog()
  readonly disks = { decision: [] as string[], execution: [] as string[], exchange: [] as string[] }
  /** That of the decision side takes nothing while a test holds it. */
  decisionDisk!: HeldJournal
  private readonly world
  private decision: WatchedDecision | undefined
  private trader: Trader | undefined
  private service: TraderService | undefined
  private stopping = new AbortController()
  private ended: Promise<SessionResult> | undefined
  private numbered = 0
  private isStuck = false

  /** Of the process that runs; undefined where none decide. */
  books: LiveBooks | undefined

  constructor(private readonly options: LiveTraderOptions = {}) {
    this.time = new VirtualTime(options.startMs ?? LIVE_START_MS)
    this.clock = new LiveClock(this.time)
    const store = new MemoryGridStore({ timer: this.time })
    const client = () =>
      memoryGrid({
        store,
        listenerFailed: (error) => {
          throw error
        },
      })
    this.world = client()
    this.grid = new LeavingGrid(client())
  }

  get health(): ServiceHealth {
    return this.service!.health()
  }

  get view(): TraderView {
    return this.trader!.view()
  }

  get state(): DecisionState {
    return this.decision!.state()
  }

  get bars(): readonly Extract<DecisionRecord, { type: 'bar' }>['bar'][] {
    return recordsOf<DecisionRecord>(this.disks.decision).flatMap((record) =>
      record.type === 'bar' ? [record.bar] : [],
    )
  }

  get trades(): readonly TradeRecord[] {
    return this.log.trades
  }

  /** Orders that rest at the exchange. */
  get protection(): string[] {
    const recovery = new ExchangeRecovery()
    for (const record of recordsOf<ExchangeRecord>(this.disks.exchange)) recovery.take(record)
    const { orders } = recovery.state()
    return orders.filter(({ status }) => status === 'ACKNOWLEDGED').map(({ request }) => request.type)
  }

  /** Begins, or goes on, and lets both sides find each other. */
  async start(): Promise<void> {
    const clock = steady(this.clock)
    this.log = new MemorySessionLog()
    const plan = await planned(clock.epochMs())
    const exchangeRecovery = new ExchangeRecovery()
    for (const record of recordsOf<ExchangeRecord>(this.disks.exchange)) exchangeRecovery.take(record)
    const exchange = new PaperExchange(plan.exchange)
    exchangeRecovery.restore(exchange)
    const exchangeJournal = new ExchangeJournal({
      journal: new MemoryJournal(this.disks.exchange),
      recovery: exchangeRecovery,
      format: recordLine,
    })
    await exchangeJournal.begin(plan.exchange.startingBalanceUsd, plan.startedAtMs)
    this.stopping = new AbortController()
    const trader = this.newTrader(plan, clock)
    this.trader = trader
    const recorded = new RecordedBars((bar) => trader.again(bar))
    const before = (record: DecisionRecord): void => {
      recorded.take(record)
      trader.recorded(record)
    }
    const { script = BY_SIGNAL, strategy = () => new ScriptedStrategy('scripted', script) } = this.options
    const strategies = trader.noted([strategy()])
    const recovery = new SessionRecovery({
      start: plan,
      log: this.log,
      decision: plan.decision,
      strategies,
      seen: { decided: before, executed: () => {} },
    })
    for (const record of recordsOf<DecisionRecord>(this.disks.decision)) recovery.decision.take(record)
    for (const record of recordsOf<ExecutionRecord>(this.disks.execution)) recovery.execution.take(record)
    // As a session by the machine's clock has it: it is now, and never before what the journals hold.
    const realEpochMs = clock.epochMs()
    const epochMs = Math.max(realEpochMs, recovery.from.atMs, exchangeJournal.atMs)
    const time = scaledClock({ speed: 1, epochMs, realEpochMs }, clock)
    const [decisionEnd, executionEnd] = memoryLinkPair()
    const journalOf = (disk: string[]) => ({ journal: new MemoryJournal(disk), there: [] })
    this.decisionDisk = new HeldJournal(new MemoryJournal(this.disks.decision))
    this.ended = runSession(
      {
        start: plan,
        time,
        steps: (ended) => this.stepsOf(trader, ended),
        strategies,
        recovery,
        decision: { settings: plan.decision, journal: { journal: this.decisionDisk, there: [] }, link: decisionEnd },
        execution: { settings: plan.execution, journal: journalOf(this.disks.execution), link: executionEnd },
        venue: new PaperVenue({ exchange, timer: clockTimer(time), journal: exchangeJournal }),
        log: this.log,
        outside: (decision) => {
          this.decision = decision
          trader.outside(decision)
        },
        recorded: (record) => trader.recorded(record),
      },
      this.stopping.signal,
    )
    this.ended.catch(() => {})
    this.service = new TraderService({ clock, view: () => trader.view(), session: this.ended })
    void hostService(
      this.service,
      { clock, beat: (health) => this.beats.push({ ...health, beatAtMs: this.time.epochMs() }) },
      new AbortController().signal,
    )
    await this.pass(15_000)
  }

  pass(ms: number): Promise<void> {
    return pass(this.time, ms)
  }

  async stop(): Promise<SessionResult> {
    this.stopping.abort()
    await this.pass(0)
    const result = await this.ended!
    this.trader!.results.write(true)
    await this.pass(0)
    return result
  }

  /** Into stream and map, as a bridge does; stamped now unless it says otherwise. Its number. */
  async publish(scan: LiveScan = {}): Promise<number> {
    const { number = this.numbered + 1, atMs = this.clock.epochMs(), velDiv = 0, price = 60_000, inMap = true } = scan
    this.numbered = number
    const text = JSON.stringify({
      scan_number: number,
      timestamp: new Date(atMs).toISOString(),
      bridge_ts: (scan.publishedAtMs ?? this.clock.epochMs()) / 1000,
      vel_div: velDiv,
      asset_prices: { [LIVE_SYMBOL]: price },
      vol_ok: true,
    })
    await this.world.stream(SCAN_STREAM).append(text)
    if (inMap) await this.world.map(GRID_MAPS.features).set(FEATURE_KEYS.scan, text)
    return number
  }

  /** Publishes it, and lets what it leads to happen. */
  async scan(scan: LiveScan = {}): Promise<void> {
    await this.publish(scan)
    await this.pass(500)
  }

  /** As the survival service publishes it: into the reference, then into the map. */
  async posture(posture: Posture, madeAtMs = this.clock.epochMs()): Promise<void> {
    const sensors = { cat1: 1, cat2: 1, cat3: 1, cat4: 1, cat5: 1 }
    const text = SAFETY.write({ posture, Rm: 1, sensors, updated_at: new Date(madeAtMs).toISOString() })
    await this.world.reference(POSTURE_REFERENCE).set(text)
    await this.world.map(GRID_MAPS.safety).set(LATEST, text)
    await this.pass(10)
  }

  async feature(key: string, document: object): Promise<void> {
    await this.world.map(GRID_MAPS.features).set(key, JSON.stringify(document))
    await this.pass(10)
  }

  /** A document that the trader has written. */
  async written(map: string, key: string): Promise<Record<string, unknown> | undefined> {
    await this.pass(1_100)
    const text = await this.world.map(map).get(key)
    return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>)
  }

  /** From now on a step that has begun goes nowhere. */
  stick(): void {
    this.isStuck = true
  }

  private async *stepsOf(trader: Trader, ended: AbortSignal): AsyncGenerator<SessionStep, void, void> {
    const steps = trader.steps(ended, async () => {
      await trader.listen(AbortSignal.any([ended, this.stopping.signal]))
      return undefined
    })
    for await (const step of steps) {
      if (this.isStuck) await new Promise((resolve) => ended.addEventListener('abort', resolve, { once: true }))
      yield step
    }
  }

  private newTrader(plan: SessionPlan, clock: Clock): Trader {
    const { grid } = this
    const aligned = new AlignedBooks([LIVE_SYMBOL])
    this.books = this.options.books ? new LiveBooks({ aligned, clock, stepMs: 5_000 }) : undefined
    return new Trader({
      mode: 'live',
      grid,
      clock,
      time: { ...clock, at: clockTimer(clock).at },
      random: () => 0,
      put: (map, key, text) =>
        void grid
          .map(map)
          .set(key, text)
          .catch((error: unknown) => {
            if (!(error instanceof GridUnavailable)) throw error
          }),
      strategy: { id: 'scripted', colour: 'BLUE', parametersHash: '0'.repeat(16), leverageMax: 5 },
      start: plan,
      symbols: new Set([LIVE_SYMBOL]),
      limits: SCAN_AGE_LIMITS,
      expectsBoost: false,
      books: this.books,
      notice: (text) => void this.notices.push(text),
      waiting: (text) => void this.notices.push(text),
      progress: () => this.service?.progress(),
    })
  }
}

export interface LiveTraderOptions {
  readonly startMs?: number
  /** Absent: it enters at a scan whose signal is below zero, and leaves above it. */
  readonly script?: Script
  /** Instead of a script. */
  readonly strategy?: () => Strategy
  /** Whether order books decide: those that a test closes. */
  readonly books?: boolean
}

/** One that both sides, a posture and a bar are there for. */
export async function trading(options: LiveTraderOptions = {}): Promise<LiveTrader> {
  const live = new LiveTrader(options)
  await live.posture('APEX')
  await live.start()
  await live.posture('APEX')
  await live.scan()
  return live
}

/** One with a position. */
export async function holding(): Promise<LiveTrader> {
  const live = await trading()
  await next(live, { velDiv: -1 })
  assert(live.state.position?.state === 'OPEN', 'the entry of the second bar fills')
  return live
}

/** Five seconds on: what survival and a scanner say then. */
export async function next(live: LiveTrader, scan: LiveScan = {}): Promise<void> {
  await live.pass(5_000)
  await live.posture('APEX')
  await live.scan(scan)
}

/** After a bar that was late, prices must be fresh for so long before anything is entered. */
export async function freshMinute(live: LiveTrader): Promise<void> {
  for (let i = 0; i < 13; i++) await next(live)
}

export interface LiveScan {
  readonly number?: number
  /** Its own time, UTC ms. */
  readonly atMs?: number
  readonly publishedAtMs?: number
  readonly velDiv?: number
  readonly price?: number
  /** False: into the stream alone, as scans are of which a bridge found several at once. */
  readonly inMap?: boolean
}

/** As the machine's clock is for a process: it never goes back. */
function steady(clock: LiveClock): Clock {
  return {
    nowMs: () => clock.nowMs(),
    epochMs: steadyEpoch(
      () => clock.epochMs(),
      () => clock.nowMs(),
    ),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  }
}

/** Below zero it enters SHORT, above it leaves. */
const BY_SIGNAL: Script = ({ velDiv, prices, posture }, { held, pending }) => {
  const price = prices[0]!
  if (held !== null && (velDiv > 0 || posture === 'HIBERNATE'))
    return [{ type: 'EXIT', symbol: LIVE_SYMBOL, price, reason: posture === 'HIBERNATE' ? 'HIBERNATE' : 'SIGNAL' }]
  if (held === null && pending === null && velDiv < 0)
    return [{ type: 'ENTRY', symbol: LIVE_SYMBOL, direction: -1, notionalUsd: 600, price, reason: 'SIGNAL' }]
  return []
}

function recordsOf<R>(lines: readonly string[]): R[] {
  return lines.map((line) => JSON.parse(line.slice(line.indexOf('{'))) as R)
}

async function planned(nowMs: number): Promise<SessionPlan> {
  return planSession({
    run: { initialCapital: 25_000 },
    config: await loadExecutionConfig(),
    instruments: [loadInstruments().instrument(LIVE_SYMBOL, 'PAPER')],
    fills: 'bar-price',
    seed: 1,
    market: { firstBarMs: nowMs, stepMs: 5_000 },
    build: '0123456789abcdef',
  })
}
