import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Grid } from '../../../src/adapters/paper/grid.js'
import { Exact } from '../../../src/base/exact.js'

test.each([
  ['0.1', '60000.05', '60000', '60000.1'],
  ['0.1', '60000.1', '60000.1', '60000.1'],
  ['0.001', '0.0004', '0', '0.001'],
  ['1', '1234.5', '1234', '1235'],
  ['100', '1234.5', '1200', '1300'],
  ['0.25', '10.3', '10.25', '10.5'],
  ['0.00001', '0.1', '0.1', '0.1'],
  // A double cannot tell these from the multiple beside them.
  ['0.1', '0.29999999999999999999', '0.2', '0.3'],
  ['0.1', '0.30000000000000000001', '0.3', '0.4'],
])('on steps of %s, %s lies between %s and %s', (step, value, below, above) => {
  const grid = new Grid(step)
  const exact = new Exact(value)
  expect(grid.floor(exact.toNumber(), () => exact)).toBe(below)
  expect(grid.ceil(exact.toNumber(), () => exact)).toBe(above)
})

test('agrees with exact decimals, on, beside and between the multiples', () => {
  const step = fc
    .tuple(fc.constantFrom(1, 2, 5, 25), fc.integer({ min: -8, max: 3 }))
    .map(([mantissa, power]) => new Exact(mantissa).times(`1e${power}`))
  const beside = fc.constantFrom('0', '0.3', '0.5', '1e-9', '-1e-9', '1e-14', '-1e-14', '1e-20', '-1e-20')
  fc.assert(
    fc.property(step, fc.integer({ min: 1, max: 1e9 }), beside, (size, steps, offset) => {
      const value = size.times(new Exact(steps).plus(offset))
      const grid = new Grid(size.toFixed())
      const floor = grid.floor(value.toNumber(), () => value)
      const ceil = grid.ceil(value.toNumber(), () => value)
      expect(floor).toBe(value.toNearest(size, Exact.ROUND_FLOOR).toFixed())
      expect(ceil).toBe(value.toNearest(size, Exact.ROUND_CEIL).toFixed())
    }),
    { numRuns: 500 },
  )
})
