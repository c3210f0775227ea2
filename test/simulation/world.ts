import { PaperExchange } from '../../src/adapters/paper/paper-exchange.js'
import type { DecisionSide } from '../../src/core/decision/decision-side.js'
import type { DecisionInput } from '../../src/core/decision/event.js'
import type { DecisionRecord } from '../../src/core/decision/records.js'
import type { ExecutionSide } from '../../src/core/execution/execution-side.js'
import type { ExecutionRecord, OrderPlaced } from '../../src/core/execution/records.js'
import type { Link } from '../../src/ports/link.js'
import type { ExecutionInput, OperatorCommand } from '../../src/ports/sides.js'
import type { Strategy, StrategyBar } from '../../src/ports/strategy.js'
import type { Venue, VenueEvent } from '../../src/ports/venue.js'
import type { Alert } from '../../src/ports/vocabulary/alerts.js'
import { hostedVenue } from '../../src/runtime/host/hosted-venue.js'
import { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { type ActiveFault, FaultBoard } from './fault-board.js'
import { type FaultPlan, SIDES, type SideName, type VenueKind } from './fault-plan.js'
import { INSTRUMENTS, Market } from './market.js'
import { withBug } from './meddling.js'
import { Operator, type SideView } from './operator.js'
import { Oracle } from './oracle.js'
import { PLANTED_BUGS, type PlantedBug, type PlantedBugName } from './planted-bugs.js'
import { SideClock } from './side-clock.js'
import { decisionRecovery, executionRecovery, STARTING_BALANCE_USD, strategiesOf } from './sides.js'
import { SimBinance } from './sim-binance.js'
import { SimDisk } from './sim-disk.js'
import { SimLink } from './sim-link.js'
import { type ProcessWatch, SimProcess } from './sim-process.js'
import { SimVenue } from './sim-venue.js'
import { BEGINS, ENDS } from './strikes.js'
import { TraceHash } from './trace-hash.js'
import { Watch } from './watch.js'
import type { VenueListeners, WorldVenue } from './world-venue.js'

export interface WorldSettings {
  readonly seed: number
  readonly plan: FaultPlan
  readonly planted?: PlantedBugName
  /** Default: the port alone. */
  readonly venue?: VenueKind
  /** Instead of the seed's own. */
  readonly strategies?: () => readonly Strategy[]
  /** Of prices, fraction per second; drawn from the seed without it. */
  readonly volatility?: number
  /** For a person who looks into a run. */
  readonly log?: (line: string) => void
  /** For whoever reads along, or speaks through the bars. */
  readonly tap?: WorldTap
}

export interface WorldTap {
  bar(bar: StrategyBar): StrategyBar
  decided(record: DecisionRecord): void
  /** What a venue tells the execution side while that is up. */
  venueTold(event: VenueEvent): void
  executed?(record: ExecutionRecord): void
  /** A process is about to start its side. */
  started?(side: SideName): void
  /** A side is about to handle an event: whatever it has begun is done. */
  handles?(side: SideName): void
}

/** Both sides, their disks, the link, the venue, the market and the operator, in one process on one virtual clock. */
export class World {
  readonly time = new VirtualTime(START_MS)
  readonly trace = new TraceHash()
  readonly coverage: Record<string, number> = {}
  readonly faults: FaultBoard
  readonly oracle: Oracle
  readonly watch: Watch
  readonly market: Market
  readonly venue: WorldVenue
  /** Where the adapter is. */
  readonly exchange: SimBinance | undefined
  readonly operator: Operator
  readonly decision: SimProcess<DecisionInput, DecisionRecord, DecisionSide>
  readonly execution: SimProcess<ExecutionInput, ExecutionRecord, ExecutionSide>
  private readonly ordersRecorded: (OrderPlaced & { readonly n: number })[] = []
  private readonly link: SimLink
  /** Build that each process runs, and since when they differ. */
  private readonly builds: Record<SideName, string> = { decision: RIGHT_BUILD, execution: RIGHT_BUILD }
  private buildsDifferSinceMs: number | undefined
  private bars = 0

  constructor(private readonly settings: WorldSettings) {
    const { seed, plan, planted, strategies = () => strategiesOf(seed) } = settings
    const { time } = this
    const bug: Partial<PlantedBug> = planted === undefined ? {} : PLANTED_BUGS[planted]
    this.faults = new FaultBoard(seed, plan, time, {
      begun: (fault) => this.begun(fault),
      over: (fault) => this.over(fault),
    })
    this.oracle = new Oracle({
      nowMs: () => time.epochMs(),
      buildsDifferSinceMs: () => this.buildsDifferSinceMs,
      executionDurable: () => this.execution.disk.durableRecords,
    })
    this.link = new SimLink(seed, time, this.faults)
    const executionClock = new SideClock(time)
    const listeners: VenueListeners = {
      said: (event) => this.venueSaid(event),
      stated: (account, tookMs) => this.oracle.marginStated(account, tookMs),
    }
    if (settings.venue === 'binance') {
      const note = (line: string) => this.note(line)
      const common = { seed, time, clock: executionClock, faults: this.faults, listeners, note }
      this.exchange = new SimBinance({ ...common, bug: bug.adapter })
      this.venue = this.exchange
    } else {
      const exchange = new PaperExchange({ instruments: INSTRUMENTS, startingBalanceUsd: STARTING_BALANCE_USD, seed })
      this.venue = new SimVenue(exchange, seed, time, this.faults, listeners)
    }
    this.decision = new SimProcess(
      'decision',
      {
        recovery: () => decisionRecovery(this.builds.decision, strategies),
        driven: (side, restarts) => withBug(side, bug.decision?.(restarts)),
      },
      {
        clock: new SideClock(time),
        disk: new SimDisk<DecisionRecord>('decision', seed, time, this.faults),
        link: this.linkOf('decision'),
      },
      {
        ...this.watchOf('decision'),
        recorded: (record) => this.decided(record),
      },
    )
    this.execution = new SimProcess(
      'execution',
      {
        recovery: () => executionRecovery(this.builds.execution),
        driven: (side, restarts) => withBug(side, bug.execution?.(restarts)),
      },
      {
        clock: executionClock,
        disk: new SimDisk<ExecutionRecord>('execution', seed, time, this.faults),
        link: this.linkOf('execution'),
        venue: hostedVenue(this.watchedVenue(), (event) => this.execution.up && settings.tap?.venueTold(event)),
      },
      {
        ...this.watchOf('execution'),
        recorded: (record, line) => {
          settings.tap?.executed?.(record)
          this.oracle.recorded(record.n, line)
          if (record.type === 'order') this.ordersRecorded.push(record)
        },
      },
    )
    this.market = new Market(settings, time, this.faults, {
      quote: (quote) => this.venue.market(quote),
      funding: (symbol, rate) => this.venue.funding(symbol, rate),
      bar: (bar) => this.bar(bar),
    })
    this.watch = new Watch(this)
    this.operator = new Operator(time, {
      view: (side) => this.view(side),
      command: (side, command) => this.command(side, command),
      restart: (side) => this.restart(side, 1_000),
    })
  }

  runUntil(untilMs: number): void {
    this.time.runTo(untilMs)
  }

  /** The operator wants everything closed, and asks until it is. */
  closeEverything(): void {
    for (const side of SIDES) this.command(side, { command: 'flatten', reason: 'the end' })
  }

  host(side: SideName): World['decision'] | World['execution'] {
    return side === 'decision' ? this.decision : this.execution
  }

  command(side: SideName, command: OperatorCommand): void {
    const host = this.host(side)
    if (!host.up) return
    this.note(`${side}: command ${command.command}`)
    host.post({ kind: 'command', command })
  }

  /** A process that is up dies and starts again after `downMs`; one that is down is left to whoever starts it. */
  restart(side: SideName, downMs: number, tornShare = 0): void {
    const host = this.host(side)
    if (!host.up) return
    host.crash(tornShare)
    this.time.after(downMs, () => this.start(side))
  }

  start(side: SideName): void {
    const host = this.host(side)
    if (host.up) return
    host.start()
    this.measure(side)
    this.operator.sideStarted(side)
  }

  /** What the process around a side measures now, as it tells the side. */
  measure(side: SideName): void {
    const conditions = {
      diskUsedPct: this.faults.under('disk-filling', side)?.fault.amount ?? DISK_USED_PCT,
      isLoopStalled: this.faults.under('loop-stall', side) !== undefined,
    }
    if (!this.host(side).up) return
    this.oracle.measured(side, conditions)
    this.host(side).post({ kind: 'conditions', conditions })
  }

  /** Holds for the processes that start from now on. */
  setBuild(side: SideName, build: string): void {
    this.builds[side] = build
    const differ = this.builds.decision !== this.builds.execution
    this.buildsDifferSinceMs = differ ? (this.buildsDifferSinceMs ?? this.time.epochMs()) : undefined
  }

  private view(side: SideName): SideView | undefined {
    const { side: decision } = this.decision
    const { side: execution } = this.execution
    const state = side === 'decision' ? decision?.state : execution?.state
    const linkState = side === 'decision' ? decision?.linkState : execution?.linkState
    if (state === undefined) return undefined
    return {
      mode: state.mode,
      linkCorrupt: linkState === 'LINK_CORRUPT',
      journalFailed: this.host(side).disk.failed,
      lockedOut: side === 'decision' && decision?.state.latches.ACCOUNT_MISMATCH !== undefined,
      isMaintained: state.isMaintained,
      breakerOpen: side === 'decision' && decision?.state.breaker.state === 'OPEN',
    }
  }

  /** The first that reaches the journal begins the day. */
  private bar(bar: Omit<StrategyBar, 'bar'>): void {
    const isFirst = this.decision.side?.state.bar === -1
    const day = isFirst ? { day: { date: '2026-01-01', boost: 1, beta: 0, forewarner: 'OK' as const } } : {}
    const numbered = { ...bar, ...day, bar: this.bars++ }
    this.decision.post({ kind: 'bar', bar: this.settings.tap?.bar(numbered) ?? numbered })
  }

  private venueSaid(event: VenueEvent): void {
    if (event.kind === 'funding') this.cover('fundings')
    if (event.kind === 'fill') this.cover(`fills ${event.fill.clientOrderId.replace(/^.*\.([a-z])\d*$/, '.$1')}`)
    this.oracle.venueSaid(event)
    this.watch.venueSaid(event)
  }

  /** Called while the record's event is still being carried out, as a session's books are. */
  /** Of all processes of the execution side; what a crash took of them is not there any more. */
  private ordersInJournal(): readonly OrderPlaced[] {
    const { durableRecords } = this.execution.disk
    const kept = this.ordersRecorded.filter(({ n }) => n <= durableRecords)
    this.ordersRecorded.splice(0, this.ordersRecorded.length, ...kept)
    return kept
  }

  private decided(record: DecisionRecord): void {
    this.settings.tap?.decided(record)
    const books = this.faults.under('books-reduce-only')
    if (books?.strikes(books.fault.amount)) this.command('decision', { command: 'reduce-only', reason: 'the books' })
  }

  /** A side's end of the link, with the oracle listening. */
  private linkOf(side: SideName): Link {
    const end = this.link.end(side)
    return {
      ...end,
      send: (text) => {
        this.oracle.said(side, text)
        end.send(text)
      },
      listen: (listener) =>
        end.listen((text) => {
          this.oracle.heard(side)
          if (side === 'execution') this.watch.heard()
          else this.oracle.asked(text, this.decision)
          listener(text)
        }),
    }
  }

  private watchedVenue(): Venue {
    const { venue } = this
    return {
      send: (request) => {
        this.oracle.requested(request)
        if (request.kind === 'submit' && request.order.type === 'MARKET') this.watch.exitSent()
        venue.send(request)
      },
      listen: (listener) => venue.listen(listener),
      close: () => venue.close(),
    }
  }

  private watchOf(side: SideName): Omit<ProcessWatch<never>, 'recorded'> {
    return {
      alerted: (alert) => this.alerted(side, alert),
      commanded: (command) => {
        this.oracle.commanded(side, command)
        if (side === 'execution' && command.command === 'kill') this.watch.killed(true)
        if (side === 'execution' && command.command === 'resume') this.watch.killed(false)
      },
      recovered: (begunBehind, refused) => {
        this.cover(begunBehind > 0 ? `${side} starts at a checkpoint` : `${side} starts at the first record`)
        if (refused > 0) this.cover(`${side} refuses a checkpoint`)
      },
      started: () => {
        this.note(`${side}: started`)
        this.settings.tap?.started?.(side)
        this.oracle.started(side)
        if (side !== 'execution') return
        this.venue.processStarted(this.ordersInJournal())
        this.watch.executionStarted()
      },
      stopped: (everythingDurable) => {
        this.note(`${side}: stopped`)
        if (side === 'execution') this.venue.processStopped()
        this.oracle.stopped(side, everythingDurable)
      },
      handles: () => this.settings.tap?.handles?.(side),
      traced: (what) => {
        if (what === 'journalPressure') this.cover('journal pressure')
        this.trace.number(this.time.epochMs())
        this.trace.text(side)
        this.trace.text(what)
        this.settings.log?.(`${this.time.epochMs() - START_MS} ${side} ${what}`)
      },
    }
  }

  private alerted(side: SideName, alert: Alert): void {
    this.cover(`alerts ${alert.level}`)
    this.note(`${side}: ${alert.level} ${alert.message}`)
    this.oracle.alerted(side, alert)
  }

  private begun(active: ActiveFault): void {
    const { kind, side, amount, forMs } = active.fault
    this.note(`fault ${kind} ${side} for ${forMs} ms, ${amount}`)
    BEGINS[kind]?.(this, active)
    this.exchange?.begun(active)
  }

  private over(active: ActiveFault): void {
    this.note(`fault ${active.fault.kind} ${active.fault.side} is over`)
    ENDS[active.fault.kind]?.(this, active)
    this.exchange?.over(active)
  }

  cover(what: string): void {
    this.coverage[what] = (this.coverage[what] ?? 0) + 1
  }

  note(line: string): void {
    this.settings.log?.(`${this.time.epochMs() - START_MS} -- ${line}`)
  }
}

/** Percent, while nothing is the matter. */
const DISK_USED_PCT = 40
/** 2026-01-01, UTC. */
const START_MS = 1_767_225_600_000
export const RIGHT_BUILD = '00000000000000aa'
export const WRONG_BUILD = '00000000000000bb'
