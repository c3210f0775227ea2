import { Exact, exact } from '../../base/exact.js'
import type { VenueEvent } from '../../ports/venue.js'
import type { Fill } from '../../ports/vocabulary/orders.js'
import type { Desk } from './desk.js'
import { type ForcedKind, isWorking, type SandboxOrder, type SandboxOrderStatus, type Trade } from './order.js'
import { accountUpdate, type ExecutionType, type FeeShown, orderUpdate, tradeLite } from './order-events.js'

/**
 * What becomes of orders in the engine: into the ledger and onto the account's stream, in the order in which the exchange
 * tells it: TRADE_LITE, the order as NEW, the account, the order's trade. Source: notes on Binance, 2.5.
 */
export class Executions {
  private readonly desk: Desk
  private readonly watcher: ExecutionWatcher
  private unannounced: SandboxOrder | undefined
  private realisedUsd = new Exact(0)
  private ending: { readonly status: SandboxOrderStatus; readonly expiryReason: string } | undefined
  private forcing: Forcing | undefined
  private forcedOrders = 0

  constructor(desk: Desk, watcher: ExecutionWatcher) {
    this.desk = desk
    this.watcher = watcher
  }

  /** An order goes in. It is announced behind its first TRADE_LITE, or when it is settled. */
  begin(order: SandboxOrder): void {
    this.unannounced = order
  }

  settle(): void {
    this.announce()
  }

  /** As the matcher tells it, at once. */
  told(event: VenueEvent): void {
    if (event.kind === 'fill') this.filled(event.fill)
    else if (event.kind === 'order' && event.report.status === 'CANCELED') {
      const order = this.desk.known.ofEngine(event.report.clientOrderId)
      if (order === undefined) return
      const { status, expiryReason } = this.ending ?? endOf(event.report.reason)
      this.end(order, status, expiryReason)
    }
  }

  /** Out of the matcher, for a reason of the exchange's. */
  endAs(order: SandboxOrder, status: SandboxOrderStatus, expiryReason: string): void {
    const { matcher } = this.desk.engine
    const known = matcher.orders.find(order.engineId)
    if (known === undefined || !isWorking(order)) return
    this.ending = { status, expiryReason }
    matcher.cancel(known, status, this.desk.floor.clock.nowMs)
    this.ending = undefined
  }

  /** It is over, and told. */
  end(order: SandboxOrder, status: SandboxOrderStatus, expiryReason: string): void {
    if (!isWorking(order)) return
    this.announce()
    order.status = status
    order.expiryReason = expiryReason
    order.updatedAtMs = this.desk.floor.clock.exchangeMs
    this.desk.known.end(order)
    this.tell(order, status === 'CANCELED' ? 'CANCELED' : 'EXPIRED')
    this.watcher.ended(order)
  }

  /** The exchange closes a position of the account itself. */
  force(symbol: string, kind: Exclude<ForcedKind, 'LIQUIDATION'>): void {
    const { engine, floor } = this.desk
    const quote = engine.quote(symbol)
    if (quote === undefined || engine.held(symbol).isZero()) return
    const number = ++this.forcedOrders
    const clientOrderId = kind === 'ADL' ? 'adl_autoclose' : `settlement_autoclose-${number}`
    this.forcing = { kind, clientOrderId }
    engine.matcher.closeByForce(
      { symbol, clientOrderId: `forced${number}`, price: exact(quote.mark), liquidation: false },
      floor.clock.nowMs,
    )
    this.forcing = undefined
  }

  private announce(): void {
    const order = this.unannounced
    if (order === undefined) return
    this.unannounced = undefined
    this.tell(order, order.modifications > 0 ? 'AMENDMENT' : 'NEW')
  }

  private filled(fill: Fill): void {
    const { desk } = this
    const { known, engine, ledger, floor, feed } = desk
    const { exchangeMs } = floor.clock
    const order = known.ofEngine(fill.clientOrderId) ?? this.forcedOrder(fill)
    order.executed = order.executed.plus(fill.quantity)
    order.quoteUsd = order.quoteUsd.plus(exact(fill.quantity).times(fill.price))
    order.status = order.executed.gte(order.quantity) ? 'FILLED' : 'PARTIALLY_FILLED'
    order.updatedAtMs = exchangeMs
    const { realisedUsd } = engine.matcher.account
    const trade: Trade = {
      tradeId: fill.tradeId,
      order,
      price: fill.price,
      quantity: fill.quantity,
      feeUsd: fill.feeUsd,
      maker: fill.maker,
      realisedUsd: realisedUsd.minus(this.realisedUsd).toFixed(),
      atMs: exchangeMs,
    }
    this.realisedUsd = realisedUsd
    ledger.trade(trade)
    if (order.status === 'FILLED') known.end(order)
    if (order.forced === undefined) feed.tell(() => tradeLite(trade))
    this.announce()
    feed.tell(() =>
      accountUpdate(desk, { symbol: order.symbol, reason: 'ORDER', atMs: exchangeMs, balanceChange: '0' }),
    )
    const execution = order.forced === undefined || order.forced === 'SETTLEMENT' ? 'TRADE' : 'CALCULATED'
    feed.tell(() => orderUpdate(order, { execution, atMs: exchangeMs, fill: { trade, fee: this.feeOf(trade) } }))
    this.cutReduceOnly(order.symbol)
    this.watcher.traded(order)
    if (order.status === 'FILLED') this.watcher.ended(order)
  }

  /** What rests and only reduces is never for more than what is held. */
  private cutReduceOnly(symbol: string): void {
    const { engine, known } = this.desk
    for (const order of known.open(symbol)) {
      if (!order.reduceOnly) continue
      const closable = engine.matcher.margin.closable(symbol, order.side)
      const most = order.executed.plus(closable)
      if (closable.isZero() || most.gte(order.quantity)) continue
      order.quantity = most.toFixed()
      const { orders } = engine.matcher
      const inMatcher = orders.find(order.engineId)
      // After an amendment the matcher knows of an order only what was left then.
      if (inMatcher !== undefined) orders.cut(inMatcher, closable.plus(inMatcher.filledQuantity).toFixed())
    }
  }

  private forcedOrder(fill: Fill): SandboxOrder {
    const { known, ledger, floor } = this.desk
    const { exchangeMs } = floor.clock
    const { kind, clientOrderId } = this.forcing ?? {
      kind: 'LIQUIDATION',
      clientOrderId: `autoclose-${exchangeMs}${String(++this.forcedOrders).padStart(6, '0')}`,
    }
    const order: SandboxOrder = {
      clientOrderId,
      symbol: fill.symbol,
      side: fill.side,
      type: 'LIMIT',
      timeInForce: kind === 'LIQUIDATION' ? 'IOC' : 'GTC',
      price: fill.price,
      quantity: fill.quantity,
      reduceOnly: false,
      closePosition: false,
      positionSide: 'BOTH',
      selfTradePreventionMode: 'NONE',
      priceMatch: 'NONE',
      goodTillDate: 0,
      orderId: FIRST_FORCED_ORDER_ID + this.forcedOrders,
      engineId: fill.clientOrderId,
      executed: new Exact(0),
      quoteUsd: new Exact(0),
      status: 'NEW',
      expiryReason: '0',
      modifications: 0,
      createdAtMs: exchangeMs,
      updatedAtMs: exchangeMs,
      forced: kind,
    }
    known.add(order)
    ledger.forced.push(order)
    this.unannounced = order
    this.watcher.forced(order)
    return order
  }

  private tell(order: SandboxOrder, execution: ExecutionType): void {
    const { feed, floor } = this.desk
    feed.tell(() => orderUpdate(order, { execution, atMs: floor.clock.exchangeMs }))
  }

  /** In BNB where the account pays so: at an assumed price, a tenth less. */
  private feeOf({ feeUsd }: Trade): FeeShown {
    if (!this.desk.floor.faults.plan.feeBurn) return { asset: 'USDT', amount: feeUsd }
    return { asset: 'BNB', amount: exact(feeUsd).times('0.9').div(BNB_USD).toDecimalPlaces(8).toFixed() }
  }
}

/** Who wants to know. */
export interface ExecutionWatcher {
  /** Of an order something has filled: the position is another one. */
  traded(order: SandboxOrder): void
  ended(order: SandboxOrder): void
  /** The exchange closes a position by this order. */
  forced(order: SandboxOrder): void
}

interface Forcing {
  readonly kind: ForcedKind
  readonly clientOrderId: string
}

const FIRST_FORCED_ORDER_ID = 6_071_832_000
const BNB_USD = 600

/** What the matcher calls a reason, in the exchange's words. */
function endOf(reason: string | undefined): { readonly status: SandboxOrderStatus; readonly expiryReason: string } {
  switch (reason) {
    case 'IOC':
      return { status: 'EXPIRED', expiryReason: '2' }
    case 'REDUCE_ONLY':
      return { status: 'EXPIRED', expiryReason: '4' }
    case 'LIQUIDATION':
      return { status: 'EXPIRED', expiryReason: '5' }
    case 'DELISTED':
      return { status: 'EXPIRED', expiryReason: '7' }
    default:
      return { status: 'CANCELED', expiryReason: '0' }
  }
}
