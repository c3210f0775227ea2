import { statusOf } from '../../../src/core/status/status.js'
import { STATUS_FIELDS } from '../../../src/ports/vocabulary/status.generated.js'
import { HEALTHY } from '../../support/system-state.js'

type Document = Record<string, unknown>

/** A way to break a valid document, and the name of the rule that must notice. */
export interface Mutation {
  readonly kind: string
  readonly rule: string
  readonly document: Document
}

const active = document({})
const latched = document({ latches: new Set(['RESTART_RECONCILE_REQUIRED', 'LINK_NOT_OK'] as const) })
const killed = document({ operatorMode: 'KILL', posture: 'HIBERNATE' })
const reduced = document({ operatorMode: 'REDUCE_ONLY', forewarner: 'RED' })

const TYPES: Readonly<Record<string, unknown>> = {
  const: 7,
  string: '',
  hash: 'not a hash',
  count: 1.5,
  number: '1',
  flag: 'true',
  list: 'KILL_OPERATOR',
}

export const MUTATIONS: readonly Mutation[] = [
  ...STATUS_FIELDS.filter((field) => !('optional' in field)).map(({ name }) =>
    broken(`${name} missing`, 'FIELD_REQUIRED', active, without(name)),
  ),
  ...STATUS_FIELDS.filter((field) => field.type.split(':')[0]! in TYPES && !field.type.startsWith('const')).map(
    ({ name, type }) => broken(`${name} of another type`, 'FIELD_TYPE', active, { [name]: TYPES[type.split(':')[0]!] }),
  ),
  ...STATUS_FIELDS.filter((field) => !('nullable' in field) && !field.type.startsWith('const')).map(({ name, type }) =>
    broken(
      `${name} null`,
      type.startsWith('enum') ? 'REGISTRY_MEMBER' : type === 'owner_view' ? 'OWNER_VIEW_LOCKED' : 'FIELD_TYPE',
      active,
      { [name]: null },
    ),
  ),
  ...STATUS_FIELDS.filter(({ type }) => type.startsWith('enum')).map(({ name }) =>
    broken(`${name} of no registry`, 'REGISTRY_MEMBER', active, { [name]: 'constructor' }),
  ),
  ...STATUS_FIELDS.filter(({ type }) => type === 'count').map(({ name }) =>
    broken(`${name} below its range`, 'FIELD_RANGE', active, { [name]: -1 }),
  ),
  broken('risk_multiplier above 1', 'FIELD_RANGE', active, { risk_multiplier: 1.01 }),
  broken('drawdown_pct above 100', 'FIELD_RANGE', active, { drawdown_pct: 101 }),
  broken('uptime_s not a number', 'FIELD_TYPE', active, { uptime_s: Number.NaN }),
  broken('another contract', 'CONTRACT_VERSION_BINDING', active, { contract_version: '0.9.0' }),
  broken('another schema', 'SCHEMA_VERSION_BINDING', active, { schema_version: '1.0.0' }),
  broken('the first contract in words of this one', 'REGISTRY_MEMBER', latched, {
    contract_version: '1.0.0',
    schema_version: '1.0.0',
  }),
  broken('a field more', 'NO_UNKNOWN_FIELD', active, { note: 'all fine, trust me' }),
  broken('Active with a reason', 'ACTIVE_HAS_NO_REASON', active, { mode_reasons: ['REDUCEONLY_OPERATOR'] }),
  broken('Kill without a reason', 'MODE_HAS_REASON', killed, { mode_reasons: [] }),
  broken('ReduceOnly without a reason', 'MODE_HAS_REASON', reduced, { mode_reasons: [] }),
  broken('a Kill reason under ReduceOnly', 'TIER_PURITY', reduced, { mode_reasons: ['KILL_OPERATOR'] }),
  broken('mixed tiers', 'TIER_PURITY', killed, { mode_reasons: ['KILL_OPERATOR', 'REDUCEONLY_OPERATOR'] }),
  broken('Kill said as ReduceOnly', 'TIER_PURITY', killed, { trading_mode: 'ReduceOnly' }),
  broken('ReduceOnly said as Active', 'ACTIVE_HAS_NO_REASON', reduced, { trading_mode: 'Active' }),
  broken('reasons turned round', 'CODES_IN_MANIFEST_ORDER', killed, {
    mode_reasons: ['KILL_OPERATOR', 'KILL_POSTURE_HIBERNATE'],
  }),
  broken('a reason twice', 'CODES_UNIQUE', killed, {
    mode_reasons: ['KILL_POSTURE_HIBERNATE', 'KILL_POSTURE_HIBERNATE', 'KILL_OPERATOR'],
  }),
  broken('a reason of no registry', 'REGISTRY_MEMBER', killed, { mode_reasons: ['KILL_BOREDOM'] }),
  broken('latch codes turned round', 'CODES_IN_MANIFEST_ORDER', latched, {
    open_permission_reason_codes: ['LINK_NOT_OK', 'RESTART_RECONCILE_REQUIRED'],
  }),
  broken('a latch code of no registry', 'REGISTRY_MEMBER', latched, { open_permission_reason_codes: ['MOON_PHASE'] }),
  broken('latched without reconcile', 'LATCH_REQUIRES_RECONCILE', latched, { requires_reconcile: false }),
  broken('reconcile without latch', 'LATCH_REQUIRES_RECONCILE', active, { requires_reconcile: true }),
  broken('latched without a code', 'LATCH_HAS_REASON', latched, { open_permission_reason_codes: [] }),
  broken('a code without latch', 'LATCH_HAS_REASON', active, { open_permission_reason_codes: ['LINK_NOT_OK'] }),
  broken('latched and Active', 'LATCH_FORBIDS_ACTIVE', latched, { trading_mode: 'Active', mode_reasons: [] }),
  broken('a position mismatch and no Kill', 'LATCH_IMPLIES_KILL', latched, {
    open_permission_reason_codes: ['POSITION_MISMATCH'],
  }),
  broken('an account mismatch and no Kill', 'LATCH_IMPLIES_KILL', latched, {
    open_permission_reason_codes: ['ACCOUNT_MISMATCH'],
  }),
  broken('a latch that is silent', 'REDUCEONLY_OPEN_PERMISSION_LATCHED_MATCHES', latched, {
    mode_reasons: (latched.mode_reasons as string[]).slice(1),
  }),
  broken('a latch that is none', 'REDUCEONLY_OPEN_PERMISSION_LATCHED_MATCHES', reduced, {
    mode_reasons: ['REDUCEONLY_OPEN_PERMISSION_LATCHED', ...(reduced.mode_reasons as string[])],
  }),
  broken('a retired latch code', 'REGISTRY_MEMBER', latched, { open_permission_reason_codes: ['WAL_BACKPRESSURE'] }),
  broken('PASS without expiry', 'CERTIFICATE_EXPIRY_NULLABILITY', active, { f1_cert_expires_at_ms: null }),
  broken('MISSING with expiry', 'CERTIFICATE_EXPIRY_NULLABILITY', active, { f1_cert_state: 'MISSING' }),
  broken('INVALID with expiry', 'CERTIFICATE_EXPIRY_NULLABILITY', active, { f1_cert_state: 'INVALID' }),
  broken('PASS after its expiry', 'CERTIFICATE_NOT_EXPIRED', active, { f1_cert_expires_at_ms: 1 }),
  broken('healthy in Kill', 'RISK_STATE_FOLLOWS_MODE', killed, { risk_state: 'HEALTHY' }),
  broken('killed in Active', 'RISK_STATE_FOLLOWS_MODE', active, { risk_state: 'KILL' }),
  broken('healthy in ReduceOnly', 'RISK_STATE_FOLLOWS_MODE', reduced, { risk_state: 'HEALTHY' }),
  broken('reconciled in the future', 'RECONCILED_BEFORE_NOW', active, { reconcile_last_ok_ts_ms: HEALTHY.nowMs + 1 }),
  broken('a corrupt link and Active', 'KILL_LINK_CORRUPT_MATCHES', active, { link_state: 'LINK_CORRUPT' }),
  broken('a degraded link and Active', 'REDUCEONLY_LINK_DEGRADED_MATCHES', active, { link_state: 'LINK_DEGRADED' }),
  broken('a lost link and Active', 'REDUCEONLY_LINK_LOST_MATCHES', active, { link_state: 'LINK_LOST' }),
  broken('HIBERNATE and Active', 'KILL_POSTURE_HIBERNATE_MATCHES', active, { posture: 'HIBERNATE' }),
  broken('APEX said to hibernate', 'KILL_POSTURE_HIBERNATE_MATCHES', killed, { posture: 'APEX' }),
  broken('TURTLE and Active', 'REDUCEONLY_POSTURE_TURTLE_MATCHES', active, { posture: 'TURTLE' }),
  broken('a failed journal and Active', 'KILL_WAL_FAILED_MATCHES', active, { wal_enqueue_failures: 1 }),
  broken('a full queue and Active', 'REDUCEONLY_WAL_BACKPRESSURE_MATCHES', active, { wal_queue_depth: 4_096 }),
  broken('a full disk and Active', 'KILL_DISK_CRITICAL_MATCHES', active, { disk_used_pct: 95 }),
  broken('a filling disk and Active', 'REDUCEONLY_DISK_HIGH_MATCHES', active, { disk_used_pct: 85 }),
  broken('an empty disk said to be filling', 'REDUCEONLY_DISK_HIGH_MATCHES', reduced, {
    mode_reasons: ['REDUCEONLY_DISK_HIGH', ...(reduced.mode_reasons as string[])],
  }),
  broken('no margin left and Active', 'KILL_MARGIN_CRITICAL_MATCHES', active, { margin_util: 0.95 }),
  broken('little margin left and Active', 'REDUCEONLY_MARGIN_HIGH_MATCHES', active, { margin_util: 0.85 }),
  broken('more than a whole disk', 'FIELD_RANGE', active, { disk_used_pct: 101 }),
  broken('more than all margin', 'FIELD_RANGE', active, { margin_util: 1.01 }),
  broken('connections said to be broken', 'CONNECTIVITY_DERIVED', active, { connectivity_degraded: true }),
  broken('connections said to be well', 'CONNECTIVITY_DERIVED', latched, { connectivity_degraded: false }),
  broken('old market events and Active', 'REDUCEONLY_MARKET_DATA_STALE_MATCHES', active, { ws_event_lag_ms: 2_001 }),
  broken('an old scan and Active', 'REDUCEONLY_MARKET_DATA_STALE_MATCHES', active, { last_scan_age_ms: 10_001 }),
  broken('no scan and Active', 'REDUCEONLY_MARKET_DATA_STALE_MATCHES', active, { last_scan_age_ms: null }),
  broken('no grid and Active', 'REDUCEONLY_GRID_UNAVAILABLE_MATCHES', active, { grid_connected: false }),
  broken('a grid said to be away', 'REDUCEONLY_GRID_UNAVAILABLE_MATCHES', reduced, {
    mode_reasons: ['REDUCEONLY_GRID_UNAVAILABLE', 'REDUCEONLY_MC_RED', 'REDUCEONLY_OPERATOR'],
  }),
  broken('LIVE on a stale certificate', 'REDUCEONLY_F1_CERT_MATCHES', active, {
    deployment_environment: 'LIVE',
    f1_cert_state: 'STALE',
  }),
  broken('an owner told something else', 'OWNER_VIEW_DERIVED', killed, { owner_view: active.owner_view }),
  broken('an owner soothed', 'OWNER_VIEW_DERIVED', killed, {
    owner_view: { ...(killed.owner_view as object), owner_message: 'All is well.' },
  }),
  broken('an owner not told how it ends', 'OWNER_VIEW_DERIVED', reduced, {
    owner_view: { ...(reduced.owner_view as object), unblock: [] },
  }),
  broken('an owner view with a key more', 'OWNER_VIEW_LOCKED', active, {
    owner_view: { ...(active.owner_view as object), advice: 'buy' },
  }),
  broken('an owner view with a key less', 'OWNER_VIEW_LOCKED', active, { owner_view: { owner_message: 'fine' } }),
  broken('an owner state of no registry', 'REGISTRY_MEMBER', active, {
    owner_view: { ...(active.owner_view as object), primary_owner_reason_code: 'MOOD_FINE' },
  }),
  broken('an unblock of no type', 'REGISTRY_MEMBER', active, {
    owner_view: {
      ...(active.owner_view as object),
      unblock: [{ type: 'PRAYER', condition: 'a', current: 'b', target: 'c' }],
    },
  }),
]

function document(wrong: Partial<typeof HEALTHY>): Document {
  return { ...statusOf({ ...HEALTHY, ...wrong }) }
}

function broken(
  kind: string,
  rule: string,
  base: Document,
  change: Document | ((base: Document) => Document),
): Mutation {
  return { kind, rule, document: typeof change === 'function' ? change(base) : { ...base, ...change } }
}

function without(name: string): (base: Document) => Document {
  return (base) => Object.fromEntries(Object.entries(base).filter(([key]) => key !== name))
}
