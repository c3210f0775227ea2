import { PaperExchange } from '../../src/adapters/paper/paper-exchange.js'
import type { DecisionEvent, DecisionSide } from '../../src/core/decision/decision-side.js'
import type { DecisionRecord } from '../../src/core/decision/records.js'
import type { ExecutionSide } from '../../src/core/execution/execution-side.js'
import type { ExecutionRecord } from '../../src/core/execution/records.js'
import type { ExecutionEvent, OperatorCommand } from '../../src/ports/sides.js'
import type { Strategy, StrategyBar } from '../../src/ports/strategy.js'
import type { VenueEvent } from '../../src/ports/venue.js'
import type { Alert } from '../../src/ports/vocabulary/alerts.js'
import { EventQueue } from './event-queue.js'
import { type ActiveFault, FaultBoard } from './fault-board.js'
import { type FaultPlan, SIDES, type SideName } from './fault-plan.js'
import { INSTRUMENTS, Market } from './market.js'
import { withBug } from './meddling.js'
import { Operator, type SideView } from './operator.js'
import { Oracle } from './oracle.js'
import { PLANTED_BUGS, type PlantedBug, type PlantedBugName } from './planted-bugs.js'
import { type HostSurroundings, SideHost } from './side-host.js'
import { decisionSide, executionSide, STARTING_BALANCE_USD, strategiesOf } from './sides.js'
import { SimDisk } from './sim-disk.js'
import { SimLink } from './sim-link.js'
import { SimVenue } from './sim-venue.js'
import { BEGINS, ENDS } from './strikes.js'
import { TraceHash } from './trace-hash.js'
import { Watch } from './watch.js'

export interface WorldSettings {
  readonly seed: number
  readonly plan: FaultPlan
  readonly planted?: PlantedBugName
  /** Instead of the seed's own. */
  readonly strategies?: () => readonly Strategy[]
  /** Of prices, fraction per second; drawn from the seed without it. */
  readonly volatility?: number
  /** For a person who looks into a run. */
  readonly log?: (line: string) => void
}

/** Both sides, their disks, the link, the venue, the market and the operator, in one process on one virtual clock. */
export class World {
  readonly queue = new EventQueue(START_MS)
  readonly trace = new TraceHash()
  readonly coverage: Record<string, number> = {}
  readonly faults: FaultBoard
  readonly oracle: Oracle
  readonly watch: Watch
  readonly market: Market
  readonly venue: SimVenue
  readonly operator: Operator
  readonly decision: SideHost<DecisionEvent, DecisionRecord, DecisionSide>
  readonly execution: SideHost<ExecutionEvent, ExecutionRecord, ExecutionSide>
  private readonly link: SimLink
  /** Build that each process runs, and since when they differ. */
  private readonly builds: Record<SideName, string> = { decision: RIGHT_BUILD, execution: RIGHT_BUILD }
  private buildsDifferSinceMs: number | undefined
  private bars = 0

  constructor(private readonly settings: WorldSettings) {
    const { seed, plan, planted, strategies = () => strategiesOf(seed) } = settings
    const { queue } = this
    const bug: Partial<PlantedBug> = planted === undefined ? {} : PLANTED_BUGS[planted]
    this.faults = new FaultBoard(seed, plan, queue, {
      begun: (fault) => this.begun(fault),
      over: (fault) => this.over(fault),
    })
    this.oracle = new Oracle({
      nowMs: () => queue.nowMs,
      buildsDifferSinceMs: () => this.buildsDifferSinceMs,
      executionDurable: () => this.execution.disk.durableRecords,
    })
    this.link = new SimLink(seed, queue, this.faults, { deliver: (to, text) => this.deliver(to, text) })
    const exchange = new PaperExchange({ instruments: INSTRUMENTS, startingBalanceUsd: STARTING_BALANCE_USD, seed })
    this.venue = new SimVenue(exchange, seed, queue, this.faults, {
      deliver: (event) => this.execution.handle({ kind: 'venue', event }),
      said: (event) => this.venueSaid(event),
    })
    this.decision = new SideHost(
      'decision',
      {
        make: (records) => decisionSide(records, this.builds.decision, strategies()),
        driven: (side, restarts) => withBug(side, bug.decision?.(restarts)),
      },
      new SimDisk<DecisionRecord>('decision', seed, queue, this.faults),
      queue,
      this.surroundings(),
    )
    this.execution = new SideHost(
      'execution',
      {
        make: (records) => executionSide(records, this.builds.execution),
        driven: (side, restarts) => withBug(side, bug.execution?.(restarts)),
      },
      new SimDisk<ExecutionRecord>('execution', seed, queue, this.faults),
      queue,
      this.surroundings(),
    )
    this.market = new Market(settings, queue, this.faults, {
      quote: (quote) => this.venue.market(quote),
      funding: (symbol, rate) => this.venue.funding(symbol, rate),
      bar: (bar) => this.bar(bar),
    })
    this.watch = new Watch(this)
    this.operator = new Operator(queue, {
      view: (side) => this.view(side),
      command: (side, command) => this.command(side, command),
      restart: (side) => this.restart(side, 1_000),
    })
  }

  runUntil(untilMs: number): void {
    while (this.queue.step(untilMs)) {
      // Each step is a whole event.
    }
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
    this.oracle.commanded(side, command)
    if (side === 'execution' && command.command === 'kill') this.watch.killed(true)
    if (side === 'execution' && command.command === 'resume') this.watch.killed(false)
    host.handle({ kind: 'command', command })
  }

  /** A process that is up dies and starts again after `downMs`; one that is down is left to whoever starts it. */
  restart(side: SideName, downMs: number, tornShare = 0): void {
    const host = this.host(side)
    if (!host.up) return
    host.crash(tornShare)
    this.queue.after(downMs, () => this.start(side))
  }

  start(side: SideName): void {
    const host = this.host(side)
    if (host.up) return
    host.start()
    this.operator.sideStarted(side)
  }

  /** Holds for the processes that start from now on. */
  setBuild(side: SideName, build: string): void {
    this.builds[side] = build
    const differ = this.builds.decision !== this.builds.execution
    this.buildsDifferSinceMs = differ ? (this.buildsDifferSinceMs ?? this.queue.nowMs) : undefined
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
      breakerOpen: side === 'decision' && decision?.state.breaker.state === 'OPEN',
    }
  }

  /** The first that reaches the journal begins the day. */
  private bar(bar: Omit<StrategyBar, 'bar'>): void {
    const isFirst = this.decision.side?.state.bar === -1
    const day = isFirst ? { day: { date: '2026-01-01', boost: 1, beta: 0, forewarner: 'OK' as const } } : {}
    this.decision.handle({ kind: 'bar', bar: { ...bar, ...day, bar: this.bars++ } })
  }

  private deliver(to: SideName, text: string): void {
    this.oracle.heard(to)
    if (to === 'execution') this.watch.heard()
    this.host(to).handle({ kind: 'message', text })
  }

  private venueSaid(event: VenueEvent): void {
    if (event.kind === 'funding') this.cover('fundings')
    if (event.kind === 'fill') this.cover(`fills ${event.fill.clientOrderId.replace(/^.*\.([a-z])\d*$/, '.$1')}`)
    this.oracle.venueSaid(event)
    this.watch.venueSaid(event)
  }

  private surroundings(): HostSurroundings {
    const other: Record<SideName, SideName> = { decision: 'execution', execution: 'decision' }
    return {
      send: (from, text) => {
        this.oracle.said(from, text)
        this.link.send(other[from], text)
      },
      request: (request) => {
        this.oracle.requested(request)
        if (request.kind === 'submit' && request.order.type === 'MARKET') this.watch.exitSent()
        this.venue.request(request)
      },
      alerted: (side, alert) => this.alerted(side, alert),
      appended: (side, n, line) => {
        if (side === 'execution') this.oracle.recorded(n, line)
      },
      started: (side) => {
        this.note(`${side}: started`)
        this.oracle.started(side)
        if (side !== 'execution') return
        this.venue.processStarted()
        this.watch.executionStarted()
      },
      stopped: (side, everythingDurable) => {
        this.note(`${side}: stopped`)
        this.oracle.stopped(side, everythingDurable)
      },
      traced: (side, what) => {
        this.trace.number(this.queue.nowMs)
        this.trace.text(side)
        this.trace.text(what)
        this.settings.log?.(`${this.queue.nowMs - START_MS} ${side} ${what}`)
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
  }

  private over(active: ActiveFault): void {
    this.note(`fault ${active.fault.kind} ${active.fault.side} is over`)
    ENDS[active.fault.kind]?.(this, active)
  }

  cover(what: string): void {
    this.coverage[what] = (this.coverage[what] ?? 0) + 1
  }

  note(line: string): void {
    this.settings.log?.(`${this.queue.nowMs - START_MS} -- ${line}`)
  }
}

/** 2026-01-01, UTC. */
const START_MS = 1_767_225_600_000
export const RIGHT_BUILD = '00000000000000aa'
export const WRONG_BUILD = '00000000000000bb'
