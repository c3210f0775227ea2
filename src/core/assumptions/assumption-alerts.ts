import type { AlertLevel } from '../../ports/vocabulary/alerts.js'
import type { AssumptionStand } from '../../ports/vocabulary/assumptions.js'

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

export function expiredText(name: string, lastTestedMs: number): string {
  return `${name} is EXPIRED: it was last tested at ${new Date(lastTestedMs).toISOString()}`
}
