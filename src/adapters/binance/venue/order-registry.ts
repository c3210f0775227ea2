import { type DecimalText, Exact, exact } from '../../../base/exact.js'
import type { OrderReport, OrderRequest, OrderType } from '../../../ports/vocabulary/orders.js'
import type { UsedOrder } from './venue-told.js'

/**
 * Every order that this account's adapter knows, by client id and by the exchange's ids. The exchange takes a client id again as
 * soon as the first order of it is over, so that the promise "accepted once, ever" is kept here. Source: notes on Binance, 0.1.
 */
export class OrderRegistry {
  /** Local time of the input at hand: the exchange's clock may be another. */
  nowMs = 0
  private readonly used = new Map<string, Omit<UsedOrder, 'clientOrderId'>>()
  private readonly byClientId = new Map<string, KnownOrder>()
  /** `BTCUSDT 123`: the exchange counts the orders of each symbol by themselves. */
  private readonly byOrderId = new Map<string, KnownOrder>()
  private readonly byAlgoId = new Map<string, KnownOrder>()
  private readonly open = new Set<KnownOrder>()
  /** Processes before this one sent orders: of those that close, perhaps some that nothing tells of. */
  readonly hasPast: boolean

  constructor(usedOrders: Iterable<UsedOrder> = []) {
    for (const { clientOrderId, ...order } of usedOrders) this.used.set(clientOrderId, order)
    this.hasPast = this.used.size > 0
  }

  /** Whether an order of this id was ever sent, or the exchange has told of one: a crash may have taken our record of it. */
  isUsed(clientOrderId: string): boolean {
    return this.used.has(clientOrderId) || this.byClientId.has(clientOrderId)
  }

  /** Of an order that an earlier process sent and that was not seen since; undefined for a stranger's. */
  usedOrder(clientOrderId: string): Omit<UsedOrder, 'clientOrderId'> | undefined {
    return this.used.get(clientOrderId)
  }

  /** From the moment in which it leaves, its id is used. */
  sent(request: OrderRequest, nowMs: number): KnownOrder {
    const { clientOrderId, symbol, side, type, reduceOnly, quantity } = request
    this.used.set(clientOrderId, { type })
    const order = new KnownOrder({ clientOrderId, symbol, side, type, reduceOnly, quantity, sentAtMs: nowMs })
    this.keep(order)
    return order
  }

  get(clientOrderId: string): KnownOrder | undefined {
    return this.byClientId.get(clientOrderId)
  }

  ofOrderId(symbol: string, orderId: string): KnownOrder | undefined {
    return this.byOrderId.get(`${symbol} ${orderId}`)
  }

  /** Takes what the matching engine says of an order; of one that nobody here sent, too. */
  noteOrder(facts: OrderFacts): KnownOrder {
    const known = this.ofOrderId(facts.symbol, facts.orderId) ?? this.byClientId.get(facts.clientOrderId)
    // A client id whose first order is over may have been given to another one, by a stranger: that one is joined by its own id.
    const isOther = known !== undefined && known.orderId !== null && known.orderId !== facts.orderId
    const order = known === undefined ? this.adopt(facts) : isOther ? strangerOf(facts, this.nowMs) : known
    if (order.orderId === null) this.joinOrderId(order, facts.orderId)
    order.takeOrder(facts)
    this.settle(order)
    return order
  }

  /** Takes what the algo service says of a conditional order. */
  noteAlgo(facts: AlgoFacts): KnownOrder {
    const known = this.byAlgoId.get(facts.algoId) ?? this.byClientId.get(facts.clientOrderId)
    const order = known ?? this.adopt(facts)
    if (order.algoId === null) {
      order.algoId = facts.algoId
      this.byAlgoId.set(facts.algoId, order)
    }
    if (facts.actualOrderId !== null && order.orderId === null) this.joinOrderId(order, facts.actualOrderId)
    order.takeAlgo(facts)
    this.settle(order)
    return order
  }

  /** The exchange has said that it has it, whatever else could be read of what it said. */
  accepted(order: KnownOrder): void {
    order.acceptance = 'ACCEPTED'
    this.settle(order)
  }

  /** Nothing more will come of it. */
  end(order: KnownOrder, status: 'CANCELED' | 'REJECTED', reason: string): void {
    order.end(status, reason)
    this.settle(order)
  }

  /** The exchange has taken it, as far as is known, and it is not over. */
  openOrders(): IterableIterator<KnownOrder> {
    return this.open.values()
  }

  /** Those that the algo service has, of the whole account: it holds no more than two hundred. */
  conditionalOrders(): number {
    let count = 0
    for (const order of this.open) if (order.isInAlgoService) count++
    return count
  }

  private adopt(facts: OrderFacts | AlgoFacts): KnownOrder {
    const order = strangerOf(facts, this.nowMs)
    this.keep(order)
    return order
  }

  private keep(order: KnownOrder): void {
    this.byClientId.set(order.clientOrderId, order)
    if (this.byClientId.size > KEPT_MAX) this.forgetOldest()
  }

  private joinOrderId(order: KnownOrder, orderId: string): void {
    order.orderId = orderId
    this.byOrderId.set(`${order.symbol} ${orderId}`, order)
  }

  private settle(order: KnownOrder): void {
    if (order.isOpen) this.open.add(order)
    else this.open.delete(order)
  }

  /** What is over can be asked about; only that its id is used is never forgotten. */
  private forgetOldest(): void {
    for (const order of this.byClientId.values()) {
      if (!order.isOver) continue
      this.byClientId.delete(order.clientOrderId)
      if (order.orderId !== null) this.byOrderId.delete(`${order.symbol} ${order.orderId}`)
      if (order.algoId !== null) this.byAlgoId.delete(order.algoId)
      return
    }
  }
}

/** One that nobody here has sent. */
function strangerOf(facts: OrderFacts | AlgoFacts, sentAtMs: number): KnownOrder {
  const { clientOrderId, symbol, side, type, reduceOnly, quantity } = facts
  return new KnownOrder({ clientOrderId, symbol, side, type, reduceOnly, quantity, sentAtMs })
}

/** One order as it is known here. It only goes forwards: what is told late changes nothing. */
export class KnownOrder {
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: OrderRequest['side']
  readonly type: OrderType
  readonly reduceOnly: boolean
  /** When it left, or when it was first heard of; local, UTC ms. */
  readonly sentAtMs: number
  /** Base units, as the exchange may have cut them. */
  quantity: DecimalText
  /** SENT: nothing said yet. NEVER: it certainly was not taken. */
  acceptance: 'SENT' | 'ACCEPTED' | 'NEVER' = 'SENT'
  status: OrderReport['status'] = 'ACKNOWLEDGED'
  filledQuantity: DecimalText = '0'
  averagePrice: DecimalText | null = null
  /** As the exchange last said, by its clock; 0 before it has said anything, for ours may be ahead of it. */
  updatedAtMs = 0
  reason: string | undefined
  /** In the matching engine; of a conditional order that has triggered, its child's. */
  orderId: string | null = null
  algoId: string | null = null
  algoStatus: string | null = null
  /** The exchange's time until which it takes the order; 0 of one that was heard of. */
  validUntilMs = 0
  /** Somebody here asked for it to be cancelled. */
  isCancelAsked = false
  /** The exchange closes a position with it, whatever its id says. */
  isForced = false
  /** What its end means for the position has been judged, by the position of that moment. */
  isEndJudged = false
  /** Base units of it whose fills have been told. */
  toldQuantity: DecimalText = '0'
  private toldCostUsd = new Exact(0)

  constructor(of: Omit<OrderRequest, 'price' | 'stopPrice'> & { readonly sentAtMs: number }) {
    this.clientOrderId = of.clientOrderId
    this.symbol = of.symbol
    this.side = of.side
    this.type = of.type
    this.reduceOnly = of.reduceOnly
    this.quantity = of.quantity
    this.sentAtMs = of.sentAtMs
  }

  get isConditional(): boolean {
    return isConditional(this.type)
  }

  /** Also one of a type that is not known here, and not yet, or no longer, an order of the matching engine. */
  get isInAlgoService(): boolean {
    const isOfIt = this.isConditional || this.algoId !== null
    return isOfIt && this.orderId === null && algoRank(this.algoStatus) < TRIGGERED
  }

  get isOver(): boolean {
    return this.acceptance === 'NEVER' || RANK[this.status] === OVER
  }

  get isOpen(): boolean {
    return this.acceptance === 'ACCEPTED' && !this.isOver
  }

  /** A fill of it has been told. When they add up, they tell the average, which acknowledgements do not. */
  takeFill(quantity: DecimalText, price: DecimalText): void {
    const told = exact(this.toldQuantity).plus(exact(quantity))
    this.toldCostUsd = this.toldCostUsd.plus(exact(price).times(exact(quantity)))
    this.toldQuantity = told.toFixed()
    if (told.greaterThan(exact(this.filledQuantity))) {
      this.filledQuantity = this.toldQuantity
      this.averagePrice = null
    }
    if (this.averagePrice === null && this.toldQuantity === this.filledQuantity)
      this.averagePrice = this.toldCostUsd.div(told).toSignificantDigits(PRICE_DIGITS).toFixed()
  }

  takeOrder(facts: OrderFacts): void {
    this.isTaken()
    const isFurther = exact(facts.filledQuantity).greaterThan(exact(this.filledQuantity))
    if (isFurther) {
      this.filledQuantity = facts.filledQuantity
      this.averagePrice = facts.averagePrice
    } else if (this.averagePrice === null && facts.filledQuantity === this.filledQuantity)
      this.averagePrice = facts.averagePrice
    // More that is filled, or an end, is later whatever the exchange's clock says: that may have been set back between.
    if (facts.updatedAtMs >= this.updatedAtMs || isFurther || RANK[facts.status] > RANK[this.status]) {
      this.updatedAtMs = facts.updatedAtMs
      if (!this.isOver) this.quantity = facts.quantity
    }
    if (this.isOver || RANK[facts.status] <= RANK[this.status]) return
    this.status = facts.status
    this.reason = facts.reason
  }

  takeAlgo(facts: AlgoFacts): void {
    this.isTaken()
    const isFurther = algoRank(facts.algoStatus) > algoRank(this.algoStatus)
    if (facts.updatedAtMs < this.updatedAtMs && !isFurther) return
    this.algoStatus = facts.algoStatus
    this.updatedAtMs = facts.updatedAtMs
    if (facts.quantity !== '0' && this.orderId === null) this.quantity = facts.quantity
  }

  /** The exchange has one of this id. When ours was not taken, an earlier process sent it, of whose record nothing is left. */
  private isTaken(): void {
    if (this.acceptance === 'NEVER') {
      this.status = 'ACKNOWLEDGED'
      this.reason = undefined
    }
    this.acceptance = 'ACCEPTED'
  }

  neverTaken(reason: string): void {
    this.acceptance = 'NEVER'
    this.status = 'REJECTED'
    this.reason = reason
  }

  end(status: 'CANCELED' | 'REJECTED', reason: string): void {
    if (this.isOver) return
    this.status = status
    this.reason = reason
  }

  report(): OrderReport {
    const { clientOrderId, symbol, side, type, status, reduceOnly, quantity, filledQuantity, averagePrice } = this
    const { reason } = this
    const updatedAtMs = this.updatedAtMs || this.sentAtMs
    const venueOrderId = this.algoId ?? this.orderId ?? ''
    const common = { clientOrderId, venueOrderId, symbol, side, type, status, reduceOnly, quantity, filledQuantity }
    const report = { ...common, averagePrice: filledQuantity === '0' ? null : averagePrice, updatedAtMs }
    return reason === undefined ? report : { ...report, reason }
  }
}

/** What the matching engine says of an order, in an answer or in the stream. */
export interface OrderFacts {
  readonly clientOrderId: string
  readonly orderId: string
  readonly symbol: string
  readonly side: OrderRequest['side']
  readonly type: OrderType
  readonly reduceOnly: boolean
  readonly quantity: DecimalText
  readonly filledQuantity: DecimalText
  /** Null also where something is filled and nothing says at what price, as in acknowledgements. */
  readonly averagePrice: DecimalText | null
  readonly status: OrderReport['status']
  readonly updatedAtMs: number
  readonly reason?: string
}

/** What the algo service says of a conditional order. */
export interface AlgoFacts {
  readonly clientOrderId: string
  readonly algoId: string
  readonly symbol: string
  readonly side: OrderRequest['side']
  readonly type: OrderType
  readonly reduceOnly: boolean
  readonly quantity: DecimalText
  /** NEW, TRIGGERING, TRIGGERED, FINISHED, CANCELED, EXPIRED, REJECTED, and what may come. */
  readonly algoStatus: string
  /** Of the order that it has become in the matching engine; null before. */
  readonly actualOrderId: string | null
  readonly updatedAtMs: number
  /** Why it was rejected. */
  readonly rejection: string | undefined
}

/** Stops are kept by another system of the exchange until they trigger. Source: notes on Binance, 0.5. */
export function isConditional(type: OrderType): boolean {
  return type === 'STOP_MARKET' || type === 'STOP_LIMIT'
}

const OVER = 2
const RANK: Record<OrderReport['status'], number> = {
  ACKNOWLEDGED: 0,
  PARTIAL: 1,
  FILLED: OVER,
  CANCELED: OVER,
  REJECTED: OVER,
}
const TRIGGERED = 3
const ALGO_RANK: Readonly<Record<string, number>> = {
  NEW: 1,
  TRIGGERING: 2,
  TRIGGERED,
  FINISHED: 4,
  CANCELED: 4,
  EXPIRED: 4,
  REJECTED: 4,
}

/** How far it has come, whatever the clock says; 0 before anything was said, and of what is not known. */
function algoRank(algoStatus: string | null): number {
  return ALGO_RANK[algoStatus ?? ''] ?? 0
}

/** Of an average price. */
const PRICE_DIGITS = 16
/** Orders in memory with what is known of them; a position has about six. */
const KEPT_MAX = 4_096
