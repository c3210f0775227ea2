import { assert } from '../../base/assert.js'
import {
  ALWAYS_AGAIN,
  dryTasks,
  FLOW_GRAPHS,
  FLOW_STALENESS_MS,
  keyDocument,
  postureBundle,
} from '../../core/flows/flow-graphs.js'
import { RecordedRun } from '../../core/flows/recorded-run.js'
import { retryPauseMs } from '../../core/flows/retries.js'
import { type BuiltGraph, buildGraph } from '../../core/harness/graph.js'
import { bundleHash, taskId } from '../../core/harness/task-id.js'
import { validateBundle } from '../../core/harness/validation.js'
import type { Clock } from '../../ports/clock.js'
import type { FlowStore } from '../../ports/flow-store.js'
import { StaleFence } from '../../ports/flow-store.js'
import type { FlowDate, FlowEvent, FlowOutcome } from '../../ports/vocabulary/flows.js'
import type { HarnessBundle, HarnessTask } from '../../ports/vocabulary/harness.js'
import type { Posture } from '../../ports/vocabulary/market.js'
import { attempt, TurnEnded } from './attempt.js'
import type { FlowListener } from './flow-listener.js'
import { FatalFlowError, type FlowTaskResult, type FlowWork } from './flow-work.js'

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

type TaskEnd = 'SUCCESS' | 'FAILED' | 'BLOCKED' | 'SKIPPED'

/** A run of this process. */
class Life {
  private readonly outputs: Map<string, unknown>
  private readonly ends = new Map<string, TaskEnd>()
  private readonly dry: ReadonlySet<string> | undefined
  private failure: FlowResult['failure'] = null
  private isHibernating = false
  private isFailed = false
  private drySeq = 0

  constructor(
    private readonly asked: FlowRun,
    private readonly recorded: RecordedRun,
  ) {
    this.outputs = new Map(recorded.outputs)
    if (asked.store === null) this.dry = new Set(dryTasks(asked.date.flow).map(({ name }) => name))
  }

  async run(): Promise<FlowResult> {
    await this.append({ kind: this.recorded.isNew ? 'FLOW_STARTED' : 'FLOW_RESUMED' })
    let before: string | undefined
    for (const graph of FLOW_GRAPHS[this.asked.date.flow]) {
      const built = buildGraph(graph)
      assert(built.kind === 'graph', `the graph ${graph.graph} can be run`)
      const closed = this.closedBy(built)
      for (const task of built.order) {
        await this.task(task, { built, before, isClosed: closed.has(task.name) })
        before = task.name
      }
    }
    const outcome = this.outcome
    await this.append({ kind: 'FLOW_FINISHED', outcome })
    return { outcome, outputs: Object.fromEntries(this.outputs), failure: this.failure, isNew: true }
  }

  private get outcome(): FlowOutcome {
    if (this.isFailed) return 'FAILED'
    if (this.dry !== undefined) return 'DRY_RUN'
    return this.isHibernating ? 'HIBERNATED' : 'SUCCESS'
  }

  /** Names of the tasks that the gates of a graph close; they are looked at when all that comes before the graph is over. */
  private closedBy({ gates }: BuiltGraph): ReadonlySet<string> {
    const closed = new Set<string>()
    const bundle = this.bundle()
    for (const gate of bundle === undefined ? [] : gates) {
      const truth = gate.evaluate(bundle!, false)
      if (truth !== 'TRUE') closed.add(gate.ifTrue)
      if (truth !== 'FALSE') closed.add(gate.ifFalse)
    }
    return closed
  }

  private bundle(): HarnessBundle | undefined {
    return this.ends.get('read_posture') === 'SUCCESS'
      ? postureBundle(postureOf(this.outputs.get('read_posture')))
      : undefined
  }

  private async task(
    task: HarnessTask,
    at: { readonly built: BuiltGraph; readonly before: string | undefined; readonly isClosed: boolean },
  ): Promise<void> {
    const { name } = task
    const { before } = at
    const end = before === undefined ? undefined : this.ends.get(before)
    if (end === 'FAILED' || end === 'BLOCKED') {
      await this.append({ kind: 'TASK_BLOCKED', task: name, blockers: [before!] })
      return this.settle(task, 'BLOCKED')
    }
    if (this.dry?.has(name) === false) {
      await this.append({ kind: 'TASK_SKIPPED', task: name, reason: 'DRY_RUN' })
      return this.settle(task, 'SKIPPED')
    }
    if (!ALWAYS_AGAIN.has(name)) {
      const status = this.recorded.outputs.has(name)
        ? 'SUCCESS'
        : this.recorded.skipped.has(name)
          ? 'SKIPPED'
          : undefined
      if (status !== undefined) {
        await this.append({ kind: 'TASK_REPLAYED', task: name, status })
        return this.settle(task, status)
      }
    }
    if (at.isClosed) {
      await this.append({ kind: 'TASK_SKIPPED', task: name, reason: 'GATE' })
      return this.settle(task, 'SKIPPED')
    }
    await this.settle(task, await this.attempts(task, this.idOf(task, at.built)))
  }

  private async settle(task: HarnessTask, end: TaskEnd): Promise<void> {
    this.ends.set(task.name, end)
    if (end === 'SKIPPED' && this.dry === undefined) this.isHibernating = true
    if (task.critical && (end === 'FAILED' || end === 'BLOCKED')) this.isFailed = true
  }

  private async attempts(task: HarnessTask, id: string): Promise<TaskEnd> {
    const { clock, end, date, listener } = this.asked
    const { name, timeoutMs, retries } = task
    for (let number = 1; ; number++) {
      await this.append({ kind: 'ATTEMPT', task: name, attempt: number })
      const result = await attempt((signal) => this.work(task, id, signal), { timeoutMs, clock, end })
      if (result.kind === 'done') {
        this.outputs.set(name, result.value)
        await this.append({ kind: 'TASK_SUCCESS', task: name, output: result.value })
        return 'SUCCESS'
      }
      if (result.error instanceof StaleFence) throw result.error
      const { failure, message } = result
      await this.append({ kind: 'ATTEMPT_FAILED', task: name, attempt: number, failure, message })
      if (failure === 'fatal' || number > retries) {
        await this.append({ kind: 'TASK_FAILED', task: name })
        if (task.critical) this.failure ??= { task: name, message }
        return 'FAILED'
      }
      const pauseMs = retryPauseMs(number)
      listener?.resting?.(date, name, pauseMs)
      await this.rest(pauseMs)
    }
  }

  private async rest(ms: number): Promise<void> {
    const { clock, end } = this.asked
    await clock.sleep(ms, end).catch(() => undefined)
    if (end.aborted) throw new TurnEnded(String(end.reason))
  }

  /** What a task does, and the changes that it gives back; plain JSON, as the next process would have it. */
  private async work(task: HarnessTask, id: string, signal: AbortSignal): Promise<unknown> {
    const { work, date, listener } = this.asked
    const doIt = work.tasks[task.name]
    if (doIt === undefined) throw new FatalFlowError(`expected work for the task ${task.name}, found none`)
    const result = await doIt({
      date,
      dryRun: this.dry !== undefined,
      outputs: Object.fromEntries(this.outputs),
      signal,
      progress: (done, total, unit) => listener?.progress?.(date, task.name, done, total, unit),
    })
    const output: unknown = JSON.parse(JSON.stringify(result.output ?? null))
    if (task.name === 'read_posture') this.checkPosture(output)
    await this.applyAll(task, id, result, signal)
    return output
  }

  private checkPosture(output: unknown): void {
    const bundle = postureBundle(postureOf(output))
    const { verdict, sentences } = validateBundle(bundle, {
      nowMs: this.asked.clock.epochMs(),
      required: ['posture'],
      factorImplemented: false,
      limits: { minThreshold: 0, maxStalenessMs: FLOW_STALENESS_MS },
    })
    if (verdict !== 'EXECUTE') throw new Error(sentences.join('; '))
  }

  private async applyAll(
    task: HarnessTask,
    id: string,
    { effects }: FlowTaskResult,
    signal: AbortSignal,
  ): Promise<void> {
    const { work, date, fence, clock, end } = this.asked
    for (const [index, { name, resource, payload }] of effects.entries()) {
      if (!task.sideEffects.includes(resource)) {
        const expected = task.sideEffects.join(', ') || 'no effect'
        throw new FatalFlowError(`UNDECLARED_EFFECT: expected ${expected} of ${task.name}, found ${resource}`)
      }
      const key = `${id}/${index}/${resource}`
      if (this.recorded.effects.has(key)) continue
      if (signal.aborted || end.aborted) throw new TurnEnded(String(end.reason))
      await work.apply({ name, key, payload, date, atMs: clock.epochMs(), fence, signal })
      if (signal.aborted) throw new Error('the effect came after its time')
      await this.append({ kind: 'EFFECT', key, name })
      this.recorded.effects.add(key)
    }
  }

  private idOf(task: HarnessTask, { graph }: BuiltGraph): string {
    return taskId(task, { bundle: bundleHash(keyDocument(this.asked.date)), graph: graph.graph })
  }

  private async append(event: FlowEvent): Promise<void> {
    const { store, date, fence, clock, end, listener } = this.asked
    if (end.aborted) throw new TurnEnded(String(end.reason))
    const atMs = clock.epochMs()
    const record =
      store === null ? { ...event, seq: ++this.drySeq, atMs } : await store.append(date, fence, atMs, event)
    listener?.recorded?.(date, record)
  }
}

function postureOf(output: unknown): { readonly posture: Posture; readonly timestampMs: number } {
  return output as { readonly posture: Posture; readonly timestampMs: number }
}
