import { describe, expect, it } from 'vitest'
import { skipReason } from '../../../src/core/harness/skip-reason.js'
import type { HarnessBundle, HarnessTask } from '../../../src/ports/vocabulary/harness.js'
import { BUNDLE, NOW_MS } from '../../support/arbitrary-cycles.js'
import { harnessTask } from '../../support/harness-cases.js'
import type { PlayedTask } from '../../support/played-cycle.js'

const task = (more: Partial<PlayedTask> = {}): HarnessTask => harnessTask({ name: 'x', ...more })

interface Circumstances {
  readonly bundle?: HarnessBundle
  readonly factorImplemented?: boolean
  readonly closed?: readonly string[]
  readonly isAvailable?: boolean
  readonly nowMs?: number
}

function reason(asked: HarnessTask, circumstances: Circumstances = {}) {
  const { bundle = BUNDLE, factorImplemented = true, closed = [], isAvailable = true, nowMs = NOW_MS } = circumstances
  const skills = { isAvailable: () => isAvailable }
  return skipReason(asked, nowMs, {
    bundle,
    factorImplemented,
    closed: new Set(closed),
    maxStalenessMs: 10_000,
    skills,
  })
}

it('the first reason that there is counts, in the order gate, state, age, confidence, permission, skill', () => {
  const asked = task({ requiredState: ['regime', 'macro'], minConfidence: 0.99, requiredPermissions: ['momentum'] })
  const whole = { ...BUNDLE, macro: { stateId: 'm', timestampMs: NOW_MS } }
  const sure = { ...whole, regime: { ...BUNDLE.regime!, confidence: 1 } }
  const permitted = { ...sure, factor: { ...BUNDLE.factor!, permitted: { momentum: true } } }
  const late = { nowMs: NOW_MS + 9_501, isAvailable: false }
  expect(reason(asked, { ...late, closed: ['x'] })).toBe('GATE')
  expect(reason(asked, late)).toBe('STATE_MISSING')
  expect(reason(asked, { ...late, bundle: whole })).toBe('STALE')
  expect(reason(asked, { isAvailable: false, bundle: whole })).toBe('CONFIDENCE_TOO_LOW')
  expect(reason(asked, { isAvailable: false, bundle: sure })).toBe('PERMISSION_DENIED')
  expect(reason(asked, { isAvailable: false, bundle: permitted })).toBe('SKILL_UNAVAILABLE')
  expect(reason(asked, { bundle: permitted })).toBeUndefined()
})

describe('a task is skipped', () => {
  it('as STALE once its own state is older than the limit, at the moment at which it would start', () => {
    const asked = task({ requiredState: ['regime'] })
    expect(reason(asked, { nowMs: NOW_MS + 9_500 })).toBeUndefined()
    expect(reason(asked, { nowMs: NOW_MS + 9_501 })).toBe('STALE')
    expect(reason(task(), { nowMs: NOW_MS + 60_000 })).toBeUndefined()
  })

  it('for its confidence below its own minimum, equal is enough, and without a regime there is none', () => {
    const confident = (confidence: number) => ({ bundle: { ...BUNDLE, regime: { ...BUNDLE.regime!, confidence } } })
    expect(reason(task({ minConfidence: 0.75 }), confident(0.75))).toBeUndefined()
    expect(reason(task({ minConfidence: 0.75 }), confident(0.749))).toBe('CONFIDENCE_TOO_LOW')
    expect(reason(task({ minConfidence: 0.1 }), { bundle: { ...BUNDLE, regime: null } })).toBe('CONFIDENCE_TOO_LOW')
    expect(reason(task(), { bundle: { ...BUNDLE, regime: null } })).toBeUndefined()
  })

  it.each([
    ['granted', { open: true }, true, undefined],
    ['granted, of a layer that is not implemented', { open: true }, false, undefined],
    ['refused', { open: false }, false, 'PERMISSION_DENIED'],
    ['not named', { reduce: true }, false, 'PERMISSION_DENIED'],
    ['of a layer that is not implemented and says nothing', undefined, false, undefined],
    ['of a layer that is implemented and silent', undefined, true, 'PERMISSION_DENIED'],
  ])('or not, for a permission that is %s', (_, permitted, factorImplemented, expected) => {
    const factor = permitted === undefined ? null : { ...BUNDLE.factor!, permitted }
    expect(reason(task({ requiredPermissions: ['open'] }), { bundle: { ...BUNDLE, factor }, factorImplemented })).toBe(
      expected,
    )
  })
})
