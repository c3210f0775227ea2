import type { VenueEvent, VenueRequest } from '../../../ports/venue.js'
import type { AlertLevel } from '../../../ports/vocabulary/alerts.js'
import type { Notice } from '../notice.js'
import type { ExchangeError, Priority, RestCall, RestOutcome } from '../rest/call.js'
import { consequenceOf } from '../rest/errors.js'
import type { RouteName } from '../rest/routes.js'
import { OrderRegistry } from './order-registry.js'
import type { StartedUp, StartRefused, UsedOrder, VenueSettings } from './venue-told.js'

/**
 * What the files of the venue share: the time of the input at hand, the orders that are known, calls on their way to the REST
 * API with who asked, requests that wait for their answer, and what is to be told.
 */
export class VenueDesk {
  nowMs = 0
  /** Of the first input. */
  startedAtMs = 0
  readonly registry: OrderRegistry
  readonly settings: VenueSettings
  readonly requestTimeoutMs: number
  /** Symbol → signed base units, as the account was last told to be; flat ones are absent. */
  readonly positions = new Map<string, string>()
  /** The account has been read since the start: a symbol without a position is flat. */
  hasPositions = false
  /** When it was read last, by the exchange's clock: an event from before then is in it. */
  positionsReadAtMs = 0
  /** Events of the account so far, and the exchange's time of the latest: whoever reads meanwhile has read something between. */
  changes = 0
  lastChangeMs = 0
  /** The user stream is connected: what happens is told. */
  isConnected = false
  /** Why no entry is taken; undefined when entries are. */
  entryRefusal: string | undefined = 'the start-up is not over'
  /** The same, of one symbol. */
  readonly symbolRefusals = new Map<string, string>()
  /** The same, for a while: nothing tells when the exchange takes entries again but one that is tried. */
  private denial = { message: '', untilMs: Number.NEGATIVE_INFINITY }
  /** Calls that are to go to the REST machine, in this order. */
  readonly calls: RestCall[] = []
  private readonly owners = new Map<string, { readonly owner: CallOwner; readonly step: string }>()
  /** Requests by id, in the order of their deadlines. */
  private readonly requests = new Map<string, OpenRequest>()
  /** As the REST machine knows it at this input; undefined before it does. */
  exchangeMs: number | undefined
  private told: Told[] = []
  private callCount = 0

  constructor(settings: VenueSettings, usedOrders: Iterable<UsedOrder> = []) {
    this.settings = settings
    this.requestTimeoutMs = settings.requestTimeoutMs ?? 3_000
    this.registry = new OrderRegistry(usedOrders)
  }

  /** UTC ms of the exchange's clock, as well as it is known. */
  exchangeNowMs(): number {
    return this.exchangeMs ?? this.nowMs
  }

  /** Asks the REST API; the owner is told what became of it, once, and later than this call. */
  call({ owner, step = '', ...asked }: AskedCall): void {
    const callId = `venue:${++this.callCount}`
    this.owners.set(callId, { owner, step })
    this.calls.push({ callId, ...asked })
  }

  /** What became of a call of ours; false for anybody else's. */
  takeOutcome(outcome: RestOutcome): boolean {
    if (outcome.kind === 'refused') this.heed(outcome.error)
    const asked = this.owners.get(outcome.callId)
    if (asked === undefined) return false
    this.owners.delete(outcome.callId)
    asked.owner.onOutcome(outcome, asked.step)
    return true
  }

  /** Some refusals are of every entry: a further one would be one more against the rules that the account is held to. */
  private heed(error: ExchangeError): void {
    const follows = consequenceOf(error)
    if (follows !== 'reduceOnly' && follows !== 'key') return
    const message = `the exchange has refused all entries (code ${error.code}, ${error.message}): none is tried for ${DENIED_MS / 60_000} min`
    this.denial = { message, untilMs: this.nowMs + DENIED_MS }
  }

  tell(told: Told): void {
    this.told.push(told)
  }

  notice(level: AlertLevel, code: string, message: string): void {
    this.told.push({ kind: 'notice', level, code, message })
  }

  /** Why an entry into the symbol is not taken; undefined when it is. */
  entryRefusalOf(symbol: string): string | undefined {
    const refusal = this.entryRefusal ?? this.symbolRefusals.get(symbol)
    if (refusal !== undefined) return refusal
    if (this.nowMs < this.denial.untilMs) return this.denial.message
    const conditional = this.registry.conditionalOrders()
    if (conditional < ALGO_ORDERS_ENTRY_MAX) return undefined
    return `${conditional} conditional orders are open, and with 200 no stop would be taken`
  }

  takeTold(): Told[] {
    if (this.told.length === 0) return NOTHING
    const { told } = this
    this.told = []
    return told
  }

  openRequest(request: VenueRequest): OpenRequest {
    const deadlineMs = this.nowMs + this.requestTimeoutMs
    const open = { request, deadlineMs }
    this.requests.set(request.requestId, open)
    return open
  }

  isUnanswered(requestId: string): boolean {
    return this.requests.has(requestId)
  }

  /** The one answer of a request; what comes after it, or after the timeout, goes nowhere. */
  answer(event: Answer): void {
    if (this.requests.delete(event.requestId)) this.told.push(event)
  }

  unknown(requestId: string, message: string): void {
    this.answer({ kind: 'unknown', requestId, message })
  }

  timeOut(): void {
    for (const { request, deadlineMs } of this.requests.values()) {
      if (deadlineMs > this.nowMs) return
      this.unknown(request.requestId, `no answer within ${this.requestTimeoutMs} ms`)
    }
  }

  get requestsDueMs(): number {
    return this.requests.values().next().value?.deadlineMs ?? Number.POSITIVE_INFINITY
  }
}

/** Whoever asks the REST API. */
export interface CallOwner {
  /** `step`: what the owner called it when it asked. */
  onOutcome(outcome: RestOutcome, step: string): void
}

export interface OpenRequest {
  readonly request: VenueRequest
  readonly deadlineMs: number
}

export type Answer = Extract<VenueEvent, { readonly requestId: string }>

export type Told = VenueEvent | Notice | StartedUp | StartRefused

interface AskedCall {
  readonly owner: CallOwner
  readonly step?: string
  readonly route: RouteName
  readonly params: Readonly<Record<string, string>>
  readonly priority: Priority
  readonly validUntilMs?: number
  readonly deadlineMs: number
}

/** Of the 200 that the account may have, the rest is left for stops. */
const ALGO_ORDERS_ENTRY_MAX = 190
/** As long as the exchange's own rules hold an account back that has broken them. */
const DENIED_MS = 600_000
const NOTHING: Told[] = []
