import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Exact } from '../../../src/base/exact.js'
import {
  ceilToStep,
  ceilToTick,
  exactQuantity,
  floorToLot,
  floorToStep,
  floorToTick,
  isMultipleOf,
  quantityForNotional,
} from '../../../src/core/orders/rounding.js'

const STEPS = ['0.00000001', '0.001', '0.01', '0.05', '0.1', '0.5', '1', '10', '2.5'] as const
const step = fc.constantFrom(...STEPS)
const value = fc
  .record({ digits: fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), scale: fc.integer({ min: 0, max: 12 }) })
  .map(({ digits, scale }) => new Exact(digits).div(new Exact(10).pow(scale)))

describe('rounding to a step', () => {
  it.each`
    value     | step       | floor     | ceil
    ${'0.3'}  | ${'0.1'}   | ${'0.3'}  | ${'0.3'}
    ${'0.35'} | ${'0.1'}   | ${'0.3'}  | ${'0.4'}
    ${'0.34'} | ${'0.1'}   | ${'0.3'}  | ${'0.4'}
    ${'8.04'} | ${'0.001'} | ${'8.04'} | ${'8.04'}
    ${'0'}    | ${'0.5'}   | ${'0'}    | ${'0'}
    ${'-0.3'} | ${'0.25'}  | ${'-0.5'} | ${'-0.25'}
    ${'7'}    | ${'10'}    | ${'0'}    | ${'10'}
  `('$value by $step: floor $floor, ceil $ceil', (row) => {
    const exact = new Exact(row.value)
    expect(floorToStep(exact, row.step).toFixed()).toBe(row.floor)
    expect(ceilToStep(exact, row.step).toFixed()).toBe(row.ceil)
  })

  it('brackets every value by multiples less than a step apart', () => {
    fc.assert(
      fc.property(value, step, (exact, size) => {
        const floor = floorToStep(exact, size)
        const ceil = ceilToStep(exact, size)
        expect(floor.lessThanOrEqualTo(exact) && ceil.greaterThanOrEqualTo(exact)).toBe(true)
        expect(ceil.minus(floor).equals(isMultipleOf(exact, size) ? 0 : size)).toBe(true)
        for (const rounded of [floor, ceil]) expect(isMultipleOf(rounded, size)).toBe(true)
      }),
    )
  })

  it('leaves every exact multiple as it is, in each direction', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), step, (count, size) => {
        const exact = new Exact(size).times(count)
        for (const round of [floorToStep, ceilToStep]) expect(round(exact, size).equals(exact)).toBe(true)
      }),
    )
  })

  it('rounds by the lot and the tick of an instrument', () => {
    const instrument = { lotSize: '0.001', tickSize: '0.1' }
    expect(floorToLot(new Exact('0.0019'), instrument).toFixed()).toBe('0.001')
    expect(floorToTick(new Exact('100.19'), instrument).toFixed()).toBe('100.1')
    expect(ceilToTick(new Exact('100.11'), instrument).toFixed()).toBe('100.2')
  })
})

describe('the quantity for a notional', () => {
  const lot = fc.constantFrom(...STEPS)
  const price = fc.integer({ min: 1, max: 10 ** 9 }).map((cents) => cents / 10_000)

  it('is never a lot short of a notional that was computed as lots × price in doubles', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 9 }), lot, price, (lots, lotSize, usd) => {
        const quantity = new Exact(lotSize).times(lots)
        const bought = quantityForNotional(quantity.toNumber() * usd, usd, { lotSize })
        expect(bought.toFixed()).toBe(quantity.toFixed())
      }),
      {
        examples: [
          [3, '0.001', 50000.1],
          [10, '0.1', 0.0003],
        ],
      },
    )
  })

  it('costs at most the notional and leaves less than a lot of it', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), lot, price, (notionalUsd, lotSize, usd) => {
        const quantity = quantityForNotional(notionalUsd, usd, { lotSize })
        const rest = new Exact(notionalUsd).div(usd).minus(quantity)
        expect(isMultipleOf(quantity, lotSize)).toBe(true)
        expect(rest.greaterThanOrEqualTo(quantity.times(-(2 ** -50)))).toBe(true)
        expect(rest.lessThan(lotSize)).toBe(true)
      }),
    )
  })

  it.each([
    [0, 1],
    [-1, 1],
    [Number.NaN, 1],
    [1, 0],
    [1, Number.POSITIVE_INFINITY],
  ])('refuses a notional of %d at a price of %d', (notionalUsd, usd) => {
    expect(() => quantityForNotional(notionalUsd, usd, { lotSize: '1' })).toThrow('finite and above zero')
  })
})

it('a quantity by doubles is the one by exact decimals, next to whole numbers of lots, too', () => {
  const lots = fc.oneof(
    fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
    fc.integer({ min: 1, max: 10 ** 9 }),
    fc
      .record({ whole: fc.integer({ min: 1, max: 10 ** 6 }), bits: fc.integer({ min: -64, max: 64 }) })
      .map(({ whole, bits }) => whole * (1 + bits * Number.EPSILON)),
  )
  fc.assert(
    fc.property(lots, fc.double({ min: 1e-8, max: 1e6, noNaN: true }), step, (count, price, lotSize) => {
      const notional = count * price * Number(lotSize)
      const quantity = quantityForNotional(notional, price, { lotSize })
      expect(quantity.toFixed()).toBe(exactQuantity(notional, price, new Exact(lotSize)).toFixed())
    }),
    { numRuns: 2000 },
  )
})
