import type { CycleSkills, SkillAnswer } from '../../src/core/harness/cycle-skills.js'
import type { CycleOptions, CycleResult, CycleStep, StepAnswer } from '../../src/core/harness/cycle-steps.js'
import { Cycle } from '../../src/core/harness/harness-cycle.js'
import { taskId } from '../../src/core/harness/task-id.js'
import { HARNESS_LIMITS } from '../../src/core/harness/validation.js'
import {
  type AuditEvent,
  type AuditRecord,
  type HarnessBundle,
  type HarnessGate,
  type HarnessGraph,
  type HarnessMode,
  type HarnessTask,
  VIOLATIONS,
  type Violation,
} from '../../src/ports/vocabulary/harness.js'
import { built, harnessTask } from './harness-cases.js'

/** How a task's skill behaves, in every process. */
export interface Behaviour {
  readonly result: 'ok' | 'error' | 'hang' | 'HARNESS_ERROR' | Violation
  readonly durationMs?: number
}

/** A cycle to be played, as the golden cases write it. */
export interface PlayedCase {
  readonly graph: {
    readonly graph: string
    readonly tasks: readonly PlayedTask[]
    readonly gates: readonly HarnessGate[]
  }
  readonly bundle: HarnessBundle
  readonly nowMs: number
  readonly mode: HarnessMode
  readonly factorImplemented?: boolean
  readonly maxStalenessMs?: number
  /** State at the start, by `skillRef`; ACTIVE where it is not given. */
  readonly skills?: Readonly<Record<string, string>>
  /** By task. */
  readonly behaviours?: Readonly<Record<string, Behaviour>>
}

export type PlayedTask = Pick<HarnessTask, 'name'> & Partial<HarnessTask>

export interface PlaySettings {
  readonly parallelism?: number
  /** What earlier processes have recorded. */
  readonly recorded?: readonly AuditRecord[]
  /** The process dies once that many of its records are durable. */
  readonly dieAfter?: number
  /** Which of the steps that are due is answered next, of so many; the first unless it is given. */
  readonly pick?: (count: number) => number
}

export interface Played {
  /** Of this process alone. */
  readonly events: readonly AuditEvent[]
  /** Undefined: it died. */
  readonly result: CycleResult | undefined
  /** Tasks whose skill was called, in that order. */
  readonly invoked: readonly string[]
  /** What reached a sink, in that order, with repetitions of keys. */
  readonly made: readonly { readonly key: string; readonly payload: unknown }[]
}

export function playedGraph({ graph, tasks, gates }: PlayedCase['graph']): HarnessGraph {
  return { graph, gates, tasks: tasks.map(harnessTask) }
}

export function cycleOptions(played: PlayedCase, skills: CycleSkills): CycleOptions {
  const { bundle, mode, factorImplemented = false, maxStalenessMs } = played
  const limits = { ...HARNESS_LIMITS, maxStalenessMs: maxStalenessMs ?? HARNESS_LIMITS.maxStalenessMs }
  return { cycle: 'c', graph: built(playedGraph(played.graph)), bundle, mode, factorImplemented, limits, skills }
}

/** Plays a process of a cycle: steps are answered one after the other, and skills take the time of their behaviour. */
export function playCycle(played: PlayedCase, settings: PlaySettings = {}): Played {
  const { dieAfter = Number.POSITIVE_INFINITY, pick = () => 0, ...cycleSettings } = settings
  const skills = new PlayedSkills(played, settings.recorded)
  const options = cycleOptions(played, skills)
  const cycle = new Cycle({ ...options, ...cycleSettings })
  // Records are written in the order in which they are asked for; one that is durable makes all before it durable.
  const written: CycleStep[] = []
  let durable = 0
  const made: { key: string; payload: unknown }[] = []
  let { nowMs } = played
  const answerTo = (step: CycleStep): StepAnswer => {
    if (step.kind === 'append') durable = Math.max(durable, written.indexOf(step) + 1)
    if (step.kind === 'apply' || step.kind === 'release') made.push({ key: step.key, payload: step.payload })
    if (step.kind !== 'call') return { kind: 'done' }
    const call = skills.call(step.task)
    const ms = skills.durationMs(step.task)
    const isLate = ms > step.task.timeoutMs
    nowMs += isLate ? step.task.timeoutMs : ms
    return { kind: 'replied', call, reply: isLate ? { kind: 'timeout' } : call.returned }
  }
  const due: CycleStep[] = []
  const take = (steps: readonly CycleStep[]): void => {
    due.push(...steps)
    written.push(...steps.filter(({ kind }) => kind === 'append'))
  }
  let result: CycleResult | undefined
  take(cycle.begin(nowMs))
  while (due.length > 0 && result === undefined && durable < dieAfter) {
    const [step] = due.splice(pick(due.length), 1)
    if (step!.kind === 'finished') result = step!.result
    else take(cycle.told(step!, answerTo(step!), nowMs))
  }
  const events = written.slice(0, durable).flatMap((step) => (step.kind === 'append' ? [step.event] : []))
  return { events, result, invoked: skills.invoked, made }
}

/** Records of a play, as the next process finds them. */
export function recordsOf(events: readonly AuditEvent[]): readonly AuditRecord[] {
  return events.map((event, at) => ({ seq: at + 1, atMs: 0, cycle: 'c', ...event }))
}

/** As golden cases write events: `[kind, …fields]`, effects by the name of their task. */
export function writtenEvents(events: readonly AuditEvent[], played: PlayedCase): readonly unknown[] {
  const names = new Map<string, string>()
  const { graph, tasks } = playedGraph(played.graph)
  for (const { bundleHash: bundle } of events.filter((event) => 'mode' in event))
    for (const task of tasks) names.set(taskId(task, { bundle, graph }), task.name)
  const named = (key: string): string => key.replace(/^[^/]+/, (id) => names.get(id) ?? id)
  return events.map((event) => [event.kind, ...fieldsOf(event, named)])
}

function fieldsOf(event: AuditEvent, named: (key: string) => string): readonly unknown[] {
  switch (event.kind) {
    case 'VALIDATED':
      return [event.verdict]
    case 'CYCLE_DEGRADED':
      return [event.cause]
    case 'GATE':
      return [event.index, event.value]
    case 'TASK_SKIPPED':
      return [event.task, event.reason]
    case 'TASK_STARTED':
    case 'HARNESS_ERROR':
      return [event.task]
    case 'EFFECT':
    case 'RELEASED':
      return [named(event.key)]
    case 'SKILL_VIOLATION':
    case 'HARNESS_VIOLATION':
      return [event.skill, event.violation, event.action, event.task]
    case 'TASK_FINISHED':
      return event.reason === undefined ? [event.task, event.status] : [event.task, event.status, event.reason]
    case 'TASK_REPLAYED':
      return [event.task, event.status]
    case 'TASK_BLOCKED':
      return [event.task, event.blockers]
    case 'CYCLE_FINISHED':
      return [event.outcome]
    default:
      return []
  }
}

const UNAVAILABLE_AFTER: readonly Violation[] = [
  'UNDECLARED_OUTPUT',
  'UNDECLARED_EFFECT',
  'STATE_MUTATION',
  'LAYER_BYPASS',
  'OVERRIDE',
]

/** Skills that behave as they are told to: what the harness makes of an answer is not theirs to say. */
export class PlayedSkills implements CycleSkills {
  readonly invoked: string[] = []
  private readonly states: Map<string, string>
  private readonly counts = new Map<string, number>()

  /** Quarantines outlive a process, counts do not. */
  constructor(
    private readonly played: PlayedCase,
    recorded: readonly AuditRecord[] = [],
  ) {
    this.states = new Map(Object.entries(played.skills ?? {}))
    for (const record of recorded)
      if ('action' in record && record.action !== 'NONE') this.states.set(record.skill, 'QUARANTINED')
  }

  isAvailable({ skillRef }: HarnessTask): boolean {
    return ['ACTIVE', 'DEPRECATED'].includes(this.states.get(skillRef) ?? 'ACTIVE')
  }

  call(task: HarnessTask): ReturnType<CycleSkills['call']> & { returned: { kind: 'returned'; value: unknown } } {
    this.invoked.push(task.name)
    return { task, returned: { kind: 'returned', value: undefined } }
  }

  durationMs({ name, timeoutMs }: HarnessTask): number {
    const { result = 'ok', durationMs = 0 } = this.played.behaviours?.[name] ?? {}
    return result === 'hang' ? timeoutMs + 1 : durationMs
  }

  answer(call: ReturnType<CycleSkills['call']>, reply: Parameters<CycleSkills['answer']>[1]): SkillAnswer {
    const { name, skillRef, sideEffects } = call.task
    const { result = 'ok' } = this.played.behaviours?.[name] ?? {}
    if (reply.kind === 'timeout') return { kind: 'failed', reason: 'TIMEOUT', message: 'late', violation: null }
    if (result === 'ok') {
      const effects = sideEffects.map((resource) => ({ resource, payload: { of: name, resource } }))
      return { kind: 'success', output: { of: name }, effects }
    }
    if (result === 'error') return { kind: 'failed', reason: 'ERROR', message: 'told to fail', violation: null }
    const violation = VIOLATIONS.find((kind) => kind === result)
    if (violation === undefined) throw new Error('told to break the harness')
    return {
      kind: 'failed',
      reason: violation,
      message: violation,
      violation: { violation, action: this.caught(skillRef, violation) },
    }
  }

  private caught(skill: string, violation: Violation): 'NONE' | 'QUARANTINE' | 'DEREGISTER' {
    const count = (this.counts.get(skill) ?? 0) + 1
    this.counts.set(skill, count)
    const action = count >= 3 ? 'DEREGISTER' : UNAVAILABLE_AFTER.includes(violation) ? 'QUARANTINE' : 'NONE'
    if (action !== 'NONE') this.states.set(skill, 'QUARANTINED')
    return action
  }
}
