import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'

/** UTC ms at which the process started, by the document's own figures; a fraction of a millisecond is a rounding. */
export function startMs({ status_ts_ms, uptime_s }: StatusDocument): number {
  return status_ts_ms - Math.round(uptime_s * 1000)
}
