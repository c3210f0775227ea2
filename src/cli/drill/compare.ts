import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'

/**
 * Fields that differ from run to run while the state is the same, and why each does. Everything else of a drilled system's
 * `/status` must be what the golden document says, letter by letter.
 */
export const VOLATILE_FIELDS = {
  status_ts_ms: 'when it was asked',
  uptime_s: 'when it was asked',
  strategy_id: 'of the configuration',
  config_hash: 'of the configuration',
  risk_multiplier: 'of the survival stack on that day',
  f1_cert_expires_at_ms: 'of the certificate',
  link_age_ms: 'between two heartbeats',
  ws_event_lag_ms: 'of the machine',
  last_scan_number: 'how long the session has run',
  last_scan_age_ms: 'between two bars',
  loop_lag_ms: 'of the machine',
  wal_queue_depth: 'of the disk',
  wal_queue_capacity: 'of the journal that is used',
  open_position_count: 'what the market led the strategy to',
  reconcile_last_ok_ts_ms: 'when it was asked',
  drawdown_pct: 'what the market did',
  session_terminations_5m: 'how often the client tried again',
  build_id: 'of the build',
  disk_used_pct: 'of the machine',
  margin_util: 'what the market led the strategy to',
} as const satisfies Partial<Record<keyof StatusDocument, string>>

/** A field that is not what the golden document says. */
export interface Difference {
  readonly field: string
  readonly expected: unknown
  readonly found: unknown
}

/** What differs but for the volatile fields, and for the words of the owner's view that repeat one of those. */
export function differences(expected: StatusDocument, found: StatusDocument): readonly Difference[] {
  const one = masked(expected)
  const other = masked(found)
  return Object.keys(one)
    .filter((field) => JSON.stringify(one[field]) !== JSON.stringify(other[field]))
    .map((field) => ({ field, expected: one[field], found: other[field] }))
}

function masked({ owner_view, ...fields }: StatusDocument): Readonly<Record<string, unknown>> {
  const unblock = owner_view.unblock.map(({ current, ...step }) => ({ ...step, current: maskedCurrent(current) }))
  return { ...maskedFields(fields), owner_view: { ...owner_view, unblock } }
}

function maskedFields(fields: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, isVolatile(name) ? null : value]))
}

/** `ws_event_lag_ms=3200`: the name stays. */
function maskedCurrent(current: string): string {
  const [name] = current.split('=') as [string]
  return isVolatile(name) ? name : current
}

function isVolatile(field: string): boolean {
  return Object.hasOwn(VOLATILE_FIELDS, field)
}
