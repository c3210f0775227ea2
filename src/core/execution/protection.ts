import { oppositeSide } from '../../base/direction.js'
import type { DecimalText } from '../../base/exact.js'
import type { Quote } from '../../ports/venue.js'
import type { FillPurpose } from '../../ports/vocabulary/messages.js'
import { type OrderRequest, PROTECTION_LOST } from '../../ports/vocabulary/orders.js'
import { openQuantity } from '../orders/order.js'
import type { ExecutionDesk } from './execution-desk.js'
import { exitNow } from './exits.js'
import { isBeyond } from './protection-levels.js'
import { type Entry, liveOrders, type VenueOrder } from './state.js'
import { cancel, nextOrderId, placeReduceOnly } from './venue-orders.js'

/** Puts take-profit and stop at the venue for the position's size, and watches both here, whatever the link does. */
export function settleProtection(desk: ExecutionDesk): void {
  const { entry, exit } = desk.state
  if (entry === null || exit !== null || entry.position.quantity === '0') {
    desk.beyondSinceMs.t = null
    desk.beyondSinceMs.s = null
    desk.closingSinceMs = null
    return
  }
  if (isStopLost(desk)) {
    exitNow(desk, { purpose: 'CATASTROPHIC_STOP', reason: 'protection_lost' })
    return
  }
  if (entry.stage === 'OVER' && entry.reduce === null) {
    if (desk.settings.venue.takeProfitOrders) hold(desk, entry, 't')
    if (desk.settings.venue.stopOrders) holdStop(desk, entry)
  }
  watch(desk, entry, 's')
  watch(desk, entry, 't')
  closeRest(desk)
}

type Protective = 't' | 's'
type Price = Pick<Quote, 'bid' | 'ask' | 'mark'>

/** One order at the venue, of the position's size: what differs is cancelled, and replaced when it is over. */
function hold(desk: ExecutionDesk, entry: Entry, kind: Protective): void {
  const [live, ...others] = liveOrders(desk.state, kind)
  for (const other of others) cancel(desk, other)
  if (live !== undefined) {
    if (!isForQuantity(live, entry.position.quantity)) cancel(desk, live)
    return
  }
  placeUnlessRefused(desk, entry, kind)
}

/**
 * As the others, but a stop is never missing in between: the old one goes when the exchange has the new one, and stays when that is
 * refused, for a stop that is too large still closes everything. One of unknown outcome covers nothing: another one is placed
 * beside it, and when that is refused the position is closed. An exchange may say for a minute that it does not know a stop that
 * it has, so that several in a row may be unknown.
 */
function holdStop(desk: ExecutionDesk, entry: Entry): void {
  const live = liveOrders(desk.state, 's')
  const kept = live.find((order) => isInForce(order) && isForQuantity(order, entry.position.quantity))
  if (kept !== undefined) {
    for (const other of live) if (other !== kept) cancel(desk, other)
    return
  }
  if (live.some(isAwaited)) return
  const unknown = live.filter(({ order }) => order.outcomeUnknown)
  if (unknown.length > 0 && !live.some(isInForce)) {
    if (isRefused(lastOf(desk, entry, 's'))) exitNow(desk, { purpose: 'CATASTROPHIC_STOP', reason: 'stop_refused' })
    else if (unknown.length < UNKNOWN_STOPS_MAX) place(desk, entry, 's')
    return
  }
  // The one in force covers the position, whatever its size: each further answer that is lost must not lead to one more.
  if (unknown.length > 1) return
  placeUnlessRefused(desk, entry, 's')
}

function placeUnlessRefused(desk: ExecutionDesk, entry: Entry, kind: Protective): void {
  const last = lastOf(desk, entry, kind)
  const retry = desk.protectionRetry[kind]
  if (last === undefined || !wasRefused(desk, last)) {
    retry.rejections = 0
    place(desk, entry, kind)
    return
  }
  if (retry.rejectedId !== last.order.request.clientOrderId) {
    const { retryAfterMs } = desk.settings.timings
    retry.rejectedId = last.order.request.clientOrderId
    retry.notBeforeMs = desk.nowMs + retryAfterMs[Math.min(retry.rejections++, retryAfterMs.length - 1)]!
  }
  if (desk.nowMs < retry.notBeforeMs) desk.wakeAt(retry.notBeforeMs)
  else place(desk, entry, kind)
}

/** The one with the highest number. */
function lastOf({ state }: ExecutionDesk, entry: Entry, kind: Protective): VenueOrder | undefined {
  return state.orders[`${entry.positionId}.${kind}${state.numbers[kind]}`]
}

/** The venue has told that a stop is gone and the position is not, and no other one is in force. */
function isStopLost({ state }: ExecutionDesk): boolean {
  if (state.numbers.s === 0 || liveOrders(state, 's').some(isInForce)) return false
  return Object.values(state.orders).some(({ kind, order }) => kind === 's' && order.reason.startsWith(PROTECTION_LOST))
}

/** Each is waited for until its outcome is unknown, 3 s; beyond them the stop is watched here alone. */
const UNKNOWN_STOPS_MAX = 8

function isRefused(last: VenueOrder | undefined): boolean {
  return last?.order.status === 'REJECTED'
}

/** On its way, and not of unknown outcome yet. */
function isAwaited({ order }: VenueOrder): boolean {
  return order.status === 'SUBMITTED' && !order.outcomeUnknown
}

/** Rejected, or taken and then canceled by somebody else than us. */
function wasRefused(desk: ExecutionDesk, { order }: VenueOrder): boolean {
  if (order.status === 'REJECTED') return true
  const isUntouched = order.status === 'CANCELED' && order.filledQuantity === '0'
  return isUntouched && !desk.cancels.has(order.request.clientOrderId)
}

function place(desk: ExecutionDesk, entry: Entry, kind: Protective): void {
  const level = levelOf(entry, kind)
  const common = {
    clientOrderId: nextOrderId(desk, entry.positionId, kind),
    symbol: entry.instrument.symbol,
    side: oppositeSide(entry.side),
    quantity: entry.position.quantity,
  } as const
  const order: Omit<OrderRequest, 'reduceOnly'> =
    kind === 't' ? { ...common, type: 'LIMIT', price: level } : { ...common, type: 'STOP_MARKET', stopPrice: level }
  const purpose = kind === 't' ? 'TAKE_PROFIT' : 'CATASTROPHIC_STOP'
  placeReduceOnly(desk, { order, kind, purpose, requestedPrice: level })
}

/** Acts when the price is beyond the level and the venue's own order is not there to, or has had its time. */
function watch(desk: ExecutionDesk, entry: Entry, kind: Protective): void {
  const price = watchedPrice(desk, entry.instrument.symbol, kind)
  const level = levelOf(entry, kind)
  if (price === undefined || !isBeyond(kind, entry.side, level, price)) {
    desk.beyondSinceMs[kind] = null
    return
  }
  const sinceMs = desk.beyondSinceMs[kind] ?? desk.nowMs
  desk.beyondSinceMs[kind] = sinceMs
  const actMs = sinceMs + desk.settings.timings.watchGraceMs
  if (liveOrders(desk.state, kind).some(isInForce) && desk.nowMs < actMs) {
    desk.wakeAt(actMs)
    return
  }
  const [purpose, what] =
    kind === 't' ? (['TAKE_PROFIT', 'take-profit'] as const) : (['CATASTROPHIC_STOP', 'stop'] as const)
  exitNow(desk, { purpose, reason: `local_watch_${what}`, requestedPrice: level })
}

/**
 * What the local watch judges by: the quote and, for a stop, the mark price of a truth that is newer. Quotes may die while
 * the venue answers questions, and a stop that it has refused would then be watched by nobody.
 */
function watchedPrice(desk: ExecutionDesk, symbol: string, kind: Protective): Price | undefined {
  const quote = desk.quotes.get(symbol)
  const truth = desk.truthMarks.get(symbol)
  if (kind === 't' || truth === undefined || (quote !== undefined && quote.timestampMs >= truth.atMs)) return quote
  return { bid: truth.mark, ask: truth.mark, mark: truth.mark }
}

/**
 * A protective order that fills in part has begun to close the position, and no strategy leaves one that is being closed:
 * the rest has as long as the order is given when the price is beyond it, also when the price comes back.
 */
function closeRest(desk: ExecutionDesk): void {
  const { entry, exit } = desk.state
  if (exit !== null) return
  if (entry?.position.state !== 'CLOSING') {
    desk.closingSinceMs = null
    return
  }
  desk.closingSinceMs ??= desk.nowMs
  const actMs = desk.closingSinceMs + desk.settings.timings.watchGraceMs
  if (desk.nowMs < actMs) desk.wakeAt(actMs)
  else exitNow(desk, { purpose: purposeOfRest(desk), reason: 'rest_of_protective_fill' })
}

/** That of the order which began; the venue's own liquidation has none. */
function purposeOfRest({ state }: ExecutionDesk): FillPurpose {
  const begun = Object.values(state.orders).find(
    ({ kind, order }) => (kind === 't' || kind === 's') && order.filledQuantity !== '0',
  )
  return begun?.purpose ?? 'FAIL_SAFE'
}

/** Asked at every quote: texts are compared before decimals are made of them. */
function isForQuantity({ order }: VenueOrder, quantity: DecimalText): boolean {
  if (order.filledQuantity === '0') return order.acceptedQuantity === quantity
  return openQuantity(order).equals(quantity)
}

/** The venue has it, as far as we know. */
function isInForce({ order }: VenueOrder): boolean {
  return order.status === 'ACKNOWLEDGED' || order.status === 'PARTIAL'
}

function levelOf(entry: Entry, kind: Protective): DecimalText {
  return (kind === 't' ? entry.takeProfitPrice : entry.stopPrice)!
}
