import { assert, unreachable } from '../../base/assert.js'
import { clipped } from '../../base/clipped.js'
import type { FailureReason, HarnessTask } from '../../ports/vocabulary/harness.js'
import type { CycleSkills, Handed, SkillAnswer, SkillCall, SkillReply } from './cycle-skills.js'
import { factorLayer } from './factor-layer.js'
import { orderFindings } from './order-provenance.js'
import { callSkill, type SkillImplementation, type WatchedCall } from './skill-call.js'
import type { RegisteredSkill, SkillRegistry } from './skill-registry.js'
import { readResult } from './skill-result.js'
import { HARNESS_LIMITS } from './validation.js'
import { gravest, type SkillFinding } from './violations.js'

export interface SkillDeskSettings {
  readonly registry: SkillRegistry
  /** By id. */
  readonly skills: Readonly<Record<string, SkillImplementation>>
  /** An order of older state is an OVERRIDE. Default: 10,000. */
  readonly maxStalenessMs?: number
  /** Told once of every deprecated skill that runs. */
  readonly warn?: (message: string) => void
}

/** Calls the skills of a registry, and looks at what they do and return. */
export class SkillDesk implements CycleSkills {
  private readonly open = new WeakMap<SkillCall, WatchedCall>()
  private readonly warned = new Set<string>()

  constructor(private readonly settings: SkillDeskSettings) {}

  /** Also false where the skill declares what the task does not, or the other way round: nobody would have checked it. */
  isAvailable(task: HarnessTask): boolean {
    const skill = this.settings.registry.skill(task.skillRef)
    return skill !== undefined && this.has(task.skillRef) && mayRun(skill) && fits(task, skill)
  }

  call(task: HarnessTask, handed: Handed, signal?: AbortSignal): SkillCall {
    assert(this.isAvailable(task), `the skill of ${task.name} is available when it is called`)
    const skill = this.settings.registry.skill(task.skillRef)!
    this.warnOf(skill)
    const call = callSkill(
      this.settings.skills[task.skillRef]!,
      { registration: skill.registration, task, handed },
      signal,
    )
    this.open.set(call, call)
    return call
  }

  answer(call: SkillCall, reply: SkillReply): SkillAnswer {
    const watched = this.open.get(call)
    assert(watched !== undefined, `the call of ${call.task.name} is answered once`)
    this.open.delete(call)
    const { findings, ...answer } = this.answerOf(watched, reply)
    const finding = gravest([...watched.findings, ...findings])
    if (finding !== undefined) return this.caught(watched, finding)
    if (reply.kind === 'timeout') this.settings.registry.caught(watched.registration, 'TIMEOUT')
    return answer
  }

  private caught({ registration }: WatchedCall, { violation, message }: SkillFinding): SkillAnswer {
    const { action } = this.settings.registry.caught(registration, violation)
    return { kind: 'failed', reason: violation, message, violation: { violation, action } }
  }

  /** What the reply alone would be answered, and what it was caught at. */
  private answerOf(call: WatchedCall, reply: SkillReply): SkillAnswer & { readonly findings: readonly SkillFinding[] } {
    switch (reply.kind) {
      case 'timeout':
        return failed('TIMEOUT', `it was not done within ${call.task.timeoutMs} ms`)
      case 'threw':
        return failed('ERROR', wordsOf(reply.error))
      case 'returned':
        return this.resultOf(call, reply.value)
      default:
        return unreachable(reply)
    }
  }

  private resultOf({ task, handed, output }: WatchedCall, value: unknown) {
    const result = readResult(value, { output, sideEffects: task.sideEffects })
    if ('violation' in result) return failed(result.violation, result.message, [result])
    const { bundle, nowMs } = handed
    const factor = factorLayer(bundle.factor, handed.factorImplemented)
    const { maxStalenessMs = HARNESS_LIMITS.maxStalenessMs } = this.settings
    const orders = result.effects.filter(({ resource }) => resource === 'orders')
    const findings = orders.flatMap(({ payload }) => orderFindings(payload, { bundle, factor, nowMs, maxStalenessMs }))
    return { kind: 'success' as const, ...result, findings }
  }

  private has(skillId: string): boolean {
    return Object.hasOwn(this.settings.skills, skillId)
  }

  private warnOf({ state, registration }: RegisteredSkill): void {
    if (state !== 'DEPRECATED' || this.warned.has(registration.skillId)) return
    this.warned.add(registration.skillId)
    this.settings.warn?.(`the skill ${registration.skillId} ${registration.skillVersion} is deprecated`)
  }
}

function mayRun({ state }: RegisteredSkill): boolean {
  return state === 'ACTIVE' || state === 'DEPRECATED'
}

/** The harness checks what the task declares before the skill is called: all that the skill needs is among it. */
function fits(task: HarnessTask, { registration }: RegisteredSkill): boolean {
  return (
    registration.taskTypes.includes(task.taskType) &&
    registration.outputSchema === task.outputSchema &&
    registration.requiredInputs.every((name) => name === 'factor' || task.requiredState.includes(name)) &&
    registration.requiresPermissions.every((permission) => task.requiredPermissions.includes(permission)) &&
    task.sideEffects.every((resource) => registration.sideEffects.includes(resource))
  )
}

function failed(reason: FailureReason, message: string, findings: readonly SkillFinding[] = []) {
  return { kind: 'failed' as const, reason, message, violation: null, findings }
}

/** Whatever was thrown. */
function wordsOf(error: unknown): string {
  try {
    return clipped(error instanceof Error ? error.message : String(error), 500)
  } catch {
    return 'it threw what cannot be read'
  }
}
