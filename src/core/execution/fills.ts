import { signedBy } from '../../base/direction.js'
import { type DecimalText, Exact } from '../../base/exact.js'
import { type PositionId, positionId } from '../../ports/vocabulary/ids.js'
import type { FillPurpose, FillReport } from '../../ports/vocabulary/messages.js'
import type { Fill } from '../../ports/vocabulary/orders.js'
import { isOver } from '../orders/order.js'
import type { ExecutionDesk } from './execution-desk.js'
import { protectionLevels } from './protection-levels.js'
import { type ExecutionState, isSeen, type VenueOrder } from './state.js'
import { adopt, ownKind } from './venue-orders.js'

/** Counts a fill once, whatever way it came; false when it was counted before. */
export function takeFill(desk: ExecutionDesk, fill: Fill): boolean {
  const { state } = desk
  if (isSeen(state, fill.symbol, fill.tradeId)) return false
  // A fill does not tell how much its order was for: at most everything that there is to close, until the venue says.
  const most = Exact.max(fill.quantity, desk.recordedQuantity(fill.symbol).abs()).toFixed()
  const placed = state.orders[fill.clientOrderId] ?? adopt(desk, { ...fill, quantity: most })
  const purpose = purposeOf(desk, fill, placed)
  const report = { type: 'FILL_REPORT', body: reportOf(desk, fill, purpose, placed) } as const
  const levels = purpose === 'ENTRY' ? { levels: levelsAfter(desk, fill) } : {}
  desk.record({ type: 'fill', fill, purpose, ...levels, reports: [report] })
  desk.wantTruth(fill.symbol)
  if (purpose === 'LIQUIDATION')
    desk.alert(
      'EMERGENCY',
      'position',
      `the venue closed ${fill.quantity} ${fill.symbol} by itself (${fill.clientOrderId})`,
    )
  if (purpose === 'FOREIGN') {
    desk.latch('POSITION_MISMATCH', `trade ${fill.tradeId} of ${fill.symbol} is not ours`)
    desk.alert(
      'ERROR',
      'position',
      `foreign fill: ${fill.side} ${fill.quantity} ${fill.symbol} (${fill.clientOrderId})`,
    )
  }
  return true
}

/** A fill that our order cannot have is not taken for ours: the position counts it, the order does not. */
function purposeOf(desk: ExecutionDesk, fill: Fill, placed: VenueOrder | undefined): FillPurpose {
  if (fill.liquidation === true) return 'LIQUIDATION'
  if (placed === undefined || ownKind(desk, fill.clientOrderId) === undefined) return 'FOREIGN'
  const { order, purpose, kind } = placed
  const { request, status } = order
  const total = new Exact(order.filledQuantity).plus(fill.quantity)
  const isImpossible =
    fill.symbol !== request.symbol ||
    fill.side !== request.side ||
    total.greaterThan(order.acceptedQuantity) ||
    status === 'PENDING' ||
    status === 'REJECTED' ||
    (kind === 'e' && (desk.state.entry === null || desk.state.entry.position.entryOver))
  return isImpossible ? 'FOREIGN' : purpose
}

function reportOf(desk: ExecutionDesk, fill: Fill, purpose: FillPurpose, placed: VenueOrder | undefined): FillReport {
  const { state } = desk
  const requestedPrice = placed?.requestedPrice ?? null
  const signed = signedBy(fill.side, new Exact(fill.quantity))
  const filledAtMs = new Exact(fill.timestampNs).div(1e6).floor().toNumber()
  return {
    reportNumber: state.reportsIssued + 1,
    positionId: positionIdOf(state, fill.symbol) ?? FOREIGN,
    instrument: desk.identityOf(fill.symbol),
    purpose,
    tradeId: fill.tradeId,
    clientOrderId: fill.clientOrderId,
    side: fill.side,
    quantity: fill.quantity,
    requestedPrice,
    filledPrice: fill.price,
    slippageBps: requestedPrice === null ? null : slippageBps(fill, requestedPrice),
    feeUsd: fill.feeUsd,
    maker: fill.maker,
    requestedAtMs: placed?.requestedAtMs ?? filledAtMs,
    filledAtMs,
    positionQuantity: desk.recordedQuantity(fill.symbol).plus(signed).toFixed(),
  }
}

/** Positive is against us. */
function slippageBps({ side, price }: Fill, requestedPrice: DecimalText): number {
  const worse = side === 'BUY' ? new Exact(price).minus(requestedPrice) : new Exact(requestedPrice).minus(price)
  return worse.div(requestedPrice).times(10_000).toSignificantDigits(12).toNumber()
}

/** Of fills that belong to no position of ours. */
const FOREIGN = positionId('FOREIGN')

/** What a position of the symbol is called; null when there is none. */
export function positionIdOf(state: ExecutionState, symbol: string): PositionId | null {
  const { entry, exit } = state
  if (entry?.instrument.symbol === symbol) return entry.positionId
  return exit?.instrument.symbol === symbol ? exit.positionId : null
}

/** From the average over the entry's fills, this one included. */
function levelsAfter(desk: ExecutionDesk, fill: Fill) {
  const { instrument, side, position } = desk.state.entry!
  const quantity = new Exact(position.entryQuantity).plus(fill.quantity)
  const cost = new Exact(position.entryCostUsd).plus(new Exact(fill.price).times(fill.quantity))
  return protectionLevels(desk.settings, {
    side,
    entryPrice: cost.div(quantity),
    tickSize: desk.instrumentOf(instrument.symbol)!.tickSize,
  })
}

/** Whether an order still may fill without us knowing yet. */
export function isUnderWay({ order, kind }: VenueOrder): boolean {
  if (kind === 't' || kind === 's') return order.outcomeUnknown || order.status === 'SUBMITTED' || isOver(order)
  return true
}
