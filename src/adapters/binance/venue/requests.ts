import { type DecimalText, exact } from '../../../base/exact.js'
import type { VenueRequest } from '../../../ports/venue.js'
import type { Instrument } from '../../../ports/vocabulary/instrument.js'
import type { OrderRequest } from '../../../ports/vocabulary/orders.js'
import type { RestOutcome } from '../rest/call.js'
import { algoFactsOf, algoParams } from './algo-orders.js'
import { EarlierOrder } from './earlier-order.js'
import { isNotFound, messageOf, type OrderAnswer, OrderQuestion } from './order-question.js'
import { isConditional, type KnownOrder } from './order-registry.js'
import { orderFactsOf, orderParams, shapeProblem } from './orders.js'
import type { Protection } from './protection.js'
import type { CallOwner, OpenRequest, VenueDesk } from './venue-desk.js'

/** Orders placed, cancelled and asked about. Nothing is ever sent a second time. */
export class OrderRequests {
  /** Symbols that this process has opened something in: what closes that, nobody can have sent before. */
  private readonly openedHere = new Set<string>()

  constructor(
    private readonly desk: VenueDesk,
    private readonly protection: Protection,
    private readonly heard: HeardOfOrders,
    private readonly market: KnownMarket,
  ) {}

  submit(request: Submit, { deadlineMs }: OpenRequest): void {
    const { order, requestId } = request
    const { desk } = this
    const { clientOrderId } = order
    const problem = shapeProblem(order)
    if (problem !== undefined) {
      desk.answer({ kind: 'rejected', requestId, clientOrderId, code: 'INVALID', message: problem })
      return
    }
    if (desk.registry.isUsed(clientOrderId)) {
      this.refuseDuplicate(request)
      return
    }
    const refusal = order.reduceOnly ? undefined : desk.entryRefusalOf(order.symbol)
    if (refusal !== undefined) {
      desk.answer({ kind: 'rejected', requestId, clientOrderId, code: 'NOT_TRADING', message: refusal })
      return
    }
    const beyond = priceBandProblem(order, this.market)
    if (beyond !== undefined) {
      desk.answer({ kind: 'rejected', requestId, clientOrderId, code: 'PRICE_BAND', message: beyond })
      return
    }
    const known = desk.registry.sent(order, desk.nowMs)
    known.validUntilMs = request.validUntilMs
    if (!order.reduceOnly) this.openedHere.add(order.symbol)
    if (!order.reduceOnly || this.openedHere.has(order.symbol) || !desk.registry.hasPast) {
      this.place(request, known, deadlineMs)
      return
    }
    const answered = (wasSent: boolean) => {
      if (wasSent) this.refuseDuplicate(request)
      else this.place(request, known, deadlineMs)
    }
    new EarlierOrder(desk, { order, deadlineMs, answered }).ask()
  }

  cancel(request: Cancel, { deadlineMs }: OpenRequest): void {
    new Cancellation(this.desk, this.protection, { request, deadlineMs }).begin()
  }

  query({ requestId, symbol, clientOrderId }: Query, { deadlineMs }: OpenRequest): void {
    const { desk } = this
    const answered = (answer: OrderAnswer) => {
      if (answer.kind === 'found') desk.answer({ kind: 'found', requestId, report: answer.order.report() })
      else if (answer.kind === 'notFound') desk.answer({ kind: 'notFound', requestId, clientOrderId })
      else desk.unknown(requestId, answer.message)
    }
    new OrderQuestion(desk, this.protection, { symbol, clientOrderId, deadlineMs, answered }).ask()
  }

  private place({ order, validUntilMs, requestId }: Submit, known: KnownOrder, deadlineMs: number): void {
    const isStop = isConditional(order.type)
    this.desk.call({
      owner: new Submission(this.desk, this.heard, { requestId, order: known }),
      route: isStop ? 'newAlgoOrder' : 'newOrder',
      params: isStop ? algoParams(order) : orderParams(order),
      priority: order.reduceOnly ? 'exit' : 'entry',
      validUntilMs,
      deadlineMs,
    })
  }

  private refuseDuplicate({ requestId, order: { clientOrderId } }: Submit): void {
    const message = 'an order of this id was sent before; an id is taken once, ever'
    this.desk.answer({ kind: 'rejected', requestId, clientOrderId, code: 'DUPLICATE_CLIENT_ORDER_ID', message })
  }
}

type Submit = Extract<VenueRequest, { readonly kind: 'submit' }>
type Cancel = Extract<VenueRequest, { readonly kind: 'cancel' }>
type Query = Extract<VenueRequest, { readonly kind: 'query' }>

/** What is known of a symbol; undefined before it is. */
export interface KnownMarket {
  instrument(symbol: string): Instrument | undefined
  mark(symbol: string): DecimalText | undefined
}

/** The exchange refuses what is bid too high or offered too low; the port's rule is that a limit is near the mark either way. */
function priceBandProblem({ symbol, price, stopPrice }: OrderRequest, market: KnownMarket): string | undefined {
  const instrument = market.instrument(symbol)
  const mark = stopPrice ?? market.mark(symbol)
  if (price === undefined || instrument === undefined || mark === undefined) return undefined
  const { priceBand } = instrument
  const isNear = exact(price)
    .minus(exact(mark))
    .abs()
    .lessThanOrEqualTo(exact(priceBand).times(exact(mark)))
  return isNear ? undefined : `price: expected within ${priceBand} of ${mark}, found ${price}`
}

/** Told of what an answer says about an order. */
export interface HeardOfOrders {
  /** The exchange has taken an order that was sent at `sentAtMs`, local time. */
  taken(order: KnownOrder): void
  /** Something is known of an order that its request was not answered with. */
  late(order: KnownOrder): void
}

/** An order that has left. */
class Submission implements CallOwner {
  constructor(
    private readonly desk: VenueDesk,
    private readonly heard: HeardOfOrders,
    private readonly of: { readonly requestId: string; readonly order: KnownOrder },
  ) {}

  onOutcome(outcome: RestOutcome): void {
    const { desk } = this
    const { requestId, order } = this.of
    const { clientOrderId } = order
    const isLate = !desk.isUnanswered(requestId)
    switch (outcome.kind) {
      case 'done':
        this.take(outcome.value)
        this.heard.taken(order)
        desk.answer({ kind: 'acknowledged', requestId, report: order.report() })
        if (isLate) this.heard.late(order)
        return
      case 'refused': {
        const { rejectCode } = outcome.error
        const message = messageOf(outcome)
        // Of a duplicate there is an order: an earlier process sent it, and a crash took the record.
        if (rejectCode !== 'DUPLICATE_CLIENT_ORDER_ID') order.neverTaken(message)
        desk.answer({ kind: 'rejected', requestId, clientOrderId, code: rejectCode ?? 'INVALID', message })
        break
      }
      case 'notSent': {
        order.neverTaken(outcome.message)
        const isLimited = outcome.why === 'BANNED' || outcome.why === 'RATE_LIMITED'
        const code = isLimited ? 'RATE_LIMITED' : 'REQUEST_EXPIRED'
        desk.answer({ kind: 'rejected', requestId, clientOrderId, code, message: outcome.message })
        break
      }
      case 'unknown':
        desk.unknown(requestId, outcome.message)
        return
    }
    if (isLate && order.acceptance === 'NEVER') this.heard.late(order)
  }

  private take(value: unknown): void {
    const { registry } = this.desk
    const { order } = this.of
    // The answer cannot be read, but the exchange has said that it was done.
    order.acceptance = 'ACCEPTED'
    if (order.isConditional) {
      const facts = algoFactsOf(value)
      if (facts !== undefined) registry.noteAlgo({ ...facts, clientOrderId: order.clientOrderId })
    } else {
      const facts = orderFactsOf(value)
      if (facts !== undefined) registry.noteOrder({ ...facts, clientOrderId: order.clientOrderId })
    }
    registry.accepted(order)
  }
}

/** An order that is to be over: cancelled in the system that has it, and asked about when neither says that it was. */
class Cancellation implements CallOwner {
  private order: KnownOrder | undefined
  private readonly systems: ('cancelOrder' | 'cancelAlgoOrder')[]

  constructor(
    private readonly desk: VenueDesk,
    private readonly protection: Protection,
    private readonly of: { readonly request: Cancel; readonly deadlineMs: number },
  ) {
    this.order = desk.registry.get(of.request.clientOrderId)
    const isInAlgo = this.order?.isConditional === true && this.order.orderId === null
    if (isInAlgo) this.systems = ['cancelAlgoOrder']
    else this.systems = this.order === undefined ? ['cancelOrder', 'cancelAlgoOrder'] : ['cancelOrder']
  }

  begin(): void {
    if (this.order !== undefined) this.order.isCancelAsked = true
    this.next()
  }

  onOutcome(outcome: RestOutcome): void {
    const { desk } = this
    const { request } = this.of
    if (outcome.kind === 'done') {
      const facts = orderFactsOf(outcome.value)
      if (facts !== undefined) this.order = desk.registry.noteOrder(facts)
      if (this.order !== undefined) {
        this.order.isCancelAsked = true
        // The algo service says that it was done, not what the order is now.
        if (!this.order.isOver) desk.registry.end(this.order, 'CANCELED', 'cancelled')
        desk.answer({ kind: 'acknowledged', requestId: request.requestId, report: this.order.report() })
      } else this.ask()
    } else if (outcome.kind === 'refused' && isNotFound(outcome.error.code)) this.next()
    else {
      // It was certainly not done: what ends it from now on is not what was asked for.
      if (outcome.kind !== 'unknown' && this.order !== undefined) this.order.isCancelAsked = false
      desk.unknown(request.requestId, messageOf(outcome))
    }
  }

  private next(): void {
    const route = this.systems.shift()
    if (route === undefined) {
      this.ask()
      return
    }
    const { deadlineMs } = this.of
    this.desk.call({ owner: this, route, params: this.params(route), priority: 'exit', deadlineMs })
  }

  private params(route: 'cancelOrder' | 'cancelAlgoOrder'): Record<string, string> {
    const { symbol, clientOrderId } = this.of.request
    const { order } = this
    if (route === 'cancelAlgoOrder')
      return order?.algoId != null ? { algoId: order.algoId } : { clientAlgoId: clientOrderId }
    return order?.orderId != null ? { symbol, orderId: order.orderId } : { symbol, origClientOrderId: clientOrderId }
  }

  private ask(): void {
    const { request, deadlineMs } = this.of
    const { requestId, symbol, clientOrderId } = request
    const answered = (answer: OrderAnswer) => {
      if (answer.kind === 'notFound') this.desk.answer({ kind: 'notFound', requestId, clientOrderId })
      else if (answer.kind === 'unknown') this.desk.unknown(requestId, answer.message)
      // Neither cancelled nor over: on its way into the matching engine, say.
      else if (!answer.order.isOver) {
        answer.order.isCancelAsked = false
        this.desk.unknown(requestId, 'it could not be cancelled, and is not over')
      } else this.desk.answer({ kind: 'acknowledged', requestId, report: answer.order.report() })
    }
    new OrderQuestion(this.desk, this.protection, { symbol, clientOrderId, deadlineMs, answered }).ask()
  }
}
