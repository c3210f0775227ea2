import type { LinkEndpoint } from './link-endpoint.js'
import { LINK_TIMINGS, type LinkTimings } from './link-timings.js'

/**
 * Ms since the last valid message, or since the start, as the contract of `/status` counts them: without what longer timings
 * than its own excuse. 0 before the endpoint starts.
 */
export function contractAgeMs(link: Pick<LinkEndpoint, 'ageMs'>, timings: LinkTimings, nowMs: number): number {
  const excusedMs = Math.max(
    0,
    timings.heartbeatsMissedMs - LINK_TIMINGS.heartbeatsMissedMs,
    timings.silentMaxMs - LINK_TIMINGS.silentMaxMs,
  )
  return Math.max(0, link.ageMs(nowMs) - excusedMs)
}
