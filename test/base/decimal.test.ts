import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bigEndianInteger, decimalNumber, scaledDecimal } from '../../src/base/decimal.js'

describe('decimalNumber', () => {
  test.each(['1', '+1.5', '-0.25', '.5', '5.', '1e3', '1E-3', '99996.25069'])('reads %s', (text) => {
    expect(decimalNumber(text)).toBe(Number(text))
  })

  test.each(['', ' 1', '0x10', '0b1', '0o7', 'Infinity', 'NaN', '1_000', '1,5', '1e', 'e3', '.', '--1'])(
    'takes %j for no number',
    (text) => {
      expect(decimalNumber(text)).toBeNaN()
    },
  )
})

describe('scaledDecimal', () => {
  test('is the float64 nearest to the decimal, where a product with 10^−scale is not', () => {
    expect(scaledDecimal(9999625069n, 5)).toBe(99996.25069)
    expect(9999625069 * 10 ** -5).not.toBe(99996.25069)
  })

  test('is what the decimal text reads as, up to 38 digits and any scale', () => {
    const unscaled = fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })
    fc.assert(
      fc.property(
        fc.oneof(unscaled, fc.bigInt({ min: -(2n ** 55n), max: 2n ** 55n })),
        fc.integer({ min: 0, max: 38 }),
        (value, scale) => {
          const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
          const text = `${value < 0n ? '-' : ''}${digits.slice(0, digits.length - scale)}.${digits.slice(digits.length - scale)}`
          expect(scaledDecimal(value, scale)).toBe(Number(text))
        },
      ),
      { numRuns: 500 },
    )
  })
})

test('an integer comes back from its two’s complement in any number of bytes that holds it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 32 }), fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (length, bits) => {
      const value = BigInt.asIntN(length * 8, bits)
      const hex = BigInt.asUintN(length * 8, value)
        .toString(16)
        .padStart(2 * length, '0')
      expect(bigEndianInteger(Buffer.from(hex, 'hex'))).toBe(value)
    }),
  )
})
