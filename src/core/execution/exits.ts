import { Exact } from '../../base/exact.js'
import { type PositionId, positionId } from '../../ports/vocabulary/ids.js'
import type { EarlyExitNow, ExitTrigger, FillPurpose } from '../../ports/vocabulary/messages.js'
import type { ExecutionDesk } from './execution-desk.js'
import { stopEntry } from './permission.js'
import { isTooSmall, quantityToClose } from './rest.js'
import { liveOrders, type Report } from './state.js'
import { cancel, nextOrderId, placeReduceOnly } from './venue-orders.js'

/** Leave now, in any state; the same exit again changes nothing, one that finds nothing open is answered so. */
export function onEarlyExit(desk: ExecutionDesk, body: EarlyExitNow): void {
  const { state } = desk
  const { exitId, positionId, trigger, reason, requestedPrice } = body
  if (state.answeredExits.includes(exitId) || state.exit?.requests.some((request) => request.exitId === exitId)) return
  const symbol = openSymbol(desk)
  const open = state.entry?.positionId ?? state.exit?.positionId ?? null
  if (symbol === undefined || (positionId !== null && positionId !== open)) {
    const report = ackOf(desk, { exitId, positionId, outcome: 'ALREADY_FLAT', detail: 'nothing is open', symbol })
    desk.record({ type: 'exitAnswered', exitId, reports: [report] })
    return
  }
  beginExit(desk, { symbol, purpose: 'EXIT', reason, requestedPrice, request: { exitId, trigger } })
}

/** Exits of the execution side's own: an operator's, a kill's, a fail-safe's, the local watch's. Nothing when nothing is open. */
export function exitNow(
  desk: ExecutionDesk,
  why: {
    readonly purpose: FillPurpose
    readonly reason: string
    readonly failSafe?: string
    readonly requestedPrice?: string
  },
): void {
  const symbol = openSymbol(desk)
  if (symbol === undefined) return
  const { purpose, reason, requestedPrice = null, failSafe = null } = why
  beginExit(desk, { symbol, purpose, reason, requestedPrice, request: null, failSafe })
}

/** What is open, or may come to be: an entry, a position that is not ours, one that only the venue knows of. */
export function openSymbol(desk: ExecutionDesk): string | undefined {
  const { entry, exit, foreign } = desk.state
  if (entry !== null) return entry.instrument.symbol
  if (exit !== null && !exit.isDone) return exit.instrument.symbol
  return Object.keys(foreign).sort()[0] ?? [...desk.unexplained.keys()].sort()[0]
}

/** One path for all exits: the entry is stopped, what is open is closed for its size, and the end is told. */
export function settleExit(desk: ExecutionDesk): void {
  const { exit } = desk.state
  if (exit === null || exit.isDone) return
  const { symbol } = exit.instrument
  const isOurs = desk.state.entry?.instrument.symbol === symbol
  if (isOurs) stopEntry(desk, `stopped: ${exit.reason}`)
  const [under] = liveOrders(desk.state, 'x')
  if (under !== undefined) {
    const restMs = under.requestedAtMs + desk.settings.timings.restMaxMs
    if (desk.nowMs < restMs) desk.wakeAt(restMs)
    else cancel(desk, under)
    return
  }
  const toClose = quantityToClose(desk, symbol)
  if (!toClose.isZero()) {
    sendExit(desk, toClose)
    return
  }
  if (isOurs && desk.state.entry?.stage !== 'OVER') return
  const reports: Report[] = []
  for (const { exitId } of exit.requests) {
    const positionId = exit.positionId
    const report = ackOf(desk, { exitId, positionId, outcome: 'COMPLETE', detail: exit.reason, symbol }, reports.length)
    reports.push(report)
  }
  desk.record({ type: 'flat', reports })
}

/** Flat, and nothing can fill any more: the position is forgotten. Protective orders go only now. */
export function settleClose(desk: ExecutionDesk): void {
  const { entry, exit } = desk.state
  if (entry === null && exit === null) return
  if (entry !== null && exit === null && entry.position.quantity !== '0') return
  const symbol = (entry ?? exit)!.instrument.symbol
  if (entry !== null && entry.stage !== 'OVER') return
  if (exit !== null && !exit.isDone) return
  if (!desk.recordedQuantity(symbol).isZero() || desk.unexplained.has(symbol)) return
  const live = liveOrders(desk.state)
  for (const order of live) cancel(desk, order)
  if (live.length > 0) return
  desk.record({ type: 'closed' })
  desk.cancels.clear()
  desk.missingFills.clear()
}

function beginExit(
  desk: ExecutionDesk,
  asked: {
    readonly symbol: string
    readonly purpose: FillPurpose
    readonly reason: string
    readonly requestedPrice: string | null
    readonly request: { readonly exitId: string; readonly trigger: ExitTrigger } | null
    readonly failSafe?: string | null
  },
): void {
  const { symbol, request, failSafe = null, ...rest } = asked
  const { entry, exit } = desk.state
  const id = entry?.positionId ?? exit?.positionId ?? foreignPositionId(desk)
  const accepted = { positionId: id, outcome: 'ACCEPTED', detail: asked.reason, symbol } as const
  const reports = request === null ? [] : [ackOf(desk, { exitId: request.exitId, ...accepted })]
  const instrument = desk.identityOf(symbol)
  desk.record({ type: 'exit', rootId: id, instrument, request, failSafe, ...rest, reports })
}

/** Of time and record, so that none was ever given before: what is not ours has no durable id to derive from. */
function foreignPositionId(desk: ExecutionDesk): PositionId {
  return positionId(`F${desk.nowMs}-${desk.state.n + 1}`)
}

function sendExit(desk: ExecutionDesk, toClose: Exact): void {
  const exit = desk.state.exit!
  if (desk.exitNeedsTruth) return
  // The first truth after a restart may bring an exit that left before it; it never takes long.
  const startMs = desk.hasTruth ? 0 : desk.startedAtMs + desk.settings.timings.queryEveryMs
  const notBeforeMs = Math.max(exit.notBeforeMs, startMs)
  if (desk.nowMs < notBeforeMs) {
    desk.wakeAt(notBeforeMs)
    return
  }
  const { symbol } = exit.instrument
  const instrument = desk.instrumentOf(symbol)
  if (desk.unclosable === toClose.toFixed() && isTooSmall(instrument, toClose)) return
  desk.unclosable = null
  const side = toClose.isPositive() ? 'SELL' : 'BUY'
  const size = toClose.abs()
  const quantity = (instrument === undefined ? size : Exact.min(size, instrument.maxQuantity)).toFixed()
  const quote = desk.quotes.get(symbol)
  const requestedPrice = exit.requestedPrice ?? (side === 'SELL' ? quote?.bid : quote?.ask) ?? null
  const clientOrderId = nextOrderId(desk, exit.positionId, 'x')
  const order = { clientOrderId, symbol, side, type: 'MARKET', quantity } as const
  placeReduceOnly(desk, { order, kind: 'x', purpose: exit.purpose, requestedPrice })
  desk.wakeAt(desk.nowMs + desk.settings.timings.restMaxMs)
}

function ackOf(
  desk: ExecutionDesk,
  ack: {
    readonly exitId: string
    readonly positionId: PositionId | null
    readonly outcome: 'ACCEPTED' | 'ALREADY_FLAT' | 'COMPLETE'
    readonly detail: string
    readonly symbol: string | undefined
  },
  before = 0,
): Extract<Report, { readonly type: 'EXIT_ACK' }> {
  const { symbol, ...rest } = ack
  const instrument = desk.identityOf(symbol ?? (desk.state.symbol || desk.settings.instruments[0]!.identity.symbol))
  return { type: 'EXIT_ACK', body: { reportNumber: desk.state.reportsIssued + 1 + before, instrument, ...rest } }
}
