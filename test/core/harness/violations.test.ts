import { describe, expect, it } from 'vitest'
import { CONSEQUENCES, gravest, type Misdeed } from '../../../src/core/harness/violations.js'

describe('what follows from a misdeed', () => {
  it.each<[Misdeed, string, boolean, string, string]>([
    ['UNDECLARED_OUTPUT', 'SKILL_VIOLATION', true, 'QUARANTINE', 'HALT'],
    ['UNDECLARED_EFFECT', 'SKILL_VIOLATION', true, 'QUARANTINE', 'HALT'],
    ['STATE_MUTATION', 'SKILL_VIOLATION', true, 'QUARANTINE', 'HALT'],
    ['PERMISSION_BYPASS', 'SKILL_VIOLATION', true, 'NONE', 'CONTINUE'],
    ['LAYER_BYPASS', 'SKILL_VIOLATION', true, 'QUARANTINE', 'DEGRADE'],
    ['OVERRIDE', 'HARNESS_VIOLATION', true, 'QUARANTINE', 'HARNESS_HALT'],
    ['TIMEOUT', 'TASK_TIMEOUT', false, 'NONE', 'CONTINUE'],
  ])('%s is logged as %s; counts: %s; the skill: %s; the cycle: %s', (misdeed, event, counts, skill, cycle) => {
    expect(CONSEQUENCES[misdeed]).toEqual({ event, counts, skill, cycle })
  })

  it('of several violations the one with the worst end is answered for, of equal ones the first', () => {
    const found = (...violations: Parameters<typeof gravest>[0][number]['violation'][]) =>
      gravest(violations.map((violation, index) => ({ violation, message: `${index}` })))
    expect(found()).toBeUndefined()
    expect(found('PERMISSION_BYPASS', 'LAYER_BYPASS')?.violation).toBe('LAYER_BYPASS')
    expect(found('UNDECLARED_OUTPUT', 'LAYER_BYPASS', 'STATE_MUTATION')?.message).toBe('0')
    expect(found('STATE_MUTATION', 'OVERRIDE', 'UNDECLARED_EFFECT')?.violation).toBe('OVERRIDE')
  })
})
