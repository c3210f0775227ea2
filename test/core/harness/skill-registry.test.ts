import { describe, expect, it } from 'vitest'
import { SkillRegistry } from '../../../src/core/harness/skill-registry.js'
import { LEDGER, registrationOf } from '../../support/skill-plays.js'

const FIRST = registrationOf()
const SECOND = registrationOf({ skillVersion: '1.1.0' })

function registryOf(...[record]: [record?: ReturnType<SkillRegistry['record']>]): SkillRegistry {
  const registry = new SkillRegistry(LEDGER, record)
  if ('refused' in registry.register(FIRST)) throw new Error('it is sound')
  registry.authorise(FIRST)
  return registry
}

describe('a registry', () => {
  it('runs nothing that was registered and not authorised', () => {
    const registry = new SkillRegistry(LEDGER)
    expect(registry.register(FIRST)).toEqual({ state: 'REGISTERED' })
    expect(registry.skill('s')).toBeUndefined()
    expect(registry.authorise(FIRST)).toEqual({ state: 'ACTIVE', before: null })
    expect(registry.skill('s')?.registration).toBe(FIRST)
  })

  it('registers nothing without an entry of the ledger that authorises it', () => {
    const ledgers = [[], [{ ...LEDGER[0]!, skillId: 'other' }], [{ ...LEDGER[0]!, kind: 'RELEASE' as const }]]
    for (const ledger of ledgers)
      expect(new SkillRegistry(ledger).register(FIRST)).toEqual({ refused: 'NO_LEDGER_ENTRY' })
  })

  it('runs the version that was authorised last, and no other when that one is held', () => {
    const registry = registryOf()
    registry.register(SECOND)
    expect(registry.skill('s')?.registration).toBe(FIRST)
    registry.authorise(SECOND)
    registry.quarantine(SECOND)
    expect(registry.skill('s')).toMatchObject({ registration: SECOND, state: 'QUARANTINED' })
    expect(registry.all().map(({ state }) => state)).toEqual(['ACTIVE', 'QUARANTINED'])
  })

  it('deprecates and releases by an entry of that kind alone', () => {
    const registry = registryOf()
    for (const ref of ['D001', 'D003', 'D999', 'none'])
      expect(registry.deprecate(FIRST, ref)).toEqual({ refused: 'NO_LEDGER_ENTRY' })
    expect(registry.deprecate(FIRST, 'D002')).toEqual({ state: 'DEPRECATED', before: null })
    registry.quarantine(FIRST)
    expect(registry.release(FIRST, 'D002')).toEqual({ refused: 'NO_LEDGER_ENTRY' })
    expect(registry.release(FIRST, 'D003')).toEqual({ state: 'DEPRECATED', before: null })
  })

  it('counts on after a release: the third violation deregisters for ever', () => {
    const registry = registryOf()
    const outcomes = [1, 2, 3].map(() => {
      const outcome = registry.caught(FIRST, 'STATE_MUTATION')
      registry.release(FIRST, 'D003')
      return [outcome.action, outcome.state, outcome.violations]
    })
    expect(outcomes).toEqual([
      ['QUARANTINE', 'QUARANTINED', 1],
      ['QUARANTINE', 'QUARANTINED', 2],
      ['DEREGISTER', 'REMOVED', 3],
    ])
    expect(registry.authorise(FIRST)).toEqual({ refused: 'TRANSITION' })
  })

  it('knows nothing of a skill that nobody registered', () => {
    expect(() => new SkillRegistry(LEDGER).quarantine(FIRST)).toThrow('s@1.0.0 is registered')
  })
})

describe('the record for the next process', () => {
  it('is empty while nothing is held', () => {
    expect(registryOf().record()).toEqual({ held: [] })
  })

  it('keeps a quarantine and what came before it, and forgets the count', () => {
    const before = registryOf()
    before.caught(FIRST, 'LAYER_BYPASS')
    const after = registryOf(JSON.parse(JSON.stringify(before.record())))
    expect(after.skill('s')).toMatchObject({ state: 'QUARANTINED', before: 'ACTIVE', violations: 0 })
    expect(after.release(FIRST, 'D003')).toEqual({ state: 'ACTIVE', before: null })
    expect(after.record()).toEqual({ held: [] })
  })

  it('keeps deprecations, and deregistrations for ever', () => {
    const deprecated = registryOf()
    deprecated.deprecate(FIRST, 'D002')
    expect(registryOf(deprecated.record()).skill('s')?.state).toBe('DEPRECATED')
    for (let time = 0; time < 3; time++) deprecated.caught(FIRST, 'PERMISSION_BYPASS')
    expect(registryOf(deprecated.record()).skill('s')?.state).toBe('REMOVED')
  })

  it('keeps what it holds of a skill that is not registered any more', () => {
    const before = registryOf()
    before.quarantine(FIRST)
    expect(new SkillRegistry(LEDGER, before.record()).record()).toEqual(before.record())
  })
})
