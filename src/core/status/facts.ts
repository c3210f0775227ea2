import { STATUS_REGISTRIES, type StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { isCertificateGate } from '../mode/mode.js'
import type { ContractRule, Fact } from './contract.js'

/** Facts that mean the same in every version. */
export const COMMON_FACTS: readonly Fact[] = [
  {
    reason: 'KILL_LINK_CORRUPT',
    fields: ['link_state'],
    fact: 'link_state is LINK_CORRUPT',
    source: 'spec, Link',
    holds: ({ link_state }) => link_state === 'LINK_CORRUPT',
  },
  {
    reason: 'KILL_POSITION_MISMATCH',
    fields: ['open_permission_reason_codes'],
    fact: 'POSITION_MISMATCH is latched',
    source: 'spec, Reconciliation',
    holds: (status) => isLatchedBy(status, 'POSITION_MISMATCH'),
    // A latched mismatch outside of Kill is LATCH_IMPLIES_KILL's.
    only: 'Kill',
  },
  {
    reason: 'KILL_POSTURE_HIBERNATE',
    fields: ['posture'],
    fact: 'posture is HIBERNATE',
    source: 'spec, /status',
    holds: ({ posture }) => posture === 'HIBERNATE',
  },
  {
    reason: 'KILL_WAL_FAILED',
    fields: ['wal_enqueue_failures'],
    fact: 'wal_enqueue_failures is above 0',
    source: 'spec, Journal',
    holds: ({ wal_enqueue_failures }) => wal_enqueue_failures > 0,
  },
  {
    reason: 'REDUCEONLY_MARKET_DATA_STALE',
    fields: ['ws_event_lag_ms', 'last_scan_age_ms', 'open_permission_reason_codes'],
    fact: 'market data is stale or latched as stale',
    source: 'locked decision 7',
    holds: (status) =>
      isLatchedBy(status, 'MARKET_DATA_STALE') ||
      (status.ws_event_lag_ms ?? Number.POSITIVE_INFINITY) > thresholds.ws_event_lag_stale_ms ||
      (status.last_scan_age_ms ?? Number.POSITIVE_INFINITY) > thresholds.last_scan_stale_ms,
  },
  {
    reason: 'REDUCEONLY_LINK_DEGRADED',
    fields: ['link_state', 'open_permission_reason_codes'],
    fact: 'link_state is LINK_DEGRADED, or OK with LINK_NOT_OK latched',
    source: 'spec, Link',
    holds: (status) =>
      status.link_state === 'LINK_DEGRADED' || (status.link_state === 'LINK_OK' && isLatchedBy(status, 'LINK_NOT_OK')),
  },
  {
    reason: 'REDUCEONLY_LINK_LOST',
    fields: ['link_state'],
    fact: 'link_state is LINK_LOST',
    source: 'spec, Link',
    holds: ({ link_state }) => link_state === 'LINK_LOST',
  },
  {
    reason: 'REDUCEONLY_GRID_UNAVAILABLE',
    fields: ['grid_connected'],
    fact: 'grid_connected is false',
    source: 'spec, /status',
    holds: ({ grid_connected }) => !grid_connected,
  },
  {
    reason: 'REDUCEONLY_RESTART_RECONCILE',
    fields: ['open_permission_reason_codes'],
    fact: 'RESTART_RECONCILE_REQUIRED is latched',
    source: 'spec, /status',
    holds: (status) => isLatchedBy(status, 'RESTART_RECONCILE_REQUIRED'),
  },
  {
    reason: 'REDUCEONLY_SESSION_TERMINATION',
    fields: ['open_permission_reason_codes'],
    fact: 'SESSION_TERMINATED is latched',
    source: 'spec, /status',
    holds: (status) => isLatchedBy(status, 'SESSION_TERMINATED'),
  },
  {
    reason: 'REDUCEONLY_POSTURE_TURTLE',
    fields: ['posture'],
    fact: 'posture is TURTLE',
    source: 'spec, /status',
    holds: ({ posture }) => posture === 'TURTLE',
  },
  {
    reason: 'REDUCEONLY_F1_CERT',
    fields: ['f1_cert_state', 'deployment_environment'],
    fact: 'a gated environment without a passed certificate',
    source: 'locked decision 11',
    holds: (status) => isCertificateGate(status.deployment_environment) && status.f1_cert_state !== 'PASS',
  },
]

const { thresholds } = STATUS_REGISTRIES

/** The rule that a fact and its reason stand together. `tiers`: of each reason. */
export function factRule(
  { reason, fields, fact, source, holds, isOneOfSeveral, only }: Fact,
  tiers: ReadonlyMap<string, string>,
): ContractRule {
  const isOutranked = tiers.get(reason) === 'ReduceOnly'
  return {
    rule: `${reason}_MATCHES`,
    fields: [...fields, 'mode_reasons', ...(isOutranked || only !== undefined ? (['trading_mode'] as const) : [])],
    when: only === undefined ? (isOutranked ? 'any but Kill; in Kill it may be left unsaid' : 'any') : `mode ${only}`,
    expected: `${reason} among the reasons ${isOneOfSeveral ? 'when' : 'exactly when'} ${fact}`,
    source,
    holds: (status) => {
      if (only !== undefined && status.trading_mode !== only) return true
      const said = (status.mode_reasons as readonly string[]).includes(reason)
      if (!holds(status)) return !said || isOneOfSeveral === true
      return said || (isOutranked && status.trading_mode === 'Kill')
    },
  }
}

/** Whether the document lists the code among what set the latch. */
export function isLatchedBy(status: StatusDocument, code: string): boolean {
  return (status.open_permission_reason_codes as readonly string[]).includes(code)
}
