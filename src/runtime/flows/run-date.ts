import { assert } from '../../base/assert.js'
import type { Clock } from '../../ports/clock.js'
import { type FlowStore, StaleFence } from '../../ports/flow-store.js'
import type { FlowDate, FlowRow, FlowStatus } from '../../ports/vocabulary/flows.js'
import { TurnEnded, throwIfEnded } from './attempt.js'
import type { FlowListener } from './flow-listener.js'
import type { FlowWork } from './flow-work.js'
import { type FlowResult, runFlow } from './run-flow.js'

/** Under what a date is run: the turn, and what its work stands on. */
export interface DateTurn {
  readonly store: FlowStore
  readonly fence: number
  readonly owner: string
  readonly clock: Clock
  /** Another has the turn, or may have it. */
  readonly lost: AbortSignal
  /** Somebody wants the run to stop where it is; it goes on from there when it is run again. */
  readonly stop: AbortSignal
  readonly listener?: FlowListener
}

export interface DateRun {
  /**
   * DONE, WAIVED: it had been before, and nothing was run. STOPPED: it was asked to, and goes on when it is run again. LOST: another has
   * the turn.
   */
  readonly end: 'SUCCESS' | 'HIBERNATED' | 'FAILED' | 'DONE' | 'WAIVED' | 'STOPPED' | 'LOST'
  /** As it is in the ledger; of LOST as it was when this run began. */
  readonly row: FlowRow
  readonly result: FlowResult | null
}

/** Runs a date, and keeps the ledger of it. @throws what the store throws, but StaleFence. */
export async function runDate(date: FlowDate, work: FlowWork, turn: DateTurn): Promise<DateRun> {
  const { store, fence, owner, clock, listener } = turn
  const before = (await store.rows(date)).find(({ stamp }) => stamp === date.stamp)
  const settled = before === undefined ? undefined : SETTLED[before.status]
  if (before !== undefined && settled !== undefined) return { end: settled, row: before, result: null }
  const startedAtMs = clock.epochMs()
  const begun: FlowRow = {
    ...{ flow: date.flow, colour: date.colour, stamp: date.stamp },
    ...{ status: 'RUNNING', attempts: (before?.attempts ?? 0) + 1, fence, owner },
    ...{ atMs: startedAtMs, startedAtMs, detail: null, summary: null },
  }
  const end = new AbortController()
  const stopListening = endWith(end, turn)
  try {
    throwIfEnded(end.signal)
    await store.put(begun)
    listener?.begun?.(date, begun)
    const result = await runFlow({ ...turn, date, work, end: end.signal })
    throwIfEnded(turn.lost)
    const row = finishedRow(begun, work, { ...result, atMs: clock.epochMs() })
    await store.put(row)
    listener?.ended?.(row)
    return { end: row.status as 'SUCCESS' | 'HIBERNATED' | 'FAILED', row, result }
  } catch (error) {
    if (error instanceof StaleFence || turn.lost.aborted) return { end: 'LOST', row: begun, result: null }
    if (error instanceof TurnEnded) return { end: 'STOPPED', row: begun, result: null }
    throw error
  } finally {
    stopListening()
  }
}

function finishedRow(
  begun: FlowRow,
  work: FlowWork,
  { outcome, outputs, failure, atMs }: FlowResult & { readonly atMs: number },
): FlowRow {
  assert(outcome !== 'DRY_RUN', 'a run with a ledger is no dry run')
  const summary = outcome === 'FAILED' ? null : (work.summaryOf?.(outputs) ?? null)
  return {
    ...begun,
    status: outcome,
    atMs,
    detail: failure === null ? null : `${failure.task}: ${failure.message}`,
    summary,
  }
}

const SETTLED: Readonly<Record<FlowStatus, 'DONE' | 'WAIVED' | undefined>> = {
  SUCCESS: 'DONE',
  HIBERNATED: 'DONE',
  WAIVED: 'WAIVED',
  FAILED: undefined,
  RUNNING: undefined,
}

function endWith(end: AbortController, { lost, stop }: DateTurn): () => void {
  const lose = () => end.abort('another has the turn')
  const halt = () => end.abort('it was asked to stop')
  if (lost.aborted) lose()
  if (stop.aborted) halt()
  lost.addEventListener('abort', lose, { once: true })
  stop.addEventListener('abort', halt, { once: true })
  return () => {
    lost.removeEventListener('abort', lose)
    stop.removeEventListener('abort', halt)
  }
}
