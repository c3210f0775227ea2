import type { FlowOutcome, FlowRecord } from '../../ports/vocabulary/flows.js'

/** What a record says of a logical date that was begun before. Source: spec "Flow runs": what stands, and what runs again. */
export class RecordedRun {
  /** Outputs of tasks that succeeded, by name; of the newest attempt. */
  readonly outputs = new Map<string, unknown>()
  /** Tasks that a gate had closed. */
  readonly skipped = new Set<string>()
  /** Keys of effects that were made. */
  readonly effects = new Set<string>()
  /** Undefined: it is not done, and may be run. */
  readonly done: FlowOutcome | undefined
  readonly isNew: boolean

  constructor(records: readonly FlowRecord[]) {
    for (const record of records) {
      if (record.kind === 'TASK_SUCCESS') this.outputs.set(record.task, record.output)
      else if (record.kind === 'TASK_SKIPPED' && record.reason === 'GATE') this.skipped.add(record.task)
      else if (record.kind === 'EFFECT') this.effects.add(record.key)
    }
    this.isNew = records.length === 0
    const last = records.at(-1)
    const outcome = last?.kind === 'FLOW_FINISHED' ? last.outcome : undefined
    this.done = outcome === 'SUCCESS' || outcome === 'HIBERNATED' ? outcome : undefined
  }
}
