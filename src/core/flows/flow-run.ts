import { unreachable } from '../../base/assert.js'
import type { FlowEvent, FlowFailure, FlowOutcome, FlowRecord } from '../../ports/vocabulary/flows.js'
import { frozenJson } from '../harness/frozen-json.js'
import type { TaskStatus } from '../harness/task-order.js'
import type { FlowPlace } from './built-flow.js'
import { flowGate } from './flow-gate.js'
import type { RecordedRun } from './recorded-run.js'
import { retryPauseMs } from './retries.js'

/** What a run does next. */
export type FlowStep =
  /** Nothing, but that it is written down. */
  | { readonly kind: 'record'; readonly event: FlowEvent }
  /** After a pause of so many ms, the `attempt`-th of a task: recorded when it begins and when it ends. */
  | { readonly kind: 'attempt'; readonly place: FlowPlace; readonly attempt: number; readonly pauseMs: number }
  | { readonly kind: 'finished'; readonly outcome: FlowOutcome }

/**
 * A run of a flow in one process: what follows is a matter of what is recorded, and of nothing else, so that each step may be the last
 * of its process. Source: spec "Flow runs".
 */
export class FlowRun {
  /** Of tasks that succeeded, now or in a run before, by name; frozen. */
  readonly outputs: Map<string, unknown>
  /** Keys of effects that are made. */
  readonly effects: Set<string>
  private readonly ends = new Map<string, TaskStatus>()
  private readonly failures = new Map<string, Extract<FlowEvent, { kind: 'ATTEMPT_FAILED' }>>()
  private isBegun = false
  private isClosed = false
  private outcome: FlowOutcome | undefined

  constructor(
    private readonly places: readonly FlowPlace[],
    private readonly before: RecordedRun,
    private readonly isDry: boolean,
  ) {
    this.outputs = new Map([...before.outputs].map(([task, output]) => [task, frozenJson(output, task)]))
    this.effects = new Set(before.effects)
  }

  /** The critical task that failed first, and why; null: none did. */
  get failure(): { readonly task: string; readonly message: string } | null {
    const place = this.places.find(({ task }) => task.critical && this.ends.get(task.name) === 'FAILED')
    if (place === undefined) return null
    const { task, message } = this.failures.get(place.task.name)!
    return { task, message }
  }

  /** @param nowMs UTC ms: for the age of the state that gates look at. */
  next(nowMs: number): FlowStep {
    if (!this.isBegun) return record({ kind: this.before.isNew ? 'FLOW_STARTED' : 'FLOW_RESUMED' })
    if (this.outcome !== undefined) return { kind: 'finished', outcome: this.outcome }
    const open = this.places.filter(({ task }) => !this.ends.has(task.name))
    const ready = open.find(({ after }) => after.every((name) => this.isPassed(name)))
    if (ready !== undefined) return this.stepOf(ready, nowMs)
    const blocked = open[0]
    if (blocked === undefined) return record({ kind: 'FLOW_FINISHED', outcome: this.outcomeNow() })
    const blockers = blocked.after.filter((name) => !this.isPassed(name))
    return record({ kind: 'TASK_BLOCKED', task: blocked.task.name, blockers })
  }

  /** What is written down, has happened. */
  recorded(event: FlowRecord): void {
    switch (event.kind) {
      case 'FLOW_STARTED':
      case 'FLOW_RESUMED':
        this.isBegun = true
        break
      case 'ATTEMPT':
        break
      case 'ATTEMPT_FAILED':
        this.failures.set(event.task, event)
        break
      case 'EFFECT':
        this.effects.add(event.key)
        break
      case 'TASK_SUCCESS':
        this.outputs.set(event.task, frozenJson(event.output, event.task))
        this.ends.set(event.task, 'SUCCESS')
        break
      case 'TASK_FAILED':
        this.ends.set(event.task, 'FAILED')
        break
      case 'TASK_BLOCKED':
        this.ends.set(event.task, 'BLOCKED')
        break
      case 'TASK_SKIPPED':
        this.isClosed ||= event.reason === 'GATE'
        this.ends.set(event.task, 'SKIPPED')
        break
      case 'TASK_REPLAYED':
        this.isClosed ||= event.status === 'SKIPPED'
        this.ends.set(event.task, event.status)
        break
      case 'FLOW_FINISHED':
        this.outcome = event.outcome
        break
      default:
        unreachable(event)
    }
  }

  private stepOf(place: FlowPlace, nowMs: number): FlowStep {
    const { name, retries } = place.task
    if (this.isDry && !place.isDry) return record({ kind: 'TASK_SKIPPED', task: name, reason: 'DRY_RUN' })
    const failed = this.failures.get(name)
    if (failed !== undefined) {
      const isLast = failed.failure === 'fatal' || failed.attempt > retries
      if (isLast) return record({ kind: 'TASK_FAILED', task: name })
      return { kind: 'attempt', place, attempt: failed.attempt + 1, pauseMs: retryPauseMs(failed.attempt) }
    }
    if (!place.runsAgain && this.before.outputs.has(name)) {
      return record({ kind: 'TASK_REPLAYED', task: name, status: 'SUCCESS' })
    }
    if (this.before.skipped.has(name)) return record({ kind: 'TASK_REPLAYED', task: name, status: 'SKIPPED' })
    const gate = flowGate(place, this.outputs.get('read_posture'), nowMs)
    if (gate.kind === 'closed') return record({ kind: 'TASK_SKIPPED', task: name, reason: 'GATE' })
    if (gate.kind === 'unsound') return record(failedAttempt(name, 1, { failure: 'fatal', message: gate.message }))
    return { kind: 'attempt', place, attempt: 1, pauseMs: 0 }
  }

  private isPassed(name: string): boolean {
    const end = this.ends.get(name)
    return end === 'SUCCESS' || end === 'SKIPPED'
  }

  private outcomeNow(): FlowOutcome {
    if (this.places.some(({ task }) => task.critical && !this.isPassed(task.name))) return 'FAILED'
    if (this.isDry) return 'DRY_RUN'
    return this.isClosed ? 'HIBERNATED' : 'SUCCESS'
  }
}

/** The record of an attempt that went wrong. */
export function failedAttempt(
  task: string,
  attempt: number,
  { failure, message }: { readonly failure: FlowFailure; readonly message: string },
): FlowEvent {
  return { kind: 'ATTEMPT_FAILED', task, attempt, failure, message }
}

function record(event: FlowEvent): FlowStep {
  return { kind: 'record', event }
}
