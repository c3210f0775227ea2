import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printable, printableLines } from '../../src/base/printable.js'

const ACTING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const anyText = fc.string({ unit: 'binary' })

describe('printable text', () => {
  it.each([
    ['BTCUSDT – Straße 東京 🐬', 'BTCUSDT – Straße 東京 🐬'],
    ['\u001b[31mred\u001b]0;title\u0007', '\\u001b[31mred\\u001b]0;title\\u0007'],
    ['\u009b32m\u007f', '\\u009b32m\\u007f'],
    ['a\nb\tc\r', 'a\\nb\\tc\\r'],
    ['\u202eevil\u2066\u200e\u200f\u061c', '\\u202eevil\\u2066\\u200e\\u200f\\u061c'],
    ['\u2028\u2029', '\\u2028\\u2029'],
    ['\ud800', '\\ud800'],
    ['\u{e0001}', '\\udb40\\udc01'],
  ])('of %j is %s', (text, expected) => {
    expect(printable(text)).toBe(expected)
  })

  it('has nothing that acts, but for the ends of its lines where it has lines', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(printable(text)).not.toMatch(ACTING)
        expect(printableLines(text).replaceAll('\n', '')).not.toMatch(ACTING)
        expect(printableLines(text).split('\n').length).toBe(text.split('\n').length)
      }),
    )
  })

  it('of JSON is the same JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, null, 2)
        expect(JSON.parse(printableLines(text))).toEqual(JSON.parse(text))
      }),
    )
  })
})
