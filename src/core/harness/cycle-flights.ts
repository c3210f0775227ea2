import type { HarnessTask } from '../../ports/vocabulary/harness.js'
import type { RecordedCycle, TaskEnd } from './cycle-replay.js'
import type { CycleOptions, CycleStep, StepAnswer } from './cycle-steps.js'
import { type Admission, skipReason } from './skip-reason.js'
import type { TaskOrder } from './task-order.js'

/** A task whose skill is at work, or has answered and waits for its turn. */
export interface Flight {
  readonly task: HarnessTask
  readonly taskId: string
  answer?: StepAnswer
}

/** What the flights of a cycle go by. */
export interface FlightParts {
  readonly options: CycleOptions
  readonly order: TaskOrder
  readonly admission: Admission
  readonly recorded: RecordedCycle
  /** Of the tasks that are over. */
  readonly ends: ReadonlyMap<string, TaskEnd>
  idOf(task: HarnessTask): string
}

/** The tasks of a cycle that are at work: the one whose turn it is, and where there is room others ahead of theirs. */
export class CycleFlights {
  private readonly flights = new Map<string, Flight>()

  constructor(private readonly parts: FlightParts) {}

  of(name: string): Flight | undefined {
    return this.flights.get(name)
  }

  /** Its start is to be recorded. */
  launch(task: HarnessTask): { readonly flight: Flight; readonly step: CycleStep } {
    const flight: Flight = { task, taskId: this.parts.idOf(task) }
    this.flights.set(task.name, flight)
    this.parts.order.start(task.name)
    const event = { kind: 'TASK_STARTED', task: task.name, taskId: flight.taskId } as const
    return { flight, step: { kind: 'append', event } }
  }

  /** Its start is recorded: its skill is to be called. None: it has been dropped. */
  started(name: string, nowMs: number): readonly CycleStep[] {
    const flight = this.flights.get(name)
    if (flight === undefined) return []
    const { bundle, factorImplemented, mode } = this.parts.options
    const { task, taskId } = flight
    const handed = { bundle, factorImplemented, mode, taskId, outputs: this.outputsFor(task), nowMs }
    return [{ kind: 'call', task, handed }]
  }

  answered(name: string, answer: StepAnswer): void {
    const flight = this.flights.get(name)
    if (flight !== undefined) flight.answer = answer
  }

  land(name: string): void {
    this.flights.delete(name)
  }

  /** Nobody waits for any of them. */
  drop(): void {
    this.flights.clear()
  }

  /** Starts tasks before their turn, where nothing that comes before them could make a serial run decide otherwise. */
  ahead(turn: number, nowMs: number): readonly CycleStep[] {
    const { parallelism = 1, graph } = this.parts.options
    if (parallelism === 1) return []
    const steps: CycleStep[] = []
    let room = parallelism
    for (const { answer } of this.flights.values()) if (answer === undefined) room--
    const before = new Set<string>()
    const end = Math.min(graph.order.length, turn + LOOK_AHEAD * parallelism)
    for (let at = turn; at < end && room > 0; at++) {
      const task = graph.order[at]!
      if (at > turn && this.mayRunAhead(task, before, nowMs)) {
        steps.push(this.launch(task).step)
        room--
      }
      before.add(task.skillRef)
      for (const resource of task.sideEffects) before.add(resource)
    }
    return steps
  }

  /** `before`: skills and effects of tasks whose turn comes before. */
  private mayRunAhead(task: HarnessTask, before: ReadonlySet<string>, nowMs: number): boolean {
    const { recorded, order, admission } = this.parts
    const { name, skillRef, sideEffects } = task
    if (before.has(skillRef) || sideEffects.some((resource) => before.has(resource))) return false
    if (recorded.ends.has(name) || recorded.violations.has(name) || this.flights.has(name)) return false
    return order.isCandidate(name) && skipReason(task, nowMs, admission) === undefined
  }

  private outputsFor(task: HarnessTask): Readonly<Record<string, unknown>> {
    const outputs: Record<string, unknown> = {}
    for (const name of task.dependsOn) {
      const end = this.parts.ends.get(name)
      if (end?.status === 'SUCCESS') outputs[name] = end.output
    }
    return outputs
  }
}

/** How far beyond the task whose turn it is tasks are looked at, for each skill that may be at work. */
const LOOK_AHEAD = 4
