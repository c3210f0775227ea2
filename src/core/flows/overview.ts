import type { FlowKey, FlowRow, FlowSchedule } from '../../ports/vocabulary/flows.js'
import { dueAtMs, dueDates, newestDue, stampAfter } from './schedule.js'

/** How a flow of a configuration stands, by its ledger. */
export interface FlowOverview extends FlowKey {
  readonly schedule: FlowSchedule
  /** The newest date in the ledger, whatever became of it; null: none was ever begun. */
  readonly last: FlowRow | null
  /** Of the newest date that is done; null: none is. */
  readonly lastDone: FlowRow | null
  /** What would be run now, oldest first; empty where nothing was ever scheduled or run. */
  readonly due: readonly string[]
  /** Too old to be run by itself, and never done: somebody has to. */
  readonly expired: readonly string[]
  /** Failed as often as it may: somebody has to look. */
  readonly exhausted: readonly string[]
  /** The stamp that falls due next, and when, UTC ms. */
  readonly next: { readonly stamp: string; readonly atMs: number }
}

/** What is known of a flow: rows oldest date first. */
export function flowOverview(
  { flow, colour, schedule }: FlowKey & { readonly schedule: FlowSchedule },
  { rows, since, nowMs }: { readonly rows: readonly FlowRow[]; readonly since: string | null; readonly nowMs: number },
): FlowOverview {
  const none = { run: [], expired: [], exhausted: [] }
  const { run, expired, exhausted } = since === null ? none : dueDates(schedule, rows, { nowMs, since, lease: null })
  const stamp = stampAfter(schedule, newestDue(schedule, nowMs))
  return {
    ...{ flow, colour, schedule },
    last: rows.at(-1) ?? null,
    lastDone: rows.findLast(({ status }) => status === 'SUCCESS' || status === 'HIBERNATED') ?? null,
    ...{ due: run, expired, exhausted },
    next: { stamp, atMs: dueAtMs(schedule, stamp) },
  }
}

/** Whether somebody has to do something: dates that will not be run by themselves any more, or whose last run failed. */
export function needsSomebody({ last, expired, exhausted }: FlowOverview): boolean {
  return expired.length > 0 || exhausted.length > 0 || last?.status === 'FAILED'
}
