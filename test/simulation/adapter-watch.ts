import type { WireCommand, WireEvent } from '../../src/adapters/binance/wire.js'
import { Exact } from '../../src/base/exact.js'
import type { VenueEvent, VenueRequest } from '../../src/ports/venue.js'
import type { Fill, OrderReport } from '../../src/ports/vocabulary/orders.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import type { FaultBoard } from './fault-board.js'
import { ALL_FAULT_KINDS, type FaultKind } from './fault-plan.js'
import { SYMBOLS } from './market.js'
import type { SideClock } from './side-clock.js'
import { Violation } from './violation.js'

export interface AdapterWatchParts {
  readonly time: VirtualTime
  /** Of the process that the adapter runs in. */
  readonly clock: SideClock
  readonly faults: FaultBoard
  /** The exchange's clock goes ahead by so much. */
  exchangeOffsetMs(): number
}

/**
 * What an adapter promises beyond what its port shows: it sees what goes over the wire, what is told at the port, and what
 * happened at the exchange, and knows nothing of how the adapter works.
 */
export class AdapterWatch {
  private readonly parts: AdapterWatchParts
  private readonly requests = new Map<number, SentRequest>()
  /** Orders by client id, in all lives. */
  private readonly orders = new Map<string, 'sent' | 'found too late' | 'turned away'>()
  private bannedUntilMs = Number.NEGATIVE_INFINITY
  private heldUntilMs = Number.NEGATIVE_INFINITY
  /** The request that was answered with a ban last. */
  private banned: SentRequest | undefined
  /** How the clocks of process, world and exchange stand to each other. */
  private clocks = ''
  /** When it was heard that a stamp was refused, since one of them was set. */
  private refusedStampMs: number | undefined
  private readonly privateSockets = new Map<string, 'opening' | 'open' | 'deaf'>()
  private deafSinceMs = 0
  private toldConnected = false
  private readonly quotedMs = new Map<string, number>()
  private isUp = false
  private calmSinceMs: number
  private readonly denied = new Set<string>()
  private readonly accepted = new Set<string>()
  private readonly stops = new Map<string, OrderReport>()
  private readonly fills: Fill[] = []
  private readonly snapshotSymbols = new Map<string, string>()
  /** Fundings of this life that nobody was told of, by symbol and time; those before its first snapshot are in that. */
  private readonly untold = new Set<string>()
  private hasToldSnapshot = false
  /** When the account was last asked, by the exchange's clock. */
  private accountAskedMs = Number.NEGATIVE_INFINITY
  /** When a clock was last set, here or at the exchange: what is known of it is old for a while. */
  private clocksChangedMs = Number.NEGATIVE_INFINITY
  /** Orders that close something, asked for in this life and not sent: whether an earlier one sent them is asked first. */
  private readonly leaving = new Set<string>()
  /** When the stream came again, and what had been missed by then. */
  private reopened: { readonly atMs: number; readonly missed: readonly string[] } | undefined

  constructor(parts: AdapterWatchParts) {
    this.parts = parts
    this.calmSinceMs = parts.time.epochMs()
    parts.time.after(LOOKS_EVERY_MS, () => this.look())
  }

  started(): void {
    this.stopped()
    this.isUp = true
    this.calmSinceMs = this.nowMs
    this.deafSinceMs = this.nowMs
  }

  stopped(): void {
    this.isUp = false
    // A crash may take the record of one with it, and it was certainly not taken: the next process gives its id to the next exit.
    for (const [id, order] of this.orders) if (order === 'found too late') this.orders.set(id, 'turned away')
    this.requests.clear()
    this.privateSockets.clear()
    this.snapshotSymbols.clear()
    this.untold.clear()
    this.hasToldSnapshot = false
    this.leaving.clear()
    this.reopened = undefined
    this.toldConnected = false
    this.bannedUntilMs = Number.NEGATIVE_INFINITY
    this.heldUntilMs = Number.NEGATIVE_INFINITY
    this.banned = undefined
    this.refusedStampMs = undefined
  }

  asked(request: VenueRequest): void {
    if (request.kind === 'snapshot') this.snapshotSymbols.set(request.requestId, request.symbol)
    if (request.kind === 'submit' && request.order.reduceOnly) this.leaving.add(request.order.clientOrderId)
  }

  /** However short it was, what was under way may have been lost to it. */
  faultOver(kind: FaultKind): void {
    if (UNSOUND.includes(kind)) this.calmSinceMs = this.nowMs
  }

  /** Whether the request that was banned last left after the ban that was wanted. */
  isBanEarned(wantedUntilMs: number): boolean {
    return this.banned !== undefined && this.banned.sentMs > wantedUntilMs
  }

  /** The adapter lets something go. */
  command(command: WireCommand): void {
    this.readClocks()
    if (command.kind === 'http') this.sends(command.request)
    else if (command.kind === 'open' && command.path === 'private') this.privateSockets.set(command.socketId, 'opening')
    else if (command.kind === 'close') this.lose(command.socketId)
  }

  /** Something reaches the adapter. */
  event(event: WireEvent): void {
    this.readClocks()
    switch (event.kind) {
      case 'httpAnswer':
        this.answered(event)
        return
      case 'httpLost':
        this.requests.delete(event.httpId)
        return
      case 'opened':
        if (this.privateSockets.has(event.socketId)) this.isOpen(event.socketId)
        return
      case 'closed':
        this.lose(event.socketId)
        return
      case 'text':
        if (this.privateSockets.has(event.socketId) && event.text.includes('"listenKeyExpired"'))
          this.lose(event.socketId)
        return
      default:
    }
  }

  /** The adapter tells something at its port. */
  told(event: VenueEvent): void {
    if (event.kind === 'quote') this.quotedMs.set(event.quote.symbol, this.nowMs)
    if (event.kind === 'connection') this.toldConnected = event.connected
    if (event.kind === 'notFound') {
      this.denied.add(event.clientOrderId)
      this.checkDenial(event.clientOrderId)
    }
    if (event.kind === 'funding') this.untold.delete(keyOf(event))
    if (event.kind !== 'snapshot') return
    this.hasToldSnapshot = true
    this.checkSnapshot(event)
  }

  /** Something happened at the exchange. */
  happened(event: VenueEvent): void {
    if (event.kind === 'fill') this.fills.push(event.fill)
    if (event.kind === 'funding' && this.hasToldSnapshot) this.untold.add(keyOf(event))
    if (event.kind !== 'order') return
    const { report } = event
    this.accepted.add(report.clientOrderId)
    this.checkDenial(report.clientOrderId)
    if (report.type === 'STOP_MARKET') this.stopIs(report)
  }

  private get nowMs(): number {
    return this.parts.time.epochMs()
  }

  private sends({ httpId, method, target }: Extract<WireCommand, { readonly kind: 'http' }>['request']): void {
    const clockMs = this.parts.clock.peekMs()
    const params = new URLSearchParams(target.slice(target.indexOf('?') + 1))
    const orderId = method === 'POST' ? (params.get('newClientOrderId') ?? params.get('clientAlgoId')) : null
    this.requests.set(httpId, { sentMs: this.nowMs, orderId })
    if (pathOf(target) === '/fapi/v3/account') this.accountAskedMs = this.nowMs + this.parts.exchangeOffsetMs()
    if (clockMs < this.bannedUntilMs - ROUNDING_MS)
      throw new Violation('a-ban-is-obeyed', `${method} ${pathOf(target)} ${this.bannedUntilMs - clockMs} ms too early`)
    const asksFirst = this.leaving.has(params.get('origClientOrderId') ?? params.get('clientAlgoId') ?? '')
    if (orderId !== null) this.leaving.delete(orderId)
    const isExit =
      asksFirst || method === 'DELETE' || params.get('reduceOnly') === 'true' || target.startsWith('/fapi/v1/time')
    if (!isExit && clockMs < this.heldUntilMs - ROUNDING_MS)
      throw new Violation('a-ban-is-obeyed', `${method} ${pathOf(target)} ${this.heldUntilMs - clockMs} ms after a 429`)
    if (orderId === null) return
    if (this.orders.has(orderId) && this.orders.get(orderId) !== 'turned away')
      throw new Violation('an-order-leaves-once', `${orderId} goes over the wire again`)
    this.orders.set(orderId, 'sent')
  }

  private answered({ httpId, status, headers, body }: Extract<WireEvent, { readonly kind: 'httpAnswer' }>): void {
    const request = this.requests.get(httpId)
    if (request === undefined) return
    this.requests.delete(httpId)
    const untilMs = this.parts.clock.peekMs() + 1_000 * Number(headers['retry-after'] ?? 0)
    if (status === 418) this.banned = request
    if (status === 418) this.bannedUntilMs = Math.max(this.bannedUntilMs, untilMs)
    if (status === 429) this.heldUntilMs = Math.max(this.heldUntilMs, untilMs)
    if (request.orderId !== null && body.includes('"code":-1008')) this.orders.set(request.orderId, 'turned away')
    if (request.orderId !== null && body.includes('"code":-5028')) this.orders.set(request.orderId, 'found too late')
    if (body.includes('"code":-1021')) this.stampRefused(request)
  }

  private stampRefused({ sentMs }: SentRequest): void {
    const before = this.refusedStampMs
    if (before === undefined) this.refusedStampMs = this.nowMs
    else if (sentMs > before + MEASURED_WITHIN_MS)
      throw new Violation('a-wrong-clock-is-measured-anew', `refused for its stamp ${sentMs - before} ms after another`)
  }

  private readClocks(): void {
    const { clock, exchangeOffsetMs } = this.parts
    const clocks = `${clock.peekMs() - this.nowMs} ${exchangeOffsetMs()}`
    if (clocks !== this.clocks) {
      this.refusedStampMs = undefined
      this.clocksChangedMs = this.nowMs
    }
    this.clocks = clocks
  }

  private lose(socketId: string): void {
    if (!this.privateSockets.delete(socketId)) return
    if (!this.isHeard) this.deafSinceMs = this.nowMs
  }

  private get isHeard(): boolean {
    return [...this.privateSockets.values()].includes('open')
  }

  private isOpen(socketId: string): void {
    this.privateSockets.set(socketId, 'open')
    const isSoon = this.reopened !== undefined && this.nowMs - this.reopened.atMs < IN_A_ROW_MS
    this.reopened = { atMs: this.nowMs, missed: isSoon ? [] : [...this.untold] }
  }

  private checkMissed(): void {
    const { reopened, nowMs } = this
    if (reopened === undefined || nowMs < reopened.atMs + READ_WITHIN_MS || this.calmSinceMs > reopened.atMs) return
    this.reopened = { ...reopened, missed: [] }
    const clockMs = this.parts.clock.peekMs()
    if (!this.isHeard || clockMs < this.heldUntilMs + READ_EVERY_MS || clockMs < this.bannedUntilMs + READ_EVERY_MS)
      return
    const key = reopened.missed.find((missed) => this.untold.has(missed))
    if (key !== undefined)
      throw new Violation(
        'what-was-missed-is-told',
        `${key} is not told ${nowMs - reopened.atMs} ms after the stream came again`,
      )
  }

  private look(): void {
    const { nowMs } = this
    this.readClocks()
    this.parts.time.after(LOOKS_EVERY_MS, () => this.look())
    if (UNSOUND.some((kind) => this.parts.faults.under(kind) !== undefined)) this.calmSinceMs = nowMs
    if (!this.isUp) return
    // Until then the exchange has forbidden to ask for a listen key.
    if (this.parts.clock.peekMs() < Math.max(this.heldUntilMs, this.bannedUntilMs)) this.calmSinceMs = nowMs
    const deafMs = this.isHeard ? 0 : nowMs - this.deafSinceMs
    if (this.toldConnected && deafMs > TOLD_WITHIN_MS)
      throw new Violation('a-lost-stream-is-told', `nobody has listened to the account for ${deafMs} ms`)
    this.checkMissed()
    const calmMs = nowMs - this.calmSinceMs
    if (calmMs > CALM_MS && deafMs > CALM_MS)
      throw new Violation('somebody-listens', `nobody has listened to the account for ${deafMs} ms`)
    if (calmMs < QUOTED_WITHIN_MS) return
    for (const symbol of SYMBOLS) {
      const silentMs = nowMs - (this.quotedMs.get(symbol) ?? Number.NEGATIVE_INFINITY)
      if (silentMs > QUOTED_WITHIN_MS) throw new Violation('quotes-come', `${symbol} has had none for ${silentMs} ms`)
    }
  }

  private checkDenial(clientOrderId: string): void {
    if (this.denied.has(clientOrderId) && this.accepted.has(clientOrderId))
      throw new Violation('what-is-not-found-never-was', `${clientOrderId} was accepted, and told as not found`)
  }

  /** The fills that are told, up to its last one, are what the position is made of; and nothing in it is older than it says. */
  private checkSnapshot({ requestId, snapshot }: Extract<VenueEvent, { readonly kind: 'snapshot' }>): void {
    const symbol = this.snapshotSymbols.get(requestId)
    if (symbol === undefined) return
    this.snapshotSymbols.delete(requestId)
    const filled = this.heldAfter(symbol, snapshot.lastTradeId).toFixed()
    const stated = snapshot.positions.find((position) => position.symbol === symbol)?.quantity ?? '0'
    if (filled !== stated)
      throw new Violation('a-snapshot-is-of-one-moment', `${stated} ${symbol} beside fills that come to ${filled}`)
    const aheadMs = snapshot.atMs - this.accountAskedMs
    if (aheadMs > 0 && this.nowMs - this.clocksChangedMs > CLOCKS_SETTLED_MS)
      throw new Violation('a-snapshot-is-of-one-moment', `it is stamped ${aheadMs} ms after the account was asked`)
  }

  private stopIs(report: OrderReport): void {
    const { clientOrderId, symbol, reason } = report
    if (report.status === 'ACKNOWLEDGED') this.stops.set(clientOrderId, report)
    else this.stops.delete(clientOrderId)
    if (reason !== 'CANCELED' || this.heldAfter(symbol, Number.POSITIVE_INFINITY).isZero()) return
    if (this.fills.some((fill) => fill.clientOrderId.startsWith('manual-'))) return
    if ([...this.stops.values()].some((other) => other.symbol === symbol)) return
    throw new Violation('the-last-stop-stays', `${clientOrderId} is cancelled while ${symbol} is held`)
  }

  /** Signed base units. */
  private heldAfter(symbol: string, tradeId: number): Exact {
    let held = new Exact(0)
    for (const fill of this.fills) {
      if (fill.symbol !== symbol || fill.tradeId > tradeId) continue
      held = fill.side === 'BUY' ? held.plus(fill.quantity) : held.minus(fill.quantity)
    }
    return held
  }
}

interface SentRequest {
  readonly sentMs: number
  readonly orderId: string | null
}

function keyOf({ symbol, timestampMs }: Extract<VenueEvent, { readonly kind: 'funding' }>): string {
  return `funding of ${symbol} at ${timestampMs}`
}

function pathOf(target: string): string {
  return target.split('?')[0]!
}

const LOOKS_EVERY_MS = 1_000
const ROUNDING_MS = 2
/** A question for the time, and its answer. */
const MEASURED_WITHIN_MS = 500
const TOLD_WITHIN_MS = 1_500
/** How soon all may be read anew, within which time again it may be put off, and how long it takes at the most. */
const READ_EVERY_MS = 3_000
const IN_A_ROW_MS = 60_000
const READ_WITHIN_MS = 1_500
/** A key or a socket that is not to be had is asked for ever more rarely, each 15 s in the end, and answered within 10 s. */
const CALM_MS = 28_000
/** Opening a connection in vain is tried again a minute later at the latest. */
const QUOTED_WITHIN_MS = 95_000
const UNSOUND = ALL_FAULT_KINDS.filter((kind) => /^(venue|market|exchange|clock)-/.test(kind))
/** The exchange's clock is measured anew each 20 s. */
const CLOCKS_SETTLED_MS = 60_000
