import type { SkillState } from '../../ports/vocabulary/harness.js'

/** What may happen to a skill. */
export const SKILL_EVENTS = ['AUTHORIZE', 'DEPRECATE', 'RELEASE', 'REMOVE', 'QUARANTINE', 'DEREGISTER'] as const
export type SkillEvent = (typeof SKILL_EVENTS)[number]

/** A skill's place in its life. */
export interface SkillLife {
  readonly state: SkillState
  /** Where a quarantined skill returns to; null for every other. */
  readonly before: SkillState | null
}

export type LifeRefused = { readonly refused: 'NO_LEDGER_ENTRY' | 'TRANSITION' }

/**
 * The next place in a skill's life. Source: execution harness contract §7 "Skill Lifecycle"; spec "Skills".
 *
 * @param hasEntry whether the decision ledger has an entry that fits: looked at first, where one is needed.
 */
export function stepSkill(life: SkillLife, event: SkillEvent, hasEntry: boolean): SkillLife | LifeRefused {
  if (NEEDS_ENTRY[event] && !hasEntry) return { refused: 'NO_LEDGER_ENTRY' }
  const next = NEXT[life.state][event]
  if (next === undefined) return { refused: 'TRANSITION' }
  if (next === 'BEFORE') return life.before === null ? { refused: 'TRANSITION' } : { state: life.before, before: null }
  if (next !== 'QUARANTINED') return { state: next, before: null }
  return life.state === 'QUARANTINED' ? life : { state: next, before: life.state }
}

/** The decisions of people; the others follow from what was decided, or from what a skill did. */
const NEEDS_ENTRY: Readonly<Record<SkillEvent, boolean>> = {
  AUTHORIZE: true,
  DEPRECATE: true,
  RELEASE: true,
  REMOVE: false,
  QUARANTINE: false,
  DEREGISTER: false,
}

/** `BEFORE`: the state before the quarantine. What is not here is refused. */
const NEXT: Readonly<Record<SkillState, Readonly<Partial<Record<SkillEvent, SkillState | 'BEFORE'>>>>> = {
  REGISTERED: { AUTHORIZE: 'ACTIVE', REMOVE: 'REMOVED' },
  ACTIVE: { DEPRECATE: 'DEPRECATED', QUARANTINE: 'QUARANTINED', DEREGISTER: 'REMOVED' },
  DEPRECATED: { REMOVE: 'REMOVED', QUARANTINE: 'QUARANTINED', DEREGISTER: 'REMOVED' },
  QUARANTINED: { RELEASE: 'BEFORE', QUARANTINE: 'QUARANTINED', REMOVE: 'REMOVED', DEREGISTER: 'REMOVED' },
  REMOVED: {},
}
