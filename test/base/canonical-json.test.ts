import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonical, canonicalJson, canonicalSum } from '../../src/base/canonical-json.js'
import { crc32c, crc32cHex, crc32cHexWithout } from '../../src/base/crc32c.js'

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

  test('is that of its definition: sorted keys, each key and value as JSON writes it', () => {
    const byDefinition = (value: unknown): string => {
      if (Array.isArray(value)) return `[${value.map(byDefinition).join(',')}]`
      if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
      const fields = Object.entries(value).filter(([, field]) => field !== undefined)
      const order = fields.sort(([a], [b]) => (a < b ? -1 : 1))
      return `{${order.map(([key, field]) => `${JSON.stringify(key)}:${byDefinition(field)}`).join(',')}}`
    }
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(null, true, false, undefined, -0, 1e21),
        fc.array(tie('any'), { maxLength: 6 }),
        fc.dictionary(fc.string({ unit: 'binary' }), tie('any'), { maxKeys: 50 }),
      ),
    })).any
    fc.assert(
      fc.property(value, (any) => {
        expect(canonicalJson(any)).toBe(byDefinition(any))
      }),
    )
  })

  test('is the same after more kinds of objects than are kept in mind', () => {
    const record = { n: 1, atMs: 2, inputs: 'x' }
    const text = '{"atMs":2,"inputs":"x","n":1}'
    expect(canonicalJson(record)).toBe(text)
    for (let id = 0; id < 5000; id++) expect(canonicalJson({ n: 1, [`id ${id}`]: 2 })).toBe(`{"id ${id}":2,"n":1}`)
    expect(canonicalJson(record)).toBe(text)
  })

  test('is whole at any length', () => {
    const long = 'é"'.repeat(300_000)
    expect(canonicalJson({ b: [long], a: long })).toBe(`{"a":${JSON.stringify(long)},"b":[${JSON.stringify(long)}]}`)
    expect(canonicalJson({ a: 1 })).toBe('{"a":1}')
  })

  test('is summed as its text is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalSum(value)).toBe(crc32cHex(canonicalJson(value)))
      }),
    )
  })

  test('stands between texts, and parts of it add up to one sum', () => {
    const text = canonical().ascii('sum ').value({ b: 'é', a: 1 })
    const at = text.length
    text.ascii(' rest')
    expect(text.sum(at, text.length, text.partialSum(0, at))).toBe(crc32cHex('sum {"a":1,"b":"é"} rest'))
    expect(text.overwrite(0, 'SUM').text()).toBe('SUM {"a":1,"b":"é"} rest')
  })

  test('leaves undefined fields out and refuses what JSON cannot say', () => {
    expect(canonicalJson({ b: 1, a: undefined })).toBe('{"b":1}')
    expect(() => canonicalJson({ a: Number.NaN })).toThrow('not a JSON number: NaN')
    expect(() => canonicalJson([1, Number.POSITIVE_INFINITY])).toThrow('not a JSON number: Infinity')
    expect(() => canonicalJson([{}, Number.NaN])).toThrow('not a JSON number: NaN')
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

  test('of bytes is what one bit after the other makes of them, wherever they start and end', () => {
    const bitByBit = (bytes: Uint8Array) => {
      let crc = 0xffffffff
      for (const byte of bytes) {
        crc ^= byte
        for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
      }
      return (crc ^ 0xffffffff) >>> 0
    }
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.nat({ max: 40 }),
        fc.nat({ max: 40 }),
        (bytes, start, length) => {
          const end = Math.min(start + length, bytes.length)
          expect(crc32c(bytes, start, end)).toBe(bitByBit(bytes.slice(start, end)))
        },
      ),
    )
  })

  test('of a text without a part is that of what is left', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), fc.nat(), (text, a, b) => {
        const characters = [...text]
        const start = characters.slice(0, a % (characters.length + 1)).join('').length
        const end =
          start +
          characters
            .slice(a % (characters.length + 1))
            .slice(0, b % 9)
            .join('').length
        expect(crc32cHexWithout(text, start, end)).toBe(crc32cHex(text.slice(0, start) + text.slice(end)))
      }),
    )
  })

  test('of a text is that of its UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(Number.parseInt(crc32cHex(text), 16)).toBe(crc32c(new TextEncoder().encode(text)))
      }),
    )
  })
})
