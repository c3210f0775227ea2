import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compare } from '../../../src/adapters/paper/compare.js'
import { Exact } from '../../../src/base/exact.js'

test.each([
  ['1', '1', 0],
  ['1', '1.00', 0],
  ['0.1', '0.2', -1],
  ['61800.3', '61800.2', 1],
  // The nearest doubles tie.
  ['0.1', '0.10000000000000000001', -1],
  ['9007199254740993', '9007199254740992', 1],
])('%s against %s', (a, b, sign) => {
  expect(Math.sign(compare(a, b))).toBe(sign)
})

test('agrees with exact decimals, near ties included', () => {
  const decimal = fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.nat(20))
    .map(([units, places]) => new Exact(units.toString()).div(`1e${places}`))
  fc.assert(
    fc.property(decimal, fc.integer({ min: -3, max: 3 }), fc.nat(22), (a, steps, places) => {
      const b = a.plus(new Exact(steps).div(`1e${places}`))
      expect(Math.sign(compare(a.toFixed(), b.toFixed()))).toBe(a.cmp(b))
    }),
  )
})
