import { canonicalJson } from '../../base/canonical-json.js'
import { STATUS_FIELDS, STATUS_REGISTRIES, type StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { isCertificateGate } from '../mode/mode.js'
import { isConnectivityDegraded } from './connectivity.js'
import type { Contract, ContractRule, Fact, Registries } from './contract.js'
import { type StatusFields, viewBy } from './owner-view.js'

/** Whether the document lists the code among what set the latch. */
export function isLatchedBy(status: StatusDocument, code: string): boolean {
  return (status.open_permission_reason_codes as readonly string[]).includes(code)
}

const { thresholds } = STATUS_REGISTRIES

/** Facts that mean the same in every version. */
export const COMMON_FACTS: readonly Fact[] = [
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
    holds: (status) => isLatchedBy(status, 'POSITION_MISMATCH'),
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
      isLatchedBy(status, 'MARKET_DATA_STALE') ||
      (status.ws_event_lag_ms ?? Number.POSITIVE_INFINITY) > thresholds.ws_event_lag_stale_ms ||
      (status.last_scan_age_ms ?? Number.POSITIVE_INFINITY) > thresholds.last_scan_stale_ms,
  },
  {
    reason: 'REDUCEONLY_LINK_DEGRADED',
    field: 'link_state',
    fact: 'link_state is LINK_DEGRADED, or OK with LINK_NOT_OK latched',
    holds: (status) =>
      status.link_state === 'LINK_DEGRADED' || (status.link_state === 'LINK_OK' && isLatchedBy(status, 'LINK_NOT_OK')),
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
    reason: 'REDUCEONLY_RESTART_RECONCILE',
    field: 'open_permission_reason_codes',
    fact: 'RESTART_RECONCILE_REQUIRED is latched',
    holds: (status) => isLatchedBy(status, 'RESTART_RECONCILE_REQUIRED'),
  },
  {
    reason: 'REDUCEONLY_SESSION_TERMINATION',
    field: 'open_permission_reason_codes',
    fact: 'SESSION_TERMINATED is latched',
    holds: (status) => isLatchedBy(status, 'SESSION_TERMINATED'),
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

const FACTS: readonly Fact[] = [
  ...COMMON_FACTS,
  {
    reason: 'KILL_MARGIN_CRITICAL',
    field: 'margin_util',
    fact: `margin_util is ${thresholds.margin_util_critical} or more`,
    holds: ({ margin_util }) => (margin_util ?? 0) >= thresholds.margin_util_critical,
  },
  {
    reason: 'KILL_DISK_CRITICAL',
    field: 'disk_used_pct',
    fact: `disk_used_pct is ${thresholds.disk_used_critical_pct} or more`,
    holds: ({ disk_used_pct }) => (disk_used_pct ?? 0) >= thresholds.disk_used_critical_pct,
  },
  {
    reason: 'REDUCEONLY_OPEN_PERMISSION_LATCHED',
    field: 'open_permission_blocked_latch',
    fact: 'the latch is set',
    holds: (status) => status.open_permission_blocked_latch,
  },
  {
    reason: 'REDUCEONLY_WAL_BACKPRESSURE',
    field: 'wal_queue_depth',
    fact: 'the journal queue is full',
    holds: (status) => status.wal_queue_depth >= status.wal_queue_capacity,
    // It stands until the queue has drained, and for a queue of another process.
    isOneOfSeveral: true,
  },
  {
    reason: 'REDUCEONLY_DISK_HIGH',
    field: 'disk_used_pct',
    fact: `disk_used_pct is ${thresholds.disk_used_high_pct} or more`,
    holds: ({ disk_used_pct }) => (disk_used_pct ?? 0) >= thresholds.disk_used_high_pct,
  },
  {
    reason: 'REDUCEONLY_MARGIN_HIGH',
    field: 'margin_util',
    fact: `margin_util is ${thresholds.margin_util_high} or more`,
    holds: ({ margin_util }) => (margin_util ?? 0) >= thresholds.margin_util_high,
  },
]

/** The rules of a version: those that all have, each fact with its reason, and the owner's view. */
export function contractRules(registries: Registries, facts: readonly Fact[]): readonly ContractRule[] {
  const tiers = new Map(registries.mode_reasons.map(({ code, tier }) => [code, tier]))
  const implied = new Map(registries.open_permission_reasons.map(({ code, implies }) => [code, implies]))
  return [
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
        trading_mode === 'Active' || mode_reasons.every((code) => tiers.get(code) === trading_mode),
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
        status.open_permission_reason_codes.every((code) => tiers.get(implied.get(code)!) !== 'Kill'),
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
    ...facts.map((fact) => factRule(fact, tiers)),
    {
      rule: 'OWNER_VIEW_DERIVED',
      field: 'owner_view',
      expected: 'what the contract fields say',
      holds: (status) => canonicalJson(status.owner_view) === canonicalJson(viewBy(registries, status as StatusFields)),
    },
  ]
}

function factRule(
  { reason, field, fact, holds, isOneOfSeveral }: Fact,
  tiers: ReadonlyMap<string, string>,
): ContractRule {
  return {
    rule: `${reason}_MATCHES`,
    field,
    expected: `${reason} among the reasons ${isOneOfSeveral ? 'when' : 'exactly when'} ${fact}`,
    holds: (status) => {
      const said = (status.mode_reasons as readonly string[]).includes(reason)
      const outranked = status.trading_mode === 'Kill' && tiers.get(reason) === 'ReduceOnly'
      return holds(status) ? said || outranked : !said || isOneOfSeveral === true
    },
  }
}

/** The contract of this build. */
export const CURRENT_CONTRACT: Contract = {
  registries: STATUS_REGISTRIES,
  fields: STATUS_FIELDS,
  rules: [
    ...contractRules(STATUS_REGISTRIES, FACTS),
    {
      rule: 'CONNECTIVITY_DERIVED',
      field: 'connectivity_degraded',
      expected: 'what link, latch and grid say',
      holds: (status) =>
        status.connectivity_degraded === undefined || status.connectivity_degraded === isConnectivityDegraded(status),
    },
  ],
}
