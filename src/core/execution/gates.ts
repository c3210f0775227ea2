import type { EntryRejectReason, OpenPermissionReason } from '../../ports/messages.js'
import type { Desk } from './desk.js'
import { contractStatus } from './instruments.js'
import type { EntryAsked } from './records.js'
import { liveOrders } from './state.js'

/** Everything that keeps the execution side from opening anything now: its latches, and what lasts only as long as it is so. */
export function entryBlocks(desk: Desk): readonly OpenPermissionReason[] {
  const { state, link } = desk
  const blocks = new Set(state.latches)
  if (link.state !== 'LINK_OK' || link.peer?.build !== desk.settings.build) blocks.add('LINK_NOT_OK')
  if (!desk.isStarted) blocks.add('RESTART_RECONCILE_REQUIRED')
  if (isTruthStale(desk)) blocks.add('MARKET_DATA_STALE')
  if (!desk.isConnected) blocks.add('SESSION_TERMINATED')
  const undurable = state.n - desk.durableRecords
  if (desk.isJournalFailed || desk.isJournalFull || undurable > desk.settings.journalCapacity) {
    blocks.add('WAL_BACKPRESSURE')
  }
  if (Object.keys(state.foreign).length > 0) blocks.add('POSITION_MISMATCH')
  if (liveOrders(state).some(({ order }) => order.outcomeUnknown)) blocks.add('PARTIAL_FILL_UNRESOLVED')
  return [...blocks].sort()
}

/** What this side goes by is not bars but the venue's word: it has to be young, and to have come quickly. */
function isTruthStale({ truth, nowMs, settings }: Desk): boolean {
  const { truthAgeMaxMs, truthDelayMaxMs } = settings.timings
  return truth === null || nowMs - truth.atMs > truthAgeMaxMs || truth.tookMs > truthDelayMaxMs
}

export interface Denial {
  readonly reason: EntryRejectReason
  readonly detail: string
}

/** The gates of an entry that do not depend on its size; checked when it is asked for, and again when its order is durable. */
export function denialNow(desk: Desk, asked: Pick<EntryAsked, 'instrument'>): Denial | undefined {
  const { mode } = desk.state
  if (mode === 'KILL') return { reason: 'REJECT_MODE_KILL', detail: 'the mode is KILL' }
  if (mode === 'REDUCE_ONLY') return { reason: 'REJECT_MODE_REDUCE_ONLY', detail: 'the mode is REDUCE_ONLY' }
  const blocks = entryBlocks(desk)
  if (blocks.length > 0) return { reason: 'REJECT_LATCHED', detail: blocks.join(', ') }
  const { status, detail } = contractStatus(desk, asked.instrument)
  return status === 'ACTIVE' ? undefined : { reason: 'REJECT_INSTRUMENT', detail: `${status}: ${detail}` }
}
