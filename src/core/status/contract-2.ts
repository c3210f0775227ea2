import { STATUS_FIELDS, STATUS_REGISTRIES } from '../../ports/vocabulary/status.generated.js'
import { isConnectivityDegraded } from './connectivity.js'
import type { Contract, ContractRule, Fact } from './contract.js'
import { contractRules } from './contract-rules.js'
import { COMMON_FACTS, isLatchedBy } from './facts.js'
import { riskStateOf } from './risk-state.js'
import { startMs } from './start-time.js'

/** The contract of this build, 2.0.0. */
export const CURRENT_CONTRACT: Contract = {
  registries: STATUS_REGISTRIES,
  fields: STATUS_FIELDS,
  rules: [...contractRules(STATUS_REGISTRIES, facts()), ...ownRules()],
}

function facts(): readonly Fact[] {
  const { thresholds } = STATUS_REGISTRIES
  return [
    ...COMMON_FACTS,
    {
      reason: 'KILL_ACCOUNT_LOCKOUT',
      fields: ['open_permission_reason_codes'],
      fact: 'ACCOUNT_MISMATCH is latched',
      source: 'spec, Reconciliation',
      holds: (status) => isLatchedBy(status, 'ACCOUNT_MISMATCH'),
      // The lockout of another side is no latch of this one.
      isOneOfSeveral: true,
      only: 'Kill',
    },
    {
      reason: 'KILL_MARGIN_CRITICAL',
      fields: ['margin_util'],
      fact: `margin_util is ${thresholds.margin_util_critical} or more`,
      source: 'spec, Amendments',
      holds: ({ margin_util }) => (margin_util ?? 0) >= thresholds.margin_util_critical,
    },
    {
      reason: 'KILL_DISK_CRITICAL',
      fields: ['disk_used_pct'],
      fact: `disk_used_pct is ${thresholds.disk_used_critical_pct} or more`,
      source: 'spec, Amendments',
      holds: ({ disk_used_pct }) => (disk_used_pct ?? 0) >= thresholds.disk_used_critical_pct,
    },
    {
      reason: 'REDUCEONLY_OPEN_PERMISSION_LATCHED',
      fields: ['open_permission_blocked_latch'],
      fact: 'the latch is set',
      source: 'spec, Amendments',
      holds: (status) => status.open_permission_blocked_latch,
      // A latch in Active is LATCH_FORBIDS_ACTIVE's.
      only: 'ReduceOnly',
    },
    {
      reason: 'REDUCEONLY_WAL_BACKPRESSURE',
      fields: ['wal_queue_depth', 'wal_queue_capacity'],
      fact: 'the journal queue is full',
      source: 'spec, Journal',
      holds: (status) => status.wal_queue_depth >= status.wal_queue_capacity,
      // It stands until the queue has drained, and for a queue of another process.
      isOneOfSeveral: true,
    },
    {
      reason: 'REDUCEONLY_DISK_HIGH',
      fields: ['disk_used_pct'],
      fact: `disk_used_pct is ${thresholds.disk_used_high_pct} or more`,
      source: 'spec, Amendments',
      holds: ({ disk_used_pct }) => (disk_used_pct ?? 0) >= thresholds.disk_used_high_pct,
    },
    {
      reason: 'REDUCEONLY_MARGIN_HIGH',
      fields: ['margin_util'],
      fact: `margin_util is ${thresholds.margin_util_high} or more`,
      source: 'spec, Amendments',
      holds: ({ margin_util }) => (margin_util ?? 0) >= thresholds.margin_util_high,
    },
  ]
}

/** What the first contract left to its reader to believe. */
function ownRules(): readonly ContractRule[] {
  const { thresholds } = STATUS_REGISTRIES
  return [
    {
      rule: 'CERTIFICATE_STALE_EXPIRED',
      fields: ['f1_cert_expires_at_ms', 'f1_cert_state', 'status_ts_ms'],
      when: 'f1_cert_state STALE',
      expected: 'not later than status_ts_ms, since the certificate is STALE',
      source: 'spec, /status: PASS until its expiry',
      holds: ({ f1_cert_state, f1_cert_expires_at_ms, status_ts_ms }) =>
        f1_cert_state !== 'STALE' || f1_cert_expires_at_ms === null || f1_cert_expires_at_ms <= status_ts_ms,
    },
    {
      rule: 'RISK_STATE_FOLLOWS_REASONS',
      fields: ['risk_state', 'mode_reasons', 'trading_mode'],
      when: 'mode ReduceOnly',
      expected: "MAINTENANCE exactly while every reason but the latch's is of restart, maintenance or operator",
      source: 'spec, /status: a function of system state',
      holds: ({ risk_state, mode_reasons, trading_mode }) =>
        trading_mode !== 'ReduceOnly' ||
        (risk_state === 'MAINTENANCE') === (riskStateOf(trading_mode, mode_reasons) === 'MAINTENANCE'),
    },
    {
      rule: 'ZERO_RISK_HIBERNATES',
      fields: ['posture', 'risk_multiplier'],
      when: 'risk_multiplier 0',
      expected: 'HIBERNATE, since risk_multiplier is 0',
      source: 'survival stack: 0 is below every other posture',
      holds: ({ posture, risk_multiplier }) => risk_multiplier > 0 || posture === 'HIBERNATE',
    },
    {
      rule: 'LINK_AGE_FITS_STATE',
      fields: ['link_age_ms', 'link_state'],
      when: 'link_state LINK_OK or LINK_DEGRADED',
      expected: `at most ${thresholds.link_age_ok_ms} with LINK_OK, below ${thresholds.link_age_lost_ms} with LINK_DEGRADED`,
      source: 'spec, Link: two heartbeats missed, and lost after 5,000 ms',
      holds: ({ link_state, link_age_ms }) => {
        if (link_state === 'LINK_OK') return link_age_ms !== null && link_age_ms <= thresholds.link_age_ok_ms
        return link_state !== 'LINK_DEGRADED' || (link_age_ms ?? 0) < thresholds.link_age_lost_ms
      },
    },
    {
      rule: 'LINK_NOT_OK_LATCHED',
      fields: ['open_permission_reason_codes', 'link_state'],
      when: 'link_state other than LINK_OK',
      expected: 'LINK_NOT_OK among the codes, since the link is not OK',
      source: 'spec, /status: the latch is set by link loss',
      holds: (status) => status.link_state === 'LINK_OK' || isLatchedBy(status, 'LINK_NOT_OK'),
    },
    {
      rule: 'STALE_DATA_LATCHED',
      fields: ['open_permission_reason_codes', 'ws_event_lag_ms', 'last_scan_age_ms'],
      when: 'a market event or scan has come, and is stale',
      expected: 'MARKET_DATA_STALE among the codes, since market data are stale',
      source: 'spec, /status: the latch is set by stale market data',
      bindsFirst: true,
      holds: (status) =>
        ((status.ws_event_lag_ms ?? 0) <= thresholds.ws_event_lag_stale_ms &&
          (status.last_scan_age_ms ?? 0) <= thresholds.last_scan_stale_ms) ||
        isLatchedBy(status, 'MARKET_DATA_STALE'),
    },
    {
      rule: 'RECONCILED_SINCE_START',
      fields: ['reconcile_last_ok_ts_ms', 'open_permission_reason_codes', 'status_ts_ms', 'uptime_s'],
      when: 'RESTART_RECONCILE_REQUIRED is not latched',
      expected: 'a time since the process started: a start latches until a reconciliation agrees',
      source: 'spec, /status: only a reconciliation clears the latch',
      holds: (status) =>
        isLatchedBy(status, 'RESTART_RECONCILE_REQUIRED') ||
        (status.reconcile_last_ok_ts_ms !== null && status.reconcile_last_ok_ts_ms >= startMs(status)),
    },
    {
      rule: 'STARTED_SINCE_EPOCH',
      fields: ['uptime_s', 'status_ts_ms'],
      when: 'any',
      expected: 'no longer than status_ts_ms',
      source: 'what has happened is past',
      holds: (status) => startMs(status) >= 0,
    },
    {
      rule: 'LINK_AGE_WITHIN_UPTIME',
      fields: ['link_age_ms', 'uptime_s'],
      when: 'any',
      expected: 'no longer than the process has been up',
      source: 'counted from the start of the process at the earliest',
      holds: ({ link_age_ms, uptime_s }) => (link_age_ms ?? 0) <= Math.round(uptime_s * 1000),
    },
    {
      rule: 'SCAN_AGE_WITHIN_UPTIME',
      fields: ['last_scan_age_ms', 'uptime_s'],
      when: 'a scan has come',
      expected: 'no longer than the process has been up',
      source: 'a scan before the process is none that it has heard',
      holds: ({ last_scan_age_ms, uptime_s }) => (last_scan_age_ms ?? 0) <= Math.round(uptime_s * 1000),
    },
    {
      rule: 'EVENT_LAG_SINCE_EPOCH',
      fields: ['ws_event_lag_ms', 'status_ts_ms'],
      when: 'a market event has come',
      expected: 'no longer than status_ts_ms',
      source: 'what has happened is past',
      holds: (status) => (status.ws_event_lag_ms ?? 0) <= status.status_ts_ms,
    },
    {
      rule: 'CONNECTIVITY_DERIVED',
      fields: ['connectivity_degraded', 'link_state', 'grid_connected', 'open_permission_reason_codes'],
      when: 'connectivity_degraded is there',
      expected: 'what link, latch and grid say',
      source: 'spec, Amendments',
      bindsFirst: true,
      holds: (status) =>
        status.connectivity_degraded === undefined || status.connectivity_degraded === isConnectivityDegraded(status),
    },
  ]
}
