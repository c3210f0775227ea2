import { assert } from '../../base/assert.js'
import type { LedgerEntry, SkillRegistration, SkillState, ViolationAction } from '../../ports/vocabulary/harness.js'
import { decides } from './ledger.js'
import { type RegistrationRefused, registrationRefused } from './registration.js'
import { type LifeRefused, type SkillEvent, type SkillLife, stepSkill } from './skill-lifecycle.js'
import { CONSEQUENCES, type Consequence, type Misdeed, VIOLATIONS_THAT_DEREGISTER } from './violations.js'

/** A version of a skill. */
export type SkillKey = Pick<SkillRegistration, 'skillId' | 'skillVersion'>

/** What is known of a version of a skill. */
export interface RegisteredSkill extends SkillLife {
  readonly registration: SkillRegistration
  /** That counted, since the process began. */
  readonly violations: number
}

/** What a restart must know, as plain JSON: deprecations, quarantines and removals; everything else begins anew. */
export interface SkillRecord {
  readonly held: readonly HeldSkill[]
}

export type HeldSkill = SkillKey & SkillLife

/** What follows from a misdeed, and where the skill stands then. */
export interface MisdeedOutcome extends Pick<Consequence, 'event' | 'cycle'> {
  readonly action: ViolationAction
  readonly state: SkillState
  /** That counted, since the process began. */
  readonly violations: number
}

/**
 * Which skills there are, and which of them may run. Nothing is registered, authorised, deprecated or released without its entry in the
 * decision ledger; a third counted violation in one life of the process deregisters for ever. Source: execution harness contract §7;
 * spec "Skills".
 */
export class SkillRegistry {
  private readonly skills = new Map<string, RegisteredSkill>()
  /** By id: the version that was authorised last, which runs. */
  private readonly standing = new Map<string, string>()
  /** By version: of the record, also of skills that are not registered now. */
  private readonly held: Map<string, HeldSkill>

  /** @param record of a process before: what it deprecated, quarantined and removed stays so. */
  constructor(
    private readonly ledger: readonly LedgerEntry[],
    record: SkillRecord = { held: [] },
  ) {
    this.held = new Map(record.held.map((skill) => [keyOf(skill), skill]))
  }

  /** SK-5. A version that the record holds takes up the state that it has there. */
  register(
    registration: SkillRegistration,
  ): { readonly state: SkillState } | { readonly refused: RegistrationRefused } {
    const key = keyOf(registration)
    const refused = registrationRefused(registration, {
      isRegistered: () => this.skills.has(key),
      ledger: this.ledger,
    })
    if (refused !== undefined) return { refused }
    const { state, before } = this.held.get(key) ?? { state: 'REGISTERED', before: null }
    this.skills.set(key, { registration, state, before, violations: 0 })
    if (state !== 'REGISTERED') this.standing.set(registration.skillId, key)
    return { state }
  }

  /** By the entry of its registration. The version becomes the one that runs. */
  authorise(skill: SkillKey): SkillLife | LifeRefused {
    const key = keyOf(skill)
    const life = this.step(skill, 'AUTHORIZE', this.skills.get(key)?.registration.decisionLedgerRef)
    if ('state' in life) this.standing.set(skill.skillId, key)
    return life
  }

  /** @param ref entry of the ledger, of kind DEPRECATE. */
  deprecate(skill: SkillKey, ref: string): SkillLife | LifeRefused {
    return this.step(skill, 'DEPRECATE', ref)
  }

  /** Out of quarantine, after somebody looked at it. @param ref entry of the ledger, of kind RELEASE. */
  release(skill: SkillKey, ref: string): SkillLife | LifeRefused {
    return this.step(skill, 'RELEASE', ref)
  }

  remove(skill: SkillKey): SkillLife | LifeRefused {
    return this.step(skill, 'REMOVE')
  }

  quarantine(skill: SkillKey): SkillLife | LifeRefused {
    return this.step(skill, 'QUARANTINE')
  }

  /** Counts what a skill was caught at, and quarantines or deregisters it. */
  caught(skill: SkillKey, misdeed: Misdeed): MisdeedOutcome {
    const { event, counts, skill: becomes, cycle } = CONSEQUENCES[misdeed]
    const before = this.known(skill)
    const violations = before.violations + (counts ? 1 : 0)
    this.skills.set(keyOf(skill), { ...before, violations })
    const action = counts && violations >= VIOLATIONS_THAT_DEREGISTER ? 'DEREGISTER' : becomes
    // A skill that is removed while it runs stays removed: nothing more can become of it.
    if (action !== 'NONE') this.step(skill, action)
    return { event, action, cycle, state: this.known(skill).state, violations }
  }

  /** The version of a skill that runs, or would: the one that was authorised last. */
  skill(skillId: string): RegisteredSkill | undefined {
    const key = this.standing.get(skillId)
    return key === undefined ? undefined : this.skills.get(key)
  }

  /** In the order in which they were registered. */
  all(): readonly RegisteredSkill[] {
    return [...this.skills.values()]
  }

  /** For the next process: it changes with every deprecation, quarantine, release and removal, and with nothing else. */
  record(): SkillRecord {
    return { held: [...this.held.values()] }
  }

  private step(skill: SkillKey, event: SkillEvent, ref = ''): SkillLife | LifeRefused {
    const known = this.known(skill)
    const hasEntry = isDecision(event) && decides(this.ledger, { ref, kind: event, skillId: skill.skillId })
    const life = stepSkill(known, event, hasEntry)
    if ('refused' in life) return life
    this.skills.set(keyOf(skill), { ...known, ...life })
    this.hold(known.registration, life)
    return life
  }

  private hold({ skillId, skillVersion }: SkillKey, { state, before }: SkillLife): void {
    const key = keyOf({ skillId, skillVersion })
    if (state === 'ACTIVE') this.held.delete(key)
    else this.held.set(key, { skillId, skillVersion, state, before })
  }

  private known(skill: SkillKey): RegisteredSkill {
    const known = this.skills.get(keyOf(skill))
    assert(known !== undefined, `${keyOf(skill)} is registered`)
    return known
  }
}

function keyOf({ skillId, skillVersion }: SkillKey): string {
  return `${skillId}@${skillVersion}`
}

function isDecision(event: SkillEvent): event is LedgerEntry['kind'] {
  return event === 'AUTHORIZE' || event === 'DEPRECATE' || event === 'RELEASE'
}
