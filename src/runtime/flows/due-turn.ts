import { dueDates, newestDue } from '../../core/flows/schedule.js'
import type { FlowKey, FlowSchedule } from '../../ports/vocabulary/flows.js'
import type { FlowWork } from './flow-work.js'
import { type DateRun, type DateTurn, runDate } from './run-date.js'

export interface DueTurn {
  /** In the order in which they were run; of a turn that was lost or stopped the last says so. */
  readonly runs: readonly DateRun[]
  /** Open dates that are too old to be run by themselves: somebody has to be told. */
  readonly expired: readonly string[]
  /** Dates that failed as often as they may, also in this turn: somebody has to be told. */
  readonly exhausted: readonly string[]
}

/**
 * A turn: all that is due, oldest first, until one does not end well. After each date the ledger is asked anew, so that what falls due
 * while a long one runs, or is waived meanwhile, counts. @throws what the store throws.
 */
export async function runDueTurn(
  key: FlowKey,
  schedule: FlowSchedule,
  workOf: () => FlowWork,
  turn: DateTurn,
): Promise<DueTurn> {
  const { store, clock, lost } = turn
  const since = (await store.since(key)) ?? newestDue(schedule, clock.epochMs())
  if (!lost.aborted) await store.setSince(key, since)
  const runs: DateRun[] = []
  for (;;) {
    const { run, expired, exhausted } = dueDates(schedule, await store.rows(key), {
      nowMs: clock.epochMs(),
      since,
      lease: null,
    })
    const stamp = run.find((due) => !runs.some(({ row }) => row.stamp === due))
    const last = runs.at(-1)
    const isOver = last !== undefined && !GOES_ON.has(last.end)
    if (stamp === undefined || isOver) return { runs, expired, exhausted }
    runs.push(await runDate({ flow: key.flow, colour: key.colour, stamp }, workOf(), turn))
  }
}

const GOES_ON: ReadonlySet<DateRun['end']> = new Set(['SUCCESS', 'HIBERNATED', 'DONE', 'WAIVED'])
