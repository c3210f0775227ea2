import type { FlowDate } from '../../ports/vocabulary/flows.js'
import type { SkillEffect } from '../../ports/vocabulary/harness.js'

/** What the tasks of a flow do. A task has no clock: of time it knows its logical date. Source: spec "Flow runs". */
export interface FlowWork {
  /** By name of the task. */
  readonly tasks: Readonly<Record<string, FlowTask>>
  /** Makes a change that a task gave back. The key is accepted once, durably. */
  apply(effect: FlowEffect): Promise<void>
  /** What a person wants to know of a finished run, of the outputs of its tasks. */
  summaryOf?(outputs: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>
}

export type FlowTask = (handed: FlowTaskInput) => Promise<FlowTaskResult>

export interface FlowTaskInput {
  readonly date: FlowDate
  readonly dryRun: boolean
  /** Of the tasks before it, by name: plain JSON, also after a restart. */
  readonly outputs: Readonly<Record<string, unknown>>
  /** Aborted at the task's timeout, or when the lease is lost. */
  readonly signal: AbortSignal
  /** Tells how far it is: for the terminal. */
  progress(done: number, total: number, unit: string): void
}

export interface FlowTaskResult {
  /** Plain JSON. */
  readonly output: unknown
  readonly effects: readonly FlowTaskEffect[]
}

export interface FlowTaskEffect extends SkillEffect {
  /** `pnl`, `state`, `line` …: which of the task's effects it is. */
  readonly name: string
}

export interface FlowEffect {
  readonly name: string
  /** Task id/index/resource. */
  readonly key: string
  readonly payload: unknown
  readonly date: FlowDate
  /** UTC ms: when the record of it was made. */
  readonly atMs: number
  /** Of the lease. */
  readonly fence: number
  readonly signal: AbortSignal
}

/** An error that a retry cannot mend: the task is not tried again. */
export class FatalFlowError extends Error {
  override readonly name = 'FatalFlowError'
}
