import { signedBy } from '../../base/direction.js'
import { type DecimalText, Exact } from '../../base/exact.js'
import type { MarketEvent } from '../../ports/played-market.js'
import type { VenueEvent } from '../../ports/venue.js'
import { type VenueTradeId, venueTradeId } from '../../ports/vocabulary/ids.js'
import type { Fill, OrderRequest, OrderSide } from '../../ports/vocabulary/orders.js'
import type { PaperSettings } from '../../ports/vocabulary/paper.js'
import { Account, type AccountSnapshot, BOOKED_PLACES } from './account.js'
import { AUTO_CLOSE, acceptsOrders, isTriggered, reaches } from './admission.js'
import { type Book, floorTo, type Offer } from './book.js'
import { compare } from './compare.js'
import type { PaperFaults } from './faults.js'
import { Margin } from './margin.js'
import { isOpen, type PaperOrder, remainingOf, reportOf, workingAs } from './order.js'
import { OrderRegister } from './order-register.js'

export interface MatcherSnapshot {
  readonly account: AccountSnapshot
  /** In order of acceptance. */
  readonly orders: readonly PaperOrder[]
  readonly fills: Readonly<Record<string, readonly Fill[]>>
  readonly lastTradeId: VenueTradeId
  /** Liquidations so far: their order ids are numbered by it. */
  readonly autoCloses: number
}

/** An execution: who, at what price, how much. */
interface Execution {
  readonly price: Exact
  readonly quantity: Exact
  readonly maker: boolean
  readonly liquidation?: boolean
}

interface ForcedClose {
  readonly symbol: string
  readonly clientOrderId: string
  readonly price: Exact
  readonly liquidation: boolean
}

type MarketTrade = Omit<Extract<MarketEvent, { kind: 'print' }>, 'kind'>

const LIQUIDATION = 'LIQUIDATION'

/** Orders against books: what fills, when, at what price, and what it does to the account. */
export class Matcher {
  readonly account: Account
  readonly orders: OrderRegister
  readonly margin: Margin
  lastTradeId = venueTradeId(0)
  autoCloses = 0
  private readonly settings: Required<PaperSettings>
  private readonly books: ReadonlyMap<string, Book>
  private readonly faults: PaperFaults
  private readonly tell: (event: VenueEvent) => void
  private readonly fills = new Map<string, Fill[]>()

  constructor(
    settings: Required<PaperSettings>,
    books: ReadonlyMap<string, Book>,
    faults: PaperFaults,
    tell: (event: VenueEvent) => void,
  ) {
    this.settings = settings
    this.books = books
    this.faults = faults
    this.tell = tell
    this.account = new Account(settings.startingBalanceUsd)
    this.orders = new OrderRegister(books.keys())
    this.margin = new Margin(this.account, books, this.orders, settings.leverage)
    for (const symbol of books.keys()) this.fills.set(symbol, [])
  }

  get symbols(): readonly string[] {
    return [...this.books.keys()]
  }

  /** Of `symbol`, with a trade id above `tradeId`; none of a symbol that is not listed. */
  fillsAfter(symbol: string, tradeId: VenueTradeId): readonly Fill[] {
    const fills = this.fills.get(symbol) ?? []
    const first = fills.findLastIndex((fill) => fill.tradeId <= tradeId) + 1
    return fills.slice(first)
  }

  lastTradeIdOf(symbol: string): VenueTradeId {
    return this.fills.get(symbol)?.at(-1)?.tradeId ?? venueTradeId(0)
  }

  /** Into the books. `accepted` is called when the order is known and before anything of it fills. */
  accept(request: OrderRequest, atMs: number, accepted: (order: PaperOrder) => void): void {
    const order = this.orders.add(request, atMs)
    accepted(order)
    this.tellOrder(order)
    if (workingAs(order) !== 'stop') this.enter(order, atMs)
  }

  /** Ends what is open of an order; one that is over stays as it is. */
  cancel(order: PaperOrder, reason: string, atMs: number): void {
    if (!isOpen(order)) return
    order.status = 'CANCELED'
    order.reason = reason
    order.updatedAtMs = atMs
    this.orders.remove(order)
    this.tellOrder(order)
  }

  /** The symbol's prices have changed: liquidation first, then orders as they were accepted. */
  onPrices(symbol: string, atMs: number): void {
    if (this.margin.isExhausted) this.liquidate(atMs)
    const open = this.orders.open(symbol)
    if (open.length === 0) return
    const book = this.books.get(symbol)!
    for (const order of [...open]) {
      if (!isOpen(order) || !acceptsOrders(book.instrument, order.request.reduceOnly)) continue
      switch (workingAs(order)) {
        case 'stop':
          if (isTriggered(order.request, book.quote!.mark)) {
            order.triggered = true
            this.orders.touch(order)
            this.enter(order, atMs)
          }
          break
        case 'market':
          this.take(order, atMs)
          break
        case 'limit':
          this.fillThrough(order, atMs)
          break
      }
    }
  }

  /** Somebody traded. Own resting orders get what the trade would have given them, the better priced first. */
  onPrint(symbol: string, trade: MarketTrade, atMs: number): void {
    const { instrument } = this.books.get(symbol)!
    const met = this.orders.open(symbol).filter((order) => meets(order, trade))
    if (met.length === 0) return
    const traded = floorTo(new Exact(trade.quantity), instrument.lotSize)
    let left = traded
    for (const order of met.toSorted(byPrice)) {
      const { price, reduceOnly } = order.request
      if (!isOpen(order) || !acceptsOrders(instrument, reduceOnly)) continue
      const reached = compare(price!, trade.price) === 0 ? Exact.min(left, passQueue(order, traded)) : left
      const quantity = Exact.min(reached, this.executable(order))
      if (quantity.isZero()) continue
      left = left.minus(quantity)
      this.execute(order, { price: new Exact(price!), quantity, maker: true }, atMs)
    }
  }

  settleFunding(symbol: string, rate: DecimalText): Exact {
    this.margin.forget()
    return this.account.settleFunding(symbol, this.margin.valuation(symbol).mark, new Exact(rate))
  }

  /** The instrument's rules or status are others now. */
  onInstrument(symbol: string, atMs: number): void {
    this.margin.forget()
    if (this.books.get(symbol)!.instrument.status !== 'DELISTED') return
    for (const order of [...this.orders.open(symbol)]) this.cancel(order, 'DELISTED', atMs)
  }

  snapshot(): MatcherSnapshot {
    return {
      account: this.account.snapshot(),
      orders: this.orders.snapshot(),
      fills: Object.fromEntries([...this.fills].map(([symbol, fills]) => [symbol, [...fills]])),
      lastTradeId: this.lastTradeId,
      autoCloses: this.autoCloses,
    }
  }

  restore({ account, orders, fills, lastTradeId, autoCloses }: MatcherSnapshot): void {
    this.account.restore(account)
    this.orders.restore(orders)
    for (const symbol of this.books.keys()) this.fills.set(symbol, [...(fills[symbol] ?? [])])
    this.lastTradeId = lastTradeId
    this.autoCloses = autoCloses
    this.margin.forget()
  }

  private tellOrder(order: PaperOrder): void {
    this.orders.touch(order)
    this.tell({ kind: 'order', report: reportOf(order) })
  }

  /** An order meets the market: when accepted, or when its stop is reached. */
  private enter(order: PaperOrder, atMs: number): void {
    const { type, side, price } = order.request
    if (workingAs(order) === 'market') {
      this.take(order, atMs)
      return
    }
    const book = this.books.get(order.request.symbol)!
    if (reaches(side, price!, book.opposite(side))) this.take(order, atMs)
    if (type === 'IOC') {
      this.cancel(order, 'IOC', atMs)
      return
    }
    order.queueAhead = book.shownAt(side, new Exact(price!)).times(this.settings.queueAheadShare).toFixed()
  }

  /** Takes what is offered, up to the limit if there is one, at the offered prices. */
  private take(order: PaperOrder, atMs: number): void {
    const { side } = order.request
    const limit = workingAs(order) === 'limit' ? order.request.price! : undefined
    this.sweep(order, atMs, (offer) =>
      limit === undefined || reaches(side, limit, offer.price.toFixed())
        ? { price: offer.price, maker: false }
        : undefined,
    )
  }

  /** A resting order beyond which others offer: they would have met it first, so it fills at its own price. */
  private fillThrough(order: PaperOrder, atMs: number): void {
    const { symbol, side, price } = order.request
    if (beyond(side, price!, this.books.get(symbol)!.opposite(side)) <= 0) return
    const limit = new Exact(price!)
    const frictionless = this.settings.fillMode === 'bar-price'
    this.sweep(order, atMs, (offer) => {
      if (side === 'BUY' ? offer.price.gte(limit) : offer.price.lte(limit)) return undefined
      return { price: frictionless ? offer.price : limit, maker: true }
    })
  }

  /** Goes through the offers, best first, for as long as `deal` names a price. */
  private sweep(
    order: PaperOrder,
    atMs: number,
    deal: (offer: Offer) => { readonly price: Exact; readonly maker: boolean } | undefined,
  ): void {
    const { symbol, side } = order.request
    const book = this.books.get(symbol)!
    for (const offer of book.offers(side, this.faults.plan.displayedMax)) {
      const terms = deal(offer)
      if (terms === undefined) return
      const quantity = Exact.min(offer.quantity, this.executable(order))
      if (quantity.isZero()) continue
      book.take(side, offer, quantity)
      this.execute(order, { ...terms, quantity }, atMs)
    }
  }

  private execute(order: PaperOrder, { price, quantity, maker, liquidation }: Execution, atMs: number): void {
    const { symbol, side, clientOrderId } = order.request
    const usd = quantity.times(price)
    const rate = new Exact(maker ? this.settings.makerFee : this.settings.takerFee)
    const feeUsd = usd
      .times(liquidation ? rate.plus(this.settings.liquidationFee) : rate)
      .toDecimalPlaces(BOOKED_PLACES)
    this.account.fill(symbol, signedBy(side, quantity), price, feeUsd)
    this.margin.forget()

    this.lastTradeId = venueTradeId(this.lastTradeId + 1)
    order.filledQuantity = quantity.plus(order.filledQuantity).toFixed()
    order.filledUsd = usd.plus(order.filledUsd).toFixed()
    order.updatedAtMs = atMs
    order.status = remainingOf(order).isZero() ? 'FILLED' : 'PARTIAL'
    if (!isOpen(order)) this.orders.remove(order)

    const fill: Fill = {
      tradeId: this.lastTradeId,
      clientOrderId,
      symbol,
      side,
      price: price.toFixed(),
      quantity: quantity.toFixed(),
      feeUsd: feeUsd.toFixed(),
      maker,
      timestampNs: new Exact(atMs).times(1e6).toFixed(0),
      ...(liquidation && { liquidation }),
    }
    this.fills.get(symbol)!.push(fill)
    this.tell({ kind: 'fill', fill })
    this.tellOrder(order)
    for (const other of [...this.orders.open(symbol)]) {
      if (other.request.reduceOnly && this.margin.closable(symbol, other.request.side).isZero()) {
        this.cancel(other, 'REDUCE_ONLY', atMs)
      }
    }
  }

  /** The exchange closes what is held of a symbol itself, at a price of its own, whatever is displayed. */
  closeByForce({ symbol, clientOrderId, price, liquidation }: ForcedClose, atMs: number): void {
    const held = this.account.position(symbol).quantity
    const quantity = held.abs()
    const side = held.isPositive() ? 'SELL' : 'BUY'
    const request = { clientOrderId, symbol, side, quantity: quantity.toFixed(), reduceOnly: true } as const
    const order = this.orders.add({ ...request, type: 'MARKET' }, atMs)
    if (liquidation) order.reason = LIQUIDATION
    this.execute(order, { price, quantity, maker: false, liquidation }, atMs)
  }

  /** Everything is cancelled and closed, whatever the displayed sizes. */
  liquidate(atMs: number): void {
    for (const symbol of this.symbols) {
      for (const order of [...this.orders.open(symbol)]) this.cancel(order, LIQUIDATION, atMs)
    }
    for (const symbol of this.account.symbols) {
      const side = this.account.position(symbol).quantity.isPositive() ? 'SELL' : 'BUY'
      const price = this.liquidationFillPrice(symbol, side)
      const clientOrderId = `${AUTO_CLOSE}${++this.autoCloses}`
      this.closeByForce({ symbol, clientOrderId, price, liquidation: true }, atMs)
    }
  }

  /** The other side's best price; of the last position never worse than the price at which the account has nothing left. */
  private liquidationFillPrice(symbol: string, side: OrderSide): Exact {
    const offered = new Exact(this.books.get(symbol)!.opposite(side))
    if (this.account.symbols.length > 1) return offered
    const rate = new Exact(this.settings.takerFee).plus(this.settings.liquidationFee)
    const bankrupt = this.account.bankruptcyPrice(symbol, rate)
    if (bankrupt === undefined) return offered
    return side === 'SELL' ? Exact.max(offered, bankrupt) : Exact.min(offered, bankrupt)
  }

  /** What of an order may fill now: a reduce-only order never more than the position. */
  private executable(order: PaperOrder): Exact {
    const remaining = remainingOf(order)
    const { symbol, side, reduceOnly } = order.request
    return reduceOnly ? Exact.min(remaining, this.margin.closable(symbol, side)) : remaining
  }
}

/** Positive when somebody who trades at `other` trades beyond the limit of an order of this side, zero at the limit. */
function beyond(side: OrderSide, limit: DecimalText, other: DecimalText): number {
  return side === 'BUY' ? compare(limit, other) : compare(other, limit)
}

/** Does a trade reach a resting order: beyond its limit whoever took, at the limit if the other side did? */
function meets(order: PaperOrder, trade: MarketTrade): boolean {
  if (workingAs(order) !== 'limit') return false
  const { side, price } = order.request
  const passed = beyond(side, price!, trade.price)
  return passed > 0 || (passed === 0 && trade.aggressor !== side)
}

/** Best first: the highest buys, the lowest sells. Only orders of one side compete. */
function byPrice(a: PaperOrder, b: PaperOrder): number {
  if (a.request.side !== b.request.side) return a.request.side < b.request.side ? -1 : 1
  return beyond(a.request.side, b.request.price!, a.request.price!)
}

/** A trade at the order's price serves the queue first. Returns what comes through to the order. */
function passQueue(order: PaperOrder, traded: Exact): Exact {
  const ahead = new Exact(order.queueAhead)
  order.queueAhead = Exact.max(0, ahead.minus(traded)).toFixed()
  return Exact.max(0, traded.minus(ahead))
}
