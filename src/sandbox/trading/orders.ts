import { reaches } from '../../adapters/paper/admission.js'
import { Exact, exact } from '../../base/exact.js'
import type { OrderRequest } from '../../ports/vocabulary/orders.js'
import { Refusal } from '../rest/refusal.js'
import type { Desk } from './desk.js'
import type { Executions } from './executions.js'
import { isWorking, type OrderWanted, type SandboxOrder } from './order.js'
import { refuseByListing, refuseByMarket, WOULD_TAKE, wouldTake } from './order-rules.js'

/** Orders on their way into the engine, and out of it. */
export class Orders {
  private readonly desk: Desk
  private readonly executions: Executions
  private lastOrderId = FIRST_ORDER_ID
  private lastEngineId = 0

  constructor(desk: Desk, executions: Executions) {
    this.desk = desk
    this.executions = executions
  }

  place(wanted: OrderWanted): SandboxOrder | Refusal {
    return this.refuse(wanted) ?? this.accept(wanted, this.nextOrderId())
  }

  /** Whoever has to name an order before it is accepted asks for its number first. */
  nextOrderId(): number {
    return ++this.lastOrderId
  }

  /** In the order of the exchange's checks: the account's mode, the symbol's rules, ids, the market, the account. */
  refuse(wanted: OrderWanted): Refusal | undefined {
    const { floor, engine, known, sums } = this.desk
    const { symbol, clientOrderId, side, reduceOnly, positionSide } = wanted
    const isHedged = floor.faults.plan.hedgeMode
    if (isHedged === (positionSide === 'BOTH')) {
      return new Refusal(-4061, "Order's position side does not match user's setting.")
    }
    const listed = floor.listing.find(symbol)!
    const ruled = refuseByListing(wanted, listed)
    if (ruled !== undefined) return ruled
    if (known.hasOpen(clientOrderId)) return new Refusal(-4116, 'ClientOrderId is duplicated.')
    if (known.open(symbol).length >= OPEN_ORDERS_MAX) return new Refusal(-2025, 'Reach max open order limit.')
    const met = refuseByMarket(wanted, listed, engine)
    if (met !== undefined) return met
    if (wouldTake(wanted, engine) && !floor.faults.plan.postOnlyExpires) return WOULD_TAKE
    if (reduceOnly) {
      const isNone = engine.matcher.margin.closable(symbol, side).isZero()
      return isNone ? new Refusal(-2022, 'ReduceOnly Order is rejected.') : undefined
    }
    return sums.carries(requestOf(wanted, '', wanted.quantity))
      ? undefined
      : new Refusal(-2019, 'Margin is insufficient.')
  }

  /** Into the engine; nothing is checked any more. What fills at once has filled when this returns. */
  accept(wanted: OrderWanted, orderId: number): SandboxOrder {
    const { floor, engine, known } = this.desk
    const { exchangeMs, nowMs } = floor.clock
    const order: SandboxOrder = {
      ...wanted,
      orderId,
      engineId: this.nextEngineId(),
      price: wanted.price ?? '0',
      quantity: this.cutToPosition(wanted),
      executed: ZERO,
      quoteUsd: ZERO,
      status: 'NEW',
      expiryReason: '0',
      modifications: 0,
      createdAtMs: exchangeMs,
      updatedAtMs: exchangeMs,
    }
    const isTaker = wouldTake(wanted, engine)
    known.add(order)
    this.executions.begin(order)
    if (isTaker) this.executions.end(order, 'EXPIRED', '0')
    else if (this.meetsOwn(order)) this.enter(order, nowMs)
    this.executions.settle()
    this.expireLater(order)
    return order
  }

  /** Ends what is open of it. */
  cancel(order: SandboxOrder): void {
    this.executions.endAs(order, 'CANCELED', '0')
  }

  expire(order: SandboxOrder, expiryReason: string): void {
    this.executions.endAs(order, 'EXPIRED', expiryReason)
  }

  /** Another price and quantity; its place in the queue is a new one. */
  amend(
    order: SandboxOrder,
    { price, quantity }: { readonly price: string; readonly quantity: string },
  ): Refusal | undefined {
    const { floor, engine, known } = this.desk
    if (order.type !== 'LIMIT') return new Refusal(-5025, 'Only limit order is supported.')
    if (price === order.price && quantity === order.quantity) return new Refusal(-5027, 'No need to modify the order.')
    const wanted: OrderWanted = { ...order, price, quantity }
    const listed = floor.listing.find(order.symbol)!
    const refused = refuseByListing(wanted, listed) ?? refuseByMarket(wanted, listed, engine)
    if (refused !== undefined) return refused
    if (order.executed.gte(quantity) || wouldTake(wanted, engine)) {
      this.cancel(order)
      return undefined
    }
    const left = engine.matcher.orders.find(order.engineId)!
    known.rename(order, this.nextEngineId())
    engine.matcher.cancel(left, 'AMENDED', floor.clock.nowMs)
    order.price = price
    order.quantity = quantity
    order.modifications++
    this.executions.begin(order)
    this.enter(order, floor.clock.nowMs)
    this.executions.settle()
    return undefined
  }

  private enter(order: SandboxOrder, nowMs: number): void {
    const { engine, floor } = this.desk
    const left = exact(order.quantity).minus(order.executed).toFixed()
    engine.matcher.accept(requestOf(order, order.engineId, left), nowMs, () => {})
    if (order.type === 'MARKET' && isWorking(order) && floor.faults.plan.marketRemainderExpires) this.expire(order, '9')
  }

  /**
   * Self-trade prevention: an order that would meet one of the account's own. By default the one that rests expires. False:
   * the one that comes has expired.
   */
  private meetsOwn(order: SandboxOrder): boolean {
    const mode = order.selfTradePreventionMode
    if (mode === 'NONE') return true
    const met = this.desk.known.open(order.symbol).filter((other) => wouldMeet(order, other, this.desk))
    if (met.length === 0) return true
    if (mode !== 'EXPIRE_TAKER') for (const other of met) this.executions.endAs(other, 'EXPIRED_IN_MATCH', '1')
    if (mode === 'EXPIRE_MAKER') return true
    this.executions.end(order, 'EXPIRED_IN_MATCH', order.timeInForce === 'IOC' ? '3' : '1')
    return false
  }

  private cutToPosition({ symbol, side, reduceOnly, quantity }: OrderWanted): string {
    if (!reduceOnly) return quantity
    return Exact.min(quantity, this.desk.engine.matcher.margin.closable(symbol, side)).toFixed()
  }

  private expireLater(order: SandboxOrder): void {
    if (order.timeInForce !== 'GTD' || !isWorking(order)) return
    const { agenda, clock } = this.desk.floor
    agenda.at(order.goodTillDate - (clock.exchangeMs - clock.nowMs), () => this.expire(order, '0'))
  }

  private nextEngineId(): string {
    return `x${++this.lastEngineId}`
  }
}

const ZERO = new Exact(0)
/** Of the size that real ones have. */
const FIRST_ORDER_ID = 8_886_774_000
/** MAX_NUM_ORDERS. */
export const OPEN_ORDERS_MAX = 200

function requestOf(order: OrderWanted, engineId: string, quantity: string): OrderRequest {
  const { symbol, side, type, timeInForce, price, reduceOnly } = order
  const request = { clientOrderId: engineId, symbol, side, quantity, reduceOnly }
  if (type === 'MARKET') return { ...request, type }
  const isShort = timeInForce === 'IOC' || timeInForce === 'FOK'
  return { ...request, type: isShort ? 'IOC' : 'LIMIT', price: price! }
}

/** Does the other one rest at a price as good as the market's best, and would the order take it? */
function wouldMeet(order: SandboxOrder, other: SandboxOrder, { engine }: Desk): boolean {
  if (other === order || other.side === order.side || other.type !== 'LIMIT') return false
  if (order.type === 'LIMIT' && !reaches(order.side, order.price, other.price)) return false
  return reaches(other.side, other.price, engine.opposite(order.symbol, order.side))
}
