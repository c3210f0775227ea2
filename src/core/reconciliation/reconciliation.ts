import { signedBy } from '../../base/direction.js'
import { type DecimalText, Exact, exact } from '../../base/exact.js'
import type { VenueTradeId } from '../../ports/vocabulary/ids.js'
import type { Fill, OrderReport } from '../../ports/vocabulary/orders.js'

/** What one side holds to be true of a symbol. */
export interface LocalView {
  readonly symbol: string
  /** Signed base units. */
  readonly quantity: DecimalText
  /** USD; null when flat, or not known. */
  readonly entryPrice: DecimalText | null
  /** USD. */
  readonly tickSize: DecimalText
  readonly orders: readonly LocalOrder[]
  isSeen(tradeId: VenueTradeId): boolean
  /** Whether a fill of this client order id is ours. */
  isOurs(clientOrderId: string): boolean
  /** An order is on its way, or has an unknown outcome: a fill may be, too. */
  readonly isInFlight: boolean
  /** Fills that are nobody's of ours are part of the quantity. */
  readonly hasForeign: boolean
}

export interface LocalOrder {
  readonly clientOrderId: string
  /** It is expected to rest at the venue: acknowledged, and not over. */
  readonly isResting: boolean
  /** A take-profit or a stop. */
  readonly isProtective: boolean
}

/** What the venue states of the symbol. */
export interface TruthView {
  /** Signed base units. */
  readonly quantity: DecimalText
  readonly entryPrice: DecimalText | null
  readonly openOrders: readonly OrderReport[]
  readonly fills: readonly Fill[]
  /** Every fill is in `fills` or was seen before. */
  readonly isComplete: boolean
}

export interface ReconciliationFlags {
  /** Without it nothing is ever recommended to be closed. */
  readonly mayClose: boolean
  /** The truth before this one disagreed, too. */
  readonly disagreedBefore: boolean
}

/** What a finding leads to. The caller applies it; the kernel changes nothing. */
export type NamedDecision =
  | { readonly decision: 'APPLY_MISSED_FILL'; readonly tradeId: VenueTradeId; readonly clientOrderId: string }
  | { readonly decision: 'APPLY_FOREIGN_FILL'; readonly tradeId: VenueTradeId; readonly clientOrderId: string }
  | { readonly decision: 'IGNORE_DUPLICATE'; readonly tradeId: VenueTradeId }
  | { readonly decision: 'QUERY_ORDER'; readonly clientOrderId: string }
  | { readonly decision: 'DECLARE_NOT_ACCEPTED'; readonly clientOrderId: string }
  | { readonly decision: 'CANCEL_UNKNOWN_ORDER'; readonly clientOrderId: string }
  | { readonly decision: 'REPLACE_PROTECTION'; readonly clientOrderId: string }
  /** A disagreement that may be a fill on its way: the next truth tells. */
  | { readonly decision: 'AWAIT_NEXT_TRUTH'; readonly discrepancy: DecimalText }
  | { readonly decision: 'SYNC_LOCAL'; readonly discrepancy: DecimalText }
  | { readonly decision: 'LATCH_MISMATCH'; readonly discrepancy: DecimalText }
  | { readonly decision: 'EMERGENCY_CLOSE'; readonly discrepancy: DecimalText }
  | { readonly decision: 'ALERT_ENTRY_PRICE'; readonly expected: DecimalText; readonly actual: DecimalText }
  | {
      readonly decision: 'LOCKOUT'
      readonly field: string
      readonly expected: DecimalText
      readonly actual: DecimalText
    }
  | { readonly decision: 'CLEAR_LATCH' }

/** Source: module contracts, layer 5 (position reconciler). */
export interface ReconciliationResult {
  readonly symbol: string
  /** Signed base units, after the fills that were missed. */
  readonly expectedSize: DecimalText
  readonly actualSize: DecimalText
  readonly action: 'NONE' | 'SYNC_LOCAL' | 'EMERGENCY_CLOSE'
  /** Signed base units: actual − expected. */
  readonly discrepancy: DecimalText
  readonly decisions: readonly NamedDecision[]
}

/**
 * Compares what a side holds to be true with what the venue states. Pure: the same views give the same decisions, in the
 * same order: fills by trade id, orders as they come, then the position.
 */
export function reconcile(local: LocalView, truth: TruthView, flags: ReconciliationFlags): ReconciliationResult {
  const decisions: NamedDecision[] = []
  const fills = judgeFills(local, truth, decisions)
  judgeOrders(local, truth, decisions)
  const expected = exact(local.quantity).plus(fills.quantity)
  const discrepancy = exact(truth.quantity).minus(expected)
  const hasForeign = local.hasForeign || fills.hasForeign
  const position = judgePosition(local, truth, flags, discrepancy, hasForeign)
  if (position !== undefined) decisions.push(position)
  else {
    const price = fills.quantity.isZero() ? judgeEntryPrice(local, truth) : undefined
    if (price !== undefined) decisions.push(price)
    if (truth.isComplete && !local.isInFlight) decisions.push({ decision: 'CLEAR_LATCH' })
  }
  return {
    symbol: local.symbol,
    expectedSize: expected.toFixed(),
    actualSize: truth.quantity,
    action: actionOf(position),
    discrepancy: discrepancy.toFixed(),
    decisions,
  }
}

/** Money that one side holds to be true, or the venue states. USD. */
export interface AccountView {
  readonly walletBalanceUsd: DecimalText
  readonly equityUsd: DecimalText
}

/** Balance and equity, each off by more than a fraction of the venue's. Which of them, and by what: `LOCKOUT` decisions. */
export function reconcileAccount(
  expected: AccountView,
  actual: AccountView,
  toleranceFraction: DecimalText,
): readonly NamedDecision[] {
  const decisions: NamedDecision[] = []
  for (const field of ['walletBalanceUsd', 'equityUsd'] as const) {
    // Nothing is off by nothing: the usual case, and the texts tell.
    if (actual[field] === expected[field]) continue
    const off = exact(actual[field]).minus(exact(expected[field])).abs()
    const allowed = exact(actual[field]).abs().times(exact(toleranceFraction))
    if (off.greaterThan(allowed)) {
      decisions.push({ decision: 'LOCKOUT', field, expected: expected[field], actual: actual[field] })
    }
  }
  return decisions
}

/**
 * What it means that the venue does not know an order. It may still be on its way, unless the venue could no longer have
 * accepted it when it was asked: then it never will.
 */
export function judgeNotFound(
  order: { readonly clientOrderId: string; readonly validUntilMs: number },
  askedAtVenueMs: number,
): Extract<NamedDecision, { readonly decision: 'QUERY_ORDER' | 'DECLARE_NOT_ACCEPTED' }> {
  const { clientOrderId, validUntilMs } = order
  return { decision: askedAtVenueMs > validUntilMs ? 'DECLARE_NOT_ACCEPTED' : 'QUERY_ORDER', clientOrderId }
}

function judgeFills(
  local: LocalView,
  truth: TruthView,
  decisions: NamedDecision[],
): { readonly quantity: Exact; readonly hasForeign: boolean } {
  let quantity = new Exact(0)
  let hasForeign = false
  const counted = new Set<number>()
  for (const fill of [...truth.fills].sort((a, b) => a.tradeId - b.tradeId)) {
    const { tradeId, clientOrderId } = fill
    if (counted.has(tradeId) || local.isSeen(tradeId)) {
      decisions.push({ decision: 'IGNORE_DUPLICATE', tradeId })
      continue
    }
    counted.add(tradeId)
    const isOurs = fill.liquidation === true || local.isOurs(clientOrderId)
    if (!isOurs) hasForeign = true
    decisions.push({ decision: isOurs ? 'APPLY_MISSED_FILL' : 'APPLY_FOREIGN_FILL', tradeId, clientOrderId })
    quantity = quantity.plus(signedBy(fill.side, new Exact(fill.quantity)))
  }
  return { quantity, hasForeign }
}

function judgeOrders(local: LocalView, truth: TruthView, decisions: NamedDecision[]): void {
  const atVenue = new Set(truth.openOrders.map(({ clientOrderId }) => clientOrderId))
  const filled = new Set(truth.fills.map(({ clientOrderId }) => clientOrderId))
  for (const { clientOrderId } of truth.openOrders) {
    if (!local.isOurs(clientOrderId)) decisions.push({ decision: 'CANCEL_UNKNOWN_ORDER', clientOrderId })
  }
  for (const { clientOrderId, isResting, isProtective } of local.orders) {
    if (atVenue.has(clientOrderId) || filled.has(clientOrderId)) continue
    decisions.push({ decision: 'QUERY_ORDER', clientOrderId })
    if (isProtective && isResting && !new Exact(truth.quantity).isZero()) {
      decisions.push({ decision: 'REPLACE_PROTECTION', clientOrderId })
    }
  }
}

function judgePosition(
  local: LocalView,
  truth: TruthView,
  flags: ReconciliationFlags,
  discrepancy: Exact,
  hasForeign: boolean,
): NamedDecision | undefined {
  if (discrepancy.isZero() && !hasForeign) return undefined
  const text = discrepancy.toFixed()
  const isSure = truth.isComplete && (flags.disagreedBefore || !local.isInFlight)
  if (!isSure && !hasForeign) return { decision: 'AWAIT_NEXT_TRUTH', discrepancy: text }
  if (isSure && new Exact(truth.quantity).isZero()) return { decision: 'SYNC_LOCAL', discrepancy: text }
  return { decision: flags.mayClose ? 'EMERGENCY_CLOSE' : 'LATCH_MISMATCH', discrepancy: text }
}

/** A tick beyond what rounding to ticks can do. */
function judgeEntryPrice(local: LocalView, truth: TruthView): NamedDecision | undefined {
  if (local.entryPrice === null || truth.entryPrice === null) return undefined
  if (truth.entryPrice === local.entryPrice) return undefined
  const off = exact(truth.entryPrice).minus(exact(local.entryPrice)).abs()
  if (!off.greaterThan(exact(local.tickSize).times(2))) return undefined
  return { decision: 'ALERT_ENTRY_PRICE', expected: local.entryPrice, actual: truth.entryPrice }
}

function actionOf(position: NamedDecision | undefined): ReconciliationResult['action'] {
  if (position?.decision === 'SYNC_LOCAL' || position?.decision === 'EMERGENCY_CLOSE') return position.decision
  return 'NONE'
}
