import { registrationRefused } from '../../src/core/harness/registration.js'
import { type SkillEvent, stepSkill } from '../../src/core/harness/skill-lifecycle.js'
import { SkillRegistry } from '../../src/core/harness/skill-registry.js'
import type { Misdeed } from '../../src/core/harness/violations.js'
import type { LedgerEntry, SkillRegistration, SkillState } from '../../src/ports/vocabulary/harness.js'

/** `lifecycle` of the harness vectors. */
export function lifecycleCase(args: {
  readonly state: SkillState
  readonly event: SkillEvent
  readonly previous: SkillState | null
  readonly ledger: boolean
}): unknown {
  const life = stepSkill({ state: args.state, before: args.previous }, args.event, args.ledger)
  return 'refused' in life ? life : life.state
}

/** `register` of the harness vectors. */
export function registerCase(args: {
  readonly registration: SkillRegistration
  readonly registry: readonly (readonly [skillId: string, version: string, state: SkillState])[]
  readonly ledger: readonly (readonly [ref: string, kind: LedgerEntry['kind'], skillId: string])[]
}): unknown {
  const refused = registrationRefused(args.registration, {
    isRegistered: ({ skillId, skillVersion }) =>
      args.registry.some(([id, version]) => id === skillId && version === skillVersion),
    ledger: args.ledger.map(([ref, kind, skillId]) => ({ ref, kind, skillId })),
  })
  return refused === undefined ? { state: 'REGISTERED' } : { refused }
}

/** `violations` of the harness vectors. */
export function violationsCase({ events }: { readonly events: readonly SkillHappening[] }): unknown {
  let registry = twoSkills()
  return events.map((event) => {
    if (event.type === 'restart') {
      registry = twoSkills(registry)
      return 'OK'
    }
    const skill = { skillId: event.skill, skillVersion: '1.0.0' }
    if (event.type === 'release') {
      const life = registry.release(skill, event.ledger ? RELEASED[event.skill]! : 'D999')
      return 'refused' in life ? life : life.state
    }
    if (registry.skill(event.skill)?.state !== 'ACTIVE') return 'SKILL_UNAVAILABLE'
    return event.type === 'ok' ? 'OK' : registry.caught(skill, event.kind)
  })
}

type SkillHappening =
  | { readonly type: 'violation'; readonly skill: string; readonly kind: Misdeed }
  | { readonly type: 'release'; readonly skill: string; readonly ledger: boolean }
  | { readonly type: 'ok'; readonly skill: string }
  | { readonly type: 'restart' }

const RELEASED: Readonly<Record<string, string>> = { s: 'D101', q: 'D102' }

function twoSkills(before?: SkillRegistry): SkillRegistry {
  const ledger = ['s', 'q'].flatMap((skillId, index): LedgerEntry[] => [
    { ref: `D00${index + 1}`, kind: 'AUTHORIZE', skillId },
    { ref: RELEASED[skillId]!, kind: 'RELEASE', skillId },
  ])
  const registry = new SkillRegistry(ledger, before?.record())
  for (const [index, skillId] of ['s', 'q'].entries()) {
    const registration: SkillRegistration = {
      skillId,
      skillVersion: '1.0.0',
      taskTypes: [skillId],
      requiredInputs: [],
      outputSchema: 'Json',
      requiresPermissions: [],
      layerDependencies: [],
      sideEffects: [],
      author: 'nobody',
      decisionLedgerRef: `D00${index + 1}`,
    }
    registry.register(registration)
    registry.authorise(registration)
  }
  return registry
}
