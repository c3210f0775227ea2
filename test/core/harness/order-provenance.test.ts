import { describe, expect, it } from 'vitest'
import { factorLayer } from '../../../src/core/harness/factor-layer.js'
import { isBlocked, orderFindings } from '../../../src/core/harness/order-provenance.js'
import { gravest } from '../../../src/core/harness/violations.js'
import type { HarnessBelief, HarnessBundle, HarnessRegime } from '../../../src/ports/vocabulary/harness.js'
import { BUNDLE_NOW_MS, harnessBundle } from '../../support/harness-cases.js'
import { HANDED, playOf, violationOf } from '../../support/skill-plays.js'

const AT = { timestampMs: BUNDLE_NOW_MS }
const REGIME: HarnessRegime = {
  ...AT,
  stateId: 'r1',
  behavior: 'TRENDING_NORMAL_VOL',
  bias: 'NEUTRAL',
  confidence: 0.9,
  isStable: true,
}
const ORDER = { beliefId: 'bel1', signalId: 'sig1', regimeStateId: 'r1', permission: 'f1' }
const BYPASSED = { ...ORDER, permission: 'BYPASSED' }

describe('an order that the state bears out', () => {
  it('was caught at nothing, whatever it carries besides', () => {
    expect(findings({ ...ORDER, size: 5 })).toEqual([])
  })

  it('is as old as its state may be', () => {
    expect(findings(ORDER, {}, { nowMs: BUNDLE_NOW_MS + 10_000 })).toEqual([])
  })

  it('names a factor layer that is not implemented as bypassed', () => {
    expect(findings(BYPASSED, { factor: null })).toEqual([])
  })
})

describe('an override is seen by the state, whatever the skill says', () => {
  it.each<[string, Partial<HarnessBundle>, { nowMs?: number; factorImplemented?: boolean }, string]>([
    [
      'of a denial: the factor layer denies what the belief needs',
      { factor: { ...AT, stateId: 'f1', permitted: { open: false }, sizeMultiplier: 1 } },
      {},
      'the factor layer denies open',
    ],
    [
      'of a denial: the factor layer is silent',
      { factor: null },
      { factorImplemented: true },
      'the factor layer is silent, which denies everything',
    ],
    [
      'of a blocked regime: an event is on',
      { regime: { ...REGIME, behavior: 'EVENT_LOCK' } },
      {},
      'the regime EVENT_LOCK is blocked',
    ],
    [
      'of a blocked regime: it is undefined, with little confidence',
      { regime: { ...REGIME, behavior: 'UNDEFINED', confidence: 0.49 } },
      {},
      'the regime UNDEFINED is blocked',
    ],
    [
      'of a threshold: too little conviction',
      { beliefs: beliefsOf({ conviction: 0.4999 }) },
      {},
      'the conviction 0.4999 is below 0.5',
    ],
    ['of staleness: all is old', {}, { nowMs: BUNDLE_NOW_MS + 10_001 }, 'its state is older than 10000 ms'],
    [
      'of staleness: the regime is old',
      { regime: { ...REGIME, timestampMs: BUNDLE_NOW_MS - 10_001 } },
      {},
      'its state is older than 10000 ms',
    ],
  ])('%s', (_, parts, handed, message) => {
    const worst = gravest(findings(ORDER, parts, handed))
    expect(worst).toEqual({ violation: 'OVERRIDE', message })
    const bundle = harnessBundle(parts)
    const { answer, registry } = playOf(() => ({ output: null, effects: [{ resource: 'orders', payload: ORDER }] }), {
      sideEffects: ['orders'],
    })
    const answered = answer({ ...HANDED, factorImplemented: true, ...handed, bundle })
    expect(violationOf(answered)).toEqual({ violation: 'OVERRIDE', action: 'QUARANTINE' })
    expect(registry.skill('s')?.state).toBe('QUARANTINED')
  })
})

describe('a permission bypass is an order that nobody denied and nobody permitted', () => {
  it.each<[string, object, Partial<HarnessBundle>]>([
    ['it names another permission than the factor layer has given', { ...ORDER, permission: 'f0' }, {}],
    ['it calls a factor layer bypassed that speaks', BYPASSED, {}],
    ['its belief needs what the factor layer does not name', ORDER, { beliefs: beliefsOf({ permissions: ['value'] }) }],
  ])('%s', (_, order, parts) => {
    expect(gravest(findings(order, parts))?.violation).toBe('PERMISSION_BYPASS')
    const { answer, registry } = playOf(() => ({ output: null, effects: [{ resource: 'orders', payload: order }] }), {
      sideEffects: ['orders'],
    })
    expect(violationOf(answer({ bundle: harnessBundle(parts) }))).toEqual({
      violation: 'PERMISSION_BYPASS',
      action: 'NONE',
    })
    expect(registry.skill('s')).toMatchObject({ state: 'ACTIVE', violations: 1 })
  })

  it('an order that names a state while the layer is not implemented names no permission', () => {
    expect(gravest(findings(ORDER, { factor: null }))?.violation).toBe('PERMISSION_BYPASS')
  })
})

describe('a layer bypass is an order that no layer has given rise to (EXE-1, EXE-3, EXE-4)', () => {
  it.each<[string, object, Partial<HarnessBundle>]>([
    ['of a regime that the state does not have', { ...ORDER, regimeStateId: 'r0' }, {}],
    ['of no regime at all', ORDER, { regime: null }],
    ['of a belief that the state does not have', { ...ORDER, beliefId: 'mine' }, {}],
    ['of no beliefs at all', ORDER, { beliefs: null }],
    ['of a signal that the state does not have', { ...ORDER, signalId: 'mine' }, {}],
    [
      'of a signal that is not of the belief',
      { ...ORDER, signalId: 'sig2' },
      { signals: { ...AT, stateId: 's1', signals: [{ signalId: 'sig2', regimeStateId: 'r1' }] } },
    ],
    [
      'of a signal of another regime',
      ORDER,
      { signals: { ...AT, stateId: 's1', signals: [{ signalId: 'sig1', regimeStateId: 'r0' }] } },
    ],
    ['of a signal of no regime', ORDER, { signals: { ...AT, stateId: 's1', signals: [{ signalId: 'sig1' }] } }],
  ])('%s', (_, order, parts) => {
    expect(gravest(findings(order, parts))?.violation).toBe('LAYER_BYPASS')
  })
})

describe('an order says where it comes from', () => {
  it.each(['beliefId', 'signalId', 'regimeStateId', 'permission'])(
    'one without its %s is no declared output',
    (name) => {
      for (const value of [undefined, null, 1])
        expect(findings({ ...ORDER, [name]: value })).toMatchObject([{ violation: 'UNDECLARED_OUTPUT' }])
    },
  )

  it.each([null, 'order', 1, []])('%s is no order', (payload) => {
    expect(findings(payload)).toMatchObject([{ violation: 'UNDECLARED_OUTPUT' }])
  })
})

it.each([
  ['EVENT_LOCK', 1, true],
  ['UNDEFINED', 0.4999, true],
  ['UNDEFINED', 0.5, false],
  ['TRENDING_NORMAL_VOL', 0, false],
  ['EVENT_DOMINANT', 0.1, false],
] as const)('the regime %s with confidence %s is blocked: %s', (behavior, confidence, blocked) => {
  expect(isBlocked({ behavior, confidence })).toBe(blocked)
})

function findings(
  order: unknown,
  parts: Partial<HarnessBundle> = {},
  { nowMs = BUNDLE_NOW_MS, factorImplemented = false }: { nowMs?: number; factorImplemented?: boolean } = {},
) {
  const bundle = harnessBundle(parts)
  const factor = factorLayer(bundle.factor, factorImplemented)
  return orderFindings(order, { bundle, factor, nowMs, maxStalenessMs: 10_000 })
}

function beliefsOf(belief: Partial<HarnessBelief>) {
  const beliefs = [{ beliefId: 'bel1', signalId: 'sig1', conviction: 0.8, permissions: [], ...belief }]
  return { ...AT, stateId: 'b1', beliefs }
}
