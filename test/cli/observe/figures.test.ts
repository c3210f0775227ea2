import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { priceText, short } from '../../../src/cli/observe/figures.js'

describe('figures of a table', () => {
  it.each<[number, string]>([
    [0, '0'],
    [1, '1'],
    [0.98765, '0.988'],
    [12.345, '12.3'],
    [999.4, '999'],
    [999.6, '1k'],
    [1_234_567, '1.23M'],
    [61_700, '61.7k'],
    [-2_500, '-2.5k'],
    [5e9, '5G'],
    [0.00512, '0.00512'],
    [0.000012, '1.2e-5'],
  ])('%d is %s', (value, text) => {
    expect(short(value)).toBe(text)
  })

  it('take seven characters at most, and are within a two hundredth of what they stand for', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-4, max: 9.9e14, noNaN: true }), (value) => {
        const text = short(value)
        expect(text.length).toBeLessThanOrEqual(8)
        const [, digits, unit] = /^(.*?)([kMGT]?)$/.exec(text)!
        const size = Number(digits) * { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 }[unit as '' | 'k']!
        expect(Math.abs(size / value - 1)).toBeLessThanOrEqual(0.006)
      }),
    )
  })

  it.each<[number, string]>([
    [96_123.4, '96123.4'],
    [3_300.25, '3300.25'],
    [123_456, '123456'],
    [1, '1.00000'],
    [0.5, '0.500000'],
    [0.0123456, '0.0123456'],
    [0.00000512, '0.00000512'],
  ])('a price of %d is %s', (price, text) => {
    expect(priceText(price)).toBe(text)
  })
})
