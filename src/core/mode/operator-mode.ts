import type { Alert, AlertLevel, TradingMode } from '../../ports/vocabulary/alerts.js'

/** Least to most restrictive. */
const MODES: readonly TradingMode[] = ['ACTIVE', 'REDUCE_ONLY', 'KILL']

const MODE_OF: Record<AlertLevel, TradingMode> = {
  INFO: 'ACTIVE',
  WARNING: 'ACTIVE',
  ERROR: 'ACTIVE',
  CRITICAL: 'REDUCE_ONLY',
  EMERGENCY: 'KILL',
}

/** The mode that an alert brings about. It never loosens one: that takes an operator. */
export function modeAfter(mode: TradingMode, { level }: Pick<Alert, 'level'>): TradingMode {
  return MODES[Math.max(MODES.indexOf(mode), MODES.indexOf(MODE_OF[level]))]!
}
