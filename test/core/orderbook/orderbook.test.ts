import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  adjustedArs,
  confirmedConfidence,
  depthMultiplier,
  marketMultiplier,
  passesDepthGate,
  withdrawalShare,
} from '../../../src/core/orderbook/orderbook.js'
import type { AssetBook } from '../../../src/ports/order-book.js'
import { closeTo, goldenUnit } from '../../support/golden.js'

interface ObEntry {
  readonly ob1: readonly [number, number, number, number][]
  readonly ob2: readonly [number, number, number, number | null, string][]
  readonly ob3: readonly [number[], number][]
}

const golden = goldenUnit<ObEntry>('ob-entry')
const BOOK: AssetBook = {
  imbalanceMa5: 0,
  persistence: 0,
  withdrawalVelocity: 0,
  depthQuality: 0.6,
  fillProbability: 0.5,
}
const imbalance = fc.double({ min: -1, max: 1, noNaN: true })
const share = fc.double({ min: 0, max: 1, noNaN: true })

describe('golden', () => {
  test.each(golden.ob1)('OB-1: ARS %f at depth %f is multiplied by %f', (ars, depthQuality, multiplier, adjusted) => {
    expect(depthMultiplier(depthQuality)).toBe(multiplier)
    expect(adjustedArs(ars, { ...BOOK, depthQuality })).toSatisfy((found: number) => closeTo(found, adjusted))
  })

  test.each(golden.ob2)('OB-2: confidence %f with imbalance %f held %f becomes %s', (before, effImb, held, after) => {
    const found = confirmedConfidence(before, { effectiveImbalance: effImb, persistence: held })
    if (after === null) expect(found).toBeUndefined()
    else expect(found).toSatisfy((confidence: number) => closeTo(confidence, after))
  })

  test.each(golden.ob3)('OB-3: the market %j gives %f', (imbalances, multiplier) => {
    expect(marketMultiplier(imbalances)).toSatisfy((found: number) => closeTo(found, multiplier))
  })
})

describe('OB-1', () => {
  test('a deeper book never ranks lower, whatever the sign of the ARS', () => {
    const depth = fc.double({ min: 0, max: 3, noNaN: true })
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), depth, depth, (ars, a, b) => {
        const [shallow, deep] = a < b ? [a, b] : [b, a]
        expect(adjustedArs(ars, { ...BOOK, depthQuality: deep })).toBeGreaterThanOrEqual(
          adjustedArs(ars, { ...BOOK, depthQuality: shallow }),
        )
      }),
    )
  })

  test('an asset without data keeps its ARS and passes the depth gate', () => {
    expect(adjustedArs(-3, undefined)).toBe(-3)
    expect(passesDepthGate(undefined)).toBe(true)
  })

  test.each([
    [0.1999, false],
    [0.2, true],
    [2, true],
  ])('a depth of %f passes the gate: %s', (depthQuality, passes) => {
    expect(passesDepthGate({ ...BOOK, depthQuality })).toBe(passes)
  })
})

describe('OB-2', () => {
  test('the confidence moves by at most 15 %, with the sign of the imbalance', () => {
    fc.assert(
      fc.property(imbalance, share, (effectiveImbalance, persistence) => {
        const factor = confirmedConfidence(1, { effectiveImbalance, persistence })
        if (factor === undefined) {
          expect(effectiveImbalance).toBeLessThan(-0.15)
          expect(persistence).toBeGreaterThan(0.6)
        } else if (effectiveImbalance >= 0) {
          expect(factor).toBeGreaterThanOrEqual(1)
          expect(factor).toBeLessThanOrEqual(1.15)
        } else {
          expect(factor).toBeLessThanOrEqual(1)
          expect(factor).toBeGreaterThanOrEqual(0.85)
        }
      }),
    )
  })
})

describe('OB-3', () => {
  test('the multiplier stays within 0.85 … 1.20 and does not depend on the order of the assets', () => {
    fc.assert(
      fc.property(fc.array(imbalance), (market) => {
        const multiplier = marketMultiplier(market)
        expect(multiplier).toBeGreaterThanOrEqual(0.85)
        expect(multiplier).toBeLessThanOrEqual(1.2)
        expect(marketMultiplier([...market].reverse())).toBe(multiplier)
      }),
    )
  })

  test('the caller keeps its array', () => {
    const market = Float64Array.of(0.3, -0.1, 0.2)
    marketMultiplier(market)
    expect([...market]).toEqual([0.3, -0.1, 0.2])
  })
})

describe('OB-4 input', () => {
  test('only assets with data count, and exactly −0.20 is no withdrawal', () => {
    const at = (withdrawalVelocity: number) => ({ ...BOOK, withdrawalVelocity })
    expect(withdrawalShare([])).toBe(0)
    expect(withdrawalShare([undefined])).toBe(0)
    expect(withdrawalShare([at(-0.2), undefined, at(-0.2001), at(0.3), at(-1)])).toBe(0.5)
  })
})
