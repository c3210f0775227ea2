import { Exact, exact } from '../../base/exact.js'
import type { AccountStatus, OpenPermissionReason, PositionStatus } from '../../ports/vocabulary/messages.js'
import { signedQuantity } from '../position/position.js'
import { type NamedDecision, reconcile, reconcileAccount } from '../reconciliation/reconciliation.js'
import { walletUsd } from './book.js'
import type { DecisionState } from './state.js'

/** What a truth about one symbol leads to; undefined when it fits. */
export function judgePosition(
  state: DecisionState,
  status: PositionStatus,
  tickSize: string,
): NamedDecision | undefined {
  const { position } = state
  const { symbol } = status.instrument
  const held = position?.symbol === symbol ? position : null
  const local = {
    symbol,
    quantity: held === null ? '0' : signedQuantity(held),
    // After an entry fill of a position that was reduced already, the venue averages otherwise than we do.
    entryPrice: held?.state === 'OPEN' ? held.entryPrice : null,
    tickSize,
    orders: [],
    isSeen: () => true,
    isOurs: () => true,
    isInFlight: isInFlight(state),
    hasForeign: false,
  }
  const { quantity, entryPrice } = status
  const truth = { quantity, entryPrice, openOrders: [], fills: [], isComplete: true }
  const flags = { mayClose: true, disagreedBefore: state.mismatches.position > 0 }
  const decision = reconcile(local, truth, flags).decisions.find((named) => named.decision !== 'CLEAR_LATCH')
  if (decision?.decision !== 'SYNC_LOCAL') return decision
  const { discrepancy } = decision
  // Its own fills may yet be reported; and an entry that is not over may fill.
  if (!new Exact(status.recordedQuantity).isZero()) return { decision: 'AWAIT_NEXT_TRUTH', discrepancy }
  return held?.state === 'ENTERING' ? { decision: 'EMERGENCY_CLOSE', discrepancy } : decision
}

/**
 * What a truth about the account leads to; undefined when it fits. Equity is compared at the mark price of the same
 * truth, when there is one.
 */
export function judgeAccount(
  state: DecisionState,
  account: AccountStatus,
  status: PositionStatus | undefined,
  tolerance: string,
): NamedDecision | undefined {
  const wallet = walletUsd(state)
  const equity = equityUsd(state, status) ?? exact(account.equityUsd)
  const expected = { walletBalanceUsd: wallet.toFixed(), equityUsd: equity.toFixed() }
  const [decision] = reconcileAccount(expected, account, tolerance)
  if (decision === undefined || !isInFlight(state) || state.mismatches.account > 0) return decision
  return { decision: 'AWAIT_NEXT_TRUTH', discrepancy: new Exact(account.walletBalanceUsd).minus(wallet).toFixed() }
}

/** Something is on its way that may have changed the venue already. */
export function isInFlight(state: DecisionState): boolean {
  const { position, exit, reduction } = state
  return exit !== null || reduction !== null || (position !== null && position.state !== 'OPEN')
}

/** What a truth that fits clears: everything whose cause is over. A lockout is a person's to clear. */
export function clearedBy(
  state: DecisionState,
  now: { readonly isLinkOk: boolean; readonly isMarketFresh: boolean },
): readonly OpenPermissionReason[] {
  if (isInFlight(state)) return []
  return (Object.keys(state.latches) as OpenPermissionReason[]).filter((reason) => {
    if (reason === 'ACCOUNT_MISMATCH') return false
    if (reason === 'LINK_NOT_OK') return now.isLinkOk
    return reason !== 'MARKET_DATA_STALE' || now.isMarketFresh
  })
}

/** The statuses of one moment of the venue: the position of every symbol that matters, and the account. */
export class TruthOfMoment {
  private atMs = -1
  private readonly positions = new Map<string, { readonly status: PositionStatus; readonly fits: boolean }>()
  private account: { readonly fits: boolean } | undefined

  /** Those of an earlier moment are forgotten. */
  position(status: PositionStatus, fits: boolean): void {
    this.moveTo(status.venueAtMs)
    this.positions.set(status.instrument.symbol, { status, fits })
  }

  accounted(status: AccountStatus, fits: boolean): void {
    this.moveTo(status.venueAtMs)
    this.account = { fits }
  }

  statusOf(symbol: string | undefined, atMs: number): PositionStatus | undefined {
    return symbol === undefined || atMs !== this.atMs ? undefined : this.positions.get(symbol)?.status
  }

  /**
   * All of it is here, and all of it fits. A position held here has to be among it, unless nothing of it has filled: a symbol
   * that is flat at the venue may go unmentioned, when the execution side never learned of the entry.
   */
  agrees(state: DecisionState): boolean {
    const { position } = state
    const positions = [...this.positions.values()]
    const isFilled = position !== null && position.entryPrice !== null
    const isWhole = isFilled ? this.positions.has(position.symbol) : positions.length > 0
    return isWhole && this.account?.fits === true && positions.every(({ fits }) => fits)
  }

  forget(): void {
    this.moveTo(-1)
  }

  private moveTo(atMs: number): void {
    if (atMs === this.atMs) return
    this.atMs = atMs
    this.positions.clear()
    this.account = undefined
  }
}

/** USD: the wallet and what the position would bring at the mark price; undefined without a mark price of it. */
function equityUsd(state: DecisionState, status: PositionStatus | undefined): Exact | undefined {
  const { position } = state
  const wallet = walletUsd(state)
  if (position === null || position.entryPrice === null) return wallet
  if (status === undefined || status.markPrice === null) return undefined
  return exact(status.markPrice)
    .minus(exact(position.entryPrice))
    .times(exact(signedQuantity(position)))
    .plus(wallet)
}
