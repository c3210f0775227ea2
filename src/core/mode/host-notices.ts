import type { HostConditions } from '../../ports/sides.js'
import type { AlertLevel } from '../../ports/vocabulary/alerts.js'
import { STATUS_REGISTRIES } from '../../ports/vocabulary/status.generated.js'

/** What somebody should know when the conditions around a side become worse; the mode follows them by itself. */
export function hostNotices(
  before: HostConditions,
  after: HostConditions,
): readonly { readonly level: AlertLevel; readonly message: string }[] {
  const used = after.diskUsedPct ?? 0
  const wasUsed = before.diskUsedPct ?? 0
  const notices: { readonly level: AlertLevel; readonly message: string }[] = []
  const crosses = (limit: number) => used >= limit && wasUsed < limit
  if (crosses(thresholds.disk_used_critical_pct))
    notices.push({ level: 'ERROR', message: `${used} % of the journal's disk is used: everything is closed` })
  else if (crosses(thresholds.disk_used_high_pct))
    notices.push({ level: 'WARNING', message: `${used} % of the journal's disk is used: nothing opens` })
  if (after.isLoopStalled && !before.isLoopStalled) {
    const message = `the process did not run for ${thresholds.loop_stalled_ms / 1000} s or more: nothing opens`
    notices.push({ level: 'ERROR', message })
  }
  return notices
}

/** What somebody should know when a side finds out by its link that its process did not run. */
export function stallText(ms: number): string {
  return `the process did not run for ${ms} ms, or its clock was set ahead: the other side is given that long to be heard`
}

const { thresholds } = STATUS_REGISTRIES
