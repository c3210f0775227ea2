import { assert } from '../../base/assert.js'
import type {
  AuditEvent,
  AuditRecord,
  CycleOutcome,
  EffectResource,
  FailureReason,
  HarnessBundle,
  HarnessMode,
  HarnessState,
  HarnessTask,
  HarnessVerdict,
  SkipReason,
} from '../../ports/vocabulary/harness.js'
import { type HeldOrder, RecordedCycle, type TaskEnd } from './cycle-replay.js'
import type { CycleSkills, Handed, SkillAnswer, SkillCall, SkillReply } from './cycle-skills.js'
import { factorLayer } from './factor-layer.js'
import type { BuiltGraph } from './graph.js'
import { type HarnessMachineEvent, nextHarnessState } from './harness-machine.js'
import { type Admission, skipReason } from './skip-reason.js'
import { bundleHash, taskId } from './task-id.js'
import { TaskOrder } from './task-order.js'
import { HARNESS_LIMITS, type ValidationLimits, validateBundle } from './validation.js'
import { CONSEQUENCES, type CycleConsequence } from './violations.js'

export interface CycleOptions {
  /** Names it in the audit: a rerun has the same. */
  readonly cycle: string
  readonly graph: BuiltGraph
  readonly bundle: HarnessBundle
  readonly mode: HarnessMode
  /** False: there is no factor layer yet, and all is permitted. */
  readonly factorImplemented: boolean
  readonly skills: CycleSkills
  /** {@link HARNESS_LIMITS} unless they are given. */
  readonly limits?: ValidationLimits
  /** Skills at work at once; 1 unless it is given. More of them change no status, no effect and not the order of effects. */
  readonly parallelism?: number
  /** What earlier processes have recorded of this cycle; empty: it is new. */
  readonly recorded?: readonly AuditRecord[]
}

/** What is to be done next. */
export type CycleStep =
  | { readonly kind: 'append'; readonly event: AuditEvent }
  | { readonly kind: 'call'; readonly task: HarnessTask; readonly handed: Handed }
  | { readonly kind: 'apply'; readonly resource: EffectResource; readonly key: string; readonly payload: unknown }
  | { readonly kind: 'release'; readonly key: string; readonly payload: unknown }
  | { readonly kind: 'finished'; readonly result: CycleResult }

/** What came of a step. */
export type StepAnswer =
  /** A record is durable, an effect made. */
  | { readonly kind: 'done' }
  | { readonly kind: 'replied'; readonly call: SkillCall; readonly reply: SkillReply }
  /** The harness could not do its own part: that halts it. A record that cannot be written has no answer. */
  | { readonly kind: 'failed'; readonly message: string }

export interface CycleResult {
  readonly outcome: CycleOutcome
  /** `IDLE`, or `HALTED` until an operator clears it. */
  readonly machine: HarnessState
  /** In order of declaration; of a cycle that ended before its first task: none. */
  readonly tasks: readonly (TaskEnd & { readonly task: string })[]
  /** Of tasks that succeeded, by name. */
  readonly outputs: Readonly<Record<string, unknown>>
}

/** A task that is at work, or has been and waits for its turn. */
interface Flight {
  readonly task: HarnessTask
  readonly taskId: string
  answer?: StepAnswer
}

type Life<T = void> = Generator<CycleStep | undefined, T, StepAnswer | undefined>

/**
 * A cycle of the harness: says step by step what is to be done, and is told what came of it. Nothing follows a record before
 * that is durable. Sources: execution harness contract; spec "Execution", "Rerun".
 *
 * Tasks end in the order of a serial run, whatever the parallelism: skills may be at work ahead of their turn, since they change
 * nothing themselves, but replies are looked at, effects made and tasks finished when it is their turn. So a violation stops the
 * same tasks as in a serial run; what was at work ahead is then dropped unread, and BLOCKED.
 */
export class Cycle {
  private readonly recorded: RecordedCycle
  private readonly bundleHash: string
  private readonly order: TaskOrder
  private readonly admission: Admission & { readonly closed: Set<string> }
  private readonly ends = new Map<string, TaskEnd>()
  private readonly flights = new Map<string, Flight>()
  private readonly outbox: HeldOrder[] = []
  private readonly life: Life<CycleResult>
  private due: CycleStep[] = []
  private machine: HarnessState = 'IDLE'
  private isDegraded: boolean
  private isHalted = false
  /** In the order of a serial run: whose turn it is. */
  private turn = 0
  private isExecuting = false
  private isWaiting = false
  private isOver = false
  private nowMs = 0

  /** @throws InputMistake when `recorded` is of a cycle with another graph, bundle or mode. */
  constructor(private readonly options: CycleOptions) {
    const { graph, bundle, factorImplemented, limits = HARNESS_LIMITS, skills } = options
    const { recorded = [], parallelism = 1 } = options
    assert(parallelism >= 1, 'a cycle runs a task at a time, or more')
    this.recorded = new RecordedCycle(recorded)
    this.isDegraded = this.recorded.isDegraded
    this.bundleHash = bundleHash(bundle)
    this.order = new TaskOrder(graph)
    this.admission = {
      bundle,
      factor: factorLayer(bundle.factor, factorImplemented),
      closed: new Set(),
      maxStalenessMs: limits.maxStalenessMs,
      skills,
    }
    this.recorded.check({ ...options, graph: graph.graph.graph, bundleHash: this.bundleHash })
    this.life = this.live()
  }

  /** The first steps. @param nowMs UTC ms. */
  begin(nowMs: number): readonly CycleStep[] {
    this.nowMs = nowMs
    this.proceed(undefined)
    return this.taken()
  }

  /** The steps that follow from the answer to one; none: others have to be answered first. Answers that nobody waits for change nothing. */
  told(step: CycleStep, answer: StepAnswer, nowMs: number): readonly CycleStep[] {
    if (this.isOver) return []
    this.nowMs = nowMs
    if (step.kind === 'call') this.replied(step.task.name, answer)
    else if (step.kind === 'append' && step.event.kind === 'TASK_STARTED') this.started(step.event.task)
    else this.proceed(answer)
    this.lookAhead()
    return this.taken()
  }

  private taken(): readonly CycleStep[] {
    const { due } = this
    this.due = []
    return due
  }

  private proceed(answer: StepAnswer | undefined): void {
    const { done, value } = this.life.next(answer)
    this.isWaiting = done !== true && value === undefined
    if (done === true) {
      this.isOver = true
      this.due.push({ kind: 'finished', result: value })
    } else if (value !== undefined) this.due.push(value)
  }

  private *live(): Life<CycleResult> {
    const { recorded, options } = this
    if (recorded.outcome !== undefined) return this.asRecorded(recorded.outcome)
    const kind = recorded.isNew ? 'CYCLE_STARTED' : 'CYCLE_RESUMED'
    yield* this.append({ kind, graph: options.graph.graph.graph, bundleHash: this.bundleHash, mode: options.mode })
    this.signal('INPUT')
    const { verdict, findings } = validateBundle(options.bundle, {
      ...options,
      nowMs: this.nowMs,
      required: options.graph.required,
    })
    yield* this.append({ kind: 'VALIDATED', verdict, findings })
    const ended = ENDS_WITH[verdict]
    if (ended !== undefined) {
      this.signal(verdict === 'SKIP' ? 'NOTHING_TO_DO' : 'STATE_INVALID')
      return yield* this.finish(ended)
    }
    this.signal('STATE_VALID')
    if (verdict === 'DEGRADE') yield* this.degrade('VALIDATION')
    yield* this.closeGates()
    this.signal('GRAPH_BUILT')
    yield* this.execute()
    yield* this.blockTheRest()
    yield* this.release()
    return yield* this.finish(this.outcome)
  }

  private *closeGates(): Life {
    for (const [index, gate] of this.options.graph.gates.entries()) {
      const value = gate.evaluate(this.options.bundle, this.options.factorImplemented)
      yield* this.append({ kind: 'GATE', index, value })
      if (value !== 'TRUE') this.admission.closed.add(gate.ifTrue)
      if (value !== 'FALSE') this.admission.closed.add(gate.ifFalse)
    }
  }

  private *execute(): Life {
    this.isExecuting = true
    for (const task of this.options.graph.order) {
      if (this.order.isCandidate(task.name) || this.flights.has(task.name)) yield* this.run(task)
      if (this.isHalted) break
      this.turn++
    }
    this.isExecuting = false
    this.flights.clear()
    if (!this.isHalted) this.signal('ALL_DONE')
  }

  private *run(task: HarnessTask): Life {
    const end = this.recorded.ends.get(task.name)
    if (end !== undefined && end.status !== 'BLOCKED') return yield* this.replay(task, end)
    const violation = this.recorded.violations.get(task.name)
    if (violation !== undefined) return yield* this.end(task, { status: 'FAILED', reason: violation })
    let flight = this.flights.get(task.name)
    if (flight === undefined) {
      const reason = skipReason(task, this.nowMs, this.admission)
      if (reason !== undefined) return yield* this.end(task, { status: 'SKIPPED', reason })
      flight = this.launch(task)
    }
    while (flight.answer === undefined) yield undefined
    yield* this.take(flight, this.lookedAt(flight.answer))
    this.flights.delete(task.name)
  }

  private *replay(task: HarnessTask, end: Exclude<TaskEnd, { status: 'BLOCKED' }>): Life {
    if (end.status === 'SUCCESS') this.outbox.push(...this.recorded.ordersOf(this.idOf(task)))
    yield* this.append({ kind: 'TASK_REPLAYED', task: task.name, status: end.status })
    yield* this.settle(task, end)
  }

  private launch(task: HarnessTask): Flight {
    const flight: Flight = { task, taskId: this.idOf(task) }
    this.flights.set(task.name, flight)
    this.order.start(task.name)
    this.due.push({ kind: 'append', event: { kind: 'TASK_STARTED', task: task.name, taskId: flight.taskId } })
    return flight
  }

  private started(name: string): void {
    const flight = this.flights.get(name)
    if (flight === undefined) return
    const { bundle, factorImplemented, mode } = this.options
    const { task } = flight
    const handed = { bundle, factorImplemented, mode, taskId: flight.taskId, outputs: this.outputsFor(task) }
    this.due.push({ kind: 'call', task, handed: { ...handed, nowMs: this.nowMs } })
  }

  private replied(name: string, answer: StepAnswer): void {
    const flight = this.flights.get(name)
    if (flight === undefined) return
    flight.answer = answer
    if (this.isWaiting) this.proceed(undefined)
  }

  /** Starts tasks before their turn, where nothing that comes before them could make a serial run decide otherwise. */
  private lookAhead(): void {
    const { parallelism = 1, graph } = this.options
    if (parallelism === 1 || !this.isExecuting || this.isHalted) return
    let room = parallelism
    for (const { answer } of this.flights.values()) if (answer === undefined) room--
    const before = new Set<string>()
    const end = Math.min(graph.order.length, this.turn + LOOK_AHEAD * parallelism)
    for (let at = this.turn; at < end && room > 0; at++) {
      const task = graph.order[at]!
      if (at > this.turn && this.mayRunAhead(task, before)) {
        this.launch(task)
        room--
      }
      before.add(task.skillRef)
      for (const resource of task.sideEffects) before.add(resource)
    }
  }

  /** `before`: skills and effects of tasks whose turn comes before. */
  private mayRunAhead(task: HarnessTask, before: ReadonlySet<string>): boolean {
    const { name, skillRef, sideEffects } = task
    if (before.has(skillRef) || sideEffects.some((resource) => before.has(resource))) return false
    if (this.recorded.ends.has(name) || this.recorded.violations.has(name) || this.flights.has(name)) return false
    return this.order.isCandidate(name) && skipReason(task, this.nowMs, this.admission) === undefined
  }

  private lookedAt(answer: StepAnswer): SkillAnswer {
    assert(answer.kind !== 'done', 'a call is answered with a reply')
    if (answer.kind === 'failed') return harnessError(answer.message)
    try {
      return this.options.skills.answer(answer.call, answer.reply)
    } catch (error) {
      return harnessError(error instanceof Error ? error.message : String(error))
    }
  }

  private *take({ task, taskId }: Flight, answer: SkillAnswer): Life {
    if (answer.kind === 'failed') return yield* this.fail(task, answer)
    const orders: HeldOrder[] = []
    for (const [index, { resource, payload }] of answer.effects.entries()) {
      const key = `${taskId}/${index}/${resource}`
      if (resource === 'orders') orders.push(this.recorded.orderOf(key, payload))
      if (this.recorded.hasEffect(key)) continue
      if (resource === 'orders') yield* this.append({ kind: 'EFFECT', key, payload })
      else {
        const made = yield { kind: 'apply', resource, key, payload }
        if (made?.kind === 'failed') return yield* this.fail(task, harnessError(made.message))
        yield* this.append({ kind: 'EFFECT', key })
      }
    }
    this.outbox.push(...orders)
    yield* this.end(task, { status: 'SUCCESS', output: answer.output })
  }

  private *fail(task: HarnessTask, { reason, message, violation }: FailedAnswer): Life {
    if (violation !== null) {
      const kind = consequenceOf(reason) === 'HARNESS_HALT' ? 'HARNESS_VIOLATION' : 'SKILL_VIOLATION'
      yield* this.append({ kind, skill: task.skillRef, ...violation, task: task.name })
    } else if (reason === 'HARNESS_ERROR') yield* this.append({ kind: 'HARNESS_ERROR', task: task.name, message })
    yield* this.end(task, { status: 'FAILED', reason }, message)
  }

  private *end(task: HarnessTask, end: Exclude<TaskEnd, { status: 'BLOCKED' }>, message?: string): Life {
    const { name } = task
    if (end.status === 'SKIPPED') {
      yield* this.append({ kind: 'TASK_SKIPPED', task: name, reason: end.reason, bundleHash: this.bundleHash })
    } else {
      const said = message === undefined ? {} : { message }
      yield* this.append({ kind: 'TASK_FINISHED', task: name, ...end, ...said })
    }
    yield* this.settle(task, end)
  }

  private *settle(task: HarnessTask, end: TaskEnd): Life {
    this.ends.set(task.name, end)
    this.order.settle(task.name, end.status)
    if (end.status === 'FAILED') {
      this.signal('TASK_FAILED')
      const consequence = consequenceOf(end.reason)
      this.isHalted = consequence === 'HALT' || consequence === 'HARNESS_HALT'
      this.signal(AFTER[consequence])
    } else if (end.status !== 'BLOCKED') this.signal('TASK_DONE')
    if (degrades(task, end)) yield* this.degrade(task.name)
  }

  private *degrade(cause: string): Life {
    if (this.isDegraded) return
    this.isDegraded = true
    yield* this.append({ kind: 'CYCLE_DEGRADED', cause })
  }

  private *blockTheRest(): Life {
    for (const { task, blockers } of this.order.blocked({ isHalted: this.isHalted })) {
      this.ends.set(task.name, { status: 'BLOCKED', blockers })
      if (this.recorded.ends.get(task.name)?.status !== 'BLOCKED')
        yield* this.append({ kind: 'TASK_BLOCKED', task: task.name, blockers })
      if (task.critical && !this.isHalted) yield* this.degrade(task.name)
    }
  }

  private *release(): Life {
    if (this.options.mode !== 'live' || this.outcome !== 'COMPLETE') return
    for (const { key, payload } of this.outbox) {
      if (this.recorded.released.has(key)) continue
      const made = yield { kind: 'release', key, payload }
      if (made?.kind === 'failed') {
        this.isHalted = true
        this.signal('HARNESS_ERROR')
        return yield* this.append({ kind: 'HARNESS_ERROR', task: null, message: made.message })
      }
      yield* this.append({ kind: 'RELEASED', key })
    }
  }

  private *finish(outcome: CycleOutcome): Life<CycleResult> {
    yield* this.append({ kind: 'CYCLE_FINISHED', outcome })
    if (this.machine === 'FINALIZE') this.signal('FINALIZED')
    return this.result(outcome)
  }

  private get outcome(): CycleOutcome {
    return this.isHalted ? 'HALTED' : this.isDegraded ? 'DEGRADED' : 'COMPLETE'
  }

  private asRecorded(outcome: CycleOutcome): CycleResult {
    for (const [name, end] of this.recorded.ends) this.ends.set(name, end)
    if (this.recorded.haltsMachine) this.signal('HARNESS_ERROR')
    return this.result(outcome)
  }

  private result(outcome: CycleOutcome): CycleResult {
    const tasks = []
    const outputs: Record<string, unknown> = {}
    for (const { name } of this.options.graph.graph.tasks) {
      const end = this.ends.get(name)
      if (end === undefined) continue
      tasks.push({ task: name, ...end })
      if (end.status === 'SUCCESS') outputs[name] = end.output
    }
    return { outcome, machine: this.machine, tasks, outputs }
  }

  private outputsFor(task: HarnessTask): Readonly<Record<string, unknown>> {
    const outputs: Record<string, unknown> = {}
    for (const name of task.dependsOn) {
      const end = this.ends.get(name)
      if (end?.status === 'SUCCESS') outputs[name] = end.output
    }
    return outputs
  }

  private idOf(task: HarnessTask): string {
    return taskId(task, { bundle: this.bundleHash, graph: this.options.graph.graph.graph })
  }

  private *append(event: AuditEvent): Life {
    yield { kind: 'append', event }
  }

  private signal(event: HarnessMachineEvent): void {
    this.machine = nextHarnessState(this.machine, event)
  }
}

type FailedAnswer = Extract<SkillAnswer, { kind: 'failed' }>

/** How far beyond the task whose turn it is tasks are looked at, for each skill that may be at work. */
const LOOK_AHEAD = 4

const ENDS_WITH: Readonly<Record<HarnessVerdict, CycleOutcome | undefined>> = {
  HALT: 'HALTED',
  REJECT: 'REJECTED',
  SKIP: 'SKIPPED',
  DEGRADE: undefined,
  EXECUTE: undefined,
}

const AFTER: Readonly<Record<CycleConsequence, HarnessMachineEvent>> = {
  CONTINUE: 'FAILURE_HANDLED',
  DEGRADE: 'FAILURE_HANDLED',
  HALT: 'CYCLE_HALT',
  HARNESS_HALT: 'HARNESS_ERROR',
}

/** Whether a critical task that is skipped for it degrades its cycle: what was decided does not, what was lacking does. */
const SKIP_DEGRADES: Readonly<Record<SkipReason, boolean>> = {
  GATE: false,
  STATE_MISSING: true,
  STALE: true,
  CONFIDENCE_TOO_LOW: false,
  PERMISSION_DENIED: false,
  SKILL_UNAVAILABLE: true,
}

function consequenceOf(reason: FailureReason): CycleConsequence {
  if (reason === 'ERROR') return 'CONTINUE'
  return reason === 'HARNESS_ERROR' ? 'HARNESS_HALT' : CONSEQUENCES[reason].cycle
}

function degrades(task: HarnessTask, end: TaskEnd): boolean {
  if (end.status === 'FAILED') return task.critical || consequenceOf(end.reason) === 'DEGRADE'
  return task.critical && end.status === 'SKIPPED' && SKIP_DEGRADES[end.reason]
}

function harnessError(message: string): FailedAnswer {
  return { kind: 'failed', reason: 'HARNESS_ERROR', message, violation: null }
}
