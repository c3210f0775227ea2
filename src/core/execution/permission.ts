import { type DecimalText, Exact } from '../../base/exact.js'
import { present } from '../../base/present.js'
import { positionId } from '../../ports/vocabulary/ids.js'
import type { ApprovedAction, EntryPermission, EntryResult, EntryVeto } from '../../ports/vocabulary/messages.js'
import type { OrderRequest } from '../../ports/vocabulary/orders.js'
import type { ExecutionDesk } from './execution-desk.js'
import { type Denial, denialNow } from './gates.js'
import { contractStatus, sizeProblem } from './instruments.js'
import type { ProtectionLevels } from './protection-levels.js'
import { protectionLevels, protectionProblem } from './protection-levels.js'
import type { EntryAsked } from './records.js'
import { type Entry, entryOrderId, isSettled, liveOrders, type VenueOrder } from './state.js'
import { cancel, nextOrderId, placeReduceOnly, validUntil } from './venue-orders.js'

/** An action that the decision side has approved: an entry asks for permission, a reduction is done. */
export function onApprovedAction(desk: ExecutionDesk, action: ApprovedAction): void {
  if (action.action === 'REDUCE') {
    onReduce(desk, action)
    return
  }
  const { entry } = desk.state
  const { actionId, strategyId, instrument, side, quantity, requestedPrice } = action
  const from = present({ provenance: action.provenance })
  // An entry's action names the position that it opens.
  const intentId = positionId(actionId)
  if (entry?.positionId === intentId) return
  const asked = { intentId, strategyId, instrument, side, quantity, requestedPrice, ...from }
  const denial = entryDenial(desk, action)
  if (denial !== undefined) {
    desk.record({ type: 'entryRefused', intentId, reports: [refusal(desk, action, denial)] })
    if (denial.reason === 'REJECT_INSTRUMENT') {
      desk.send({ type: 'ACTIVE_CONTRACT_STATUS', body: contractStatus(desk, instrument) })
    }
    return
  }
  // The record's own number: no other question of this journal has it.
  const correlationId = `${desk.link.session}.${desk.state.n + 1}`
  const protection = protectionOf(desk, asked)
  desk.record({ type: 'entryIntent', ...asked, correlationId, protection })
  const body = { intentId, correlationId, instrument, side, quantity, requestedPrice, entryStyle: 'MARKET' } as const
  desk.send({ type: 'ENTRY_INTENT', body: { ...body, ...protection, ...from } })
}

/** Where the protection will lie if the entry fills at the price that it was decided at. */
function protectionOf(desk: ExecutionDesk, { instrument, side, requestedPrice }: EntryAsked): ProtectionLevels {
  const { tickSize } = desk.instrumentOf(instrument.symbol)!
  return protectionLevels(desk.settings, { side, entryPrice: new Exact(requestedPrice), tickSize })
}

/** One that names the pending intent wholly becomes an order; it leaves when that is durable. */
export function onPermission(desk: ExecutionDesk, permission: EntryPermission): void {
  const { entry } = desk.state
  if (entry?.stage !== 'ASKED' || entry.positionId !== permission.intentId) return
  const mismatch = differenceOf(entry, permission)
  if (mismatch !== undefined) {
    abandon(desk, entry, { reason: 'REJECT_PERMISSION_MISMATCH', detail: mismatch })
    return
  }
  const denial = denialNow(desk, entry)
  if (denial !== undefined) {
    abandon(desk, entry, denial)
    return
  }
  const { side, quantity, requestedPrice, instrument } = entry
  const order: OrderRequest = {
    clientOrderId: entryOrderId(entry.positionId),
    symbol: instrument.symbol,
    side,
    type: 'MARKET',
    quantity,
    reduceOnly: false,
  }
  const { permissionId } = permission
  const placed = { order, kind: 'e', purpose: 'ENTRY', requestedPrice, validUntilMs: validUntil(desk) } as const
  desk.orderRecord = desk.record({ type: 'order', ...placed, permissionId })
}

/** A denial: what has not left is given up, and its reason is the entry's. */
export function onVeto(desk: ExecutionDesk, { intentId, correlationId, reason, detail }: EntryVeto): void {
  const { entry } = desk.state
  if (entry === null || entry.stage === 'OVER') return
  if (entry.positionId !== intentId || entry.correlationId !== correlationId) return
  const placed = desk.state.orders[entryOrderId(intentId)]
  if (placed === undefined || placed.order.status === 'PENDING') abandon(desk, entry, { reason, detail })
}

/** Timers and durability of the entry under way; its end is found here, whatever brought it. */
export function settleEntry(desk: ExecutionDesk): void {
  const { entry } = desk.state
  if (entry === null || entry.stage === 'OVER') return
  const { timings } = desk.settings
  if (entry.stage === 'ASKED') {
    const lateMs = entry.issuedAtMs + timings.permissionMaxMs + 1
    if (desk.nowMs < lateMs) {
      desk.wakeAt(lateMs)
      return
    }
    const detail = `no answer within ${timings.permissionMaxMs} ms`
    abandon(desk, entry, { reason: 'REJECT_NO_PERMISSION', detail })
    return
  }
  const placed = desk.state.orders[entryOrderId(entry.positionId)]!
  if (placed.order.status === 'PENDING') {
    settlePending(desk, entry, placed)
    return
  }
  if (isSettled(placed)) {
    endEntry(desk, entry, placed)
    return
  }
  const restMs = (placed.submittedAtMs ?? placed.requestedAtMs) + timings.restMaxMs
  if (desk.nowMs < restMs) desk.wakeAt(restMs)
  else cancel(desk, placed)
}

/** An intent whose order has not left is given up; one that has left is cancelled. */
export function stopEntry(desk: ExecutionDesk, why: string): void {
  const { entry } = desk.state
  if (entry === null || entry.stage === 'OVER') return
  const placed = desk.state.orders[entryOrderId(entry.positionId)]
  if (placed === undefined || placed.order.status === 'PENDING') {
    abandon(desk, entry, { reason: 'REJECT_NO_PERMISSION', detail: why })
  } else if (!isSettled(placed)) cancel(desk, placed)
}

/** The reduction under way: its rest is cancelled in time, and its end is reported. */
export function settleReduce(desk: ExecutionDesk): void {
  const reduce = desk.state.entry?.reduce
  if (reduce === null || reduce === undefined) return
  const placed = desk.state.orders[reduce.clientOrderId]!
  if (isSettled(placed)) {
    const { actionId } = reduce
    const reports = actionId === null ? [] : [resultOf(desk, { intentId: actionId, placed, denial: null })]
    return void desk.record({ type: 'reduceOver', reports })
  }
  const restMs = placed.requestedAtMs + desk.settings.timings.restMaxMs
  if (desk.nowMs < restMs) desk.wakeAt(restMs)
  else cancel(desk, placed)
}

/** Durable, and every gate still open: it leaves. */
function settlePending(desk: ExecutionDesk, entry: Entry, placed: VenueOrder): void {
  const { orderDelayMaxMs } = desk.settings.timings
  const lateMs = placed.requestedAtMs + orderDelayMaxMs + 1
  if (desk.nowMs >= lateMs) {
    const detail = `its record was not durable within ${orderDelayMaxMs} ms`
    abandon(desk, entry, { reason: 'REJECT_PERMISSION_LATE', detail })
    return
  }
  if (!desk.isDurable(desk.orderRecord)) {
    desk.wakeAt(lateMs)
    return
  }
  const denial = denialNow(desk, entry)
  if (denial !== undefined) {
    abandon(desk, entry, denial)
    return
  }
  const { order } = placed
  desk.record({ type: 'submitted', clientOrderId: order.request.clientOrderId })
  desk.request({ kind: 'submit', order: order.request, validUntilMs: placed.validUntilMs })
  desk.wakeAt(desk.nowMs + desk.settings.timings.restMaxMs)
}

function abandon(desk: ExecutionDesk, entry: Entry, denial: Denial): void {
  const clientOrderId = entryOrderId(entry.positionId)
  const placed = desk.state.orders[clientOrderId]
  if (placed !== undefined) {
    desk.record({ type: 'orderEvent', clientOrderId, event: { type: 'CANCEL', reason: `not sent: ${denial.detail}` } })
  }
  desk.record({ type: 'entryOver', reports: [resultOf(desk, { intentId: entry.positionId, placed, denial })] })
}

function endEntry(desk: ExecutionDesk, entry: Entry, placed: VenueOrder): void {
  const isWhole = placed.order.status === 'FILLED'
  const denial = isWhole
    ? null
    : ({ reason: 'REJECT_VENUE', detail: placed.order.reason || 'its rest was canceled' } as const)
  desk.record({ type: 'entryOver', reports: [resultOf(desk, { intentId: entry.positionId, placed, denial })] })
}

function resultOf(
  desk: ExecutionDesk,
  of: { readonly intentId: string; readonly placed: VenueOrder | undefined; readonly denial: Denial | null },
): { readonly type: 'ENTRY_RESULT'; readonly body: EntryResult } {
  const { state } = desk
  const filledQuantity: DecimalText = of.placed?.order.filledQuantity ?? '0'
  const { instrument } = state.entry!
  const outcome =
    filledQuantity === '0' ? 'NOT_FILLED' : of.placed?.order.status === 'FILLED' ? 'FILLED' : 'PARTIALLY_FILLED'
  const isFilled = outcome === 'FILLED'
  return {
    type: 'ENTRY_RESULT',
    body: {
      reportNumber: state.reportsIssued + 1,
      intentId: of.intentId,
      instrument,
      outcome,
      filledQuantity,
      reason: isFilled ? null : (of.denial?.reason ?? 'REJECT_VENUE'),
      detail: isFilled ? '' : (of.denial?.detail ?? of.placed?.order.reason ?? ''),
    },
  }
}

function refusal(desk: ExecutionDesk, action: ApprovedAction, { reason, detail }: Denial) {
  const { actionId: intentId, instrument } = action
  const reportNumber = desk.state.reportsIssued + 1
  const body = {
    reportNumber,
    intentId,
    instrument,
    outcome: 'NOT_FILLED',
    filledQuantity: '0',
    reason,
    detail,
  } as const
  return { type: 'ENTRY_RESULT', body } as const
}

function entryDenial(desk: ExecutionDesk, action: ApprovedAction): Denial | undefined {
  const { state } = desk
  const { instrument: asked, quantity, requestedPrice: price } = action
  const denial = denialNow(desk, { instrument: asked })
  if (denial !== undefined) return denial
  if (state.entry !== null || state.exit !== null || liveOrders(state).length > 0) {
    return {
      reason: 'REJECT_POSITION_EXISTS',
      detail: `${state.entry?.positionId ?? state.exit?.positionId} is under way`,
    }
  }
  const instrument = desk.instrumentOf(asked.symbol)!
  const problem = sizeProblem(instrument, { quantity, price })
  if (problem !== undefined) return { reason: 'REJECT_LOT_OR_NOTIONAL', detail: problem }
  const { tickSize } = instrument
  const naked = protectionProblem(desk.settings, { side: action.side, entryPrice: new Exact(price), tickSize })
  return naked === undefined ? undefined : { reason: 'REJECT_RISK_LIMIT', detail: `${asked.symbol}: ${naked}` }
}

function onReduce(desk: ExecutionDesk, action: ApprovedAction): void {
  const { entry, exit } = desk.state
  const denial = reduceDenial(desk, action)
  if (entry === null || exit !== null || denial !== undefined) {
    const reason = denial ?? { reason: 'REJECT_VENUE' as const, detail: 'no open position to reduce' }
    desk.record({ type: 'entryRefused', intentId: action.actionId, reports: [refusal(desk, action, reason)] })
    return
  }
  const { actionId, requestedPrice, side } = action
  const { symbol } = entry.instrument
  const quantity = Exact.min(action.quantity, entry.position.quantity).toFixed()
  const clientOrderId = nextOrderId(desk, entry.positionId, 'r')
  const order = { clientOrderId, symbol, side, type: 'MARKET', quantity } as const
  placeReduceOnly(desk, { order, kind: 'r', purpose: 'REDUCE', requestedPrice, actionId })
}

function reduceDenial(desk: ExecutionDesk, action: ApprovedAction): Denial | undefined {
  const { entry } = desk.state
  if (
    entry === null ||
    entry.positionId !== action.positionId ||
    entry.position.state !== 'OPEN' ||
    entry.reduce !== null
  ) {
    return { reason: 'REJECT_VENUE', detail: `${action.positionId ?? 'no position'} is not open for a reduction` }
  }
  if (action.side === entry.side || action.instrument.symbol !== entry.instrument.symbol) {
    return { reason: 'REJECT_INSTRUMENT', detail: 'a reduction is of the same symbol and the other side' }
  }
  const { lotSize, minQuantity } = desk.instrumentOf(entry.instrument.symbol)!
  const reason = 'REJECT_LOT_OR_NOTIONAL'
  if (!new Exact(action.quantity).mod(lotSize).isZero()) return { reason, detail: `no multiple of the lot ${lotSize}` }
  const rest = new Exact(entry.position.quantity).minus(action.quantity)
  const isTooSmallToClose = rest.greaterThan(0) && rest.lessThan(minQuantity)
  return isTooSmallToClose ? { reason, detail: `${rest.toFixed()} would be left, ${minQuantity} at least` } : undefined
}

function differenceOf(entry: Entry, permission: EntryPermission): string | undefined {
  if (entry.correlationId !== permission.correlationId) return `permission for question ${permission.correlationId}`
  for (const key of ['symbol', 'exchange', 'contractType', 'expiry'] as const) {
    if (entry.instrument[key] !== permission.instrument[key])
      return `permission for ${key} ${permission.instrument[key]}`
  }
  if (entry.side !== permission.side) return `permission to ${permission.side}`
  return entry.quantity === permission.quantity ? undefined : `permission for ${permission.quantity}`
}
