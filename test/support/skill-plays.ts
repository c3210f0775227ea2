import type { CycleSkills, Handed, SkillAnswer } from '../../src/core/harness/cycle-skills.js'
import { layersOf } from '../../src/core/harness/registration.js'
import type { Skill, SkillImplementation } from '../../src/core/harness/skill-call.js'
import { SkillDesk } from '../../src/core/harness/skill-desk.js'
import { SkillRegistry } from '../../src/core/harness/skill-registry.js'
import type { HarnessTask, LedgerEntry, SkillRegistration } from '../../src/ports/vocabulary/harness.js'
import { BUNDLE_NOW_MS, harnessBundle, harnessTask } from './harness-cases.js'

/** A decision of each kind about the skill `s`. */
export const LEDGER: readonly LedgerEntry[] = [
  { ref: 'D001', kind: 'AUTHORIZE', skillId: 's' },
  { ref: 'D002', kind: 'DEPRECATE', skillId: 's' },
  { ref: 'D003', kind: 'RELEASE', skillId: 's' },
]

/** A sound registration of the skill `s`, which may do nothing. */
export function registrationOf(declared: Partial<SkillRegistration> = {}): SkillRegistration {
  return {
    skillId: 's',
    skillVersion: '1.0.0',
    taskTypes: ['s'],
    requiredInputs: [],
    outputSchema: 's',
    requiresPermissions: [],
    layerDependencies: layersOf(declared.requiredInputs ?? []),
    sideEffects: [],
    author: 'somebody',
    decisionLedgerRef: 'D001',
    ...declared,
  }
}

/** The skill `s` at work: registered, authorised, and called by a task that declares what it does. */
export function playOf(
  run: Skill,
  declared: Partial<SkillRegistration> = {},
  output: SkillImplementation['output'] = 'json',
): SkillPlay {
  const registration = registrationOf(declared)
  const registry = new SkillRegistry(LEDGER)
  registry.register(registration)
  registry.authorise(registration)
  const desk = new SkillDesk({ registry, skills: { s: { run, output } } })
  const task = harnessTask({
    name: 's',
    requiredState: registration.requiredInputs,
    requiredPermissions: registration.requiresPermissions,
    sideEffects: registration.sideEffects,
    inputs: { plan: { steps: [1] } },
    dependsOn: ['before'],
  })
  return { registration, registry, desk, task, answer: (handed = {}) => answerOf(desk, task, handed) }
}

export interface SkillPlay {
  readonly registration: SkillRegistration
  readonly registry: SkillRegistry
  readonly desk: SkillDesk
  readonly task: HarnessTask
  answer(handed?: Partial<Handed>): SkillAnswer
}

/** What a desk answers to a skill that replies at once. */
export function answerOf(skills: CycleSkills, task: HarnessTask, handed: Partial<Handed> = {}): SkillAnswer {
  const call = skills.call(task, { ...HANDED, ...handed })
  return skills.answer(call, call.returned)
}

/** What was caught, and what became of the skill; undefined: nothing. */
export function violationOf(answer: SkillAnswer) {
  return answer.kind === 'failed' ? (answer.violation ?? undefined) : undefined
}

export const HANDED: Handed = {
  bundle: harnessBundle(),
  factorImplemented: true,
  mode: 'live',
  taskId: '0123456789abcdef0123456789abcdef',
  outputs: { before: { found: ['x'] } },
  nowMs: BUNDLE_NOW_MS,
}
