import type { LinkState } from '../../ports/vocabulary/messages.js'

/**
 * What may be found out about a link.
 *
 * - `HEARTBEATS_MISSED`: two that were due did not come.
 * - `SLOW`: a round trip above the limit.
 * - `GAP`: messages were lost.
 * - `SILENT`: nothing valid for so long that nobody may be there.
 * - `BAD_MESSAGE`: checksum, schema, session or clock sanity failed, or a sequence number came again with other content.
 * - `SESSION_OPENED`: a side started.
 * - `RESYNC_ORDERED`: an operator opened a new session, here or there.
 * - `RECOVERED`: enough good heartbeats in a row, and nothing left to resync.
 */
export type LinkSignal =
  | 'HEARTBEATS_MISSED'
  | 'SLOW'
  | 'GAP'
  | 'SILENT'
  | 'BAD_MESSAGE'
  | 'SESSION_OPENED'
  | 'RESYNC_ORDERED'
  | 'RECOVERED'

/**
 * A lost link stays lost until it has recovered, though single messages come through: the dwell before the fail-safe
 * must not be restarted by them. A corrupt one heals by an operator's command alone. Source: spec, "Link between the two sides".
 */
export const NEXT_LINK_STATE: Readonly<Record<LinkState, Readonly<Record<LinkSignal, LinkState>>>> = {
  LINK_OK: {
    HEARTBEATS_MISSED: 'LINK_DEGRADED',
    SLOW: 'LINK_DEGRADED',
    GAP: 'LINK_DEGRADED',
    SILENT: 'LINK_LOST',
    BAD_MESSAGE: 'LINK_CORRUPT',
    SESSION_OPENED: 'LINK_DEGRADED',
    RESYNC_ORDERED: 'LINK_DEGRADED',
    RECOVERED: 'LINK_OK',
  },
  LINK_DEGRADED: {
    HEARTBEATS_MISSED: 'LINK_DEGRADED',
    SLOW: 'LINK_DEGRADED',
    GAP: 'LINK_DEGRADED',
    SILENT: 'LINK_LOST',
    BAD_MESSAGE: 'LINK_CORRUPT',
    SESSION_OPENED: 'LINK_DEGRADED',
    RESYNC_ORDERED: 'LINK_DEGRADED',
    RECOVERED: 'LINK_OK',
  },
  LINK_LOST: {
    HEARTBEATS_MISSED: 'LINK_LOST',
    SLOW: 'LINK_LOST',
    GAP: 'LINK_LOST',
    SILENT: 'LINK_LOST',
    BAD_MESSAGE: 'LINK_CORRUPT',
    SESSION_OPENED: 'LINK_LOST',
    RESYNC_ORDERED: 'LINK_LOST',
    RECOVERED: 'LINK_OK',
  },
  LINK_CORRUPT: {
    HEARTBEATS_MISSED: 'LINK_CORRUPT',
    SLOW: 'LINK_CORRUPT',
    GAP: 'LINK_CORRUPT',
    SILENT: 'LINK_CORRUPT',
    BAD_MESSAGE: 'LINK_CORRUPT',
    SESSION_OPENED: 'LINK_CORRUPT',
    RESYNC_ORDERED: 'LINK_DEGRADED',
    RECOVERED: 'LINK_CORRUPT',
  },
}

export function nextLinkState(state: LinkState, signal: LinkSignal): LinkState {
  return NEXT_LINK_STATE[state][signal]
}

/** How loudly the decision side tells of each state. */
export const LINK_ALERT = {
  LINK_OK: 'INFO',
  LINK_DEGRADED: 'WARNING',
  LINK_LOST: 'ERROR',
  LINK_CORRUPT: 'CRITICAL',
} as const
