import type { DecimalText, Exact } from '../../base/exact.js'
import type { OrderSide } from '../../ports/vocabulary/orders.js'

/** What somebody wants of the engine, in the exchange's words, as far as it is said. */
export interface OrderWanted {
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: OrderSide
  readonly type: 'LIMIT' | 'MARKET'
  readonly timeInForce: TimeInForce
  /** USD; of a LIMIT. */
  readonly price: DecimalText | undefined
  /** Base units. */
  readonly quantity: DecimalText
  readonly reduceOnly: boolean
  readonly closePosition: boolean
  readonly positionSide: 'BOTH' | 'LONG' | 'SHORT'
  readonly selfTradePreventionMode: SelfTradePrevention
  readonly priceMatch: string
  /** UTC ms; of GTD. */
  readonly goodTillDate: number
}

export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'GTX' | 'GTD' | 'RPI'
export type SelfTradePrevention = 'NONE' | 'EXPIRE_TAKER' | 'EXPIRE_MAKER' | 'EXPIRE_BOTH'

/** An order of the engine, as the exchange knows it. */
export interface SandboxOrder extends Omit<OrderWanted, 'price' | 'quantity'> {
  readonly orderId: number
  /** What the matcher calls it: client ids come again, those never. Another one after each amendment. */
  engineId: string
  price: DecimalText
  /** A reduce-only order is cut to what is held, also later on. */
  quantity: DecimalText
  executed: Exact
  /** USD: Σ price × quantity of its fills. */
  quoteUsd: Exact
  status: SandboxOrderStatus
  /** The exchange's code of why it expired; "0": it has not. */
  expiryReason: string
  modifications: number
  readonly createdAtMs: number
  updatedAtMs: number
  /** The exchange made it itself. */
  readonly forced?: ForcedKind
}

export type SandboxOrderStatus = 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH'

export type ForcedKind = 'LIQUIDATION' | 'ADL' | 'SETTLEMENT'

/** One execution of the account's. */
export interface Trade {
  readonly tradeId: number
  readonly order: SandboxOrder
  readonly price: DecimalText
  readonly quantity: DecimalText
  readonly feeUsd: DecimalText
  readonly maker: boolean
  /** USD, before fees. */
  readonly realisedUsd: DecimalText
  readonly atMs: number
}

export function isWorking({ status }: SandboxOrder): boolean {
  return status === 'NEW' || status === 'PARTIALLY_FILLED'
}
