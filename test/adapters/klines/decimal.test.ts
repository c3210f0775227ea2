import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDecimal } from '../../../src/adapters/klines/decimal.js'

/** Parses the text between other digits, so that reading past either end shows. */
function parse(text: string): number {
  const bytes = Buffer.from(`9${text}9`)
  return parseDecimal(bytes, 1, bytes.length - 1)
}

const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0000123456789'), maxLength })

describe('a decimal text means what Number says', () => {
  test('for the digits of any finite float64', () => {
    const anyFloat = fc.double({ noNaN: true, noDefaultInfinity: true })
    fc.assert(
      fc.property(anyFloat, (value) => {
        // Not the value itself: String(-0) is '0'.
        for (const text of [String(value), value.toExponential()]) expect(parse(text)).toBe(Number(text))
      }),
      { numRuns: 5000 },
    )
  })

  test('for prices and volumes with any number of decimals', () => {
    const price = fc.double({ min: 0, max: 1e12, noNaN: true })
    fc.assert(
      fc.property(price, fc.integer({ min: 0, max: 30 }), (value, decimals) => {
        const text = value.toFixed(decimals)
        expect(parse(text)).toBe(Number(text))
      }),
      { numRuns: 5000 },
    )
  })

  test('for any digits, sign and exponent', () => {
    const exponent = fc.option(fc.tuple(fc.constantFrom('', '+', '-'), digits(4)), { nil: undefined })
    fc.assert(
      fc.property(fc.constantFrom('', '+', '-'), digits(40), digits(40), exponent, (sign, whole, fraction, power) => {
        const tail = power === undefined || power[1] === '' ? '' : `e${power[0]}${power[1]}`
        for (const point of ['.', '']) {
          const text = `${sign}${whole}${point}${point && fraction}${tail}`
          if (/\d/.test(whole + (point && fraction))) expect(parse(text), text).toBe(Number(text))
        }
      }),
      { numRuns: 5000 },
    )
  })

  test.each([
    '9007199254740991',
    '9007199254740992',
    '9007199254740993', // halfway between two float64: to even
    '9007199254740993.00000000000000000001',
    '0.1',
    '123456789012345.6',
    '1e22',
    '1e23',
    '8.5e22',
    '10000000000000000000000',
    '100000000000000000000000',
    '12345678.00000000',
    '0.00000000000000000000000000000000000001',
    '0.0000000000000000000000',
    '-0',
    '-0.000',
    '5e-324',
    '2.4703282292062327e-324', // below half of the least subnormal
    '2.2250738585072011e-308',
    '1.7976931348623158e308',
    '1.7976931348623159e308', // Infinity, as Number has it
    '6929495644600919.5',
    '3.7455744005952583e15',
    '00000000000000000000000001.5',
    '.5',
    '5.',
    '+3.25',
    '1E5',
    `1${'0'.repeat(400)}`,
    `0.${'0'.repeat(400)}1`,
  ])('for %s', (text) => {
    expect(parse(text)).toBe(Number(text))
  })
})

test.each([
  '',
  ' ',
  '.',
  '-',
  '+',
  '-.',
  'e5',
  '1e',
  '1e+',
  '1e5.',
  '1.2.3',
  '1,2',
  ' 1',
  '1 ',
  '0x10',
  '1_0',
  'NaN',
  'Infinity',
  '1f',
  '--1',
  '1-',
  '٣',
  '1e5e5',
])('%j is no number', (text) => {
  expect(parse(text)).toBeNaN()
})
