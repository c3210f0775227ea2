import { Exact, exact } from '../../base/exact.js'
import type { VenueSnapshot } from '../../ports/venue.js'
import { type VenueTradeId, venueTradeId } from '../../ports/vocabulary/ids.js'
import type { PositionStatus } from '../../ports/vocabulary/messages.js'
import type { OrderReport } from '../../ports/vocabulary/orders.js'
import { marginUtilisation } from '../mode/margin.js'
import { isOver } from '../orders/order.js'
import {
  type LocalOrder,
  type NamedDecision,
  type ReconciliationResult,
  reconcile,
} from '../reconciliation/reconciliation.js'
import type { ExecutionDesk } from './execution-desk.js'
import { isUnderWay, positionIdOf, takeFill } from './fills.js'
import { settleFunding } from './funding.js'
import { isSeen, liveOrders } from './state.js'
import { onReport, ownKind } from './venue-orders.js'

/** Asks for the truth: every five seconds, and as soon as something calls for it; one question at a time. */
export function settleTruth(desk: ExecutionDesk): void {
  if (!desk.isStarted) return
  desk.tradeDueMs = desk.dueMs
  const dueMs = Math.max(desk.truthWanted.size === 0 ? desk.nextTruthMs : 0, desk.truthNotBeforeMs)
  if (desk.nowMs < dueMs) {
    desk.wakeAt(dueMs)
    return
  }
  if (desk.isAsked('snapshot', '')) return
  const symbol = symbolToAsk(desk)
  desk.truthWanted.delete(symbol)
  desk.asked.add(symbol)
  desk.truthSymbol = symbol
  desk.nextTruthMs = desk.nowMs + desk.settings.timings.truthEveryMs
  desk.wakeAt(desk.nextTruthMs)
  // Without a baseline nothing of the symbol is ours: only where its trade ids stand is asked for.
  const fillsAfter = desk.state.seen[symbol]?.through ?? venueTradeId(Number.MAX_SAFE_INTEGER)
  desk.request({ kind: 'snapshot', symbol, fillsAfter })
}

/** The venue's truth: fills that were missed, orders, the position; compared, decided, reported. */
export function onSnapshot(desk: ExecutionDesk, requestId: string, snapshot: VenueSnapshot): void {
  const asked = desk.requests.get(requestId)
  desk.requests.delete(requestId)
  desk.venueNowMs = Math.max(desk.venueNowMs, snapshot.atMs)
  if (asked === undefined) return
  const { symbol } = asked
  desk.truth = { atMs: desk.nowMs, tookMs: desk.nowMs - asked.sentAtMs }
  for (const { symbol: held, markPrice } of snapshot.positions) {
    desk.truthMarks.set(held, { mark: markPrice, atMs: snapshot.atMs })
  }
  desk.marginUtil = marginUtilisation(snapshot.account)
  const hadBaseline = desk.state.seen[symbol] !== undefined
  const local = localView(desk, symbol)
  const truth = {
    quantity: positionOf(snapshot, symbol)?.quantity ?? '0',
    entryPrice: positionOf(snapshot, symbol)?.entryPrice ?? null,
    openOrders: snapshot.openOrders.filter((order) => order.symbol === symbol),
    fills: hadBaseline ? snapshot.fills : [],
    isComplete: !isNewer(desk, symbol, snapshot),
  }
  const result = reconcile(local, truth, { mayClose: false, disagreedBefore: desk.disagreed.has(symbol) })
  const early = desk.earlyFills.filter((fill) => fill.symbol === symbol)
  desk.earlyFills = desk.earlyFills.filter((fill) => fill.symbol !== symbol)
  const fills = [...truth.fills, ...early].sort((a, b) => a.tradeId - b.tradeId)
  for (const fill of fills) takeFill(desk, fill)
  for (const order of snapshot.openOrders) if (ownKind(desk, order.clientOrderId) !== undefined) onReport(desk, order)
  cancelUnknownOrders(desk, snapshot.openOrders)
  if (!truth.isComplete) {
    desk.wantTruthSoon()
    return
  }
  recordTruth(desk, result, snapshot)
  // Nothing opens before every instrument has its baseline: fifty of them are not asked for at the usual pace.
  if (withoutBaseline(desk) !== undefined) desk.nextTruthMs = desk.nowMs
  settleFunding(desk, symbol, snapshot)
  decide(desk, result)
  giveUpMissingFills(desk, symbol, snapshot)
  watchOthers(desk, symbol, snapshot)
  desk.hasTruth = desk.earlyFills.length === 0
  if (!desk.hasTruth) desk.wantTruthSoon()
  desk.exitNeedsTruth = false
  clearLatches(desk, result)
  reportTruth(desk, symbol, snapshot)
}

/** The symbol that the next truth is about. */
export function symbolToAsk(desk: ExecutionDesk): string {
  const [wanted] = desk.truthWanted
  const [disagreed] = desk.disagreed
  return (
    withoutBaseline(desk) ??
    desk.earlyFills[0]?.symbol ??
    wanted ??
    disagreed ??
    desk.state.entry?.instrument.symbol ??
    desk.state.exit?.instrument.symbol ??
    unasked(desk) ??
    lastSymbol(desk)
  )
}

/** What was closed before the restart, in whatever symbol, may have left fills that no journal kept. */
function unasked(desk: ExecutionDesk): string | undefined {
  return desk.settings.instruments.find(({ identity }) => !desk.asked.has(identity.symbol))?.identity.symbol
}

/** An instrument whose trade ids have never been asked for. */
function withoutBaseline(desk: ExecutionDesk): string | undefined {
  return desk.settings.instruments.find(({ identity }) => desk.state.seen[identity.symbol] === undefined)?.identity
    .symbol
}

function lastSymbol(desk: ExecutionDesk): string {
  return desk.state.symbol || desk.settings.instruments[0]!.identity.symbol
}

/** Fills have come since that the snapshot does not have: it tells nothing about the position. */
function isNewer(desk: ExecutionDesk, symbol: string, { lastTradeId }: VenueSnapshot): boolean {
  const seen = desk.state.seen[symbol]
  if (seen !== undefined && seen.through > lastTradeId) return true
  const isLater = (tradeId: VenueTradeId) => tradeId > lastTradeId
  return seen?.above.some(isLater) || desk.earlyFills.some((fill) => fill.symbol === symbol && isLater(fill.tradeId))
}

function localView(desk: ExecutionDesk, symbol: string) {
  const { state } = desk
  const live = liveOrders(state).filter(({ order }) => order.request.symbol === symbol)
  const orders: LocalOrder[] = []
  for (const { order, kind } of live) {
    // One whose answer is still awaited may not have arrived.
    if (order.status === 'PENDING' || (order.status === 'SUBMITTED' && !order.outcomeUnknown)) continue
    orders.push({
      clientOrderId: order.request.clientOrderId,
      isResting: order.status === 'ACKNOWLEDGED' || order.status === 'PARTIAL',
      isProtective: kind === 't' || kind === 's',
    })
  }
  const { entry } = state
  const isOurs = entry?.instrument.symbol === symbol && entry.stage === 'OVER'
  return {
    symbol,
    quantity: desk.recordedQuantity(symbol).toFixed(),
    entryPrice: isOurs ? entry.position.entryPrice : null,
    tickSize: desk.instrumentOf(symbol)?.tickSize ?? '0',
    orders,
    isSeen: (tradeId: VenueTradeId) => isSeen(state, symbol, tradeId),
    isOurs: (clientOrderId: string) => ownKind(desk, clientOrderId) !== undefined,
    isInFlight: live.some(isUnderWay),
    hasForeign: state.foreign[symbol] !== undefined,
  }
}

function cancelUnknownOrders(desk: ExecutionDesk, openOrders: readonly OrderReport[]): void {
  for (const { clientOrderId, symbol } of openOrders) {
    if (ownKind(desk, clientOrderId) !== undefined || desk.isAsked('cancel', clientOrderId)) continue
    // One that the venue does not cancel is tried again with each truth, and told once.
    if (!desk.toldUnknown.has(clientOrderId)) {
      desk.toldUnknown.add(clientOrderId)
      desk.alert('WARNING', 'order', `CANCEL_UNKNOWN_ORDER ${clientOrderId}: it belongs to no open position of ours`)
    }
    desk.request({ kind: 'cancel', symbol, clientOrderId })
  }
}

/** Into the journal when there was anything to decide, or new trade ids are known. */
function recordTruth(
  desk: ExecutionDesk,
  { symbol, decisions }: ReconciliationResult,
  { lastTradeId }: VenueSnapshot,
): void {
  const seen = desk.state.seen[symbol]
  const findings = decisions.filter(({ decision }) => decision !== 'CLEAR_LATCH' && decision !== 'IGNORE_DUPLICATE')
  // The same findings again are no news; a truth comes every second while something disagrees.
  const text = JSON.stringify(findings)
  const isNews = seen?.through !== lastTradeId || text !== (desk.lastFindings.get(symbol) ?? '[]')
  desk.lastFindings.set(symbol, text)
  if (isNews) desk.record({ type: 'truth', symbol, lastTradeId, decisions: findings })
}

function decide(desk: ExecutionDesk, { symbol, decisions, discrepancy }: ReconciliationResult): void {
  let agrees = true
  for (const decision of decisions) {
    switch (decision.decision) {
      case 'QUERY_ORDER':
        if (!desk.queries.has(decision.clientOrderId)) desk.queries.set(decision.clientOrderId, desk.nowMs)
        break
      case 'AWAIT_NEXT_TRUTH':
        agrees = false
        break
      case 'SYNC_LOCAL':
        agrees = false
        syncLocal(desk, symbol, decision)
        break
      case 'LATCH_MISMATCH':
      case 'EMERGENCY_CLOSE':
        agrees = false
        latchMismatch(desk, symbol, discrepancy)
        break
      case 'ALERT_ENTRY_PRICE':
        alertEntryPrice(desk, symbol, decision)
        break
      default:
        // Fills were applied before, orders are cancelled and replaced where their state says so.
        break
    }
  }
  if (agrees) {
    desk.disagreed.delete(symbol)
    desk.unexplained.delete(symbol)
  } else desk.disagreed.add(symbol)
}

/**
 * The venue once said that more of an order is filled than we have fills of, and now, with every fill known and the order
 * gone, there are none: nothing more will come, and waiting for it would keep the position from ever being closed.
 */
function giveUpMissingFills(desk: ExecutionDesk, symbol: string, { openOrders }: VenueSnapshot): void {
  for (const { order, reportedQuantity } of liveOrders(desk.state)) {
    const { clientOrderId } = order.request
    const isAtVenue = openOrders.some((open) => open.clientOrderId === clientOrderId)
    const isMissing =
      order.request.symbol === symbol && exact(reportedQuantity).greaterThan(exact(order.filledQuantity))
    if (!isMissing || isAtVenue) continue
    const truths = (desk.missingFills.get(clientOrderId) ?? 0) + 1
    desk.missingFills.set(clientOrderId, truths)
    if (truths < MISSING_FILL_TRUTHS) continue
    desk.missingFills.delete(clientOrderId)
    const event = isOver(order) ? null : ({ type: 'CANCEL', reason: 'fills that were reported do not exist' } as const)
    desk.record({ type: 'orderEvent', clientOrderId, event, reportedQuantity: order.filledQuantity })
    desk.alert(
      'ERROR',
      'order',
      `${clientOrderId}: ${reportedQuantity} reported filled, ${order.filledQuantity} in fills`,
    )
  }
}

/** Missing in three snapshots in a row: a report can overtake at most one snapshot. */
const MISSING_FILL_TRUTHS = 3

/** Flat there, and every fill is known: what we had is gone. Not while an entry may still fill. */
function syncLocal(desk: ExecutionDesk, symbol: string, decision: NamedDecision): void {
  const { entry } = desk.state
  if (entry?.instrument.symbol === symbol && entry.stage !== 'OVER') return
  desk.unexplained.delete(symbol)
  const had = desk.recordedQuantity(symbol).toFixed()
  desk.alert('ERROR', 'position', `SYNC_LOCAL ${symbol}: the venue is flat, our fills add up to ${had}`)
  desk.record({ type: 'syncedFlat', symbol, decisions: [decision] })
}

function latchMismatch(desk: ExecutionDesk, symbol: string, discrepancy: string): void {
  const unexplained = new Exact(discrepancy)
  if (unexplained.isZero()) desk.unexplained.delete(symbol)
  else desk.unexplained.set(symbol, unexplained)
  if (desk.state.latches.includes('POSITION_MISMATCH')) return
  desk.latch('POSITION_MISMATCH', `${symbol}: the venue differs by ${discrepancy}`)
  desk.alert('ERROR', 'position', `POSITION_MISMATCH ${symbol}: the venue differs from our fills by ${discrepancy}`)
}

function alertEntryPrice(
  desk: ExecutionDesk,
  symbol: string,
  { expected, actual }: Extract<NamedDecision, { readonly decision: 'ALERT_ENTRY_PRICE' }>,
): void {
  const about = desk.state.entry?.positionId ?? symbol
  if (desk.priceAlerted === about) return
  desk.priceAlerted = about
  desk.alert('WARNING', 'position', `entry price of ${about}: the venue has ${actual}, our fills ${expected}`)
}

/** A position of a symbol that was not asked about is looked at next when it is not what we have. */
function watchOthers(desk: ExecutionDesk, symbol: string, snapshot: VenueSnapshot): void {
  const symbols = new Set([...snapshot.positions.map((position) => position.symbol), ...desk.disagreed])
  for (const other of symbols) {
    if (other === symbol) continue
    const actual = positionOf(snapshot, other)?.quantity ?? '0'
    const isAsRecorded = desk.recordedQuantity(other).equals(actual) && desk.state.foreign[other] === undefined
    if (!isAsRecorded) {
      desk.disagreed.add(other)
    } else if (!desk.unexplained.has(other)) desk.disagreed.delete(other)
  }
  if (desk.disagreed.size > 0) desk.wantTruthSoon()
}

/** What a reconciliation that succeeds gives back; the others stay until their cause is gone. */
function clearLatches(desk: ExecutionDesk, { decisions }: ReconciliationResult): void {
  const { state } = desk
  if (state.latches.length === 0 || !decisions.some(({ decision }) => decision === 'CLEAR_LATCH')) return
  const isClean =
    withoutBaseline(desk) === undefined && desk.disagreed.size === 0 && Object.keys(state.foreign).length === 0
  if (!isClean || liveOrders(state).some(({ order }) => order.outcomeUnknown || isOver(order))) return
  const cleared = state.latches.filter((latch) => {
    if (latch === 'LINK_NOT_OK') return desk.link.state === 'LINK_OK'
    return latch !== 'SESSION_TERMINATED' || desk.isConnected
  })
  if (cleared.length > 0) desk.record({ type: 'unlatched', latches: cleared })
}

/** The account comes last: with it the other side has all of the moment. */
function reportTruth(desk: ExecutionDesk, symbol: string, snapshot: VenueSnapshot): void {
  const { account } = snapshot
  const venueAtMs = Math.floor(snapshot.atMs)
  // Also when the journal failed and the last of them cannot leave: the other side must not judge by less than we know.
  const { reportsIssued } = desk.state
  const { walletBalanceUsd, equityUsd, availableMarginUsd, fundingUsd } = account
  const symbols = new Set([symbol, ...snapshot.positions.map((position) => position.symbol)])
  desk.statements = symbols.size + 1
  for (const each of symbols)
    desk.send({ type: 'POSITION_STATUS', body: statusOf(desk, each, snapshot, reportsIssued) })
  desk.send({
    type: 'ACCOUNT_STATUS',
    body: { walletBalanceUsd, equityUsd, availableMarginUsd, fundingUsd, venueAtMs, reportsIssued },
  })
}

function statusOf(desk: ExecutionDesk, symbol: string, snapshot: VenueSnapshot, reportsIssued: number): PositionStatus {
  const position = positionOf(snapshot, symbol)
  return {
    instrument: desk.identityOf(symbol),
    quantity: position?.quantity ?? '0',
    entryPrice: position?.entryPrice ?? null,
    markPrice: position?.markPrice ?? desk.quotes.get(symbol)?.mark ?? null,
    liquidationPrice: position?.liquidationPrice ?? null,
    recordedQuantity: desk.recordedQuantity(symbol).toFixed(),
    positionId: desk.recordedQuantity(symbol).isZero() ? null : positionIdOf(desk.state, symbol),
    openOrders: snapshot.openOrders.filter((order) => order.symbol === symbol).slice(0, 100),
    venueAtMs: Math.floor(snapshot.atMs),
    reportsIssued,
  }
}

function positionOf(snapshot: VenueSnapshot, symbol: string) {
  return snapshot.positions.find((position) => position.symbol === symbol)
}
