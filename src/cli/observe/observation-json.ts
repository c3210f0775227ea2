import { canonicalJson } from '../../base/canonical-json.js'
import type { BarObservation, ObservationSnapshot } from '../../ports/vocabulary/observation.js'
import type { ObservationSummary } from './tally.js'

/** A snapshot as a line of canonical JSON: the same observation gives the same bytes. */
export function snapshotLine(snapshot: ObservationSnapshot, observed: BarObservation): string {
  const { status, timestampMs, symbolsActive, counters, promotedEvents, failureReason } = snapshot
  const { symbols } = observed
  const of = { status, timestampMs, symbolsActive, counters, promotedEvents, symbols, failureReason }
  return `${canonicalJson({ schema: 'dolphin.observation/1', ...of })}\n`
}

/** What is said at the end, as a line. */
export function summaryLine(summary: ObservationSummary): string {
  const firstRefused = summary.firstRefused.map(({ event, ...of }) => ({ ...of, event: asJson(event) }))
  return `${canonicalJson({ schema: 'dolphin.observation-summary/1', ...summary, firstRefused })}\n`
}

/** What is refused may be anything: numbers that JSON does not have are null. */
function asJson(event: unknown): unknown {
  return JSON.parse(JSON.stringify(event) ?? 'null')
}
