import { exact } from '../../base/exact.js'
import type { VenueEvent } from '../../ports/venue.js'
import { type PositionId, positionId } from '../../ports/vocabulary/ids.js'
import type { OrderReport, OrderRequest } from '../../ports/vocabulary/orders.js'
import { isOver } from '../orders/order.js'
import { judgeNotFound } from '../reconciliation/reconciliation.js'
import type { ExecutionDesk } from './execution-desk.js'
import type { OrderPlaced, RecordBody } from './records.js'
import { onExitRejected } from './rest.js'
import { kindOfId, liveOrders, type NumberedKind, type OrderKind, type VenueOrder } from './state.js'

/** The next id of a kind. Of orders that may not stand beside each other, the caller sees to it that the one before is over. */
export function nextOrderId(desk: ExecutionDesk, id: PositionId, kind: NumberedKind): string {
  return `${id}.${kind}${desk.state.numbers[kind] + 1}`
}

type Answer = Extract<VenueEvent, { readonly requestId: string }>
type OrderEventRecord = Extract<RecordBody, { readonly type: 'orderEvent' }>

/** Places a reduce-only order at once: its id derives from what is durable, so a crash cannot double it. */
export function placeReduceOnly(
  desk: ExecutionDesk,
  placed: Omit<OrderPlaced, 'validUntilMs' | 'order'> & { readonly order: Omit<OrderRequest, 'reduceOnly'> },
): void {
  const order: OrderRequest = { ...placed.order, reduceOnly: true }
  const validUntilMs = validUntil(desk)
  desk.record({ type: 'order', ...placed, order, validUntilMs })
  desk.request({ kind: 'submit', order, validUntilMs })
}

/** By the venue's clock, which may differ from ours. */
export function validUntil(desk: ExecutionDesk): number {
  return Math.max(desk.nowMs, desk.venueNowMs) + desk.settings.timings.submitValidMs
}

/** Asks for the rest to be cancelled; once at a time, and never an order that may not have arrived. */
export function cancel(desk: ExecutionDesk, { order }: VenueOrder): void {
  const { clientOrderId, symbol } = order.request
  if (isOver(order) || order.outcomeUnknown || order.status === 'SUBMITTED' || order.status === 'PENDING') return
  if (desk.isAsked('cancel', clientOrderId)) return
  const again = desk.cancels.get(clientOrderId) ?? Number.NEGATIVE_INFINITY
  if (desk.nowMs < again) {
    desk.wakeAt(again)
    return
  }
  desk.cancels.set(clientOrderId, desk.nowMs + desk.settings.timings.queryEveryMs)
  desk.request({ kind: 'cancel', symbol, clientOrderId })
}

/** Asks about orders of unknown outcome, gives up on requests without an answer, and looks for fills that are missing. */
export function settleOrders(desk: ExecutionDesk): void {
  const { timings } = desk.settings
  for (const [requestId, pending] of desk.requests) {
    const giveUpMs = pending.sentAtMs + timings.answerMaxMs
    if (desk.nowMs >= giveUpMs) onUnknown(desk, requestId)
    else desk.wakeAt(giveUpMs)
  }
  for (const placed of liveOrders(desk.state)) {
    const { clientOrderId } = placed.order.request
    if (isOver(placed.order)) desk.wantTruthSoon()
    else if (placed.order.outcomeUnknown && !desk.queries.has(clientOrderId))
      desk.queries.set(clientOrderId, desk.nowMs)
  }
  for (const [clientOrderId, dueMs] of desk.queries) {
    const placed = desk.state.orders[clientOrderId]
    if (placed === undefined || isOver(placed.order)) desk.queries.delete(clientOrderId)
    else if (desk.isAsked('query', clientOrderId)) continue
    else if (desk.nowMs < dueMs) desk.wakeAt(dueMs)
    else {
      desk.queries.set(clientOrderId, desk.nowMs + timings.queryEveryMs)
      desk.request({ kind: 'query', symbol: placed.order.request.symbol, clientOrderId })
    }
  }
}

/** Takes what an answer says about an order. */
export function onAnswer(desk: ExecutionDesk, answer: Exclude<Answer, { readonly kind: 'snapshot' }>): void {
  const pending = desk.requests.get(answer.requestId)
  switch (answer.kind) {
    case 'acknowledged':
    case 'found':
      desk.requests.delete(answer.requestId)
      onReport(desk, answer.report)
      break
    case 'unknown':
      onUnknown(desk, answer.requestId)
      break
    case 'notFound':
      desk.requests.delete(answer.requestId)
      if (pending !== undefined) onNotFound(desk, answer.clientOrderId, pending.venueAtMs)
      break
    case 'rejected':
      desk.requests.delete(answer.requestId)
      if (pending?.kind === 'submit') onRejected(desk, answer)
      // A cancel that is refused found nothing to cancel: the order is over, or never was.
      else if (pending?.kind === 'cancel') desk.queries.set(answer.clientOrderId, desk.nowMs)
      break
  }
}

/** What the venue says about an order, in an answer, in the stream or in a snapshot; often late, often again. */
export function onReport(desk: ExecutionDesk, report: OrderReport): void {
  desk.venueNowMs = Math.max(desk.venueNowMs, report.updatedAtMs)
  const { clientOrderId, symbol } = report
  const placed = desk.state.orders[clientOrderId] ?? adopt(desk, report)
  if (placed === undefined) {
    if (report.status === 'ACKNOWLEDGED' || report.status === 'PARTIAL') desk.wantTruth(symbol)
    return
  }
  desk.queries.delete(clientOrderId)
  const event = eventOf(placed, report)
  const isMore = exact(report.filledQuantity).greaterThan(exact(placed.reportedQuantity))
  if (event === null && !isMore) return
  const reported = isMore ? { reportedQuantity: report.filledQuantity } : {}
  desk.record({ type: 'orderEvent', clientOrderId, event, ...reported, ...retry(desk, placed, event) })
  if (isMore) desk.wantTruth(symbol)
  if (event?.type === 'REJECT') alertRejected(desk, placed, event.reason)
}

/** An order whose id derives from ours, though we have no record of it: a crash took that. Undefined for anybody else's. */
export function adopt(
  desk: ExecutionDesk,
  of: Pick<OrderReport, 'clientOrderId' | 'symbol' | 'side' | 'quantity'> & Partial<Pick<OrderReport, 'type'>>,
): VenueOrder | undefined {
  const kind = ownKind(desk, of.clientOrderId)
  if (kind === undefined || kind === 'e') return undefined
  const { entry, exit } = desk.state
  const { clientOrderId, symbol, side, quantity } = of
  if (kind === 'x' && exit === null) {
    const rootId = positionId(clientOrderId.slice(0, clientOrderId.lastIndexOf('.')))
    const reason = 'an exit was under way before the restart'
    const common = { purpose: 'EXIT', reason, requestedPrice: null, request: null, failSafe: null } as const
    desk.record({ type: 'exit', rootId, instrument: desk.identityOf(symbol), ...common })
  }
  const requestedPrice = (kind === 't' ? entry?.takeProfitPrice : kind === 's' ? entry?.stopPrice : null) ?? null
  const order: OrderRequest = { clientOrderId, symbol, side, type: of.type ?? 'MARKET', quantity, reduceOnly: true }
  const purpose = PURPOSES[kind]
  desk.record({ type: 'order', order, kind, purpose, requestedPrice, validUntilMs: validUntil(desk), isAdopted: true })
  return desk.state.orders[clientOrderId]
}

/** The kind of an order that is ours by its id. */
export function ownKind(desk: ExecutionDesk, clientOrderId: string): OrderKind | undefined {
  const { entry, exit } = desk.state
  const known = desk.state.orders[clientOrderId]?.kind
  if (known !== undefined) return known
  const ofTrade = entry === null ? undefined : kindOfId(entry.positionId, clientOrderId)
  return ofTrade ?? (exit === null ? undefined : kindOfId(exit.positionId, clientOrderId))
}

const PURPOSES = { x: 'EXIT', r: 'REDUCE', t: 'TAKE_PROFIT', s: 'CATASTROPHIC_STOP' } as const

/** What changes; null when the report says nothing new. What is over stays over. */
function eventOf({ order }: VenueOrder, report: OrderReport): OrderEventRecord['event'] {
  if (isOver(order) || order.status === 'PENDING') return null
  const reason = report.reason ?? ''
  if (report.status === 'REJECTED')
    return order.status === 'PARTIAL' ? { type: 'CANCEL', reason } : { type: 'REJECT', reason }
  if (report.status === 'CANCELED') return { type: 'CANCEL', reason }
  const accepted = exact(report.quantity)
  const isCut = accepted.lessThan(exact(order.acceptedQuantity)) && !accepted.lessThan(exact(order.filledQuantity))
  if (isCut) return { type: 'ACKNOWLEDGE', quantity: report.quantity }
  return order.status === 'SUBMITTED' ? { type: 'ACKNOWLEDGE' } : null
}

function onUnknown(desk: ExecutionDesk, requestId: string): void {
  const pending = desk.requests.get(requestId)
  desk.requests.delete(requestId)
  if (pending === undefined) return
  const placed = desk.state.orders[pending.clientOrderId]
  if (pending.kind === 'snapshot') {
    desk.wantTruth(pending.symbol)
    desk.truthNotBeforeMs = desk.nowMs + desk.settings.timings.queryEveryMs
  }
  if (pending.kind === 'cancel' && placed !== undefined) desk.queries.set(pending.clientOrderId, desk.nowMs)
  if (pending.kind !== 'submit' || placed?.order.status !== 'SUBMITTED' || placed.order.outcomeUnknown) return
  desk.record({ type: 'orderEvent', clientOrderId: pending.clientOrderId, event: { type: 'OUTCOME_UNKNOWN' } })
  desk.alert('WARNING', 'order', `outcome of ${pending.clientOrderId} is unknown: asking the venue`)
}

function onNotFound(desk: ExecutionDesk, clientOrderId: string, askedAtVenueMs: number): void {
  const placed = desk.state.orders[clientOrderId]
  if (placed === undefined || isOver(placed.order)) return
  const { validUntilMs } = placed
  if (judgeNotFound({ clientOrderId, validUntilMs }, askedAtVenueMs).decision === 'QUERY_ORDER') {
    // A truth brings the venue's clock, when nothing else does.
    if (desk.nowMs > validUntilMs) desk.wantTruth(placed.order.request.symbol)
    return
  }
  const reason = 'NOT_ACCEPTED: the venue does not know it'
  const { status } = placed.order
  const event = status === 'SUBMITTED' ? ({ type: 'REJECT', reason } as const) : ({ type: 'CANCEL', reason } as const)
  desk.queries.delete(clientOrderId)
  desk.record({ type: 'orderEvent', clientOrderId, event, ...retry(desk, placed, event) })
  desk.alert('WARNING', 'order', `DECLARE_NOT_ACCEPTED ${clientOrderId}: not found after it could be accepted`)
}

function onRejected(desk: ExecutionDesk, answer: Extract<Answer, { readonly kind: 'rejected' }>): void {
  const { clientOrderId, code, message } = answer
  const placed = desk.state.orders[clientOrderId]
  if (placed === undefined || isOver(placed.order)) return
  // Before the first truth after a start, an exit's id may be one that left before a crash took its record: a venue that refuses
  // for its rate, say, has not looked whether it knows the id. Only its answer to a question says what became of it.
  const mayBeThere = placed.kind === 'x' && !desk.hasTruth && code !== 'REDUCE_ONLY'
  if (code === 'DUPLICATE_CLIENT_ORDER_ID' || mayBeThere) {
    // It is there already: sent before a crash that took its record. What it is, the venue knows.
    desk.record({ type: 'orderEvent', clientOrderId, event: { type: 'OUTCOME_UNKNOWN' } })
    return
  }
  if (placed.order.status === 'PARTIAL') return
  const event = { type: 'REJECT', reason: `${code}: ${message}` } as const
  if (code === 'REDUCE_ONLY') {
    desk.exitNeedsTruth = true
    desk.wantTruth(placed.order.request.symbol)
  }
  desk.record({ type: 'orderEvent', clientOrderId, event, ...retry(desk, placed, event) })
  alertRejected(desk, placed, event.reason)
}

/** When a rejected exit may be tried again: 1, 2, 4, 8, 10, 10, … s. */
function retry(
  desk: ExecutionDesk,
  placed: VenueOrder,
  event: OrderEventRecord['event'],
): { exitNotBeforeMs?: number } {
  const { exit } = desk.state
  if (placed.kind !== 'x' || exit === null || (event?.type !== 'REJECT' && event?.type !== 'CANCEL')) return {}
  if (event.type === 'CANCEL' && exact(placed.order.filledQuantity).greaterThan(0)) return {}
  const { retryAfterMs } = desk.settings.timings
  return { exitNotBeforeMs: desk.nowMs + retryAfterMs[Math.min(exit.rejections, retryAfterMs.length - 1)]! }
}

function alertRejected(desk: ExecutionDesk, { order, kind }: VenueOrder, reason: string): void {
  if (kind === 'x' && onExitRejected(desk, order.request.symbol)) return
  const level = kind === 'e' ? 'WARNING' : 'ERROR'
  desk.alert(level, 'order', `${order.request.clientOrderId} was rejected: ${reason}`)
}
