import type { Alert, AlertLevel } from '../../ports/vocabulary/alerts.js'
import type { AssumptionStand, SystemRegime } from '../../ports/vocabulary/assumptions.js'
import type { SystemRegimeStand } from './system-regime.js'

/** What somebody should know of an assumption's last run; undefined: its status is what it was, or has become better. */
export function assumptionNotice(
  name: string,
  before: AssumptionStand | undefined,
  after: AssumptionStand,
): { readonly level: AlertLevel; readonly category: string; readonly message: string } | undefined {
  const level = LEVELS[after.status]
  if (level === undefined || before?.status === after.status) return undefined
  const failures = `${after.consecutiveFailures} failures in a row`
  return { level, category: 'assumption', message: `${name} is ${after.status} after ${failures}: ${after.lastDetail}` }
}

/** Neither is a kill nor a reduction by itself: what an invalid assumption forbids, the mode says as long as it lasts. */
const LEVELS: Record<AssumptionStand['status'], AlertLevel | undefined> = {
  UNTESTED: undefined,
  VALID: undefined,
  WARNING: 'WARNING',
  INVALID: 'ERROR',
}

export function expiredText(name: string, sinceMs: number): string {
  return `${name} is EXPIRED: no test has borne it out since ${new Date(sinceMs).toISOString()}`
}

/** What somebody should know when a trade has changed what is thought of the system; undefined: nothing, or good news. */
export function regimeAlert(before: SystemRegime, after: SystemRegimeStand, atMs: number): Alert | undefined {
  const { regime, confidence, trades, recent } = after
  const level = REGIME_LEVELS[regime]
  if (level === undefined || regime === before) return undefined
  const won = `${recent.filter(Boolean).length} of the last ${recent.length} trades won`
  const message = `system regime ${regime}, confidence ${confidence / 10}: ${won}`
  return { alertId: `regime.${trades}`, level, category: REGIME_CATEGORY, message, atMs }
}

const REGIME_LEVELS: Record<SystemRegime, AlertLevel | undefined> = {
  UNKNOWN: undefined,
  EDGE_PRESENT: undefined,
  EDGE_DECAYING: 'WARNING',
  REGIME_CHANGE: 'WARNING',
  EDGE_GONE: 'CRITICAL',
}

const REGIME_CATEGORY = 'regime'

/**
 * Whether an alert is for people alone. A critical one otherwise allows exits only; that the edge has gone changes nothing by
 * itself, and what it is to change, `actOnRegime` says. Source: observation semantics, section 9.
 */
export function isForPeople({ category }: Alert): boolean {
  return category === REGIME_CATEGORY
}
