import type { RestOutcome } from '../rest/call.js'
import { algoFactsOf, algoPhase } from './algo-orders.js'
import type { KnownOrder } from './order-registry.js'
import { isConditional } from './order-registry.js'
import { isRecord, orderFactsOf } from './orders.js'
import type { CallOwner, VenueDesk } from './venue-desk.js'

/**
 * What became of one order: asked of the matching engine and of the algo service, for neither knows the other's. "Not found" is
 * believed at once of an order that only the matching engine can have. The algo service says so of orders that it has just taken,
 * for up to a minute: there it counts after that, and when the list of what is open does not show the order either. Source: notes
 * on Binance, 0.5 and 0.6.
 */
export class OrderQuestion implements CallOwner {
  private readonly desk: VenueDesk
  private readonly judge: EndJudge
  private readonly asked: AskedOrder
  private readonly systems: System[]
  private order: KnownOrder | undefined

  constructor(desk: VenueDesk, judge: EndJudge, asked: AskedOrder) {
    this.desk = desk
    this.judge = judge
    this.asked = asked
    this.order = 'order' in asked ? asked.order : desk.registry.get(asked.clientOrderId)
    const isAlgoFirst = this.order?.isConditional === true && this.order.orderId === null
    this.systems = isAlgoFirst ? ['algo', 'engine'] : ['engine', 'algo']
  }

  ask(): void {
    const system = this.systems.shift()
    if (system === undefined) this.onNowhere()
    else if (system === 'engine') this.askEngine()
    else this.askAlgo()
  }

  onOutcome(outcome: RestOutcome, step: string): void {
    if (outcome.kind === 'refused' && isNotFound(outcome.error.code)) this.onMissing(step as Step)
    else if (outcome.kind !== 'done') this.asked.answered({ kind: 'unknown', message: messageOf(outcome) })
    else if (step === 'list') this.onList(outcome.value)
    else if (step === 'algo') this.onAlgo(outcome.value)
    else this.onEngine(outcome.value)
  }

  private get clientOrderId(): string {
    return 'order' in this.asked ? this.asked.order.clientOrderId : this.asked.clientOrderId
  }

  private get symbol(): string {
    return 'order' in this.asked ? this.asked.order.symbol : this.asked.symbol
  }

  private askEngine(step: Step = 'engine'): void {
    const orderId = this.order?.orderId
    const which = orderId != null ? { orderId } : { origClientOrderId: this.clientOrderId }
    this.call(step, 'order', { symbol: this.symbol, ...which })
  }

  private askAlgo(): void {
    const algoId = this.order?.algoId
    this.call('algo', 'algoOrder', algoId != null ? { algoId } : { clientAlgoId: this.clientOrderId })
  }

  private call(step: Step, route: 'order' | 'algoOrder' | 'openAlgoOrders', params: Record<string, string>): void {
    const { deadlineMs } = this.asked
    this.desk.call({ owner: this, step, route, params, priority: 'truth', deadlineMs })
  }

  private onEngine(value: unknown): void {
    const facts = orderFactsOf(value)
    if (facts === undefined) {
      this.asked.answered({
        kind: 'unknown',
        message: `an order in status ${statusText(value)}, which is not known here`,
      })
      return
    }
    const order = this.desk.registry.noteOrder(facts)
    this.judge.ended(order)
    this.found(order)
  }

  private onAlgo(value: unknown): void {
    const facts = algoFactsOf(value)
    if (facts === undefined) {
      this.asked.answered({ kind: 'unknown', message: 'a conditional order that cannot be read' })
      return
    }
    const order = this.desk.registry.noteAlgo(facts)
    this.order = order
    this.judge.watch(order)
    const phase = algoPhase(facts.algoStatus)
    if (phase === 'ended')
      this.judge.end(order, facts.algoStatus === 'REJECTED' ? 'REJECTED' : 'CANCELED', facts.algoStatus)
    if (phase === 'inEngine' && !order.isOver) this.askEngine('child')
    else this.found(order)
  }

  private onMissing(step: Step): void {
    if (step === 'child' && this.order !== undefined) this.onChildless(this.order)
    else this.ask()
  }

  /**
   * The algo service has sent it into the matching engine, which may not know what has become of it yet. When it has nothing more
   * to send, or a minute has gone by, nothing will come of it.
   */
  private onChildless(order: KnownOrder): void {
    const isYoung = this.desk.exchangeNowMs() < order.updatedAtMs + ALGO_LAG_MAX_MS
    const isOnItsWay = order.algoStatus !== 'FINISHED' || order.orderId !== null
    if (!isYoung || !isOnItsWay)
      this.judge.end(order, 'CANCELED', `${order.algoStatus}, and the matching engine does not know it`)
    this.found(order)
  }

  /** Neither system knows it. */
  private onNowhere(): void {
    const { order } = this
    if (order?.acceptance === 'NEVER') this.asked.answered({ kind: 'notFound' })
    else if (order?.isOver) this.found(order)
    // A question may overtake the order that it is about.
    else if (order?.acceptance === 'SENT' && this.desk.exchangeNowMs() < order.validUntilMs)
      this.asked.answered({ kind: 'unknown', message: 'not found, and may be on its way' })
    else if (!this.mayBeConditional()) this.asked.answered({ kind: 'notFound' })
    else if (this.desk.nowMs < this.sentAtMs() + ALGO_LAG_MAX_MS) {
      const message = `not found, which the algo service says of orders that are ${ALGO_LAG_MAX_MS} ms young and there`
      this.asked.answered({ kind: 'unknown', message })
    } else this.call('list', 'openAlgoOrders', { symbol: this.symbol })
  }

  private onList(value: unknown): void {
    const rows = Array.isArray(value) ? value : []
    const row = rows.map(algoFactsOf).find((facts) => facts?.clientOrderId === this.clientOrderId)
    const { order } = this
    if (row !== undefined) {
      const listed = this.desk.registry.noteAlgo(row)
      this.judge.watch(listed)
      this.found(listed)
    } else if (order?.acceptance === 'ACCEPTED') {
      this.judge.end(order, 'CANCELED', 'the exchange had taken it and does not know it any more')
      this.found(order)
    } else {
      if (order !== undefined) order.acceptance = 'NEVER'
      this.asked.answered({ kind: 'notFound' })
    }
  }

  private mayBeConditional(): boolean {
    if (this.order !== undefined) return this.order.isConditional
    const type = this.desk.registry.usedOrder(this.clientOrderId)?.type
    return type !== undefined && isConditional(type)
  }

  /** An earlier process sent it before this one began, and before its time was over; a clock that was set back since does not count. */
  private sentAtMs(): number {
    if (this.order !== undefined) return this.order.sentAtMs
    const { registry, startedAtMs } = this.desk
    return Math.min(startedAtMs, registry.usedOrder(this.clientOrderId)?.validUntilMs ?? startedAtMs)
  }

  private found(order: KnownOrder): void {
    this.asked.answered({ kind: 'found', order })
  }
}

export type AskedOrder = {
  /** Local, UTC ms. */
  readonly deadlineMs: number
  answered(answer: OrderAnswer): void
} & ({ readonly order: KnownOrder } | { readonly symbol: string; readonly clientOrderId: string })

export type OrderAnswer =
  | { readonly kind: 'found'; readonly order: KnownOrder }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'unknown'; readonly message: string }

/** Judges what the end of an order means for the position. */
export interface EndJudge {
  end(order: KnownOrder, status: 'CANCELED' | 'REJECTED', why: string): void
  /** The algo service has said where it is. */
  watch(order: KnownOrder): void
  /** The matching engine has said something of it, which may be its end. */
  ended(order: KnownOrder): void
}

/** `Unknown order sent` and `Order does not exist`. */
export function isNotFound(code: number | null): boolean {
  return code === -2011 || code === -2013
}

export function messageOf(outcome: Exclude<RestOutcome, { readonly kind: 'done' }>): string {
  return outcome.kind === 'refused'
    ? `${outcome.error.code ?? outcome.error.httpStatus}: ${outcome.error.message}`
    : outcome.message
}

type System = 'engine' | 'algo'
type Step = System | 'child' | 'list'

function statusText(value: unknown): string {
  return isRecord(value) ? String(value.status) : 'unreadable'
}

const ALGO_LAG_MAX_MS = 60_000
