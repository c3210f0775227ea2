import { describe, expect, it } from 'vitest'
import { SKILL_EVENTS, type SkillEvent, stepSkill } from '../../../src/core/harness/skill-lifecycle.js'
import type { SkillState } from '../../../src/ports/vocabulary/harness.js'

/** Every state and event once; `-` is refused. */
const TABLE: Readonly<Record<SkillState, Readonly<Record<SkillEvent, SkillState | '-'>>>> = {
  REGISTERED: {
    AUTHORIZE: 'ACTIVE',
    DEPRECATE: '-',
    RELEASE: '-',
    REMOVE: 'REMOVED',
    QUARANTINE: '-',
    DEREGISTER: '-',
  },
  ACTIVE: {
    AUTHORIZE: '-',
    DEPRECATE: 'DEPRECATED',
    RELEASE: '-',
    REMOVE: '-',
    QUARANTINE: 'QUARANTINED',
    DEREGISTER: 'REMOVED',
  },
  DEPRECATED: {
    AUTHORIZE: '-',
    DEPRECATE: '-',
    RELEASE: '-',
    REMOVE: 'REMOVED',
    QUARANTINE: 'QUARANTINED',
    DEREGISTER: 'REMOVED',
  },
  QUARANTINED: {
    AUTHORIZE: '-',
    DEPRECATE: '-',
    RELEASE: 'DEPRECATED',
    REMOVE: 'REMOVED',
    QUARANTINE: 'QUARANTINED',
    DEREGISTER: 'REMOVED',
  },
  REMOVED: { AUTHORIZE: '-', DEPRECATE: '-', RELEASE: '-', REMOVE: '-', QUARANTINE: '-', DEREGISTER: '-' },
}

const CASES = (Object.keys(TABLE) as SkillState[]).flatMap((state) =>
  SKILL_EVENTS.map((event) => ({ state, event, next: TABLE[state][event] })),
)

describe('the life of a skill', () => {
  it.each(CASES)('$event leads from $state to $next, where - is a refusal', ({ state, event, next }) => {
    const before = state === 'QUARANTINED' ? 'DEPRECATED' : null
    const answer = stepSkill({ state, before }, event, true)
    expect(answer).toEqual(
      next === '-'
        ? { refused: 'TRANSITION' }
        : { state: next, before: next !== 'QUARANTINED' ? null : (before ?? state) },
    )
  })

  it.each(CASES)('$event in $state without its entry in the ledger is refused for that, where it needs one', (row) => {
    const { state, event } = row
    const isDecision = event === 'AUTHORIZE' || event === 'DEPRECATE' || event === 'RELEASE'
    const answer = stepSkill({ state, before: null }, event, false)
    if (isDecision) expect(answer).toEqual({ refused: 'NO_LEDGER_ENTRY' })
    else expect(answer).toEqual(stepSkill({ state, before: null }, event, true))
  })
})
