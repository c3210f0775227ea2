import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimalText, Exact, exact } from '../../src/base/exact.js'

const digits = fc.tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.nat({ max: 9 }))
const anyText = digits.map(([isNegative, whole, places]) => `${isNegative ? '-' : ''}${whole}.${places}`)

test('a decimal of a text is what its constructor makes of it, however many texts came before', () => {
  fc.assert(
    fc.property(fc.array(anyText, { minLength: 1, maxLength: 1500 }), (texts) => {
      for (const text of [...texts, ...texts]) expect(exact(text).toFixed()).toBe(new Exact(text).toFixed())
    }),
    { numRuns: 5 },
  )
})

test('what is no decimal is refused each time', () => {
  expect(() => exact('1,5')).toThrow()
  expect(() => exact('1,5')).toThrow()
})

test.each([
  [0.1, '0.1'],
  [1e21, '1000000000000000000000'],
  [1.5e-7, '0.00000015'],
  [-0, '0'],
])('%d in plain notation is %s', (value, text) => {
  expect(decimalText(value)).toBe(text)
})

test('a number in plain notation is its shortest digits, as an exact decimal has them', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(decimalText(value)).toBe(new Exact(value).toFixed())
    }),
  )
})
