import type { EntryRejectReason, OpenPermissionReason } from '../../ports/vocabulary/messages.js'
import { entryRefusal, type ModeInputs, modeOf } from '../mode/mode.js'
import type { Desk } from './desk.js'
import { contractStatus } from './instruments.js'
import type { EntryAsked } from './records.js'
import { liveOrders } from './state.js'

/** Everything that keeps the execution side from opening anything now: its latches, and what lasts only as long as it is so. */
export function entryBlocks(desk: Desk): readonly OpenPermissionReason[] {
  const { state, link } = desk
  const blocks = new Set<OpenPermissionReason>(state.latches)
  if (link.state !== 'LINK_OK' || link.peer?.build !== desk.settings.build) blocks.add('LINK_NOT_OK')
  if (!desk.isStarted) blocks.add('RESTART_RECONCILE_REQUIRED')
  if (isTruthStale(desk)) blocks.add('MARKET_DATA_STALE')
  if (!desk.isConnected) blocks.add('SESSION_TERMINATED')
  const undurable = state.n - desk.durableRecords
  if (desk.isJournalFailed || desk.isJournalFull || undurable > desk.settings.journalCapacity) {
    blocks.add('WAL_BACKPRESSURE')
  }
  for (const _symbol in state.foreign) blocks.add('POSITION_MISMATCH')
  for (const { order } of liveOrders(state)) if (order.outcomeUnknown) blocks.add('PARTIAL_FILL_UNRESOLVED')
  return blocks.size === 0 ? NO_BLOCKS : [...blocks].sort()
}

const NO_BLOCKS: readonly OpenPermissionReason[] = []

/** What this side goes by is not bars but the venue's word: it has to be young, and to have come quickly. */
function isTruthStale({ truth, nowMs, settings }: Desk): boolean {
  const { truthAgeMaxMs, truthDelayMaxMs } = settings.timings
  return truth === null || nowMs - truth.atMs > truthAgeMaxMs || truth.tookMs > truthDelayMaxMs
}

/**
 * What this side knows of what the mode is made of. What only the decision side judges (posture, breaker, forewarner,
 * certificate, grid) stands as if nothing were wrong: that side's permission speaks for it.
 */
export function modeInputs(desk: Desk): ModeInputs {
  const { state, link, nowMs, truth, isJournalFailed } = desk
  return {
    environment: 'PAPER',
    operatorMode: state.mode,
    linkState: link.state,
    posture: 'APEX',
    forewarner: 'OK',
    breakerOpen: false,
    latches: new Set(entryBlocks(desk)),
    accountLockout: false,
    championHash: '',
    expectedChampionHash: '',
    harnessViolated: false,
    certificate: 'MISSING',
    certificateExpiresAtMs: null,
    nowMs,
    // Stale beyond this side's own limits, which {@link entryBlocks} knows.
    marketEventLagMs: truth === null ? null : 0,
    lastScanAgeMs: truth === null ? null : 0,
    gridConnected: true,
    journal: { depth: 0, capacity: 1, failures: isJournalFailed ? 1 : 0 },
  }
}

export interface Denial {
  readonly reason: EntryRejectReason
  readonly detail: string
}

/** The gates of an entry that do not depend on its size; checked when it is asked for, and again when its order is durable. */
export function denialNow(desk: Desk, asked: Pick<EntryAsked, 'instrument'>): Denial | undefined {
  const inputs = modeInputs(desk)
  const reason = entryRefusal(modeOf(inputs))
  if (reason !== undefined) {
    return { reason, detail: [...inputs.latches].join(', ') || `the mode is ${inputs.operatorMode}` }
  }
  const { status, detail } = contractStatus(desk, asked.instrument)
  return status === 'ACTIVE' ? undefined : { reason: 'REJECT_INSTRUMENT', detail: `${status}: ${detail}` }
}
