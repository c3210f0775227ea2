import type { EntryRejectReason, GateReport, OpenPermissionReason } from '../../ports/vocabulary/messages.js'
import { marginRefusal } from '../mode/margin.js'
import { entryRefusal, type ModeInputs, modeOf } from '../mode/mode.js'
import type { ExecutionDesk } from './execution-desk.js'
import { contractStatus } from './instruments.js'
import type { EntryAsked } from './records.js'
import { liveOrders } from './state.js'

/** What a reconciliation is to clear before the execution side opens anything: its latches, and what would set one now. */
export function entryBlocks(desk: ExecutionDesk): readonly OpenPermissionReason[] {
  const { state, link } = desk
  const blocks = new Set<OpenPermissionReason>(state.latches)
  if (link.state !== 'LINK_OK' || link.peer?.build !== desk.settings.build) blocks.add('LINK_NOT_OK')
  if (!desk.isStarted) blocks.add('RESTART_RECONCILE_REQUIRED')
  if (isTruthStale(desk)) blocks.add('MARKET_DATA_STALE')
  if (!desk.isConnected) blocks.add('SESSION_TERMINATED')
  for (const _symbol in state.foreign) blocks.add('POSITION_MISMATCH')
  return blocks.size === 0 ? NO_BLOCKS : [...blocks].sort()
}

const NO_BLOCKS: readonly OpenPermissionReason[] = []

/** All of it, as the other side is told with every heartbeat. */
export function gateReport(desk: ExecutionDesk): GateReport {
  const { state, host, marginUtil } = desk
  return {
    mode: state.mode,
    isMaintained: state.isMaintained,
    blocks: entryBlocks(desk),
    journal: desk.isJournalFailed ? 'FAILED' : isJournalFull(desk) ? 'FULL' : 'OK',
    isFillUnresolved: isFillUnresolved(desk),
    isLoopStalled: host.isLoopStalled,
    diskUsedPct: host.diskUsedPct,
    marginUtil,
  }
}

function isJournalFull({ state, isJournalFull, durableRecords, settings }: ExecutionDesk): boolean {
  return isJournalFull || state.n - durableRecords > settings.journalCapacity
}

function isFillUnresolved({ state }: ExecutionDesk): boolean {
  return liveOrders(state).some(({ order }) => order.outcomeUnknown)
}

/** What this side goes by is not bars but the venue's word: it has to be young, and to have come quickly. */
function isTruthStale({ truth, nowMs, settings }: ExecutionDesk): boolean {
  const { truthAgeMaxMs, truthDelayMaxMs } = settings.timings
  return truth === null || nowMs - truth.atMs > truthAgeMaxMs || truth.tookMs > truthDelayMaxMs
}

/**
 * What this side knows of what the mode is made of. What only the decision side judges (posture, breaker, forewarner,
 * certificate, grid) stands as if nothing were wrong: that side's permission speaks for it.
 */
export function modeInputs(desk: ExecutionDesk): ModeInputs {
  const { state, link, nowMs, truth, isJournalFailed } = desk
  return {
    environment: 'PAPER',
    operatorMode: state.mode,
    isMaintained: state.isMaintained,
    linkState: link.state,
    posture: 'APEX',
    forewarner: 'OK',
    breakerOpen: false,
    unsafeComponents: [],
    latches: new Set(entryBlocks(desk)),
    accountLockout: false,
    isFillUnresolved: isFillUnresolved(desk),
    marginUtil: desk.marginUtil,
    isLoopStalled: desk.host.isLoopStalled,
    diskUsedPct: desk.host.diskUsedPct,
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
    journal: { depth: 0, capacity: 1, failures: isJournalFailed ? 1 : 0, isFull: isJournalFull(desk) },
  }
}

export interface Denial {
  readonly reason: EntryRejectReason
  readonly detail: string
}

/** The gates of an entry that do not depend on its size; checked when it is asked for, and again when its order is durable. */
export function denialNow(desk: ExecutionDesk, asked: Pick<EntryAsked, 'instrument'>): Denial | undefined {
  const inputs = modeInputs(desk)
  const mode = modeOf(inputs)
  const reason = entryRefusal(mode)
  if (reason !== undefined) return { reason, detail: [...inputs.latches].join(', ') || mode.reasons.join(', ') }
  const margin = marginRefusal(inputs.marginUtil)
  if (margin !== undefined) return { reason: 'REJECT_RISK_LIMIT', detail: margin }
  const { status, detail } = contractStatus(desk, asked.instrument)
  return status === 'ACTIVE' ? undefined : { reason: 'REJECT_INSTRUMENT', detail: `${status}: ${detail}` }
}
