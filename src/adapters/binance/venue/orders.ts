import type { OrderReport, OrderRequest, OrderType } from '../../../ports/vocabulary/orders.js'
import { decimalOf, idOf, priceOf } from './decimal-text.js'
import { isConditional, type OrderFacts } from './order-registry.js'

/** Parameters of `POST /fapi/v1/order`. Source: notes on Binance, 1.4. */
export function orderParams(order: OrderRequest): Record<string, string> {
  const { symbol, side, type, quantity, price, reduceOnly, clientOrderId } = order
  const params: Record<string, string> = {
    symbol,
    side,
    type: type === 'MARKET' ? 'MARKET' : 'LIMIT',
    quantity,
    newClientOrderId: clientOrderId,
    newOrderRespType: 'ACK',
  }
  const timeInForce = TIMES_IN_FORCE[type]
  if (timeInForce !== undefined) params.timeInForce = timeInForce
  if (price !== undefined) params.price = price
  if (reduceOnly) params.reduceOnly = 'true'
  return params
}

/** Why a request is no order at all; the exchange has no code of its own for most of it. Undefined when it is one. */
export function shapeProblem(order: OrderRequest): string | undefined {
  const { clientOrderId, type, side, quantity, price, stopPrice } = order
  if (!CLIENT_ORDER_ID.test(clientOrderId)) return problem('clientOrderId', '1 to 36 of [A-Za-z0-9._-]', clientOrderId)
  if (forcedBy(clientOrderId) !== undefined)
    return problem('clientOrderId', "none of the exchange's own", clientOrderId)
  if (!(type in IS_LIMITED)) return problem('type', 'an order type', type)
  if (side !== 'BUY' && side !== 'SELL') return problem('side', 'BUY or SELL', side)
  if (!isPositive(quantity)) return problem('quantity', 'a decimal above zero', quantity)
  return priceProblem('price', price, IS_LIMITED[type]) ?? priceProblem('stopPrice', stopPrice, isConditional(type))
}

/** An order as an answer of the REST API has it; undefined where it is none. */
export function orderFactsOf(answer: unknown): OrderFacts | undefined {
  if (!isRecord(answer)) return undefined
  const { clientOrderId, symbol, side, executedQty, origQty, avgPrice, updateTime, status, reduceOnly } = answer
  return facts({
    clientOrderId,
    orderId: answer.orderId,
    symbol,
    side,
    type: answer.origType ?? answer.type,
    timeInForce: answer.timeInForce,
    reduceOnly,
    quantity: origQty,
    filledQuantity: executedQty,
    averagePrice: avgPrice,
    status,
    updatedAtMs: updateTime,
    expiry: undefined,
  })
}

/** `o` of an `ORDER_TRADE_UPDATE`; `updatedAtMs`: its `T`. Undefined where it cannot be read. */
export function orderFactsOfUpdate(o: Readonly<Record<string, unknown>>, updatedAtMs: number): OrderFacts | undefined {
  return facts({
    clientOrderId: o.c,
    orderId: o.i,
    symbol: o.s,
    side: o.S,
    type: o.ot ?? o.o,
    timeInForce: o.f,
    reduceOnly: o.R,
    quantity: o.q,
    filledQuantity: o.z,
    averagePrice: o.ap,
    status: o.X,
    updatedAtMs,
    expiry: o.er,
  })
}

/** What a status means to the port; undefined for one that is not known. Source: notes on Binance, 2.5. */
export function statusOf(status: unknown): OrderReport['status'] | undefined {
  return typeof status === 'string' && Object.hasOwn(STATUSES, status) ? STATUSES[status as Status] : undefined
}

/** What the exchange closes positions by itself for, told by the client ids of its orders; undefined for anybody's. */
export function forcedBy(clientOrderId: string): ForcedBy | undefined {
  if (clientOrderId.startsWith('autoclose-')) return 'liquidation'
  if (clientOrderId.startsWith('adl_autoclose')) return 'auto-deleveraging'
  return /^(?:settlement|delivery)_autoclose-/.test(clientOrderId) ? 'settlement' : undefined
}

export type ForcedBy = 'liquidation' | 'auto-deleveraging' | 'settlement'

type Status = keyof typeof STATUSES

const STATUSES = {
  NEW: 'ACKNOWLEDGED',
  NEW_INSURANCE: 'ACKNOWLEDGED',
  NEW_ADL: 'ACKNOWLEDGED',
  PARTIALLY_FILLED: 'PARTIAL',
  FILLED: 'FILLED',
  CANCELED: 'CANCELED',
  EXPIRED: 'CANCELED',
  EXPIRED_IN_MATCH: 'CANCELED',
  REJECTED: 'REJECTED',
} as const satisfies Record<string, OrderReport['status']>

/** Why the exchange ended an order, by its number. Source: notes on Binance, 2.5. */
const EXPIRIES: Readonly<Record<string, string>> = {
  1: 'it would have traded with an order of this account',
  2: 'the rest of an order that does not rest',
  3: 'it would have traded with an order of this account, and does not rest',
  4: 'another reduce-only order came first, or it would have turned the position',
  5: 'liquidation',
  6: 'its position is gone',
  7: 'the contract is taken off the exchange',
  8: 'the order that it came from is gone',
  9: 'the rest of a market order that found nobody to trade with',
}

const TIMES_IN_FORCE: Readonly<Record<OrderType, string | undefined>> = {
  MARKET: undefined,
  LIMIT: 'GTC',
  IOC: 'IOC',
  POST_ONLY: 'GTX',
  STOP_MARKET: undefined,
  STOP_LIMIT: 'GTC',
}

const IS_LIMITED: Readonly<Record<OrderType, boolean>> = {
  MARKET: false,
  LIMIT: true,
  IOC: true,
  POST_ONLY: true,
  STOP_MARKET: false,
  STOP_LIMIT: true,
}

const CLIENT_ORDER_ID = /^[A-Za-z0-9._-]{1,36}$/
const POSITIVE = /^\d{1,20}(?:\.\d{1,20})?$/

interface RawOrder {
  readonly clientOrderId: unknown
  readonly orderId: unknown
  readonly symbol: unknown
  readonly side: unknown
  readonly type: unknown
  readonly timeInForce: unknown
  readonly reduceOnly: unknown
  readonly quantity: unknown
  readonly filledQuantity: unknown
  readonly averagePrice: unknown
  readonly status: unknown
  readonly updatedAtMs: unknown
  readonly expiry: unknown
}

function facts(raw: RawOrder): OrderFacts | undefined {
  const { clientOrderId, symbol, side, updatedAtMs, expiry } = raw
  const orderId = idOf(raw.orderId)
  const quantity = decimalOf(raw.quantity)
  const filledQuantity = decimalOf(raw.filledQuantity)
  const status = statusOf(raw.status)
  if (typeof clientOrderId !== 'string' || typeof symbol !== 'string' || orderId === null) return undefined
  if (side !== 'BUY' && side !== 'SELL') return undefined
  if (quantity === undefined || filledQuantity === undefined || status === undefined) return undefined
  if (typeof updatedAtMs !== 'number') return undefined
  const type = typeOf(raw.type, raw.timeInForce)
  const averagePrice = priceOf(raw.averagePrice)
  const known: OrderFacts = {
    clientOrderId,
    orderId,
    symbol,
    side,
    type,
    reduceOnly: raw.reduceOnly === true,
    quantity,
    filledQuantity,
    averagePrice,
    status,
    updatedAtMs,
  }
  const isEnded = status === 'CANCELED' || status === 'REJECTED'
  return isEnded ? { ...known, reason: endReason(raw.status as string, expiry) } : known
}

function endReason(status: string, expiry: unknown): string {
  const why = EXPIRIES[String(expiry ?? '')]
  return why === undefined ? status : `${status}: ${why}`
}

/** By what it was when it was placed; a kind of order that nobody here places is a limit order or a market order in the end. */
export function typeOf(type: unknown, timeInForce?: unknown): OrderType {
  if (type === 'STOP_MARKET' || type === 'TAKE_PROFIT_MARKET' || type === 'TRAILING_STOP_MARKET') return 'STOP_MARKET'
  if (type === 'STOP' || type === 'TAKE_PROFIT') return 'STOP_LIMIT'
  if (type !== 'LIMIT') return 'MARKET'
  if (timeInForce === 'GTX') return 'POST_ONLY'
  return timeInForce === 'IOC' || timeInForce === 'FOK' ? 'IOC' : 'LIMIT'
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function priceProblem(name: string, price: string | undefined, isWanted: boolean): string | undefined {
  if (isWanted !== (price !== undefined)) return problem(name, isWanted ? 'one' : 'none for this type', price)
  return price === undefined || isPositive(price) ? undefined : problem(name, 'a decimal above zero', price)
}

function isPositive(text: string): boolean {
  return POSITIVE.test(text) && Number(text) > 0
}

function problem(name: string, expected: string, found: unknown): string {
  return `${name}: expected ${expected}, found ${found}`
}
