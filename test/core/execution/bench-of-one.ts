import { ExecutionSide } from '../../../src/core/execution/execution-side.js'
import type { ExecutionRecord } from '../../../src/core/execution/records.js'
import { EXECUTION_DEFAULTS, type ExecutionSettings } from '../../../src/core/execution/settings.js'
import { type ApplicationMessage, LinkEndpoint } from '../../../src/core/link/link-endpoint.js'
import type { ExecutionEvent, OperatorCommand, SideEffect } from '../../../src/ports/sides.js'
import type { VenueEvent } from '../../../src/ports/venue.js'
import type { Alert } from '../../../src/ports/vocabulary/alerts.js'
import type { Instrument } from '../../../src/ports/vocabulary/instrument.js'
import type { Message, MessageType } from '../../../src/ports/vocabulary/messages.js'
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

export const SETTINGS: ExecutionSettings = { ...EXECUTION_DEFAULTS, instruments: [INSTRUMENT], build: BUILD }

/** An execution side with a tiny venue behind it and a decision side's end of the link before it, on virtual time. */
export class Bench {
  side: ExecutionSide
  nowMs = 1_000_000
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
  private appended = 0
  private durable = 0
  private queue: ExecutionEvent[] = []
  private permissions = 0

  constructor(readonly settings: ExecutionSettings = SETTINGS) {
    this.side = new ExecutionSide(settings)
    this.decision = this.newDecision(0)
  }

  /** Both sides up, reconciled, link OK, price known. */
  static ready(settings: ExecutionSettings = SETTINGS): Bench {
    const bench = new Bench(settings)
    bench.venue.quote()
    bench.start()
    bench.advance(6000)
    return bench
  }

  start(): void {
    this.takeDecision(this.decision.start(this.nowMs))
    this.give({ kind: 'start', nowMs: this.nowMs })
  }

  /** One event and all that it leads to at this moment. */
  give(event: ExecutionEvent): void {
    this.venue.nowMs = this.nowMs
    this.queue.push(event)
    this.drain()
  }

  message(message: ApplicationMessage): void {
    const text = this.decision.send(message, this.nowMs)
    if (text !== undefined && !this.isCut) this.give({ kind: 'message', nowMs: this.nowMs, text })
  }

  venueEvent(event: VenueEvent): void {
    this.give({ kind: 'venue', nowMs: this.nowMs, event })
  }

  command(command: OperatorCommand): void {
    this.give({ kind: 'command', nowMs: this.nowMs, command })
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

  exit(exitId = 'e1', positionId: string | null = null): void {
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
    this.give({ kind: 'durable', nowMs: this.nowMs, records: this.appended })
  }

  /** Time passes in steps of 50 ms, so that everything that is due happens in order. */
  advance(ms: number): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) {
      this.nowMs = Math.min(endMs, this.nowMs + 50)
      this.takeDecision(this.decision.time(this.nowMs))
      this.give({ kind: 'time', nowMs: this.nowMs })
    }
  }

  /** The process dies; so many of its records are left, at least the durable ones. */
  crash(left = this.records.length - this.appended + this.durable): void {
    this.records.length = left
    this.queue = []
  }

  /** It starts again from its records, and the decision side, which went on, gets to know. */
  restart(): void {
    this.side = ExecutionSide.recover(this.settings, this.records)
    this.appended = 0
    this.durable = 0
    this.give({ kind: 'start', nowMs: this.nowMs })
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

  private drain(): void {
    for (;;) {
      const event = this.queue.shift() ?? this.fromVenue()
      if (event === undefined) return
      for (const effect of this.side.handle(event)) this.carryOut(effect)
      if (this.isDiskFast && this.durable < this.appended) {
        this.durable = this.appended
        this.queue.push({ kind: 'durable', nowMs: this.nowMs, records: this.appended })
      }
    }
  }

  private fromVenue(): ExecutionEvent | undefined {
    const event = this.venue.events.shift()
    return event === undefined ? undefined : { kind: 'venue', nowMs: this.nowMs, event }
  }

  private carryOut(effect: SideEffect<ExecutionRecord>): void {
    switch (effect.kind) {
      case 'append':
        this.records.push(effect.record)
        this.appended++
        break
      case 'send':
        if (!this.isCut) this.takeDecision(this.decision.receive(effect.text, this.nowMs))
        break
      case 'request':
        this.venue.handle(effect.request)
        break
      case 'alert':
        this.alerts.push(effect.alert)
    }
  }

  private takeDecision(outcomes: ReturnType<LinkEndpoint['time']>): void {
    for (const outcome of outcomes) {
      if (outcome.kind === 'send' && !this.isCut) {
        this.queue.push({ kind: 'message', nowMs: this.nowMs, text: outcome.text })
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
    const { intentId, instrument, side, quantity } = message.body
    const permissionId = `p${++this.permissions}`
    const text = this.decision.send(
      { type: 'ENTRY_PERMISSION', body: { permissionId, intentId, instrument, side, quantity } },
      this.nowMs,
    )
    if (text !== undefined) this.queue.push({ kind: 'message', nowMs: this.nowMs, text })
  }
}
