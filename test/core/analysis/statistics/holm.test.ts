import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { holmAdjusted } from '../../../../src/core/analysis/statistics/holm.js'

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })

describe("Holm's p-values", () => {
  test('are none below their own, none above 1, none above Bonferroni, and keep the order', () => {
    fc.assert(
      fc.property(pValues, (raw) => {
        const adjusted = holmAdjusted(raw)
        for (const [i, p] of raw.entries()) {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p)
          expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, raw.length * p))
          for (const [j, other] of raw.entries()) if (p < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!)
        }
      }),
    )
  })

  test('do not depend on the order of the tests', () => {
    fc.assert(
      fc.property(pValues, (raw) => {
        expect(holmAdjusted([...raw].reverse())).toEqual(holmAdjusted(raw).reverse())
      }),
    )
  })

  test.each([
    [[], []],
    [[0.2], [0.2]],
    [
      [0.01, 0.04, 0.03],
      [0.03, 0.06, 0.06],
    ],
    [
      [0.5, 0.5, 0.5],
      [1, 1, 1],
    ],
  ])('of %j are %j', (raw, expected) => {
    expect(holmAdjusted(raw)).toEqual(expected)
  })

  test('are refused of what is no p-value', () => {
    expect(() => holmAdjusted([0.1, Number.NaN])).toThrow('p-values are numbers between 0 and 1')
  })
})
