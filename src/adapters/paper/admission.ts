import { type DecimalText, Exact } from '../../base/exact.js'
import type { MarketEvent } from '../../ports/played-market.js'
import type { RejectCode } from '../../ports/venue.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { OrderRequest } from '../../ports/vocabulary/orders.js'
import type { Book } from './book.js'
import { compare } from './compare.js'

export interface Rejection {
  readonly code: RejectCode
  readonly message: string
}

const CLIENT_ORDER_ID = /^[A-Za-z0-9._-]{1,36}$/
/** The exchange's own orders are named so. */
export const AUTO_CLOSE = 'autoclose-'
const DECIMAL = /^\d{1,20}(\.\d{1,20})?$/
const LIMITED: ReadonlySet<string> = new Set(['LIMIT', 'STOP_LIMIT', 'POST_ONLY', 'IOC'])
const STOPPED: ReadonlySet<string> = new Set(['STOP_MARKET', 'STOP_LIMIT'])
const UNLIMITED: ReadonlySet<string> = new Set(['MARKET', 'STOP_MARKET'])

/** Is the request an order at all? Everything else may be read only after this. */
export function refuseShape(order: OrderRequest): Rejection | undefined {
  const { clientOrderId, type } = order
  if (!CLIENT_ORDER_ID.test(clientOrderId)) return invalid('clientOrderId', '1 to 36 of [A-Za-z0-9._-]', clientOrderId)
  if (clientOrderId.startsWith(AUTO_CLOSE)) return invalid('clientOrderId', `none with ${AUTO_CLOSE}`, clientOrderId)
  if (!LIMITED.has(type) && !UNLIMITED.has(type)) return invalid('type', 'an order type', type)
  if (order.side !== 'BUY' && order.side !== 'SELL') return invalid('side', 'BUY or SELL', order.side)
  if (!isPositive(order.quantity)) return invalid('quantity', 'a decimal above zero', order.quantity)
  for (const [name, value, wanted] of [
    ['price', order.price, LIMITED.has(type)],
    ['stopPrice', order.stopPrice, STOPPED.has(type)],
  ] as const) {
    if (wanted !== (value !== undefined)) return invalid(name, wanted ? `one for ${type}` : `none for ${type}`, value)
    if (value !== undefined && !isPositive(value)) return invalid(name, 'a decimal above zero', value)
  }
  return undefined
}

/** The instrument's rules and the market of this moment; margin and position are the account's to check. */
export function refuseByRules(order: OrderRequest, book: Book): Rejection | undefined {
  const { instrument, quote } = book
  const { symbol } = order
  if (!acceptsOrders(instrument, order.reduceOnly)) {
    return { code: 'NOT_TRADING', message: `${symbol} is ${instrument.status}` }
  }
  return (
    refusePrecision(order, instrument) ??
    refuseQuantity(order, instrument) ??
    (quote === undefined ? { code: 'NO_LIQUIDITY', message: `${symbol} has no price yet` } : undefined) ??
    refusePrices(order, book)
  )
}

export function acceptsOrders({ status }: Instrument, reduceOnly: boolean): boolean {
  return status === 'TRADING' || (status === 'SETTLING' && reduceOnly)
}

function refusePrecision(order: OrderRequest, { tickSize, lotSize }: Instrument): Rejection | undefined {
  for (const [name, value, step] of [
    ['price', order.price, tickSize],
    ['stopPrice', order.stopPrice, tickSize],
    ['quantity', order.quantity, lotSize],
  ] as const) {
    if (value !== undefined && !isMultiple(value, step)) {
      return { code: 'BAD_PRECISION', message: `${name}: expected a multiple of ${step}, found ${value}` }
    }
  }
  return undefined
}

function refuseQuantity({ quantity }: OrderRequest, instrument: Instrument): Rejection | undefined {
  const { minQuantity, maxQuantity } = instrument
  if (compare(quantity, minQuantity) >= 0 && compare(quantity, maxQuantity) <= 0) return undefined
  return { code: 'LOT_SIZE', message: `quantity: expected ${minQuantity} to ${maxQuantity}, found ${quantity}` }
}

function refusePrices(order: OrderRequest, book: Book): Rejection | undefined {
  const { instrument } = book
  const { mark } = book.quote!
  const { side, type, price, stopPrice } = order
  if (type === 'MARKET' && !book.displays(side)) {
    return { code: 'NO_LIQUIDITY', message: `nothing is displayed to ${side}` }
  }
  if (price !== undefined) {
    const from = stopPrice ?? mark
    if (new Exact(price).minus(from).abs().gt(new Exact(instrument.priceBand).times(from))) {
      return {
        code: 'PRICE_BAND',
        message: `price: expected within ${instrument.priceBand} of ${from}, found ${price}`,
      }
    }
  }
  const notionalUsd = new Exact(order.quantity).times(price ?? stopPrice ?? mark)
  if (!order.reduceOnly && notionalUsd.lt(instrument.minNotionalUsd)) {
    const expected = `at least ${instrument.minNotionalUsd} USD`
    return { code: 'MIN_NOTIONAL', message: `notional: expected ${expected}, found ${notionalUsd.toFixed()}` }
  }
  if (stopPrice !== undefined && isTriggered(order, mark)) {
    return { code: 'WOULD_TRIGGER', message: `stopPrice ${stopPrice}: the mark is at ${mark} already` }
  }
  if (type === 'POST_ONLY' && reaches(side, price!, book.opposite(side))) {
    return { code: 'WOULD_TAKE', message: `price ${price}: the other side is at ${book.opposite(side)}` }
  }
  return undefined
}

/** Has the mark reached the stop price? */
export function isTriggered({ side, stopPrice }: OrderRequest, mark: DecimalText): boolean {
  return side === 'BUY' ? compare(mark, stopPrice!) >= 0 : compare(mark, stopPrice!) <= 0
}

/** Would an order of this side at `limit` trade with somebody who offers `opposite`? */
export function reaches(side: OrderRequest['side'], limit: DecimalText, opposite: DecimalText): boolean {
  return side === 'BUY' ? compare(limit, opposite) >= 0 : compare(limit, opposite) <= 0
}

function isPositive(text: DecimalText): boolean {
  return DECIMAL.test(text) && Number(text) > 0
}

function isMultiple(value: DecimalText, step: DecimalText): boolean {
  return new Exact(value).mod(step).isZero()
}

function invalid(name: string, expected: string, found: unknown): Rejection {
  return { code: 'INVALID', message: `${name}: expected ${expected}, found ${found}` }
}

/** At the bar's price there is no spread, no size and no queue that a book could tell of. */
export function expectNoBook({ kind }: MarketEvent): void {
  if (kind === 'quote' || kind === 'print' || kind === 'depth') {
    throw new Error(`paper exchange: fill mode bar-price: expected bars, found a ${kind}`)
  }
}
