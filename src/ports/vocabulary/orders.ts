import type { OrderSide } from '../../base/direction.js'
import type { DecimalText } from '../../base/exact.js'
import type { VenueTradeId } from './ids.js'

export type { OrderSide } from '../../base/direction.js'

/** Source: module contracts, layer 5. `reduceOnly` is a flag of the request, not a type. */
export type OrderType = 'MARKET' | 'LIMIT' | 'STOP_MARKET' | 'STOP_LIMIT' | 'POST_ONLY' | 'IOC'
export type OrderStatus = 'PENDING' | 'SUBMITTED' | 'ACKNOWLEDGED' | 'PARTIAL' | 'FILLED' | 'CANCELED' | 'REJECTED'

/** An order as it leaves. The client order id is its idempotency key: a venue accepts each id once, ever. */
export interface OrderRequest {
  /** 1 to 36 of `[A-Za-z0-9._-]`. */
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: OrderSide
  readonly type: OrderType
  /** Base units, above zero, a multiple of the lot. */
  readonly quantity: DecimalText
  /** USD: LIMIT, STOP_LIMIT, POST_ONLY and IOC have one, the others none. */
  readonly price?: DecimalText
  /** USD: STOP_MARKET and STOP_LIMIT have one, the others none. Triggers when the mark price reaches it. */
  readonly stopPrice?: DecimalText
  /** Never opens or enlarges a position: the venue cuts its quantity to the position or rejects it. */
  readonly reduceOnly: boolean
}

/** What the venue says about one order. `filledQuantity` and `averagePrice` are cumulative. */
export interface OrderReport {
  readonly clientOrderId: string
  readonly venueOrderId: string
  readonly symbol: string
  readonly side: OrderSide
  readonly type: OrderType
  readonly status: Exclude<OrderStatus, 'PENDING' | 'SUBMITTED'>
  readonly reduceOnly: boolean
  readonly quantity: DecimalText
  readonly filledQuantity: DecimalText
  /** USD; null until something filled. */
  readonly averagePrice: DecimalText | null
  readonly updatedAtMs: number
  /** Why it was canceled, expired or rejected. Begins with {@link PROTECTION_LOST} where a position was left without its stop. */
  readonly reason?: string
}

/**
 * What the reason of an order's end begins with when the venue left a position without the stop that covered it: the position is
 * to be closed at the market, for the stop did not do so.
 */
export const PROTECTION_LOST = 'PROTECTION_LOST'

/** One execution. `tradeId` is unique per symbol and rises with time: the key that makes counting twice impossible. */
export interface Fill {
  readonly tradeId: VenueTradeId
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: OrderSide
  readonly price: DecimalText
  /** Base units, above zero. */
  readonly quantity: DecimalText
  /** USD paid; negative is a rebate. */
  readonly feeUsd: DecimalText
  readonly maker: boolean
  readonly timestampNs: DecimalText
  /** The venue closed the position itself. */
  readonly liquidation?: boolean
}
