import { type DecimalText, Exact } from '../../base/exact.js'
import type { OrderReport, OrderRequest } from '../../ports/vocabulary/orders.js'

/** An accepted order, as plain data. It stays known after its end: ids are accepted once, ever, and can be asked about. */
export interface PaperOrder {
  request: OrderRequest
  readonly venueOrderId: string
  status: OrderReport['status']
  filledQuantity: DecimalText
  /** Σ price × quantity of its fills. */
  filledUsd: DecimalText
  /** STOP_MARKET, STOP_LIMIT: the mark has reached the stop price. */
  triggered: boolean
  /** Base units that must trade at the limit price before this order does. */
  queueAhead: DecimalText
  updatedAtMs: number
  reason?: string
}

/** How an order waits now: for its stop, for anything to take, or in the book at its limit. */
export type Working = 'stop' | 'market' | 'limit'

export function workingAs({ request, triggered }: PaperOrder): Working {
  switch (request.type) {
    case 'MARKET':
      return 'market'
    case 'STOP_MARKET':
      return triggered ? 'market' : 'stop'
    case 'STOP_LIMIT':
      return triggered ? 'limit' : 'stop'
    case 'LIMIT':
    case 'POST_ONLY':
    case 'IOC':
      return 'limit'
  }
}

export function isOpen({ status }: PaperOrder): boolean {
  return status === 'ACKNOWLEDGED' || status === 'PARTIAL'
}

export function remainingOf({ request, filledQuantity }: PaperOrder): Exact {
  return new Exact(request.quantity).minus(filledQuantity)
}

/** Significant digits of a price that comes out of a division. */
export const PRICE_DIGITS = 16

/** Average price of `usd` over `quantity`, rounded. */
export function averagePrice(usd: Exact, quantity: Exact): DecimalText {
  return usd.div(quantity).toSignificantDigits(PRICE_DIGITS).toFixed()
}

export function reportOf(order: PaperOrder): OrderReport {
  const { request, filledQuantity, reason } = order
  return {
    clientOrderId: request.clientOrderId,
    venueOrderId: order.venueOrderId,
    symbol: request.symbol,
    side: request.side,
    type: request.type,
    status: order.status,
    reduceOnly: request.reduceOnly,
    quantity: request.quantity,
    filledQuantity,
    averagePrice: filledQuantity === '0' ? null : averagePrice(new Exact(order.filledUsd), new Exact(filledQuantity)),
    updatedAtMs: order.updatedAtMs,
    ...(reason !== undefined && { reason }),
  }
}
