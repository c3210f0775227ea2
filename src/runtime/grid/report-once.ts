import type { GridTime } from './grid-circuit.js'

/** A report that says the same thing once a minute, however often it happens. */
export function reportOnce(
  time: Pick<GridTime, 'nowMs'>,
  report: ((text: string) => void) | undefined,
): (cause: string) => void {
  /** In the order of their times. */
  const reportedAtMs = new Map<string, number>()
  return (cause) => {
    const nowMs = time.nowMs()
    for (const [reported, atMs] of reportedAtMs) {
      if (nowMs - atMs < AGAIN_MS) break
      reportedAtMs.delete(reported)
    }
    if (reportedAtMs.has(cause) || reportedAtMs.size >= CAUSES_MAX) return
    reportedAtMs.set(cause, nowMs)
    report?.(cause)
  }
}

/** The same cause is reported again only after this, ms. */
const AGAIN_MS = 60_000
/** Causes that are remembered; of more than so many at once the rest is left out. */
const CAUSES_MAX = 32
