import type { OpenPermissionReason } from '../../ports/vocabulary/messages.js'
import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'

/** Whether anything that the system is connected to is not as it should be, by the document's own fields. */
export function isConnectivityDegraded(
  status: Pick<StatusDocument, 'link_state' | 'grid_connected' | 'open_permission_reason_codes'>,
): boolean {
  const { link_state, grid_connected, open_permission_reason_codes: codes } = status
  return link_state !== 'LINK_OK' || !grid_connected || codes.some((code) => OF_CONNECTIONS.includes(code))
}

/** Latch codes that a broken connection sets: of the link, of the exchange's session, of a feed. */
const OF_CONNECTIONS: readonly OpenPermissionReason[] = [
  'SESSION_TERMINATED',
  'MARKET_DATA_STALE',
  'LINK_NOT_OK',
  'BOOK_GAP',
  'TRADES_GAP',
]
