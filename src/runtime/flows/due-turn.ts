import { dueDates, newestDue } from '../../core/flows/schedule.js'
import type { FlowKey, FlowSchedule } from '../../ports/vocabulary/flows.js'
import type { FlowWork } from './flow-work.js'
import { type DateRun, type DateTurn, runDate } from './run-date.js'

export interface DueTurn {
  readonly runs: readonly DateRun[]
  /** Open dates that are too old to be run by themselves: somebody has to be told. */
  readonly expired: readonly string[]
  /** Dates that failed as often as they may: somebody has to be told. */
  readonly exhausted: readonly string[]
}

/** A turn: all that is due, oldest first, until one does not end well. @throws what the store throws. */
export async function runDueTurn(
  key: FlowKey,
  schedule: FlowSchedule,
  workOf: () => FlowWork,
  turn: DateTurn,
): Promise<DueTurn> {
  const { store, clock } = turn
  const nowMs = clock.epochMs()
  const known = await store.since(key)
  const since = known ?? newestDue(schedule, nowMs)
  if (known === null) await store.setSince(key, since)
  const { run, expired, exhausted } = dueDates(schedule, await store.rows(key), { nowMs, since, lease: null })
  const runs: DateRun[] = []
  for (const stamp of run) {
    const { flow, colour } = key
    const date = await runDate({ flow, colour, stamp }, workOf(), turn)
    runs.push(date)
    if (!GOES_ON.has(date.end)) break
  }
  return { runs, expired, exhausted }
}

const GOES_ON: ReadonlySet<DateRun['end']> = new Set(['SUCCESS', 'HIBERNATED', 'DONE', 'WAIVED'])
