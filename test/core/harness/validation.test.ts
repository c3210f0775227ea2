import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { FUTURE_MS_MAX, HARNESS_LIMITS, validateBundle } from '../../../src/core/harness/validation.js'
import { type HarnessBundle, STATE_OBJECTS, type StateObjectName } from '../../../src/ports/vocabulary/harness.js'
import { drawnBundles } from '../../support/drawn-conditions.js'
import { BUNDLE_NOW_MS, harnessBundle } from '../../support/harness-cases.js'

function validated(
  bundle: HarnessBundle,
  required: readonly StateObjectName[] = STATE_OBJECTS,
  factorImplemented = false,
) {
  return validateBundle(bundle, { nowMs: BUNDLE_NOW_MS, required, factorImplemented })
}

const fresh = harnessBundle()
const STALE_MS = BUNDLE_NOW_MS - HARNESS_LIMITS.maxStalenessMs

describe('each row of the table of findings', () => {
  test.each<[string, HarnessBundle, string, string]>([
    [
      'INVALID',
      { ...fresh, regime: { ...fresh.regime!, behavior: 'UP' as never } },
      'HALT',
      'regime: behavior: expected one of',
    ],
    ['REGIME_MISSING', { ...fresh, regime: null }, 'HALT', 'regime: expected one, found none'],
    ['MISSING', { ...fresh, macro: null }, 'EXECUTE', 'macro: expected one, found none'],
    [
      'STALE',
      { ...fresh, signals: { ...fresh.signals!, timestampMs: STALE_MS - 1 } },
      'REJECT',
      'signals: expected an age of 10000 ms or less, found 10001 ms',
    ],
    [
      'FUTURE',
      { ...fresh, timestampMs: BUNDLE_NOW_MS + FUTURE_MS_MAX + 1 },
      'REJECT',
      'bundle: expected a time up to 1000 ms ahead, found 1001 ms',
    ],
    ['BELIEFS_EMPTY', { ...fresh, beliefs: null }, 'SKIP', 'beliefs: nothing is believed, nothing is to be done'],
    [
      'LOW_CONFIDENCE',
      { ...fresh, regime: { ...fresh.regime!, confidence: 0.49 } },
      'DEGRADE',
      'regime: confidence: expected 0.5 or more, found 0.49',
    ],
    [
      'SIZE_ZERO',
      { ...fresh, factor: { ...fresh.factor!, sizeMultiplier: 0 } },
      'DEGRADE',
      'factor: sizeMultiplier: expected more than 0, found 0',
    ],
    ['FACTOR_BYPASSED', { ...fresh, factor: null }, 'EXECUTE', 'factor: there is no factor layer: all is permitted'],
  ])('%s', (finding, bundle, verdict, sentence) => {
    const found = validated(bundle)
    expect(found.verdict).toBe(verdict)
    expect(found.findings.map(([kind]) => kind)).toEqual([finding])
    expect(found.sentences[0]).toContain(sentence)
  })

  test('FACTOR_SILENT', () => {
    const { verdict, findings } = validated({ ...fresh, factor: null }, STATE_OBJECTS, true)
    expect([verdict, findings]).toEqual(['EXECUTE', [['FACTOR_SILENT', 'factor']]])
  })
})

it('an age and a lead that are just allowed are fine', () => {
  const regime = { ...fresh.regime!, timestampMs: STALE_MS }
  const posture = { ...fresh.posture!, timestampMs: BUNDLE_NOW_MS + FUTURE_MS_MAX }
  expect(validated({ ...fresh, regime, posture }).findings).toEqual([])
})

it('what no task declares is not looked at, but for factor', () => {
  const broken = { stateId: '', timestampMs: -1 } as never
  const bundle = { ...fresh, regime: broken, macro: broken, beliefs: null, factor: null }
  expect(validated(bundle, ['posture']).findings).toEqual([['FACTOR_BYPASSED', 'factor']])
})

it('an object of which the structure is wrong is not examined further', () => {
  const regime = { ...fresh.regime!, confidence: 7, timestampMs: 0 }
  expect(validated({ ...fresh, regime }).findings).toEqual([['INVALID', 'regime']])
})

it('the strongest of all findings is the verdict, and no verdict but that of a finding comes out', () => {
  const parts = fc.record({
    regime: fc.constantFrom(fresh.regime!, null, { ...fresh.regime!, confidence: 0 }),
    beliefs: fc.constantFrom(fresh.beliefs!, null),
    signals: fc.constantFrom(fresh.signals!, { ...fresh.signals!, timestampMs: 0 }),
    factor: fc.constantFrom(fresh.factor!, null, { ...fresh.factor!, sizeMultiplier: 0 }),
  })
  const rank = ['HALT', 'REJECT', 'SKIP', 'DEGRADE', 'EXECUTE']
  fc.assert(
    fc.property(parts, (part) => {
      const alone = Object.entries(part).map(([name, object]) => validated({ ...fresh, [name]: object }).verdict)
      const strongest = Math.min(...alone.map((verdict) => rank.indexOf(verdict)))
      expect(validated({ ...fresh, ...part }).verdict).toBe(rank[strongest])
    }),
  )
})

it('all findings are told, row by row of the table, within a row in the order of the objects', () => {
  const old = { timestampMs: STALE_MS - 1 }
  const { verdict, findings, sentences } = validated({
    ...fresh,
    ...old,
    regime: { ...fresh.regime!, ...old, confidence: 0 },
    factor: { ...fresh.factor!, sizeMultiplier: 0 },
    signals: null,
    beliefs: null,
    macro: { stateId: '', timestampMs: 0 },
    flow: { stateId: 'w1', timestampMs: BUNDLE_NOW_MS + 5_000 },
  })
  expect(verdict).toBe('HALT')
  expect(findings).toEqual([
    ['INVALID', 'macro'],
    ['MISSING', 'signals'],
    ['STALE', 'bundle'],
    ['STALE', 'regime'],
    ['FUTURE', 'flow'],
    ['BELIEFS_EMPTY', 'beliefs'],
    ['LOW_CONFIDENCE', 'regime'],
    ['SIZE_ZERO', 'factor'],
  ])
  expect(sentences).toHaveLength(findings.length)
})

it('limits that are handed in are those that are measured by, and what equals them is fine', () => {
  const limits = { minThreshold: 0.95, maxStalenessMs: 100 }
  const regime = { ...fresh.regime!, confidence: 0.95 }
  const context = { nowMs: BUNDLE_NOW_MS, required: STATE_OBJECTS, factorImplemented: false, limits }
  const found = (byMs: number, of: typeof regime) =>
    validateBundle({ ...fresh, timestampMs: BUNDLE_NOW_MS - byMs, regime: of }, context).findings
  expect(found(100, regime)).toEqual([])
  expect(found(101, fresh.regime!)).toEqual([
    ['STALE', 'bundle'],
    ['LOW_CONFIDENCE', 'regime'],
  ])
})

it('an object that is not declared changes nothing of what is found, whatever it holds', () => {
  const required = fc.subarray([...STATE_OBJECTS])
  fc.assert(
    fc.property(drawnBundles, drawnBundles, required, fc.boolean(), (bundle, other, names, factorImplemented) => {
      const rest = STATE_OBJECTS.filter((name) => name !== 'factor' && !names.includes(name))
      const mixed = { ...bundle, ...Object.fromEntries(rest.map((name) => [name, other[name]])) }
      expect(validated(mixed, names, factorImplemented)).toEqual(validated(bundle, names, factorImplemented))
    }),
  )
})

it('whatever stands for an object is answered, and what is no such object is INVALID', () => {
  fc.assert(
    fc.property(fc.constantFrom(...STATE_OBJECTS), fc.anything(), (name, anything) => {
      fc.pre(anything != null)
      const { verdict, findings } = validated({ ...fresh, [name]: anything })
      expect([verdict, findings]).toEqual(['HALT', [['INVALID', name]]])
    }),
  )
})
