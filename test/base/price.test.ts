import { expect, test } from 'vitest'
import { isPrice } from '../../src/base/price.js'

test.each([
  [1, true],
  [Number.MIN_VALUE, true],
  [Number.MAX_VALUE, true],
  [0, false],
  [-0, false],
  [-1, false],
  [Number.POSITIVE_INFINITY, false],
  [Number.NEGATIVE_INFINITY, false],
  [Number.NaN, false],
])('%f is a price: %s', (value, expected) => {
  expect(isPrice(value)).toBe(expected)
})
