import { unreachable } from '../../../base/assert.js'
import type { VenueRequest } from '../../../ports/venue.js'
import type { Machine, TimeInput } from '../machine.js'
import type { Notice } from '../notice.js'
import type { RestCall, RestOutcome } from '../rest/call.js'
import type { MarketStreamEffect, UserStreamEffect } from '../streams/stream-effects.js'
import { CONTRACT_INFO } from '../streams/stream-names.js'
import type { WireCommand, WireEvent } from '../wire.js'
import { AccountTruth } from './account-truth.js'
import { DeadManSwitch } from './dead-man-switch.js'
import { Fills } from './fills.js'
import { Funding } from './funding.js'
import type { KnownOrder } from './order-registry.js'
import { Protection } from './protection.js'
import { Quotes } from './quotes.js'
import { OrderRequests } from './requests.js'
import { StartUp } from './start-up.js'
import { SymbolCatalogue } from './symbol-catalogue.js'
import { SymbolListing } from './symbol-listing.js'
import { UserEvents } from './user-events.js'
import { VenueDesk } from './venue-desk.js'
import type { UsedOrder, VenueInput, VenueSettings, VenueTold } from './venue-told.js'

/**
 * The account at the exchange as the port `Venue` wants it: earns the promises that the exchange does not give by itself. It puts
 * together what each of its parts decides; the parts know nothing of sockets.
 */
export class VenueMachine implements Machine<VenueInput | WireEvent | TimeInput, WireCommand | VenueTold> {
  private readonly desk: VenueDesk
  private readonly parts: VenueMachineOptions
  private readonly fills: Fills
  private readonly protection: Protection
  private readonly funding: Funding
  private readonly truth: AccountTruth
  private readonly requests: OrderRequests
  private readonly events: UserEvents
  private readonly quotes: Quotes
  private readonly listing: SymbolListing
  private readonly startUp: StartUp
  private readonly deadMan: DeadManSwitch
  private effects: (WireCommand | VenueTold)[] = []
  private hasBegun = false
  private isListening = false
  private toldOffsetMs = 0
  private readAnewMs = Number.POSITIVE_INFINITY
  private lastReadAnewMs = Number.NEGATIVE_INFINITY
  /** Readings since the last one that came a minute or more after the one before. */
  private readingsInARow = 0

  constructor(options: VenueMachineOptions) {
    this.parts = options
    const { settings, usedOrders } = options
    const desk = new VenueDesk(settings, usedOrders)
    const report = (order: KnownOrder) => desk.tell({ kind: 'order', report: order.report() })
    this.desk = desk
    this.fills = new Fills(desk, report)
    this.protection = new Protection(desk, report)
    this.funding = new Funding(desk)
    this.truth = new AccountTruth(desk, this.fills, this.protection, this.funding, report)
    const heard = { taken: (order: KnownOrder) => this.onTaken(order), late: report }
    this.events = new UserEvents(desk, this.fills, this.protection, (symbol, atMs) =>
      this.funding.onSettled(symbol, atMs),
    )
    this.quotes = new Quotes(desk, settings.symbols)
    const catalogue = new SymbolCatalogue()
    this.requests = new OrderRequests(desk, this.protection, heard, {
      instrument: (symbol) => catalogue.get(symbol),
      mark: (symbol) => this.quotes.mark(symbol),
    })
    this.listing = new SymbolListing(desk, catalogue)
    this.startUp = new StartUp(desk, catalogue, this.truth, () => this.listen())
    this.deadMan = new DeadManSwitch(desk)
  }

  handle(input: VenueInput | WireEvent | TimeInput, nowMs: number): readonly (WireCommand | VenueTold)[] {
    const { desk, parts } = this
    if (!this.hasBegun) {
      this.hasBegun = true
      desk.startedAtMs = nowMs
    }
    desk.nowMs = nowMs
    desk.registry.nowMs = nowMs
    desk.exchangeMs = parts.rest.exchangeMs(nowMs)
    this.dispatch(input)
    this.tellClock()
    this.onTime()
    this.carry()
    this.deadMan.settle()
    this.carry()
    if (this.effects.length === 0) return NO_EFFECTS
    const { effects } = this
    this.effects = []
    return effects
  }

  nextDueMs(): number | undefined {
    const { rest, userStream, marketStreams } = this.parts
    const dueMs = Math.min(
      rest.nextDueMs() ?? Number.POSITIVE_INFINITY,
      userStream.nextDueMs() ?? Number.POSITIVE_INFINITY,
      marketStreams.nextDueMs() ?? Number.POSITIVE_INFINITY,
      this.ownDueMs(),
    )
    return dueMs === Number.POSITIVE_INFINITY ? undefined : dueMs
  }

  private dispatch(input: VenueInput | WireEvent | TimeInput): void {
    const { parts, desk } = this
    switch (input.kind) {
      case 'start':
        this.startUp.begin()
        this.funding.refresh()
        return
      case 'request':
        this.onRequest(input.request)
        return
      case 'time':
        this.onRest(parts.rest.handle(input, desk.nowMs))
        this.onUser(parts.userStream.handle(input, desk.nowMs))
        this.onMarket(parts.marketStreams.handle(input, desk.nowMs))
        return
      case 'httpAnswer':
      case 'httpLost':
        this.onRest(parts.rest.handle(input, desk.nowMs))
        return
      case 'opened':
      case 'text':
      case 'ping':
      case 'closed':
        // Both pass over what is not theirs.
        this.onUser(parts.userStream.handle(input, desk.nowMs))
        this.onMarket(parts.marketStreams.handle(input, desk.nowMs))
        return
      default:
        unreachable(input)
    }
  }

  private onRequest(request: VenueRequest): void {
    const open = this.desk.openRequest(request)
    switch (request.kind) {
      case 'submit':
        this.requests.submit(request, open)
        return
      case 'cancel':
        this.requests.cancel(request, open)
        return
      case 'query':
        this.requests.query(request, open)
        return
      case 'snapshot':
        this.truth.snapshot(request, open)
        return
      default:
        unreachable(request)
    }
  }

  /** Calls go out when all that led to them has been thought through; what comes back at once may lead to more. */
  private carry(): void {
    const { desk, parts } = this
    for (let call = desk.calls.shift(); call !== undefined; call = desk.calls.shift())
      this.onRest(parts.rest.handle({ kind: 'call', call }, desk.nowMs))
    for (const told of desk.takeTold()) this.effects.push(told)
  }

  private onRest(effects: readonly RestEffect[]): void {
    for (const effect of effects) {
      if (effect.kind !== 'outcome') this.effects.push(effect)
      else if (!this.desk.takeOutcome(effect.outcome))
        this.onUser(this.parts.userStream.handle(effect, this.desk.nowMs))
    }
  }

  private onUser(effects: readonly UserStreamEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'call') this.desk.calls.push(effect.call)
      else if (effect.kind === 'user') this.events.take(effect.event)
      else if (effect.kind === 'userConnection') this.onConnection(effect.connected)
      else this.effects.push(effect)
    }
  }

  private onMarket(effects: readonly MarketStreamEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'frame') {
        if (!Array.isArray(effect.data) && !this.quotes.take(effect.stream, effect.data as Frame))
          this.listing.refreshSoon()
      } else if (effect.kind === 'dark') this.quotes.dark(effect.streams)
      else this.effects.push(effect)
    }
  }

  /** Market streams see by it which frames are late; a few ms make no difference to them. */
  private tellClock(): void {
    const { desk } = this
    if (desk.exchangeMs === undefined) return
    const offsetMs = desk.exchangeMs - desk.nowMs
    if (Math.abs(offsetMs - this.toldOffsetMs) < OFFSET_STEP_MS) return
    this.toldOffsetMs = offsetMs
    this.onMarket(this.parts.marketStreams.handle({ kind: 'exchangeClock', offsetMs }, desk.nowMs))
  }

  private onConnection(connected: boolean): void {
    const { desk } = this
    desk.isConnected = connected
    desk.tell({ kind: 'connection', connected })
    if (!connected) return
    this.truth.forget()
    if (!this.startUp.takesConnection())
      this.readAnewMs = Math.max(desk.nowMs, this.lastReadAnewMs + this.readPauseMs())
  }

  /** With fifty symbols one reading weighs 370: a stream that comes and goes would use up the minute's allowance with it. */
  private readPauseMs(): number {
    return Math.min(READ_ANEW_PAUSE_MS * 2 ** Math.max(0, this.readingsInARow - 1), READ_ANEW_PAUSE_MS_MAX)
  }

  /** Something may have been missed: the account, fills and fundings are asked for, whoever asks for them besides. */
  private readAnew(): void {
    const { desk } = this
    if (desk.nowMs < this.readAnewMs) return
    this.readAnewMs = Number.POSITIVE_INFINITY
    this.readingsInARow = desk.nowMs < this.lastReadAnewMs + IN_A_ROW_MS ? this.readingsInARow + 1 : 1
    this.lastReadAnewMs = desk.nowMs
    const nothing = () => undefined
    const deadlineMs = desk.nowMs + desk.requestTimeoutMs
    this.truth.read({ symbol: undefined, deadlineMs, fresh: true, done: nothing, failed: nothing })
    for (const symbol of this.fills.tradedSymbols()) this.fills.askSince(symbol)
    this.funding.refresh()
  }

  private onTaken(order: KnownOrder): void {
    if (!this.desk.isConnected) return
    const input = { kind: 'expect', withinMs: TOLD_WITHIN_MS, sinceMs: order.sentAtMs } as const
    this.onUser(this.parts.userStream.handle(input, this.desk.nowMs))
  }

  private listen(): void {
    const { parts, desk } = this
    if (this.isListening) return
    this.isListening = true
    this.onUser(parts.userStream.handle({ kind: 'start' }, desk.nowMs))
    const streams = [...this.quotes.streams(), CONTRACT_INFO]
    this.onMarket(parts.marketStreams.handle({ kind: 'want', streams }, desk.nowMs))
    this.listing.begin()
  }

  private ownDueMs(): number {
    const { desk, fills, protection, funding, startUp, deadMan, listing } = this
    return Math.min(
      desk.requestsDueMs,
      fills.dueMs,
      protection.dueMs,
      funding.dueMs,
      startUp.dueMs,
      deadMan.dueMs,
      listing.dueMs,
      this.readAnewMs,
    )
  }

  private onTime(): void {
    if (this.ownDueMs() > this.desk.nowMs) return
    this.desk.timeOut()
    this.fills.onTime()
    this.protection.onTime()
    this.funding.onTime()
    this.startUp.onTime()
    this.listing.onTime()
    this.readAnew()
  }
}

type Frame = Readonly<Record<string, unknown>>
type RestEffect = WireCommand | Notice | { readonly kind: 'outcome'; readonly outcome: RestOutcome }

export interface VenueMachineOptions {
  readonly rest: RestPart
  readonly userStream: UserPart
  readonly marketStreams: MarketPart
  readonly settings: VenueSettings
  /** All orders that the session's journal knows to have been sent. */
  readonly usedOrders?: Iterable<UsedOrder>
}

/** `RestMachine`, or what stands for it. */
export interface RestPart
  extends Machine<{ readonly kind: 'call'; readonly call: RestCall } | WireEvent | TimeInput, RestEffect> {
  exchangeMs(nowMs: number): number | undefined
}

/** `UserStream`, or what stands for it. */
export type UserPart = Machine<
  | { readonly kind: 'start' }
  | { readonly kind: 'outcome'; readonly outcome: RestOutcome }
  | { readonly kind: 'expect'; readonly withinMs: number; readonly sinceMs?: number }
  | WireEvent
  | TimeInput,
  UserStreamEffect
>

/** `MarketStreams`, or what stands for it. */
export type MarketPart = Machine<
  | { readonly kind: 'want'; readonly streams: readonly string[] }
  | { readonly kind: 'exchangeClock'; readonly offsetMs: number }
  | WireEvent
  | TimeInput,
  MarketStreamEffect
>

const NO_EFFECTS: readonly (WireCommand | VenueTold)[] = []
const READ_ANEW_PAUSE_MS = 3_000
const READ_ANEW_PAUSE_MS_MAX = 48_000
const IN_A_ROW_MS = 60_000
const OFFSET_STEP_MS = 100
/** The stream tells of an order that was taken; when it does not, it is deaf. */
const TOLD_WITHIN_MS = 5_000
