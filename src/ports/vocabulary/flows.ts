/** Daily flows, their schedules, and what is written down of them. Source: system bible §17; spec "Schedules", "Flow runs". */

export const FLOWS = ['paper-day', 'supervised-day', 'forewarner'] as const
export type FlowName = (typeof FLOWS)[number]

export const COLOURS = ['blue', 'green'] as const
export type Colour = (typeof COLOURS)[number]

/** A flow of a configuration: what runs one at a time. */
export interface FlowKey {
  readonly flow: FlowName
  readonly colour: Colour
}

/** A flow of a configuration, of one logical date: what is done once. */
export interface FlowDate extends FlowKey {
  /** `YYYY-MM-DD`, the day that is traded; of the forewarner `YYYY-MM-DDTHH`, the slot. UTC. */
  readonly stamp: string
}

/** When a flow's logical dates fall due, UTC. */
export type FlowSchedule =
  /** Of date D at D + 1 day, `at` (`HH:MM`). */
  | { readonly kind: 'daily'; readonly at: string; readonly catchUp: 'all' }
  /** Every so many hours from 00:00; only the newest slot is run. */
  | { readonly kind: 'hours'; readonly every: number; readonly catchUp: 'newest' }

export type FlowStatus = 'RUNNING' | 'SUCCESS' | 'HIBERNATED' | 'FAILED' | 'WAIVED'

/** How a run ends. */
export type FlowOutcome = 'SUCCESS' | 'HIBERNATED' | 'FAILED' | 'DRY_RUN'

/** A logical date in the ledger: its newest row counts. */
export interface FlowRow extends FlowDate {
  readonly status: FlowStatus
  /** Runs that were begun, this one included. */
  readonly attempts: number
  /** Of the lease that it was written under; 0: an operator's. */
  readonly fence: number
  /** Who wrote it: `host:pid`, or the operator. */
  readonly owner: string
  /** UTC ms when it was written. */
  readonly atMs: number
  /** UTC ms when this attempt began; null for a row of an operator. */
  readonly startedAtMs: number | null
  /** What went wrong, or why it was waived; null where nothing is to be said. */
  readonly detail: string | null
  /** What a person wants to know of a run that is over (capital, result, trades …): plain JSON; null before. */
  readonly summary: Readonly<Record<string, unknown>> | null
}

export type FlowFailure = 'error' | 'timeout' | 'fatal'

/** What happened in a run. Each is durable before the step after it. */
export type FlowEvent =
  | { readonly kind: 'FLOW_STARTED' | 'FLOW_RESUMED' }
  /** `attempt` from 1 in each process. */
  | { readonly kind: 'ATTEMPT'; readonly task: string; readonly attempt: number }
  | {
      readonly kind: 'ATTEMPT_FAILED'
      readonly task: string
      readonly attempt: number
      readonly failure: FlowFailure
      readonly message: string
    }
  /** `key`: task id/index/resource. */
  | { readonly kind: 'EFFECT'; readonly key: string; readonly name: string }
  /** `output`: plain JSON, for the tasks after it, also after a restart. */
  | { readonly kind: 'TASK_SUCCESS'; readonly task: string; readonly output: unknown }
  | { readonly kind: 'TASK_FAILED'; readonly task: string }
  | { readonly kind: 'TASK_BLOCKED'; readonly task: string; readonly blockers: readonly string[] }
  | { readonly kind: 'TASK_SKIPPED'; readonly task: string; readonly reason: 'GATE' | 'DRY_RUN' }
  | { readonly kind: 'TASK_REPLAYED'; readonly task: string; readonly status: 'SUCCESS' | 'SKIPPED' }
  | { readonly kind: 'FLOW_FINISHED'; readonly outcome: FlowOutcome }

/** A line of a run's record. */
export type FlowRecord = FlowEvent & {
  /** 1, 2, 3, … over all attempts of the logical date. */
  readonly seq: number
  /** UTC ms. */
  readonly atMs: number
}
