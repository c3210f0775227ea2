import { canonicalJson } from '../../base/canonical-json.js'
import { type ModeReason, STATUS_REGISTRIES, type StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { isCertificateGate } from '../mode/mode.js'
import { ownerView } from './owner-view.js'

/** A rule between the fields of a well-formed document. `field` is where to look first. */
interface ContractRule {
  readonly rule: string
  readonly field: keyof StatusDocument
  readonly expected: string
  readonly holds: (status: StatusDocument) => boolean
}

const TIER = new Map<ModeReason, string>(STATUS_REGISTRIES.mode_reasons.map(({ code, tier }) => [code, tier]))
const IMPLIED = new Map(STATUS_REGISTRIES.open_permission_reasons.map(({ code, implies }) => [code, implies]))
const { thresholds } = STATUS_REGISTRIES

/**
 * A fact of the document and the reason that must stand for it. Where the mode is Kill, a ReduceOnly reason may be left
 * unsaid (a list never mixes tiers), but never said without its fact.
 */
interface Fact {
  readonly reason: ModeReason
  readonly field: keyof StatusDocument
  readonly fact: string
  readonly holds: (status: StatusDocument) => boolean
}

const latched = (status: StatusDocument, code: StatusDocument['open_permission_reason_codes'][number]) =>
  status.open_permission_reason_codes.includes(code)

const FACTS: readonly Fact[] = [
  {
    reason: 'KILL_LINK_CORRUPT',
    field: 'link_state',
    fact: 'link_state is LINK_CORRUPT',
    holds: ({ link_state }) => link_state === 'LINK_CORRUPT',
  },
  {
    reason: 'KILL_POSITION_MISMATCH',
    field: 'open_permission_reason_codes',
    fact: 'POSITION_MISMATCH is latched',
    holds: (status) => latched(status, 'POSITION_MISMATCH'),
  },
  {
    reason: 'KILL_POSTURE_HIBERNATE',
    field: 'posture',
    fact: 'posture is HIBERNATE',
    holds: ({ posture }) => posture === 'HIBERNATE',
  },
  {
    reason: 'KILL_WAL_FAILED',
    field: 'wal_enqueue_failures',
    fact: 'wal_enqueue_failures is above 0',
    holds: ({ wal_enqueue_failures }) => wal_enqueue_failures > 0,
  },
  {
    reason: 'REDUCEONLY_MARKET_DATA_STALE',
    field: 'ws_event_lag_ms',
    fact: 'market data is stale or latched as stale',
    holds: (status) =>
      latched(status, 'MARKET_DATA_STALE') ||
      (status.ws_event_lag_ms ?? Number.POSITIVE_INFINITY) > thresholds.ws_event_lag_stale_ms ||
      (status.last_scan_age_ms ?? Number.POSITIVE_INFINITY) > thresholds.last_scan_stale_ms,
  },
  {
    reason: 'REDUCEONLY_LINK_DEGRADED',
    field: 'link_state',
    fact: 'link_state is LINK_DEGRADED, or OK with LINK_NOT_OK latched',
    holds: (status) =>
      status.link_state === 'LINK_DEGRADED' || (status.link_state === 'LINK_OK' && latched(status, 'LINK_NOT_OK')),
  },
  {
    reason: 'REDUCEONLY_LINK_LOST',
    field: 'link_state',
    fact: 'link_state is LINK_LOST',
    holds: ({ link_state }) => link_state === 'LINK_LOST',
  },
  {
    reason: 'REDUCEONLY_GRID_UNAVAILABLE',
    field: 'grid_connected',
    fact: 'grid_connected is false',
    holds: ({ grid_connected }) => !grid_connected,
  },
  {
    reason: 'REDUCEONLY_WAL_BACKPRESSURE',
    field: 'wal_queue_depth',
    fact: 'the journal queue is full or latched as full',
    holds: (status) => status.wal_queue_depth >= status.wal_queue_capacity || latched(status, 'WAL_BACKPRESSURE'),
  },
  {
    reason: 'REDUCEONLY_PARTIAL_FILL_CONTAINMENT',
    field: 'open_permission_reason_codes',
    fact: 'PARTIAL_FILL_UNRESOLVED is latched',
    holds: (status) => latched(status, 'PARTIAL_FILL_UNRESOLVED'),
  },
  {
    reason: 'REDUCEONLY_RESTART_RECONCILE',
    field: 'open_permission_reason_codes',
    fact: 'RESTART_RECONCILE_REQUIRED is latched',
    holds: (status) => latched(status, 'RESTART_RECONCILE_REQUIRED'),
  },
  {
    reason: 'REDUCEONLY_SESSION_TERMINATION',
    field: 'open_permission_reason_codes',
    fact: 'SESSION_TERMINATED is latched',
    holds: (status) => latched(status, 'SESSION_TERMINATED'),
  },
  {
    reason: 'REDUCEONLY_POSTURE_TURTLE',
    field: 'posture',
    fact: 'posture is TURTLE',
    holds: ({ posture }) => posture === 'TURTLE',
  },
  {
    reason: 'REDUCEONLY_F1_CERT',
    field: 'f1_cert_state',
    fact: 'a gated environment without a passed certificate',
    holds: (status) => isCertificateGate(status.deployment_environment) && status.f1_cert_state !== 'PASS',
  },
]

const RULES: readonly ContractRule[] = [
  {
    rule: 'ACTIVE_HAS_NO_REASON',
    field: 'mode_reasons',
    expected: 'none, since the mode is Active',
    holds: ({ trading_mode, mode_reasons }) => trading_mode !== 'Active' || mode_reasons.length === 0,
  },
  {
    rule: 'MODE_HAS_REASON',
    field: 'mode_reasons',
    expected: 'at least one, since the mode is not Active',
    holds: ({ trading_mode, mode_reasons }) => trading_mode === 'Active' || mode_reasons.length > 0,
  },
  {
    rule: 'TIER_PURITY',
    field: 'mode_reasons',
    expected: "reasons of the mode's own tier only",
    holds: ({ trading_mode, mode_reasons }) =>
      trading_mode === 'Active' || mode_reasons.every((code) => TIER.get(code) === trading_mode),
  },
  {
    rule: 'LATCH_REQUIRES_RECONCILE',
    field: 'requires_reconcile',
    expected: 'the same as open_permission_blocked_latch',
    holds: (status) => status.requires_reconcile === status.open_permission_blocked_latch,
  },
  {
    rule: 'LATCH_HAS_REASON',
    field: 'open_permission_reason_codes',
    expected: 'a code exactly while the latch is set',
    holds: (status) => status.open_permission_reason_codes.length > 0 === status.open_permission_blocked_latch,
  },
  {
    rule: 'LATCH_FORBIDS_ACTIVE',
    field: 'trading_mode',
    expected: 'not Active while the latch is set',
    holds: (status) => !(status.open_permission_blocked_latch && status.trading_mode === 'Active'),
  },
  {
    rule: 'LATCH_IMPLIES_KILL',
    field: 'trading_mode',
    expected: 'Kill, as a latched code implies',
    holds: (status) =>
      status.trading_mode === 'Kill' ||
      status.open_permission_reason_codes.every((code) => TIER.get(IMPLIED.get(code)!) !== 'Kill'),
  },
  {
    rule: 'CERTIFICATE_EXPIRY_NULLABILITY',
    field: 'f1_cert_expires_at_ms',
    expected: 'null exactly for MISSING and INVALID',
    holds: ({ f1_cert_state, f1_cert_expires_at_ms }) =>
      (f1_cert_expires_at_ms === null) === (f1_cert_state === 'MISSING' || f1_cert_state === 'INVALID'),
  },
  {
    rule: 'CERTIFICATE_NOT_EXPIRED',
    field: 'f1_cert_expires_at_ms',
    expected: 'later than status_ts_ms, since the certificate is PASS',
    holds: (status) => status.f1_cert_state !== 'PASS' || (status.f1_cert_expires_at_ms ?? 0) > status.status_ts_ms,
  },
  {
    rule: 'RISK_STATE_FOLLOWS_MODE',
    field: 'risk_state',
    expected: 'KILL with Kill, HEALTHY with Active, DEGRADED or MAINTENANCE with ReduceOnly',
    holds: ({ risk_state, trading_mode }) =>
      trading_mode === 'Kill'
        ? risk_state === 'KILL'
        : trading_mode === 'Active'
          ? risk_state === 'HEALTHY'
          : risk_state === 'DEGRADED' || risk_state === 'MAINTENANCE',
  },
  {
    rule: 'RECONCILED_BEFORE_NOW',
    field: 'reconcile_last_ok_ts_ms',
    expected: 'not later than status_ts_ms',
    holds: (status) => (status.reconcile_last_ok_ts_ms ?? 0) <= status.status_ts_ms,
  },
  ...FACTS.map(
    ({ reason, field, fact, holds }): ContractRule => ({
      rule: `${reason}_MATCHES`,
      field,
      expected: `${reason} among the reasons exactly when ${fact}`,
      holds: (status) => {
        const said = status.mode_reasons.includes(reason)
        const outranked = status.trading_mode === 'Kill' && TIER.get(reason) === 'ReduceOnly'
        return holds(status) ? said || outranked : !said
      },
    }),
  ),
  {
    rule: 'OWNER_VIEW_DERIVED',
    field: 'owner_view',
    expected: 'what the contract fields say',
    holds: (status) => canonicalJson(status.owner_view) === canonicalJson(ownerView(status)),
  },
]

/** In the order in which they are asked. */
export const CONTRACT_RULES: readonly ContractRule[] = RULES
