import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseInstruments } from '../../src/config/instruments.js'
import { parseJsonDocument } from '../../src/config/json-document.js'

describe('a JSON file', () => {
  it('is what JSON.parse makes of it, whatever it holds', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJsonDocument(text, 'f.json', 'a file')).toEqual(JSON.parse(text))
      }),
    )
  })

  it('may hold a text of ten million characters', () => {
    const text = JSON.stringify({ a: 'x'.repeat(10_000_000) })
    expect(parseJsonDocument(text, 'f.json', 'a file')).toEqual(JSON.parse(text))
  })

  it.each([
    ['{"a": 1, "a": 2}', "f.json:1:10: duplicate key 'a', first given in line 1"],
    ['{\n "a": [{"b": 1}, {"b": 2}],\n "\\u0061": {}\n}', "f.json:3:2: duplicate key 'a', first given in line 2"],
    ['[{"x": {"k": "}{", "y": "\\"k\\":", "k": 0}}]', "f.json:1:35: duplicate key 'k', first given in line 1"],
    ['{"a": ', 'f.json:1:7: cannot read a file: '],
    ['{"a":\n [1 2]}', 'f.json:2:5: cannot read a file: '],
    ['{}\0', 'f.json: expected text in UTF-8, found zero bytes'],
  ])('%j is refused at its place', (text, message) => {
    expect(() => parseJsonDocument(text, 'f.json', 'a file')).toThrow(message)
  })

  it('may begin with a byte order mark', () => {
    expect(parseJsonDocument('\uFEFF{"a": 1}', 'f.json', 'a file')).toEqual({ a: 1 })
  })

  it('of trading rules may name a symbol once', () => {
    const text = '{"exchange": "X",\n"symbols": {"A": {}, "B": {},\n"A": {}}}'
    expect(() => parseInstruments(text, 'i.json')).toThrow("i.json:3:1: duplicate key 'A', first given in line 2")
  })
})
