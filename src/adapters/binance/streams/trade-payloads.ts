import type { OrderSide } from '../../../ports/vocabulary/orders.js'
import {
  isCount,
  isDecimal,
  isForeign,
  isPayload,
  type Reading,
  type UnknownWords,
  type WireDecimal,
} from './payload.js'

/** Trades of one taker at one price, together. */
export interface AggregateTrade {
  readonly symbol: string
  readonly aggregateId: number
  readonly price: WireDecimal
  /** Base units. */
  readonly quantity: WireDecimal
  readonly firstTradeId: number
  readonly lastTradeId: number
  /** Side of the taker. */
  readonly aggressor: OrderSide
  readonly tradeMs: number
  readonly eventMs: number
}

export function readAggregateTrade(data: unknown): Reading<AggregateTrade> {
  if (!isPayload(data)) return 'malformed'
  if (isForeign(data)) return 'foreign'
  const { s, a, p, q, f, l, m, T, E } = data
  if (typeof s !== 'string' || typeof m !== 'boolean' || !isDecimal(p) || !isDecimal(q)) return 'malformed'
  if (!isCount(a) || !isCount(f) || !isCount(l) || !isCount(T) || !isCount(E)) return 'malformed'
  return {
    symbol: s,
    aggregateId: a,
    price: p,
    quantity: q,
    firstTradeId: f,
    lastTradeId: l,
    aggressor: m ? 'SELL' : 'BUY',
    tradeMs: T,
    eventMs: E,
  }
}

/** A bar, as it is so far. */
export interface Kline {
  readonly symbol: string
  /** `1m`. */
  readonly interval: string
  readonly openMs: number
  /** Its last millisecond. */
  readonly closeMs: number
  readonly open: WireDecimal
  readonly high: WireDecimal
  readonly low: WireDecimal
  readonly close: WireDecimal
  readonly baseVolume: WireDecimal
  readonly quoteVolume: WireDecimal
  readonly takerBuyBaseVolume: WireDecimal
  readonly takerBuyQuoteVolume: WireDecimal
  readonly trades: number
  /** Nothing is added to it any more. */
  readonly isClosed: boolean
  readonly eventMs: number
}

export function readKline(data: unknown): Reading<Kline> {
  if (!isPayload(data) || !isPayload(data.k)) return 'malformed'
  if (isForeign(data)) return 'foreign'
  const { E, k, s } = data
  const { t, T, i, o, h, l, c, v, q, V, Q, n, x } = k
  if (typeof s !== 'string' || typeof i !== 'string' || typeof x !== 'boolean') return 'malformed'
  if (!isCount(E) || !isCount(t) || !isCount(T) || !isCount(n)) return 'malformed'
  if (!isDecimal(o) || !isDecimal(h) || !isDecimal(l) || !isDecimal(c)) return 'malformed'
  if (!isDecimal(v) || !isDecimal(q) || !isDecimal(V) || !isDecimal(Q)) return 'malformed'
  return {
    symbol: s,
    interval: i,
    openMs: t,
    closeMs: T,
    open: o,
    high: h,
    low: l,
    close: c,
    baseVolume: v,
    quoteVolume: q,
    takerBuyBaseVolume: V,
    takerBuyQuoteVolume: Q,
    trades: n,
    isClosed: x,
    eventMs: E,
  }
}

/** A liquidation: of each symbol and second at most the latest is told, so what was liquidated is at least this. */
export interface ForceOrder {
  readonly symbol: string
  /** SELL closes somebody's long position. */
  readonly side: OrderSide
  readonly orderPrice: WireDecimal
  readonly averagePrice: WireDecimal
  /** Base units: ordered, and filled so far. */
  readonly quantity: WireDecimal
  readonly filledQuantity: WireDecimal
  readonly status: ForceOrderStatus | 'UNKNOWN'
  readonly tradeMs: number
  readonly eventMs: number
}

export type ForceOrderStatus = 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED'

export function readForceOrder(data: unknown, words: UnknownWords): Reading<ForceOrder> {
  if (!isPayload(data) || !isPayload(data.o)) return 'malformed'
  // The type stands inside the order, whatever the exchange's own library says.
  if (isForeign(data) || isForeign(data.o)) return 'foreign'
  const { s, S, p, ap, q, z, X, T } = data.o
  if (typeof s !== 'string' || (S !== 'BUY' && S !== 'SELL') || !isCount(T) || !isCount(data.E)) return 'malformed'
  if (!isDecimal(p) || !isDecimal(ap) || !isDecimal(q) || !isDecimal(z)) return 'malformed'
  return {
    symbol: s,
    side: S,
    orderPrice: p,
    averagePrice: ap,
    quantity: q,
    filledQuantity: z,
    status: words.known(X, { field: 'forceOrder.X', of: FORCE_ORDER_STATUSES }),
    tradeMs: T,
    eventMs: data.E,
  }
}

/** A symbol was listed, halted or taken off, or its brackets have changed. */
export interface ContractInfo {
  readonly symbol: string
  readonly contractType: ContractType | 'UNKNOWN'
  /** Only TRADING may be traded. */
  readonly status: ContractStatus | 'UNKNOWN'
  readonly onboardMs: number
  readonly deliveryMs: number
  readonly bracketsChanged: boolean
  readonly eventMs: number
}

export type ContractType =
  | 'PERPETUAL'
  | 'TRADIFI_PERPETUAL'
  | 'CURRENT_MONTH'
  | 'NEXT_MONTH'
  | 'CURRENT_QUARTER'
  | 'NEXT_QUARTER'
  | 'PERPETUAL_DELIVERING'

export type ContractStatus =
  | 'TRADING'
  | 'PENDING_TRADING'
  | 'TRADING_HALT'
  | 'PRE_SETTLE'
  | 'SETTLING'
  | 'PRE_DELIVERING'
  | 'DELIVERING'
  | 'DELIVERED'
  | 'CLOSE'

export function readContractInfo(data: unknown, words: UnknownWords): Reading<ContractInfo> {
  if (!isPayload(data)) return 'malformed'
  if (isForeign(data)) return 'foreign'
  const { s, ct, cs, ot, dt, bks, E } = data
  if (typeof s !== 'string' || !isCount(ot) || !isCount(dt) || !isCount(E)) return 'malformed'
  return {
    symbol: s,
    contractType: words.known(ct, { field: 'contractInfo.ct', of: CONTRACT_TYPES }),
    status: words.known(cs, { field: 'contractInfo.cs', of: CONTRACT_STATUSES }),
    onboardMs: ot,
    deliveryMs: dt,
    bracketsChanged: Array.isArray(bks),
    eventMs: E,
  }
}

const FORCE_ORDER_STATUSES: ReadonlySet<ForceOrderStatus> = new Set([
  'NEW',
  'PARTIALLY_FILLED',
  'FILLED',
  'CANCELED',
  'EXPIRED',
])

export const CONTRACT_TYPES: ReadonlySet<ContractType> = new Set([
  'PERPETUAL',
  'TRADIFI_PERPETUAL',
  'CURRENT_MONTH',
  'NEXT_MONTH',
  'CURRENT_QUARTER',
  'NEXT_QUARTER',
  'PERPETUAL_DELIVERING',
])

const CONTRACT_STATUSES: ReadonlySet<ContractStatus> = new Set([
  'TRADING',
  'PENDING_TRADING',
  'TRADING_HALT',
  'PRE_SETTLE',
  'SETTLING',
  'PRE_DELIVERING',
  'DELIVERING',
  'DELIVERED',
  'CLOSE',
])
