import { type DecimalText, Exact, exact } from '../../base/exact.js'
import { InvariantViolation } from '../../base/invariant-violation.js'
import { present } from '../../base/present.js'
import type { VenueTradeId } from '../../ports/vocabulary/ids.js'
import type { Fill, OrderRequest, OrderStatus } from '../../ports/vocabulary/orders.js'

/** What we know of one order: what its sender did, what the venue answered, and the fills that came. Plain JSON. */
export interface Order {
  readonly request: OrderRequest
  readonly status: OrderStatus
  /** Sent, and nobody knows whether it arrived: asked about, never sent again. Only in SUBMITTED. */
  readonly outcomeUnknown: boolean
  /** Base units that the venue accepted: it cuts a reduce-only order to the position. Never above the request's. */
  readonly acceptedQuantity: DecimalText
  /** Base units: the sum of the fills, nothing else. */
  readonly filledQuantity: DecimalText
  /** USD: the exact sum of price × quantity of the fills. */
  readonly filledCostUsd: DecimalText
  readonly feesUsd: DecimalText
  /** Fills applied: each counts once. */
  readonly tradeIds: readonly VenueTradeId[]
  /** Why it was canceled or rejected; empty otherwise. */
  readonly reason: string
}

export type OrderEvent =
  /** It left. */
  | { readonly type: 'SUBMIT' }
  /** Timed out or cut: it may or may not have arrived. */
  | { readonly type: 'OUTCOME_UNKNOWN' }
  /** The venue has it. `quantity` when the venue cut it. */
  | { readonly type: 'ACKNOWLEDGE'; readonly quantity?: DecimalText }
  | { readonly type: 'REJECT'; readonly reason: string }
  /** No more of it will fill: canceled, or expired. */
  | { readonly type: 'CANCEL'; readonly reason: string }
  | { readonly type: 'FILL'; readonly fill: Fill }

type OrderSignal = 'SUBMIT' | 'OUTCOME_UNKNOWN' | 'ACKNOWLEDGE' | 'REJECT' | 'CANCEL' | 'FILL_PARTIAL' | 'FILL_WHOLE'

/**
 * Fills may overtake the acknowledgement, and one may come after the cancelation it was in a race with: the quantity
 * counts then, the order stays canceled. A stop may be rejected when it triggers. What is missing is impossible.
 */
const NEXT: Record<OrderStatus, Partial<Record<OrderSignal, OrderStatus>>> = {
  PENDING: { SUBMIT: 'SUBMITTED', REJECT: 'REJECTED', CANCEL: 'CANCELED' },
  SUBMITTED: {
    OUTCOME_UNKNOWN: 'SUBMITTED',
    ACKNOWLEDGE: 'ACKNOWLEDGED',
    REJECT: 'REJECTED',
    CANCEL: 'CANCELED',
    FILL_PARTIAL: 'PARTIAL',
    FILL_WHOLE: 'FILLED',
  },
  ACKNOWLEDGED: {
    OUTCOME_UNKNOWN: 'ACKNOWLEDGED',
    ACKNOWLEDGE: 'ACKNOWLEDGED',
    REJECT: 'REJECTED',
    CANCEL: 'CANCELED',
    FILL_PARTIAL: 'PARTIAL',
    FILL_WHOLE: 'FILLED',
  },
  PARTIAL: {
    OUTCOME_UNKNOWN: 'PARTIAL',
    ACKNOWLEDGE: 'PARTIAL',
    CANCEL: 'CANCELED',
    FILL_PARTIAL: 'PARTIAL',
    FILL_WHOLE: 'FILLED',
  },
  FILLED: { OUTCOME_UNKNOWN: 'FILLED', ACKNOWLEDGE: 'FILLED' },
  CANCELED: {
    OUTCOME_UNKNOWN: 'CANCELED',
    ACKNOWLEDGE: 'CANCELED',
    CANCEL: 'CANCELED',
    FILL_PARTIAL: 'CANCELED',
    FILL_WHOLE: 'CANCELED',
  },
  REJECTED: { REJECT: 'REJECTED' },
}

export function newOrder(request: OrderRequest): Order {
  return {
    request,
    status: 'PENDING',
    outcomeUnknown: false,
    acceptedQuantity: request.quantity,
    filledQuantity: '0',
    filledCostUsd: '0',
    feesUsd: '0',
    tradeIds: [],
    reason: '',
  }
}

/**
 * The order after the event. A fill whose trade id was applied already changes nothing, and no status is taken from
 * anything but what happened: FILLED means that the fills add up.
 *
 * @throws InvariantViolation for an event that cannot happen in this status, and for fills beyond the quantity.
 */
export function stepOrder(order: Order, event: OrderEvent): Order {
  if (event.type === 'FILL' && order.tradeIds.includes(event.fill.tradeId)) return order
  const signal = classify(order, event)
  const status = NEXT[order.status][signal]
  if (status === undefined) throw impossible(order, signal)
  const outcomeUnknown = signal === 'OUTCOME_UNKNOWN' && status === 'SUBMITTED'
  const stepped: Order = { ...order, status, outcomeUnknown }
  switch (event.type) {
    case 'FILL':
      return withFill(stepped, event.fill)
    case 'REJECT':
    case 'CANCEL':
      return order.reason === '' ? { ...stepped, reason: event.reason } : stepped
    case 'ACKNOWLEDGE':
      return event.quantity === undefined ? stepped : withAcceptedQuantity(stepped, event.quantity)
    default:
      return stepped
  }
}

/** Nothing more is expected of it. */
export function isOver(order: Order): boolean {
  return order.status === 'FILLED' || order.status === 'CANCELED' || order.status === 'REJECTED'
}

/** Base units that may still fill. */
export function openQuantity(order: Order): Exact {
  return isOver(order) ? new Exact(0) : exact(order.acceptedQuantity).minus(order.filledQuantity)
}

function classify(order: Order, event: OrderEvent): OrderSignal {
  if (event.type !== 'FILL') return event.type
  const { fill } = event
  const { clientOrderId, symbol, side } = order.request
  if (fill.clientOrderId !== clientOrderId || fill.symbol !== symbol || fill.side !== side)
    throw impossible(order, `FILL of ${fill.clientOrderId} ${fill.side} ${fill.symbol}`)
  const filled = exact(order.filledQuantity).plus(exact(fill.quantity))
  const missing = exact(order.acceptedQuantity).comparedTo(filled)
  if (missing < 0)
    throw impossible(order, `FILL ${fill.tradeId}`, `${filled.toFixed()} filled of ${order.acceptedQuantity}`)
  return missing === 0 ? 'FILL_WHOLE' : 'FILL_PARTIAL'
}

function withFill(order: Order, fill: Fill): Order {
  const cost = exact(fill.price).times(exact(fill.quantity))
  return {
    ...order,
    filledQuantity: exact(order.filledQuantity).plus(exact(fill.quantity)).toFixed(),
    filledCostUsd: exact(order.filledCostUsd).plus(cost).toFixed(),
    feesUsd: exact(order.feesUsd).plus(fill.feeUsd).toFixed(),
    tradeIds: [...order.tradeIds, fill.tradeId],
  }
}

function withAcceptedQuantity(order: Order, quantity: DecimalText): Order {
  const accepted = exact(quantity)
  if (accepted.greaterThan(order.request.quantity) || accepted.lessThan(order.filledQuantity))
    throw impossible(
      order,
      `ACKNOWLEDGE of ${quantity}`,
      `${order.request.quantity} asked, ${order.filledQuantity} filled`,
    )
  const isFilled = order.status === 'PARTIAL' && accepted.equals(order.filledQuantity)
  return { ...order, acceptedQuantity: accepted.toFixed(), status: isFilled ? 'FILLED' : order.status }
}

function impossible(order: Order, event: string, detail?: string): InvariantViolation {
  const known = order.tradeIds.map((tradeId) => `FILL ${tradeId}`)
  return new InvariantViolation({
    subject: `order ${order.request.clientOrderId}`,
    state: order.status,
    event,
    history: known,
    ...present({ detail }),
  })
}
