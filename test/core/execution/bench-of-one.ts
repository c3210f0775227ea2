import { ExecutionSide } from '../../../src/core/execution/execution-side.js'
import type { ExecutionRecord } from '../../../src/core/execution/records.js'
import { EXECUTION_DEFAULTS, type ExecutionSettings } from '../../../src/core/execution/settings.js'
import { type ApplicationMessage, LinkEndpoint } from '../../../src/core/link/link-endpoint.js'
import type { JournalListener } from '../../../src/ports/journal.js'
import type { ExecutionInput, OperatorCommand } from '../../../src/ports/sides.js'
import type { VenueEvent, VenueRequest } from '../../../src/ports/venue.js'
import type { Alert } from '../../../src/ports/vocabulary/alerts.js'
import type { PositionId } from '../../../src/ports/vocabulary/ids.js'
import type { Instrument } from '../../../src/ports/vocabulary/instrument.js'
import type { Message, MessageType } from '../../../src/ports/vocabulary/messages.js'
import { hostedVenue } from '../../../src/runtime/host/hosted-venue.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { type Beginning, SideProcess } from '../../support/side-process.js'
import { SYMBOL, TinyVenue } from './tiny-venue.js'

export const INSTRUMENT: Instrument = {
  identity: { symbol: SYMBOL, exchange: 'PAPER', contractType: 'PERPETUAL', expiry: 'PERPETUAL' },
  status: 'TRADING',
  tickSize: '0.1',
  lotSize: '0.001',
  minQuantity: '0.001',
  maxQuantity: '100',
  minNotionalUsd: '5',
  priceBand: '0.2',
  maxLeverage: 20,
  maintenanceMarginRate: '0.005',
}

export const BUILD = '0123456789abcdef'

/** How far time goes at a time in {@link Bench.advance}: whatever is due within is seen at most that late. */
export const STEP_MS = 50

export const SETTINGS: ExecutionSettings = { ...EXECUTION_DEFAULTS, instruments: [INSTRUMENT], build: BUILD }

/**
 * An execution side in the runtime's host, with a tiny venue behind it and a decision side's end of the link before it, on
 * virtual time.
 */
export class Bench {
  /** As it was made last, up or not. */
  side: ExecutionSide
  readonly time = new VirtualTime(1_000_000)
  readonly venue = new TinyVenue()
  /** Appended so far, durable or not. */
  records: ExecutionRecord[] = []
  alerts: Alert[] = []
  /** What the decision side has received. */
  heard: Message[] = []
  /** Records become durable at once; otherwise by {@link sync}. */
  isDiskFast = true
  /** Nothing crosses the link. */
  isCut = false
  /** The decision side answers intents with a permission, and acknowledges reports. */
  permits = true
  acknowledges = true
  decision: LinkEndpoint
  reportsSeen = 0
  private readonly process: SideProcess<ExecutionInput, ExecutionRecord, ExecutionSide>
  private journal: JournalListener | undefined
  private appended = 0
  private durable = 0
  /** On its way to the side. */
  private queue: ExecutionInput[] = []
  private permissions = 0

  constructor(readonly settings: ExecutionSettings = SETTINGS) {
    this.side = new ExecutionSide(settings)
    this.decision = this.newDecision(0)
    this.process = new SideProcess({ begin: () => this.begin() })
  }

  /** Both sides up, reconciled, link OK, price known. */
  static ready(settings: ExecutionSettings = SETTINGS): Bench {
    const bench = new Bench(settings)
    bench.venue.quote()
    bench.start()
    bench.advance(6000)
    return bench
  }

  get nowMs(): number {
    return this.time.epochMs()
  }

  start(): void {
    this.takeDecision(this.decision.start(this.nowMs))
    this.startProcess()
  }

  /** One input and all that it leads to at this moment. */
  give(input: ExecutionInput): void {
    this.queue.push(input)
    this.drain()
  }

  message(message: ApplicationMessage): void {
    const text = this.decision.send(message, this.nowMs)
    if (text !== undefined && !this.isCut) this.give({ kind: 'message', text })
  }

  venueEvent(event: VenueEvent): void {
    this.give({ kind: 'venue', event })
  }

  command(command: OperatorCommand): void {
    this.give({ kind: 'command', command })
  }

  enter(intentId = 'i1', quantity = '1', side: 'BUY' | 'SELL' = 'BUY'): void {
    this.message({
      type: 'APPROVED_ACTION',
      body: {
        actionId: intentId,
        action: 'ENTRY',
        strategyId: 'blue',
        instrument: INSTRUMENT.identity,
        side,
        quantity,
        requestedPrice: '100',
      },
    })
  }

  exit(exitId = 'e1', positionId: PositionId | null = null): void {
    this.message({
      type: 'EARLY_EXIT_NOW',
      body: { exitId, positionId, trigger: 'STRATEGY', reason: 'MAX_HOLD', requestedPrice: '100' },
    })
  }

  move(price: string): void {
    this.venue.nowMs = this.nowMs
    this.venue.move(price)
    this.drain()
  }

  /** Makes everything appended durable. */
  sync(): void {
    this.durable = this.appended
    this.journal?.durable(this.appended)
    this.drain()
  }

  /** Time passes in steps of {@link STEP_MS}, so that everything that is due happens in order. */
  advance(ms: number): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) {
      this.time.runTo(Math.min(endMs, this.nowMs + STEP_MS))
      this.takeDecision(this.decision.time(this.nowMs))
      this.give({ kind: 'time' })
    }
  }

  /** The process dies; so many of its records are left, at least the durable ones. */
  crash(left = this.records.length - this.appended + this.durable): void {
    this.process.kill()
    this.records.length = left
    this.queue = []
  }

  /** It starts again from its records, and the decision side, which went on, gets to know. */
  restart(): void {
    this.side = ExecutionSide.recover(this.settings, this.records)
    this.startProcess()
  }

  heardOf<T extends MessageType>(type: T): readonly Extract<Message, { readonly type: T }>['body'][] {
    return this.heard.filter((message) => message.type === type).map((message) => message.body) as never
  }

  get ids(): readonly string[] {
    return this.venue.submits.map(({ clientOrderId }) => clientOrderId)
  }

  private newDecision(session: number): LinkEndpoint {
    const stand = () => ({
      symbol: null,
      positionQuantity: '0',
      positionId: null,
      openOrders: [],
      reports: this.reportsSeen,
    })
    return new LinkEndpoint({ side: 'D', build: BUILD, stand, reportsSeen: () => this.reportsSeen }, session)
  }

  private startProcess(): void {
    this.appended = 0
    this.durable = 0
    this.venue.nowMs = this.nowMs
    this.process.start()
    this.drain()
  }

  private begin(): Beginning<ExecutionInput, ExecutionRecord, ExecutionSide> {
    const close = async () => {}
    const journal = {
      depth: 0,
      capacity: Number.POSITIVE_INFINITY,
      append: () => {
        this.appended++
      },
      listen: (listener: JournalListener) => {
        this.journal = listener
      },
      close,
    }
    const link = {
      send: (text: string) => {
        if (!this.isCut) this.takeDecision(this.decision.receive(text, this.nowMs))
      },
      // What is sent here and what the venue tells wait in the queue: nothing comes while the side is being handled.
      listen: () => {},
      close,
    }
    const venue = { send: (request: VenueRequest) => this.venue.handle(request), listen: () => {}, close }
    return {
      side: this.side,
      ports: {
        timer: this.time,
        journal,
        link,
        venue: hostedVenue(venue),
        format: () => '',
        recorded: (record) => this.records.push(record),
        alerted: (alert) => this.alerts.push(alert),
      },
    }
  }

  /** Hands over what waits, until nothing does. */
  private drain(): void {
    this.venue.nowMs = this.nowMs
    for (;;) {
      if (this.isDiskFast && this.durable < this.appended) {
        this.durable = this.appended
        this.queue.push({ kind: 'durable', records: this.appended })
      }
      const input = this.queue.shift() ?? this.fromVenue()
      if (input === undefined) return
      this.process.post(input)
    }
  }

  private fromVenue(): ExecutionInput | undefined {
    const event = this.venue.events.shift()
    return event === undefined ? undefined : { kind: 'venue', event }
  }

  private takeDecision(outcomes: ReturnType<LinkEndpoint['time']>): void {
    for (const outcome of outcomes) {
      if (outcome.kind === 'send' && !this.isCut) {
        this.queue.push({ kind: 'message', text: outcome.text })
      } else if (outcome.kind === 'session') {
        this.takeDecision(this.decision.sessionDurable(outcome.session, this.nowMs))
      } else if (outcome.kind === 'message') this.hear(outcome.message)
    }
  }

  private hear(message: ApplicationMessage): void {
    this.heard.push(message)
    if (this.acknowledges && 'reportNumber' in message.body) {
      this.reportsSeen = Math.max(this.reportsSeen, message.body.reportNumber)
    }
    if (message.type !== 'ENTRY_INTENT' || !this.permits) return
    const { intentId, correlationId, instrument, side, quantity } = message.body
    const permissionId = `p${++this.permissions}`
    const text = this.decision.send(
      { type: 'ENTRY_PERMISSION', body: { permissionId, intentId, correlationId, instrument, side, quantity } },
      this.nowMs,
    )
    if (text !== undefined) this.queue.push({ kind: 'message', text })
  }
}
