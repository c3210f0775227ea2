import type { Alert, AlertLevel } from '../../ports/vocabulary/alerts.js'
import type { PerformanceSnapshot } from '../../ports/vocabulary/session.js'

/** Least to most severe. */
export const ALERT_LEVELS: readonly AlertLevel[] = ['INFO', 'WARNING', 'ERROR', 'CRITICAL', 'EMERGENCY']

/** The least value at which a figure is worth an alert of a level. */
export type Limits = Readonly<Partial<Record<AlertLevel, number>>>

export interface PerformanceLimits {
  /** Fall of realised capital from its peak, as a fraction of it. */
  readonly drawdownPct: Limits
  /** Losing trades in a row. */
  readonly lossStreak: Limits
}

/**
 * The champion on the bundled days stays below the first warning of each. 12 % is where the capital category of the survival stack
 * has fallen by half; 30 % is the forewarner's catastrophe (engine semantics, sections 3 and 11).
 */
export const PERFORMANCE_LIMITS: PerformanceLimits = Object.freeze({
  drawdownPct: Object.freeze({ WARNING: 0.08, ERROR: 0.12, CRITICAL: 0.2, EMERGENCY: 0.3 }),
  lossStreak: Object.freeze({ WARNING: 8, ERROR: 12, CRITICAL: 18 }),
})

/**
 * Alerts of a trade that has just closed: one for each figure that has reached a level which it had not before the
 * trade. A figure that stays where it is says nothing again.
 */
export function performanceAlerts(
  before: PerformanceSnapshot,
  after: PerformanceSnapshot,
  limits: PerformanceLimits = PERFORMANCE_LIMITS,
): Alert[] {
  const figures = [
    {
      name: 'drawdown',
      limits: limits.drawdownPct,
      figureOf: (p: PerformanceSnapshot) => p.currentDrawdownPct,
      text: (value: number) => `capital is ${(value * 100).toFixed(2)} % below its peak`,
    },
    {
      name: 'loss-streak',
      limits: limits.lossStreak,
      figureOf: (p: PerformanceSnapshot) => Math.max(0, -p.streak),
      text: (value: number) => `${value} losing trades in a row`,
    },
  ]
  return figures.flatMap(({ name, limits: limit, figureOf, text }) => {
    const level = levelOf(figureOf(after), limit)
    if (level === undefined || rank(level) <= rank(levelOf(figureOf(before), limit))) return []
    const message = `${text(figureOf(after))}; ${level} from ${limit[level]} on`
    return [{ alertId: `${name}.${after.totalTrades}`, level, category: 'risk', message, atMs: after.atMs }]
  })
}

function levelOf(value: number, limits: Limits): AlertLevel | undefined {
  return ALERT_LEVELS.findLast((level) => value >= (limits[level] ?? Number.POSITIVE_INFINITY))
}

function rank(level: AlertLevel | undefined): number {
  return level === undefined ? -1 : ALERT_LEVELS.indexOf(level)
}
