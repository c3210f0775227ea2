import { unreachable } from '../../base/assert.js'
import { builtFlow, type FlowPlace, flowTaskId } from '../../core/flows/built-flow.js'
import { postureFault } from '../../core/flows/flow-gate.js'
import { type FlowStep, FlowRun as FlowSteps, failedAttempt } from '../../core/flows/flow-run.js'
import { RecordedRun } from '../../core/flows/recorded-run.js'
import { frozenJson } from '../../core/harness/frozen-json.js'
import type { Clock } from '../../ports/clock.js'
import { type FlowStore, StaleFence } from '../../ports/flow-store.js'
import type { FlowDate, FlowEvent, FlowOutcome, FlowRecord } from '../../ports/vocabulary/flows.js'
import { type AttemptEnd, attempt, throwIfEnded } from './attempt.js'
import type { FlowListener } from './flow-listener.js'
import { FatalFlowError, type FlowTaskEffect, type FlowTaskResult, type FlowWork } from './flow-work.js'

export interface FlowRun {
  readonly date: FlowDate
  readonly work: FlowWork
  /** Null: a dry run, of which nothing is kept. */
  readonly store: FlowStore | null
  /** Of the turn; 0 of a dry run. */
  readonly fence: number
  readonly clock: Clock
  /** Ends the run at once, where it is: the turn is lost, or somebody wants it to stop. What is recorded stands. */
  readonly end: AbortSignal
  readonly listener?: FlowListener
}

export interface FlowResult {
  readonly outcome: FlowOutcome
  /** Of tasks that succeeded, now or before, by name. */
  readonly outputs: Readonly<Record<string, unknown>>
  /** Of the task that failed first; null: none that matters did. */
  readonly failure: { readonly task: string; readonly message: string } | null
  /** False: it had been done before, and nothing was run. */
  readonly isNew: boolean
}

/**
 * Runs a logical date of a flow, or what is left of it. Nothing follows a record before that is durable. Source: spec "Flow runs".
 *
 * @throws TurnEnded when `end` is aborted; StaleFence when another holds the turn; what the store throws.
 */
export async function runFlow(run: FlowRun): Promise<FlowResult> {
  const recorded = new RecordedRun(run.store === null ? [] : await run.store.records(run.date))
  if (recorded.done === undefined) return new Life(run, recorded).run()
  return { outcome: recorded.done, outputs: Object.fromEntries(recorded.outputs), failure: null, isNew: false }
}

/** A run of this process: it does what the steps say, and writes down what came of it. */
class Life {
  private readonly steps: FlowSteps
  private drySeq = 0

  constructor(
    private readonly asked: FlowRun,
    recorded: RecordedRun,
  ) {
    this.steps = new FlowSteps(builtFlow(asked.date.flow), recorded, asked.store === null)
  }

  async run(): Promise<FlowResult> {
    const { steps, asked } = this
    for (;;) {
      const step = steps.next(asked.clock.epochMs())
      switch (step.kind) {
        case 'record':
          await this.append(step.event)
          break
        case 'attempt':
          await this.attempt(step)
          break
        case 'finished': {
          const outputs = Object.fromEntries(steps.outputs)
          return { outcome: step.outcome, outputs, failure: steps.failure, isNew: true }
        }
        default:
          unreachable(step)
      }
    }
  }

  private async attempt({ place, attempt: number, pauseMs }: Extract<FlowStep, { kind: 'attempt' }>): Promise<void> {
    const { name } = place.task
    await this.pause(name, pauseMs)
    const { atMs } = await this.append({ kind: 'ATTEMPT', task: name, attempt: number })
    const endsMs = this.asked.clock.nowMs() + place.task.timeoutMs
    const done = await this.within(endsMs, (signal) => this.work(place, signal))
    if (done.kind === 'failed') return this.fail(name, number, done)
    for (const [index, effect] of done.value.effects.entries()) {
      const key = `${flowTaskId(place, this.asked.date)}/${index}/${effect.resource}`
      if (this.steps.effects.has(key)) continue
      const made = await this.within(endsMs, (signal) => this.apply(effect, { key, atMs, signal }))
      if (made.kind === 'failed') return this.fail(name, number, made)
      await this.append({ kind: 'EFFECT', key, name: effect.name })
    }
    await this.append({ kind: 'TASK_SUCCESS', task: name, output: done.value.output })
  }

  private async pause(task: string, ms: number): Promise<void> {
    const { clock, end, date, listener } = this.asked
    if (ms === 0) return
    listener?.resting?.(date, task, ms)
    try {
      await clock.sleep(ms, end)
    } catch (error) {
      throwIfEnded(end)
      throw error
    }
  }

  /** What is left of a task's time may be nothing, where it took all of it: what is to be applied then still gets a moment. */
  private async within<T>(endsMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<AttemptEnd<T>> {
    const { clock, end } = this.asked
    const ended = await attempt(work, { timeoutMs: Math.max(1, endsMs - clock.nowMs()), clock, end })
    if (ended.kind === 'failed' && ended.error instanceof StaleFence) throw ended.error
    return ended
  }

  private async fail(
    task: string,
    number: number,
    failed: Extract<AttemptEnd<unknown>, { kind: 'failed' }>,
  ): Promise<void> {
    await this.append(failedAttempt(task, number, failed))
  }

  /** What a task does; its output is plain JSON, as the next process would read it. */
  private async work({ task }: FlowPlace, signal: AbortSignal): Promise<FlowTaskResult> {
    const { work, date, clock, listener, store } = this.asked
    const { name, sideEffects } = task
    const doIt = work.tasks[name]
    if (doIt === undefined) throw new FatalFlowError(`expected work for the task ${name}, found none`)
    const progress = (done: number, total: number, unit: string): void => {
      if (!signal.aborted) listener?.progress?.(date, name, done, total, unit)
    }
    const outputs = Object.fromEntries(this.steps.outputs)
    const result = await doIt({ date, dryRun: store === null, outputs, signal, progress })
    const undeclared = result.effects.find(({ resource }) => !sideEffects.includes(resource))
    if (undeclared !== undefined) {
      const declared = sideEffects.join(', ') || 'no effect'
      throw new FatalFlowError(`UNDECLARED_EFFECT: expected ${declared} of ${name}, found ${undeclared.resource}`)
    }
    const output = frozenJson(result.output ?? null, name)
    const fault = name === 'read_posture' ? postureFault(output, clock.epochMs()) : undefined
    if (fault !== undefined) throw new Error(fault)
    return { output, effects: result.effects }
  }

  private apply(
    { name, payload }: FlowTaskEffect,
    effect: { readonly key: string; readonly atMs: number; readonly signal: AbortSignal },
  ): Promise<void> {
    const { work, date, fence } = this.asked
    return work.apply({ ...effect, name, payload, date, fence })
  }

  private async append(event: FlowEvent): Promise<FlowRecord> {
    const { store, date, fence, clock, end, listener } = this.asked
    throwIfEnded(end)
    const atMs = clock.epochMs()
    const record =
      store === null ? { ...event, seq: ++this.drySeq, atMs } : await store.append(date, fence, atMs, event)
    this.steps.recorded(record)
    listener?.recorded?.(date, record)
    return record
  }
}
