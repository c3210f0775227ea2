import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../src/core/canonical-json.js'
import { crc32c, crc32cHex } from '../../src/core/numeric/crc32c.js'

describe('canonical JSON', () => {
  test('means what JSON means', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('is one text whatever the order of the keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (fields) => {
        const reversed = Object.fromEntries(Object.entries(fields).reverse())
        expect(canonicalJson(reversed)).toBe(canonicalJson(fields))
      }),
    )
  })

  test('leaves undefined fields out and refuses what JSON cannot say', () => {
    expect(canonicalJson({ b: 1, a: undefined })).toBe('{"b":1}')
    expect(() => canonicalJson({ a: Number.NaN })).toThrow('not a JSON number: NaN')
  })
})

describe('CRC-32C', () => {
  test.each([
    ['', '00000000'],
    ['123456789', 'e3069283'],
    ['a', 'c1d04330'],
  ])('of %j is %s', (text, sum) => {
    expect(crc32cHex(text)).toBe(sum)
  })

  test('of a text is that of its UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(Number.parseInt(crc32cHex(text), 16)).toBe(crc32c(new TextEncoder().encode(text)))
      }),
    )
  })
})
