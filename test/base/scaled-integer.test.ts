import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NOT_EXACT, scaledInteger, scaledText } from '../../src/base/scaled-integer.js'

describe('a decimal text becomes an integer', () => {
  it.each<[string, number, number]>([
    ['61800.20', 2, 6_180_020],
    ['61800.2', 2, 6_180_020],
    ['61800', 2, 6_180_000],
    ['0061800.200', 2, 6_180_020],
    ['0', 3, 0],
    ['0.000', 3, 0],
    ['0.1', 1, 1],
    ['9007199254740991', 0, Number.MAX_SAFE_INTEGER],
    ['90071992.54740991', 8, Number.MAX_SAFE_INTEGER],
    ['1.000000000000000000000000', 0, 1],
  ])('%s with %i decimals is %i', (text, decimals, scaled) => {
    expect(scaledInteger(text, decimals)).toBe(scaled)
  })

  it.each<[string, number]>([
    ['', 2],
    ['.', 2],
    ['.5', 2],
    ['1.', 2],
    ['-1', 2],
    ['+1', 2],
    ['1e2', 2],
    ['0x10', 2],
    [' 1', 2],
    ['1 ', 2],
    ['1.2.3', 2],
    ['1,5', 2],
    ['١', 2],
    ['NaN', 2],
    ['Infinity', 2],
    ['1.001', 2],
    ['9007199254740992', 0],
    ['90071992547409.93', 2],
    ['9'.repeat(400), 0],
  ])('%s with %i decimals is refused', (text, decimals) => {
    expect(scaledInteger(text, decimals)).toBe(NOT_EXACT)
  })

  it('is exact, for every decimal that float64 holds once it is scaled', () => {
    const digits = (most: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: most })
    fc.assert(
      fc.property(digits(14), digits(10), fc.integer({ min: 0, max: 9 }), (whole, fraction, decimals) => {
        const exact = BigInt(whole.join('') + fraction.join('').slice(0, decimals).padEnd(decimals, '0'))
        const isLost = fraction.slice(decimals).some((digit) => digit !== 0)
        const expected = isLost || exact > BigInt(Number.MAX_SAFE_INTEGER) ? NOT_EXACT : Number(exact)
        expect(scaledInteger(`${whole.join('')}.${fraction.join('')}`, decimals)).toBe(expected)
      }),
    )
  })
})

describe('the text of a scaled integer', () => {
  it.each([
    [12_345, 2, '123.45'],
    [5, 3, '0.005'],
    [0, 2, '0.00'],
    [7, 0, '7'],
  ])('%i with %i decimals is %s', (integer, decimals, text) => {
    expect(scaledText(integer, decimals)).toBe(text)
  })

  it('is read as the same integer again', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 12 }), (integer, decimals) => {
        expect(scaledInteger(scaledText(integer, decimals), decimals)).toBe(integer)
      }),
    )
  })
})
