import { assert } from '../../base/assert.js'
import type {
  AuditEvent,
  CycleOutcome,
  HarnessBundle,
  HarnessState,
  HarnessTask,
  HarnessVerdict,
} from '../../ports/vocabulary/harness.js'
import { consequenceOf, degrades } from './cycle-consequences.js'
import { CycleFlights, type Flight } from './cycle-flights.js'
import { type HeldOrder, RecordedCycle, type TaskEnd } from './cycle-replay.js'
import type { SkillAnswer } from './cycle-skills.js'
import type { CycleOptions, CycleResult, CycleStep, StepAnswer } from './cycle-steps.js'
import { type HarnessMachineEvent, nextHarnessState } from './harness-machine.js'
import { type Admission, skipReason } from './skip-reason.js'
import { bundleHash, taskId } from './task-id.js'
import { TaskOrder } from './task-order.js'
import { HARNESS_LIMITS, validateBundle } from './validation.js'
import type { CycleConsequence } from './violations.js'

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
  private readonly flights: CycleFlights
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
    this.bundleHash = nameOf(bundle)
    this.order = new TaskOrder(graph)
    const { maxStalenessMs } = limits
    this.admission = { bundle, factorImplemented, closed: new Set(), maxStalenessMs, skills }
    this.recorded.check({ ...options, graph: graph.graph.graph, bundleHash: this.bundleHash })
    const { order, admission, ends } = this
    this.flights = new CycleFlights({
      options,
      order,
      admission,
      recorded: this.recorded,
      ends,
      idOf: (task) => this.idOf(task),
    })
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
    if (step.kind === 'call') {
      this.flights.answered(step.task.name, answer)
      if (this.isWaiting) this.proceed(undefined)
    } else if (step.kind === 'append' && step.event.kind === 'TASK_STARTED') {
      this.due.push(...this.flights.started(step.event.task, nowMs))
    } else this.proceed(answer)
    if (this.isExecuting && !this.isHalted) this.due.push(...this.flights.ahead(this.turn, nowMs))
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
      if (this.order.isCandidate(task.name) || this.flights.of(task.name)) yield* this.run(task)
      if (this.isHalted) break
      this.turn++
    }
    this.isExecuting = false
    this.flights.drop()
    if (!this.isHalted) this.signal('ALL_DONE')
  }

  private *run(task: HarnessTask): Life {
    const end = this.recorded.ends.get(task.name)
    if (end !== undefined && end.status !== 'BLOCKED') return yield* this.replay(task, end)
    const violation = this.recorded.violations.get(task.name)
    if (violation !== undefined) return yield* this.end(task, { status: 'FAILED', reason: violation })
    let flight = this.flights.of(task.name)
    if (flight === undefined) {
      const reason = skipReason(task, this.nowMs, this.admission)
      if (reason !== undefined) return yield* this.end(task, { status: 'SKIPPED', reason })
      const launched = this.flights.launch(task)
      flight = launched.flight
      this.due.push(launched.step)
    }
    while (flight.answer === undefined) yield undefined
    yield* this.take(flight, this.lookedAt(flight.answer))
    this.flights.land(task.name)
  }

  private *replay(task: HarnessTask, end: Exclude<TaskEnd, { status: 'BLOCKED' }>): Life {
    if (end.status === 'SUCCESS') this.outbox.push(...this.recorded.ordersOf(this.idOf(task)))
    yield* this.append({ kind: 'TASK_REPLAYED', task: task.name, status: end.status })
    yield* this.settle(task, end)
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
    // As it comes back from the audit, which has no undefined.
    yield* this.end(task, { status: 'SUCCESS', output: answer.output ?? null })
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
      const end: TaskEnd = { status: 'BLOCKED', blockers }
      this.ends.set(task.name, end)
      if (this.recorded.ends.get(task.name)?.status !== 'BLOCKED')
        yield* this.append({ kind: 'TASK_BLOCKED', task: task.name, blockers })
      if (!this.isHalted && degrades(task, end)) yield* this.degrade(task.name)
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

/** A bundle with a number that JSON does not have is named as well: validation refuses it, and the audit says of what. */
function nameOf(bundle: HarnessBundle): string {
  try {
    return bundleHash(bundle)
  } catch {
    return bundleHash(JSON.parse(JSON.stringify(bundle)) as HarnessBundle)
  }
}

function harnessError(message: string): FailedAnswer {
  return { kind: 'failed', reason: 'HARNESS_ERROR', message, violation: null }
}

type Life<T = void> = Generator<CycleStep | undefined, T, StepAnswer | undefined>
