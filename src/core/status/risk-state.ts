import type { ModeReason, RiskState, StatusMode } from '../../ports/vocabulary/status.generated.js'

/** Health in one word, by the mode and its reasons alone. */
export function riskStateOf(mode: StatusMode, reasons: readonly ModeReason[]): RiskState {
  if (mode === 'Kill') return 'KILL'
  if (mode === 'Active') return 'HEALTHY'
  // What has set the latch says what is the matter; where nothing does, a feed has lost events.
  const causes = reasons.filter((reason) => reason !== 'REDUCEONLY_OPEN_PERMISSION_LATCHED')
  const isMaintenance = causes.length > 0 && causes.every((reason) => MAINTENANCE.includes(reason))
  return isMaintenance ? 'MAINTENANCE' : 'DEGRADED'
}

/** Reasons that are part of running the system, not of something being wrong with it. */
const MAINTENANCE: readonly ModeReason[] = [
  'REDUCEONLY_RESTART_RECONCILE',
  'REDUCEONLY_MAINTENANCE',
  'REDUCEONLY_OPERATOR',
]
