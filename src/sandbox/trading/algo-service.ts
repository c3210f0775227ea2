import type { Floor } from '../floor.js'
import { Refusal } from '../rest/refusal.js'
import { type AlgoOrder, type AlgoStatus, type AlgoWanted, childOf } from './algo-order.js'
import { isMet, isProtected, type TriggerPrices, trail } from './algo-trigger.js'
import { algoUpdate } from './algo-views.js'
import type { Desk } from './desk.js'
import type { SandboxOrder } from './order.js'
import { refuseByListing } from './order-rules.js'
import type { Orders } from './orders.js'

/**
 * Conditional orders: a service beside the engine, with numbers and lists of its own. What they become in the engine is
 * checked for margin and position when they are triggered, not before. Source: notes on Binance, 0.5 to 0.7 and 1.5.
 */
export class AlgoService {
  private readonly desk: Desk
  private readonly floor: Floor
  private readonly orders: Orders
  private lastAlgoId = FIRST_ALGO_ID
  private readonly byAlgoId = new Map<number, AlgoOrder>()
  private readonly byClientId = new Map<string, AlgoOrder>()
  private readonly byChild = new Map<number, AlgoOrder>()
  /** NEW or TRIGGERING, in order of acceptance, by symbol. */
  private readonly waiting = new Map<string, AlgoOrder[]>()

  constructor(desk: Desk, orders: Orders) {
    this.desk = desk
    this.floor = desk.floor
    this.orders = orders
  }

  place(wanted: AlgoWanted): AlgoOrder | Refusal {
    const refused = this.refuse(wanted)
    if (refused !== undefined) return refused
    const { exchangeMs, nowMs } = this.floor.clock
    const algo: AlgoOrder = {
      ...wanted,
      algoId: ++this.lastAlgoId,
      status: 'NEW',
      createdAtMs: exchangeMs,
      updatedAtMs: exchangeMs,
      triggeredAtMs: 0,
      foundFromMs: nowMs + this.floor.faults.plan.algoLagMs,
      isStuck: false,
      rejectReason: '',
      actualOrderId: undefined,
      child: undefined,
      isActive: false,
      extreme: 0,
    }
    this.byAlgoId.set(algo.algoId, algo)
    this.byClientId.set(algo.clientAlgoId, algo)
    const waiting = this.waiting.get(algo.symbol)
    if (waiting === undefined) this.waiting.set(algo.symbol, [algo])
    else waiting.push(algo)
    this.tell(algo)
    if (algo.timeInForce === 'GTD') {
      this.floor.agenda.at(algo.goodTillDate - (exchangeMs - nowMs), () => this.expire(algo))
    }
    return algo
  }

  /** As somebody who asks finds it: not at once, if the fault wants it so. */
  find({ algoId, clientAlgoId }: AlgoName): AlgoOrder | undefined {
    const algo = algoId === undefined ? this.byClientId.get(clientAlgoId ?? '') : this.byAlgoId.get(algoId)
    return algo !== undefined && algo.foundFromMs <= this.floor.clock.nowMs ? algo : undefined
  }

  cancel(algo: AlgoOrder): Refusal | undefined {
    if (algo.status === 'NEW') {
      this.end(algo, 'CANCELED')
      return undefined
    }
    if (algo.status === 'TRIGGERING' && !algo.isStuck) return new Refusal(-4117, 'Stop order is triggering.')
    return new Refusal(-2011, 'Unknown order sent.')
  }

  open(symbol?: string): readonly AlgoOrder[] {
    if (symbol !== undefined) return [...(this.waiting.get(symbol) ?? [])]
    return [...this.waiting.values()].flat().sort((a, b) => a.algoId - b.algoId)
  }

  all(symbol: string): readonly AlgoOrder[] {
    return [...this.byAlgoId.values()].filter((algo) => algo.symbol === symbol)
  }

  /** The symbol has another price. */
  moved(symbol: string): void {
    const waiting = this.waiting.get(symbol)
    if (waiting === undefined || waiting.length === 0) return
    const prices = this.prices(symbol)
    if (prices === undefined) return
    for (const algo of [...waiting]) {
      if (algo.isStuck) this.goOn(algo)
      else if (algo.status === 'NEW' && this.isTriggered(algo, prices)) this.trigger(algo)
    }
  }

  /** The position in the symbol is another: those that live only with it end with it (GTE_GTC). */
  traded(symbol: string): void {
    const { margin } = this.desk.engine.matcher
    for (const algo of this.open(symbol)) {
      if (algo.closePosition && margin.closable(symbol, algo.side).isZero()) this.expire(algo)
    }
  }

  ended(order: SandboxOrder): void {
    const algo = this.byChild.get(order.orderId)
    if (algo === undefined || algo.status !== 'TRIGGERED') return
    algo.child = order
    this.become(algo, 'FINISHED')
  }

  expire(algo: AlgoOrder): void {
    if (algo.status === 'NEW' || algo.isStuck) {
      algo.isStuck = false
      this.end(algo, 'EXPIRED')
    }
  }

  private refuse(wanted: AlgoWanted): Refusal | undefined {
    const { symbol, closePosition, clientAlgoId, positionSide, quantity } = wanted
    if (this.floor.faults.plan.hedgeMode === (positionSide === 'BOTH')) {
      return new Refusal(-4061, "Order's position side does not match user's setting.")
    }
    const listed = this.floor.listing.find(symbol)!
    const ruled = closePosition ? this.refuseClosing(wanted) : refuseByListing(childOf(wanted, quantity), listed)
    if (ruled !== undefined) return ruled
    const named = this.byClientId.get(clientAlgoId)
    if (named !== undefined && isWaiting(named)) return new Refusal(-4116, 'ClientOrderId is duplicated.')
    if (this.open().length >= OPEN_ALGOS_MAX) return new Refusal(-4045, 'Reach max stop order limit.')
    const prices = this.prices(symbol)
    if (prices === undefined) return new Refusal(-1112, 'No orders on book for symbol.')
    return isMet(wanted, prices) ? new Refusal(-2021, 'Order would immediately trigger.') : undefined
  }

  private refuseClosing({ symbol, side, type }: AlgoWanted): Refusal | undefined {
    if (this.desk.engine.held(symbol).isZero()) {
      return new Refusal(
        -4509,
        'Time in Force (TIF) GTE can only be used with open positions. Please ensure that positions are available.',
      )
    }
    const isThere = this.open(symbol).some((other) => other.closePosition && other.side === side && other.type === type)
    return isThere
      ? new Refusal(-4130, 'An open stop or take profit order with GTE and closePosition in the direction is existing.')
      : undefined
  }

  private prices(symbol: string): TriggerPrices | undefined {
    const mark = this.desk.engine.quote(symbol)?.mark
    return mark === undefined ? undefined : { mark, last: this.desk.engine.last(symbol)! }
  }

  private isTriggered(algo: AlgoOrder, prices: TriggerPrices): boolean {
    if (algo.type !== 'TRAILING_STOP_MARKET') return isMet(algo, prices) && !isProtected(algo, prices)
    const became = trail(algo, prices)
    if (became === 'activated') this.tell(algo)
    return became === 'met'
  }

  private trigger(algo: AlgoOrder): void {
    const { clock, faults } = this.floor
    algo.triggeredAtMs = clock.exchangeMs
    algo.isStuck = faults.plan.algoStuck
    this.become(algo, 'TRIGGERING')
    if (algo.isStuck) return
    this.enterSoon(algo)
  }

  /** Once the fault is taken back, with the next price: what it was triggered for is still to be done. */
  private goOn(algo: AlgoOrder): void {
    if (this.floor.faults.plan.algoStuck) return
    algo.isStuck = false
    this.enterSoon(algo)
  }

  private enterSoon(algo: AlgoOrder): void {
    const { clock, agenda, faults } = this.floor
    const { algoTriggerMs } = faults.plan
    if (algoTriggerMs > 0) agenda.at(clock.nowMs + algoTriggerMs, () => this.enter(algo))
    else this.enter(algo)
  }

  private enter(algo: AlgoOrder): void {
    const { matcher } = this.desk.engine
    const closable = matcher.margin.closable(algo.symbol, algo.side)
    if (algo.closePosition && closable.isZero()) {
      this.end(algo, 'EXPIRED')
      return
    }
    const child = childOf(algo, algo.closePosition ? closable.toFixed() : algo.quantity)
    const refused = this.orders.refuse(child)
    if (refused !== undefined) {
      algo.rejectReason = refused.message
      this.end(algo, 'REJECTED')
      return
    }
    const orderId = this.orders.nextOrderId()
    algo.actualOrderId = orderId
    this.byChild.set(orderId, algo)
    this.end(algo, 'TRIGGERED')
    algo.child = this.orders.accept(child, orderId)
  }

  /** It waits no longer. */
  private end(algo: AlgoOrder, status: AlgoStatus): void {
    const waiting = this.waiting.get(algo.symbol)!
    waiting.splice(waiting.indexOf(algo), 1)
    this.become(algo, status)
  }

  private become(algo: AlgoOrder, status: AlgoStatus): void {
    algo.status = status
    algo.updatedAtMs = this.floor.clock.exchangeMs
    this.tell(algo)
  }

  private tell(algo: AlgoOrder): void {
    this.desk.feed.tell(() => algoUpdate(algo, this.floor.clock.exchangeMs))
  }
}

export interface AlgoName {
  readonly algoId: number | undefined
  readonly clientAlgoId: string | undefined
}

/** Of an account, over all symbols, since MAX_NUM_ALGO_ORDERS left exchangeInfo on 2025-12-29. */
const OPEN_ALGOS_MAX = 200
/** Of the size that real ones have: above 2⁴⁹. */
const FIRST_ALGO_ID = 4_000_001_912_000_000

function isWaiting({ status }: AlgoOrder): boolean {
  return status === 'NEW' || status === 'TRIGGERING'
}
