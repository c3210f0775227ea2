import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exactDeviationExceeds } from '../../../src/core/numeric/exact-dispersion.js'
import { deviationExceeds } from '../../support/rational.js'

const anyPrice = fc.oneof(
  fc.double({ min: 5e-324, max: 1.7976931348623157e308, noNaN: true }),
  fc.double({ min: 0.5, max: 2, noNaN: true }),
  fc.constantFrom(5e-324, 1e-323, 2.2250738585072014e-308, 1.7976931348623157e308, 1, 2, 0.5, 67123.4, 67123.5),
)
const anyThreshold = fc.oneof(
  fc.double({ min: 0, max: 1.7976931348623157e308, noNaN: true }),
  fc.double({ min: 0, max: 2, noNaN: true }),
  fc.constantFrom(0, 5e-324, 0.75, 0.5, 1e-300, 1e300),
)

test('the verdict is that of literal rational arithmetic, from subnormals to 1e308', () => {
  fc.assert(
    fc.property(fc.array(anyPrice, { minLength: 2, maxLength: 8 }), anyThreshold, (prices, threshold) => {
      expect(exactDeviationExceeds(Float64Array.from(prices), threshold)).toBe(deviationExceeds(prices, threshold))
    }),
    { numRuns: 300 },
  )
})

test('a tie is not exceeded, and one ulp decides', () => {
  const prices = Float64Array.of(1, 2, 1, 2, 1)
  expect(exactDeviationExceeds(prices, 0.75)).toBe(false)
  expect(exactDeviationExceeds(prices, 0.7499999999999999)).toBe(true)
  expect(exactDeviationExceeds(prices, 0.7500000000000001)).toBe(false)
  // Ratios 1 and 5: here the threshold has the larger power of two.
  expect(exactDeviationExceeds(Float64Array.of(1, 1, 5), 2)).toBe(false)
  expect(exactDeviationExceeds(Float64Array.of(1, 1, 5), 1.9999999999999998)).toBe(true)
})

test('a subnormal price counts at its own scale', () => {
  // Ratios 1 and 2^52, so the deviation is (2^52 − 1)/2.
  const prices = Float64Array.of(5e-324, 5e-324, 2 ** -1022)
  expect(exactDeviationExceeds(prices, 2251799813685247.5)).toBe(false)
  expect(exactDeviationExceeds(prices, 2251799813685247)).toBe(true)
})

test('the scale of the prices does not matter, as long as it is a power of two', () => {
  const walk = [67123.4, 67125.1, 67119.9, 67123.4, 67130.2]
  for (const threshold of [0, 5e-5, 7e-5, 1e-4, 2e-4]) {
    const verdict = exactDeviationExceeds(Float64Array.from(walk), threshold)
    for (const scale of [2 ** -900, 2 ** -40, 2 ** 900]) {
      expect(
        exactDeviationExceeds(
          Float64Array.from(walk, (price) => price * scale),
          threshold,
        ),
      ).toBe(verdict)
    }
  }
})

test.each([
  [[1, 0, 1], 1],
  [[1, Number.NaN, 1], 1],
  [[1], 1],
  [[1, 2], -1],
  [[1, 2], Number.POSITIVE_INFINITY],
])('%j at %f is a bug of the caller', (prices, threshold) => {
  expect(() => exactDeviationExceeds(Float64Array.from(prices), threshold)).toThrow(/invariant/)
})
