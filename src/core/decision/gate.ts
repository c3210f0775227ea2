import type { TradingMode } from '../../ports/alerts.js'
import type { Posture } from '../../ports/market.js'
import type { EntryRejectReason, LinkState, OpenPermissionReason } from '../../ports/messages.js'

/** Everything that an entry depends on besides its own size, as it is now. */
export interface GateView {
  readonly mode: TradingMode
  readonly modeCause: string
  /** Set until a reconciliation clears them, with what set each. */
  readonly latches: Readonly<Partial<Record<OpenPermissionReason, string>>>
  readonly linkState: LinkState
  /** The other side runs the same build; null before it has said so. */
  readonly isSameBuild: boolean | null
  readonly isMarketStale: boolean
  readonly journal: 'OK' | 'FULL' | 'FAILED'
  /** An entry has filled in part, and the rest of it is not over. */
  readonly isPartlyFilled: boolean
  readonly isBreakerOpen: boolean
  readonly posture: Posture
  /** Nothing is held, proposed or being closed, by whatever strategy. */
  readonly isFlat: boolean
}

export interface OpenPermission {
  /** What stands in the way; null when an entry may go. */
  readonly reject: EntryRejectReason | null
  readonly detail: string
  /** Why opening is blocked until cleared, in the order of the specification. */
  readonly reasons: readonly OpenPermissionReason[]
}

const ORDER: readonly OpenPermissionReason[] = [
  'RESTART_RECONCILE_REQUIRED',
  'SESSION_TERMINATED',
  'MARKET_DATA_STALE',
  'LINK_NOT_OK',
  'POSITION_MISMATCH',
  'ACCOUNT_MISMATCH',
  'WAL_BACKPRESSURE',
  'PARTIAL_FILL_UNRESOLVED',
]

/**
 * Whether anything may be opened now: the one answer that entries obey and that status reports show. What a person set goes
 * before what heals by itself.
 */
export function openPermission(view: GateView): OpenPermission {
  const reasons = ORDER.filter((reason) => isBlocked(reason, view))
  const rejected = rejection(view, reasons)
  return rejected === undefined ? { reject: null, detail: '', reasons } : { ...rejected, reasons }
}

function rejection(
  view: GateView,
  reasons: readonly OpenPermissionReason[],
): { readonly reject: EntryRejectReason; readonly detail: string } | undefined {
  if (view.mode === 'KILL') return { reject: 'REJECT_MODE_KILL', detail: view.modeCause }
  if (view.mode === 'REDUCE_ONLY') return { reject: 'REJECT_MODE_REDUCE_ONLY', detail: view.modeCause }
  if (view.journal === 'FAILED') return { reject: 'REJECT_LATCHED', detail: 'the journal has failed' }
  if (view.isSameBuild === false) return { reject: 'REJECT_LATCHED', detail: 'the other side runs another build' }
  if (reasons.length > 0)
    return { reject: latchReject(reasons), detail: reasons.map((reason) => describe(reason, view)).join(', ') }
  if (view.isSameBuild === null) return { reject: 'REJECT_LATCHED', detail: 'the build of the other side is not known' }
  if (view.posture === 'TURTLE' || view.posture === 'HIBERNATE')
    return { reject: 'REJECT_MODE_REDUCE_ONLY', detail: `posture ${view.posture}` }
  if (view.isBreakerOpen) return { reject: 'REJECT_RISK_LIMIT', detail: 'the circuit breaker is open' }
  if (!view.isFlat) return { reject: 'REJECT_POSITION_EXISTS', detail: 'one position at a time' }
  return undefined
}

function isBlocked(reason: OpenPermissionReason, view: GateView): boolean {
  if (view.latches[reason] !== undefined) return true
  switch (reason) {
    case 'MARKET_DATA_STALE':
      return view.isMarketStale
    case 'LINK_NOT_OK':
      return view.linkState !== 'LINK_OK'
    case 'WAL_BACKPRESSURE':
      return view.journal === 'FULL'
    case 'PARTIAL_FILL_UNRESOLVED':
      return view.isPartlyFilled
    default:
      return false
  }
}

function latchReject(reasons: readonly OpenPermissionReason[]): EntryRejectReason {
  return reasons.every((reason) => reason === 'MARKET_DATA_STALE') ? 'REJECT_STALE_SCAN' : 'REJECT_LATCHED'
}

function describe(reason: OpenPermissionReason, view: GateView): string {
  const cause = view.latches[reason]
  return cause === undefined ? reason : `${reason} (${cause})`
}
