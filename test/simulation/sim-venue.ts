import type { PaperExchange } from '../../src/adapters/paper/paper-exchange.js'
import { type DecimalText, Exact } from '../../src/base/exact.js'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import type { Quote, RejectCode, VenueEvent, VenueRequest } from '../../src/ports/venue.js'
import type { Instrument } from '../../src/ports/vocabulary/instrument.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import type { FaultBoard } from './fault-board.js'
import type { ExchangeTruth, ForeignOrder, VenueListeners, WorldVenue } from './world-venue.js'

/** A request that still owes its answer. */
interface Pending {
  readonly request: VenueRequest
  readonly atMs: number
  /** It was or will be answered with `unknown`: what the exchange answers is lost. */
  readonly mute: boolean
}

/**
 * The paper exchange behind a network and an adapter that fail: it keeps the venue port's contract (every request has one
 * answer, `unknown` included; stream events may come late, twice or never) and nothing beyond it.
 */
export class SimVenue implements WorldVenue {
  private readonly random: Xoshiro128
  private readonly pending = new Map<string, Pending>()
  /** Answers to a process that has died reach nobody. */
  private life = 0
  private listener: ((event: VenueEvent) => void) | undefined
  private connected = true
  private wakeAtMs = Number.POSITIVE_INFINITY
  private foreignOrders = 0

  constructor(
    private readonly exchange: PaperExchange,
    seed: number,
    private readonly time: VirtualTime,
    private readonly faults: FaultBoard,
    private readonly listeners: VenueListeners,
  ) {
    this.random = new Xoshiro128(seed, VENUE_STREAM)
  }

  processStarted(): void {
    this.life++
    this.pending.clear()
    if (this.connected) this.tell({ kind: 'connection', connected: true }, 1)
  }

  processStopped(): void {
    this.life++
    this.pending.clear()
  }

  setConnected(connected: boolean): void {
    if (this.connected === connected) return
    this.connected = connected
    this.tell({ kind: 'connection', connected }, 1)
  }

  market(quote: Quote): void {
    this.exchange.market({ kind: 'quote', quote }, this.time.epochMs())
    this.pump()
  }

  funding(symbol: string, rate: string): void {
    this.exchange.market({ kind: 'fundingRate', symbol, rate }, this.time.epochMs())
    this.pump()
  }

  instrument(instrument: Instrument): void {
    this.exchange.market({ kind: 'instrument', instrument }, this.time.epochMs())
    this.pump()
  }

  truth(): ExchangeTruth {
    const { account, orders } = this.exchange.snapshot().matcher
    const held = Object.entries(account.positions).map(([symbol, { quantity }]) => [symbol, quantity] as const)
    return {
      walletUsd: account.walletUsd,
      fundingUsd: account.fundingUsd,
      positions: Object.fromEntries(held),
      orders: orders.map(({ request: { clientOrderId, quantity }, status, filledQuantity }) => ({
        ...{ clientOrderId, status, quantity, filledQuantity },
      })),
    }
  }

  deposit(usd: DecimalText): void {
    const snapshot = structuredClone(this.exchange.snapshot())
    const { account } = snapshot.matcher
    const walletUsd = new Exact(account.walletUsd).plus(usd).toFixed()
    this.exchange.restore({ ...snapshot, matcher: { ...snapshot.matcher, account: { ...account, walletUsd } } })
  }

  listen(listener: (event: VenueEvent) => void): void {
    this.listener = listener
  }

  async close(): Promise<void> {
    this.listener = undefined
  }

  send(request: VenueRequest): void {
    if (request.kind === 'submit' && this.rejects(request)) return
    if (this.faults.under('venue-rate-limit')?.strikes()) {
      this.refuse(request, 'RATE_LIMITED')
      return
    }
    const lost = this.faults.under('venue-timeout-lost')
    if (this.disconnectedStrikes() || lost?.strikes(lost.fault.amount)) {
      this.expect(request, true)
      return
    }
    const done = this.faults.under('venue-timeout-done')
    const late = this.faults.under('venue-late-arrival')
    if (late?.strikes()) this.carry(request, true, late.fault.amount)
    else this.carry(request, done?.strikes(done.fault.amount) ?? false, 0)
  }

  foreign(order: ForeignOrder): void {
    const id = `manual-${++this.foreignOrders}`
    const type = order.price === undefined ? 'MARKET' : 'LIMIT'
    this.arrive({
      kind: 'submit',
      requestId: `foreign:${id}`,
      order: { clientOrderId: id, type, reduceOnly: false, ...order },
      validUntilMs: this.time.epochMs() + 10_000,
    })
  }

  private pump(): void {
    for (const event of this.exchange.advanceTo(this.time.epochMs())) {
      this.listeners.said(event)
      if ('requestId' in event) this.answer(event)
      else this.stream(event)
    }
    this.setWake()
  }

  private deliver(event: VenueEvent): void {
    this.listener?.(event)
  }

  private setWake(): void {
    const dueMs = this.exchange.nextDueMs()
    if (dueMs === undefined || dueMs >= this.wakeAtMs) return
    this.wakeAtMs = dueMs
    this.time.at(dueMs, () => {
      if (this.wakeAtMs !== dueMs) return
      this.wakeAtMs = Number.POSITIVE_INFINITY
      this.pump()
    })
  }

  private carry(request: VenueRequest, mute: boolean, lateMs: number): void {
    this.expect(request, mute)
    const { life } = this
    const arriving = { ...request, requestId: `${life}:${request.requestId}` }
    if (lateMs > 0) this.time.after(lateMs, () => this.arrive(arriving))
    else this.arrive(arriving)
  }

  private arrive(request: VenueRequest): void {
    this.exchange.handle(request, this.time.epochMs())
    // Never during the request itself, even for what is due at this moment.
    this.setWake()
  }

  /** The adapter's timeout: whatever is not answered by then is unknown. */
  private expect(request: VenueRequest, mute: boolean): void {
    const { life } = this
    const key = `${life}:${request.requestId}`
    const entry: Pending = { request, atMs: this.time.epochMs(), mute }
    this.pending.set(key, entry)
    this.time.after(mute ? this.random.integer(50, TIMEOUT_MS) : TIMEOUT_MS, () => {
      if (this.pending.get(key) !== entry) return
      this.pending.delete(key)
      this.deliver({ kind: 'unknown', requestId: request.requestId, message: 'timed out' })
    })
  }

  private answer(event: Extract<VenueEvent, { requestId: string }>): void {
    const key = event.requestId
    const entry = this.pending.get(key)
    if (entry === undefined || entry.mute) return
    const deliver = () => {
      if (this.pending.get(key) !== entry) return
      this.pending.delete(key)
      const answer = event.kind === 'snapshot' ? this.squeezed(event) : event
      if (answer.kind === 'snapshot') this.listeners.stated(answer.snapshot.account, this.time.epochMs() - entry.atMs)
      this.deliver({ ...answer, requestId: entry.request.requestId })
    }
    const slow = this.faults.under('venue-slow-answers')
    if (slow?.strikes()) this.time.after(slow.random.integer(0, slow.fault.amount), deliver)
    else deliver()
  }

  /** At least so much of the equity is bound. */
  private squeezed(event: Extract<VenueEvent, { kind: 'snapshot' }>): typeof event {
    const bound = this.faults.under('venue-margin-bound')
    if (!bound?.strikes()) return event
    const { account } = event.snapshot
    const left = Exact.max(0, new Exact(account.equityUsd).times(new Exact(1).minus(bound.fault.amount)))
    const availableMarginUsd = Exact.min(left, account.availableMarginUsd).toFixed()
    return { ...event, snapshot: { ...event.snapshot, account: { ...account, availableMarginUsd } } }
  }

  private stream(event: Exclude<VenueEvent, { requestId: string }>): void {
    if (!this.connected) {
      if (event.kind !== 'quote') this.faults.count('venue-disconnect')
      return
    }
    if (event.kind !== 'fill' && event.kind !== 'order') {
      this.deliver(event)
      return
    }
    const lost = this.faults.under('venue-lost-stream')
    if (lost?.strikes(lost.fault.amount)) return
    const late = this.faults.under('venue-late-stream')
    if (late?.strikes()) this.tell(event, late.random.integer(0, late.fault.amount))
    else this.deliver(event)
    const twice = this.faults.under('venue-duplicate-stream')
    if (twice?.strikes(twice.fault.amount)) this.tell(event, twice.random.integer(0, 5_000))
  }

  private disconnectedStrikes(): boolean {
    if (!this.connected) this.faults.count('venue-disconnect')
    return !this.connected
  }

  private rejects(request: Extract<VenueRequest, { kind: 'submit' }>): boolean {
    const reject = this.faults.under('venue-reject')
    if (!reject?.strikes(reject.fault.amount)) return false
    this.refuse(request, REJECT_CODES[reject.random.integer(0, REJECT_CODES.length - 1)]!)
    return true
  }

  private refuse(request: VenueRequest, code: RejectCode): void {
    const { requestId } = request
    if (request.kind !== 'submit' && request.kind !== 'cancel') {
      this.tell({ kind: 'unknown', requestId, message: code }, 20)
      return
    }
    const clientOrderId = request.kind === 'submit' ? request.order.clientOrderId : request.clientOrderId
    this.tell({ kind: 'rejected', requestId, clientOrderId, code, message: 'simulated' }, 20)
  }

  /** To the process that is up now, and no other. */
  private tell(event: VenueEvent, afterMs: number): void {
    const { life } = this
    this.time.after(afterMs, () => {
      if (this.life === life) this.deliver(event)
    })
  }
}

/** Of the adapter: whatever has no answer by then is unknown. */
const TIMEOUT_MS = 5_000
const VENUE_STREAM = 0x7e4e
const REJECT_CODES: readonly RejectCode[] = [
  'NO_LIQUIDITY',
  'INSUFFICIENT_MARGIN',
  'PRICE_BAND',
  'RATE_LIMITED',
  'INVALID',
]
