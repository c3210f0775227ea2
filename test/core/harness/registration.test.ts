import { describe, expect, it } from 'vitest'
import { LAYER_OF, layersOf, registrationRefused } from '../../../src/core/harness/registration.js'
import { type SkillRegistration, STATE_OBJECTS } from '../../../src/ports/vocabulary/harness.js'
import { LEDGER, registrationOf } from '../../support/skill-plays.js'

const KNOWN = { isRegistered: () => false, ledger: LEDGER }

describe('a registration (SK-5)', () => {
  /** From the check that comes last to the one that comes first: each row breaks one thing more. */
  const broken: readonly [string, Partial<SkillRegistration>][] = [
    ['NO_LEDGER_ENTRY', { decisionLedgerRef: 'D002' }],
    ['LAYER_NOT_DECLARED', { requiredInputs: ['regime'], layerDependencies: ['L9'] }],
    ['UNKNOWN_EFFECT', { sideEffects: ['disk' as never] }],
    ['UNKNOWN_PERMISSION', { requiresPermissions: ['trade' as never] }],
    ['UNKNOWN_STATE', { requiredInputs: ['price' as never] }],
    ['NO_TASK_TYPES', { taskTypes: [] }],
    ['BAD_VERSION', { skillVersion: '1.0' }],
    ['BAD_ID', { skillId: 's s' }],
  ]

  it('that is sound is accepted', () => {
    expect(registrationRefused(registrationOf(), KNOWN)).toBeUndefined()
  })

  it.each(broken)('is refused for %s alone', (reason, wrong) => {
    expect(registrationRefused({ ...registrationOf(), ...wrong }, KNOWN)).toBe(reason)
  })

  it('is refused for what comes first in the order of the checks', () => {
    let registration = registrationOf()
    for (const [reason, wrong] of broken) {
      registration = { ...registration, ...wrong }
      expect(registrationRefused(registration, KNOWN)).toBe(reason)
    }
  })

  it('of a version that is there is refused, before the ledger is looked at', () => {
    const known = { isRegistered: () => true, ledger: [] }
    expect(registrationRefused(registrationOf(), known)).toBe('DUPLICATE')
  })

  it.each([
    ['1.0.0', true],
    ['0.0.0-rc.1+build.5', true],
    ['1.0.0-0.3.7', true],
    ['1.0.0-01', false],
    ['01.0.0', false],
    ['1.0.0.0', false],
    ['v1.0.0', false],
    ['', false],
  ])('with the version %s is accepted: %s', (skillVersion, isAccepted) => {
    expect(registrationRefused(registrationOf({ skillVersion }), KNOWN) === undefined).toBe(isAccepted)
  })

  it.each(STATE_OBJECTS)('of a skill that reads %s declares its layer', (name) => {
    const registration = registrationOf({ requiredInputs: [name] })
    expect(registration.layerDependencies).toEqual([LAYER_OF[name]])
    expect(registrationRefused(registration, KNOWN)).toBeUndefined()
    expect(registrationRefused({ ...registration, layerDependencies: [] }, KNOWN)).toBe('LAYER_NOT_DECLARED')
  })

  it('knows the layer of every object', () => {
    expect(layersOf(STATE_OBJECTS)).toEqual(['L6', 'L6.5', 'L8', 'L9', 'L5.5', 'L5.7', 'L11'])
  })
})
