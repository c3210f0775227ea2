import { STATUS_REGISTRIES, type StatusDocument } from '../../src/ports/vocabulary/status.generated.js'

type Labels<Name extends keyof StatusDocument> = (value: StatusDocument[Name], status: StatusDocument) => string[]

const { thresholds } = STATUS_REGISTRIES

/**
 * The values of each field that a reader could take for different things, as labels; a list has one for each of its codes.
 * Two fields are independent of each other when every label of one stands in some document beside every label of the other.
 */
export const VALUES: { readonly [Name in keyof Required<StatusDocument>]: Labels<Name> } = {
  contract_version: String_,
  schema_version: String_,
  deployment_environment: String_,
  strategy_id: String_,
  status_ts_ms: String_,
  uptime_s: (value) => [value < 100 ? 'young' : 'old'],
  trading_mode: String_,
  mode_reasons: codes,
  risk_state: String_,
  posture: String_,
  risk_multiplier: (value) => [value === 0 ? '0' : value < 1 ? 'less' : '1'],
  open_permission_blocked_latch: String_,
  open_permission_reason_codes: codes,
  requires_reconcile: String_,
  f1_cert_state: String_,
  f1_cert_expires_at_ms: (value, { status_ts_ms }) => [
    value === null ? 'null' : value > status_ts_ms ? 'to come' : 'past',
  ],
  champion_hash: String_,
  config_hash: String_,
  link_state: String_,
  link_age_ms: (value) => [
    value === null || value >= thresholds.link_age_lost_ms
      ? 'silent'
      : value > thresholds.link_age_ok_ms
        ? 'late'
        : 'young',
  ],
  ws_event_lag_ms: (value) => [value === null ? 'null' : value > thresholds.ws_event_lag_stale_ms ? 'stale' : 'fresh'],
  last_scan_number: (value) => [value === null ? 'null' : 'a number'],
  last_scan_age_ms: (value) => [value === null ? 'null' : value > thresholds.last_scan_stale_ms ? 'stale' : 'fresh'],
  grid_connected: String_,
  loop_lag_ms: (value) => [value >= thresholds.loop_stalled_ms ? 'stalled' : 'steady'],
  wal_queue_depth: (value) => [value > 8 ? 'long' : 'short'],
  wal_queue_capacity: (value) => [value > 8 ? 'large' : 'small'],
  wal_enqueue_failures: (value) => [value > 0 ? 'some' : 'none'],
  open_position_count: String_,
  naked_exposure_events_24h: (value) => [value > 0 ? 'some' : 'none'],
  reconcile_last_ok_ts_ms: (value) => [value === null ? 'null' : 'a time'],
  drawdown_pct: (value) => [value > 0 ? 'some' : 'none'],
  http_429_count_5m: (value) => [value > 0 ? 'some' : 'none'],
  session_terminations_5m: (value) => [value > 0 ? 'some' : 'none'],
  owner_view: ({ primary_owner_reason_code }) => [primary_owner_reason_code],
  build_id: (value) => [value === undefined ? 'absent' : value],
  connectivity_degraded: (value) => [String(value)],
  disk_used_pct: (value) => [measure(value, thresholds.disk_used_high_pct, thresholds.disk_used_critical_pct)],
  margin_util: (value) => [measure(value, thresholds.margin_util_high, thresholds.margin_util_critical)],
}

function String_(value: string | number | boolean): string[] {
  return [String(value)]
}

function codes(value: readonly string[]): string[] {
  return value.length === 0 ? ['none'] : [...value]
}

function measure(value: number | null | undefined, high: number, critical: number): string {
  if (value === null || value === undefined) return 'unknown'
  return value >= critical ? 'critical' : value >= high ? 'high' : 'low'
}
