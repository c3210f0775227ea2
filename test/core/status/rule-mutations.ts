import { isConnectivityDegraded } from '../../../src/core/status/connectivity.js'
import { ownerView } from '../../../src/core/status/owner-view.js'
import type { SystemState } from '../../../src/core/status/status.js'
import { statusOf } from '../../../src/core/status/status.js'
import type { StatusDocument } from '../../../src/ports/vocabulary/status.generated.js'
import { HEALTHY } from '../../support/system-state.js'

/** The least change of a valid document that breaks a rule of the table and no other. */
export interface RuleMutation {
  readonly rule: string
  readonly document: StatusDocument
}

const latched = (...codes: StatusDocument['open_permission_reason_codes']) => ({ latches: new Set(codes) })
const RED = { forewarner: 'RED' } as const
const KILLED = { operatorMode: 'KILL' } as const
const { nowMs } = HEALTHY

export const RULE_MUTATIONS: readonly RuleMutation[] = [
  broken('ACTIVE_HAS_NO_REASON', {}, { mode_reasons: ['REDUCEONLY_OPERATOR'] }),
  broken('MODE_HAS_REASON', KILLED, { mode_reasons: [] }),
  broken('TIER_PURITY', RED, { mode_reasons: ['KILL_OPERATOR', 'REDUCEONLY_MC_RED'] }),
  broken('LATCH_REQUIRES_RECONCILE', {}, { requires_reconcile: true }),
  broken('LATCH_HAS_REASON', latched('BOOK_GAP'), { open_permission_reason_codes: [] }),
  broken('LATCH_FORBIDS_ACTIVE', latched('BOOK_GAP'), {
    trading_mode: 'Active',
    mode_reasons: [],
    risk_state: 'HEALTHY',
  }),
  broken('LATCH_IMPLIES_KILL', latched('BOOK_GAP'), { open_permission_reason_codes: ['BOOK_GAP', 'ACCOUNT_MISMATCH'] }),
  broken('CERTIFICATE_EXPIRY_NULLABILITY', {}, { f1_cert_expires_at_ms: null }),
  broken('CERTIFICATE_NOT_EXPIRED', {}, { f1_cert_expires_at_ms: nowMs }),
  broken('CERTIFICATE_STALE_EXPIRED', {}, { f1_cert_state: 'STALE', f1_cert_expires_at_ms: nowMs + 1 }),
  broken('RISK_STATE_FOLLOWS_MODE', {}, { risk_state: 'DEGRADED' }),
  broken('RISK_STATE_FOLLOWS_REASONS', RED, { risk_state: 'MAINTENANCE' }),
  broken('RECONCILED_BEFORE_NOW', {}, { reconcile_last_ok_ts_ms: nowMs + 1 }),
  broken('RECONCILED_SINCE_START', {}, { reconcile_last_ok_ts_ms: null }),
  broken('ZERO_RISK_HIBERNATES', {}, { risk_multiplier: 0 }),
  broken('LINK_AGE_FITS_STATE', {}, { link_age_ms: 2_501 }),
  broken(
    'LINK_NOT_OK_LATCHED',
    { linkState: 'LINK_LOST', ...latched('BOOK_GAP') },
    {
      open_permission_reason_codes: ['BOOK_GAP'],
    },
  ),
  broken('STALE_DATA_LATCHED', { lastScanAgeMs: null }, { ws_event_lag_ms: 2_001 }),
  broken('STARTED_SINCE_EPOCH', latched('RESTART_RECONCILE_REQUIRED'), { uptime_s: nowMs / 1000 + 1 }),
  broken('LINK_AGE_WITHIN_UPTIME', { startedAtMs: nowMs - 2_000 }, { link_age_ms: 2_001 }),
  broken('SCAN_AGE_WITHIN_UPTIME', { startedAtMs: nowMs - 2_000 }, { last_scan_age_ms: 2_001 }),
  broken('EVENT_LAG_SINCE_EPOCH', latched('MARKET_DATA_STALE'), { ws_event_lag_ms: nowMs + 1 }),
  broken('CONNECTIVITY_DERIVED', {}, { connectivity_degraded: true }),
  broken('OWNER_VIEW_DERIVED', {}, { owner_view: { ...statusOf(HEALTHY).owner_view, owner_message: 'All is well.' } }),
  unsaid('KILL_LINK_CORRUPT', { linkState: 'LINK_CORRUPT', ...KILLED }),
  unsaid('KILL_POSITION_MISMATCH', { ...latched('POSITION_MISMATCH'), ...KILLED }),
  unsaid('KILL_ACCOUNT_LOCKOUT', { ...latched('ACCOUNT_MISMATCH'), ...KILLED }),
  unsaid('KILL_MARGIN_CRITICAL', { marginUtil: 0.95, ...KILLED }),
  unsaid('KILL_POSTURE_HIBERNATE', { posture: 'HIBERNATE', ...KILLED }),
  unsaid('KILL_WAL_FAILED', { journal: { depth: 0, capacity: 1, failures: 1, isFull: false }, ...KILLED }),
  unsaid('KILL_DISK_CRITICAL', { diskUsedPct: 95, ...KILLED }),
  unsaid('REDUCEONLY_OPEN_PERMISSION_LATCHED', { ...latched('BOOK_GAP'), ...RED }),
  unsaid('REDUCEONLY_MARKET_DATA_STALE', { ...latched('MARKET_DATA_STALE'), ...RED }),
  unsaid('REDUCEONLY_LINK_DEGRADED', { linkState: 'LINK_DEGRADED', ...RED }),
  unsaid('REDUCEONLY_LINK_LOST', { linkState: 'LINK_LOST', ...RED }),
  unsaid('REDUCEONLY_GRID_UNAVAILABLE', { gridConnected: false, ...RED }),
  unsaid('REDUCEONLY_WAL_BACKPRESSURE', { journal: { depth: 8, capacity: 8, failures: 0, isFull: true }, ...RED }),
  unsaid('REDUCEONLY_DISK_HIGH', { diskUsedPct: 85, ...RED }),
  unsaid('REDUCEONLY_RESTART_RECONCILE', { ...latched('RESTART_RECONCILE_REQUIRED'), ...RED }),
  unsaid('REDUCEONLY_SESSION_TERMINATION', { ...latched('SESSION_TERMINATED'), ...RED }),
  unsaid('REDUCEONLY_MARGIN_HIGH', { marginUtil: 0.85, ...RED }),
  unsaid('REDUCEONLY_POSTURE_TURTLE', { posture: 'TURTLE', ...RED }),
  unsaid('REDUCEONLY_F1_CERT', { environment: 'LIVE', certificate: 'FAIL', ...RED }),
]

/** A fact that a document shows, and whose reason it leaves out. */
function unsaid(reason: string, wrong: Partial<SystemState>): RuleMutation {
  const { mode_reasons } = statusOf({ ...HEALTHY, ...wrong })
  return broken(`${reason}_MATCHES`, wrong, { mode_reasons: mode_reasons.filter((code) => code !== reason) })
}

/** What is made of other fields is made anew, but where it is what changes. */
function broken(rule: string, wrong: Partial<SystemState>, change: Partial<StatusDocument>): RuleMutation {
  const fields = { ...statusOf({ ...HEALTHY, ...wrong }), ...change }
  const connected = { connectivity_degraded: isConnectivityDegraded(fields), ...pick(change, 'connectivity_degraded') }
  const document = { ...fields, ...connected }
  return { rule, document: { ...document, owner_view: change.owner_view ?? ownerView(document) } }
}

function pick<Name extends keyof StatusDocument>(change: Partial<StatusDocument>, name: Name) {
  return name in change ? { [name]: change[name]! } : {}
}
