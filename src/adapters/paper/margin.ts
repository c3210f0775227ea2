import { Exact, exact } from '../../base/exact.js'
import type { OrderRequest, OrderSide } from '../../ports/vocabulary/orders.js'
import type { Account, Valuation } from './account.js'
import type { Rejection } from './admission.js'
import type { Book } from './book.js'
import { remainingOf } from './order.js'
import type { OrderRegister } from './order-register.js'

/** What the account may do: positions and open orders against the equity, at the marks of the moment. */
export class Margin {
  private readonly account: Account
  private readonly books: ReadonlyMap<string, Book>
  private readonly orders: OrderRegister
  private readonly leverage: number
  /** Marks of the only position between which it is certainly not liquidated; undefined when not known. */
  private safe: { readonly symbol: string; readonly low: number; readonly high: number } | undefined

  constructor(account: Account, books: ReadonlyMap<string, Book>, orders: OrderRegister, leverage: number) {
    this.account = account
    this.books = books
    this.orders = orders
    this.leverage = leverage
  }

  readonly valuation = (symbol: string): Valuation => {
    const { quote, instrument } = this.books.get(symbol)!
    return {
      mark: exact(quote!.mark),
      maintenanceMarginRate: exact(instrument.maintenanceMarginRate),
    }
  }

  /** Initial margin of positions and open orders: each symbol's worst exposure if all orders of one side filled. */
  initialUsd(added?: OrderRequest): Exact {
    let notionalUsd = ZERO
    for (const symbol of this.books.keys()) {
      const quantity = this.worstExposure(symbol, added?.symbol === symbol ? added : undefined)
      if (!quantity.isZero()) notionalUsd = notionalUsd.plus(quantity.times(this.valuation(symbol).mark))
    }
    return notionalUsd.div(this.leverage)
  }

  refuse(order: OrderRequest): Rejection | undefined {
    const { symbol, side } = order
    if (order.reduceOnly) {
      return this.closable(symbol, side).isZero()
        ? { code: 'REDUCE_ONLY', message: `there is no position in ${symbol} that a ${side} reduces` }
        : undefined
    }
    if (this.worstExposure(symbol, order).lte(this.worstExposure(symbol))) return undefined
    const requiredUsd = this.initialUsd(order)
    const equityUsd = this.account.equityUsd(this.valuation)
    if (requiredUsd.lte(equityUsd)) return undefined
    const found = `${equityUsd.toDecimalPlaces(2).toFixed()} USD`
    return { code: 'INSUFFICIENT_MARGIN', message: `expected ${requiredUsd.toFixed(2)} USD of equity, found ${found}` }
  }

  /** Base units of the position that an order of this side would close. */
  closable(symbol: string, side: OrderSide): Exact {
    const { quantity } = this.account.position(symbol)
    return quantity.isPositive() === (side === 'SELL') ? quantity.abs() : ZERO
  }

  /** Is the equity at or below the maintenance margin of what is open? */
  get isExhausted(): boolean {
    const { account, valuation } = this
    if (account.isFlat || this.isSafe()) return false
    return account.equityUsd(valuation).lte(account.maintenanceUsd(valuation))
  }

  /** The account or an instrument has changed: what was known of liquidation no longer holds. */
  forget(): void {
    this.safe = undefined
  }

  /** Spares the exact sums on most quotes: with one position, they turn at one mark. */
  private isSafe(): boolean {
    if (this.safe === undefined) {
      const [held, ...others] = this.account.symbols
      if (others.length > 0) return false
      const price = this.account.liquidationPrice(held!, this.valuation)?.toNumber() ?? 0
      // A billionth on the safe side covers what rounding to doubles can do.
      this.safe = this.account.position(held!).quantity.isPositive()
        ? { symbol: held!, low: price * (1 + 1e-9), high: Infinity }
        : { symbol: held!, low: 0, high: price * (1 - 1e-9) }
    }
    const mark = Number(this.books.get(this.safe.symbol)!.quote!.mark)
    return mark > this.safe.low && mark < this.safe.high
  }

  /** Base units: the larger of long and short if every open order of one side filled, `added` included. */
  worstExposure(symbol: string, added?: OrderRequest): Exact {
    const held = this.account.position(symbol).quantity
    const open = this.orders.open(symbol)
    if (open.length === 0 && added === undefined) return held.abs()
    let long = held
    let short = held
    const count = ({ side }: OrderRequest, quantity: Exact) => {
      if (side === 'BUY') long = long.plus(quantity)
      else short = short.minus(quantity)
    }
    for (const order of open) {
      if (!order.request.reduceOnly) count(order.request, remainingOf(order))
    }
    if (added !== undefined) count(added, new Exact(added.quantity))
    return Exact.max(long.abs(), short.abs())
  }
}

const ZERO = new Exact(0)
