import type { PerformanceSnapshot } from '../../ports/vocabulary/session.js'

/** A figure that somebody should look at. */
export interface PerformanceWarning {
  readonly figure: 'winRate' | 'sharpeRatio30d' | 'currentDrawdownPct'
  readonly severity: 'WARNING' | 'SEVERE'
  /** For people. */
  readonly text: string
}

/**
 * What the figures of closed trades give reason to look at: they say nothing of tomorrow, and nothing is done about them. Figures
 * of too few trades or days say nothing. Source: module contracts, layer 6.
 */
export function performanceWarnings(snapshot: PerformanceSnapshot): readonly PerformanceWarning[] {
  const { totalTrades, winRate, sharpeRatio30d, currentDrawdownPct } = snapshot
  const percent = (fraction: number) => `${(fraction * 100).toFixed(1)} %`
  const warnings: PerformanceWarning[] = []
  if (totalTrades >= FEWEST_TRADES && winRate < WIN_RATE.WARNING) {
    const severity = winRate < WIN_RATE.SEVERE ? 'SEVERE' : 'WARNING'
    warnings.push({ figure: 'winRate', severity, text: `${percent(winRate)} of ${totalTrades} trades won` })
  }
  // A ratio of 0 is one of too few days, or of days that did not differ.
  if (sharpeRatio30d !== 0 && sharpeRatio30d < SHARPE_LEAST) {
    const text = `Sharpe ratio of 30 days ${sharpeRatio30d.toFixed(2)}`
    warnings.push({ figure: 'sharpeRatio30d', severity: 'WARNING', text })
  }
  if (currentDrawdownPct > DRAWDOWN.WARNING) {
    const severity = currentDrawdownPct > DRAWDOWN.SEVERE ? 'SEVERE' : 'WARNING'
    warnings.push({ figure: 'currentDrawdownPct', severity, text: `${percent(currentDrawdownPct)} below the peak` })
  }
  return warnings
}

const FEWEST_TRADES = 20
const WIN_RATE = { WARNING: 0.5, SEVERE: 0.4 }
const SHARPE_LEAST = 0.5
const DRAWDOWN = { WARNING: 0.15, SEVERE: 0.25 }
