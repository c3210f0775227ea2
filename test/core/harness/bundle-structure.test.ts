import { describe, expect, it } from 'vitest'
import { bundleFault, objectFault } from '../../../src/core/harness/bundle-structure.js'
import { STATE_OBJECTS, type StateObjectName } from '../../../src/ports/vocabulary/harness.js'
import { harnessBundle } from '../../support/harness-cases.js'

const SOUND = harnessBundle()
const [BELIEF] = SOUND.beliefs!.beliefs
const [SIGNAL] = SOUND.signals!.signals

describe('the structure of an object', () => {
  it.each(STATE_OBJECTS)('is sound in a sound %s', (name) => {
    expect(objectFault(name, SOUND[name])).toBeUndefined()
  })

  it.each(STATE_OBJECTS)('is wrong in a %s without a name or a time, which are asked for in that order', (name) => {
    expect(objectFault(name, { ...SOUND[name], stateId: '' })).toMatch(/^stateId: expected .*, found ""$/)
    expect(objectFault(name, { ...SOUND[name], timestampMs: -1 })).toMatch(/^timestampMs: expected .*, found -1$/)
    expect(objectFault(name, {})).toMatch(/^stateId: .* found nothing$/)
  })

  it.each<readonly [StateObjectName, string, unknown]>([
    ['regime', 'behavior', 'BORED'],
    ['regime', 'bias', 'bullish'],
    ['regime', 'confidence', -0.1],
    ['regime', 'confidence', Number.NaN],
    ['regime', 'confidence', '0.5'],
    ['regime', 'isStable', 1],
    ['factor', 'permitted', ['open']],
    ['factor', 'permitted', { open: 'yes' }],
    ['factor', 'permitted', { fly: true }],
    ['factor', 'sizeMultiplier', 1.1],
    ['signals', 'signals', {}],
    ['signals', 'signals', [{ signalId: '' }]],
    ['signals', 'signals', [SIGNAL, SIGNAL]],
    ['signals', 'signals', [{ signalId: 'a', regimeStateId: '' }]],
    ['beliefs', 'beliefs', [null]],
    ['beliefs', 'beliefs', [BELIEF, BELIEF]],
    ['beliefs', 'beliefs', [{ ...BELIEF, signalId: undefined }]],
    ['beliefs', 'beliefs', [{ ...BELIEF, conviction: 2 }]],
    ['beliefs', 'beliefs', [{ ...BELIEF, permissions: ['fly'] }]],
    ['posture', 'posture', 'SLOTH'],
  ])('is wrong in a %s whose %s is %j', (name, field, value) => {
    const fault = objectFault(name, { ...SOUND[name], [field]: value })
    expect(fault).toMatch(new RegExp(`^${field}: expected .*, found `))
  })

  it.each([[], 'text', 7, true])('is wrong in %j, which is no object', (object) => {
    expect(objectFault('macro', object)).toMatch(/^expected an object, found /)
  })

  it('allows no signal, no belief and a signal of no regime', () => {
    expect(objectFault('signals', { ...SOUND.signals, signals: [] })).toBeUndefined()
    expect(
      objectFault('signals', { ...SOUND.signals, signals: [{ signalId: 'a', regimeStateId: null }] }),
    ).toBeUndefined()
    expect(objectFault('beliefs', { ...SOUND.beliefs, beliefs: [] })).toBeUndefined()
  })
})

it("a bundle's own time is whole ms since 1970", () => {
  expect(bundleFault({ timestampMs: 0 })).toBeUndefined()
  for (const timestampMs of [-1, 0.5, Number.NaN, '0' as never])
    expect(bundleFault({ timestampMs })).toMatch('whole ms')
})
