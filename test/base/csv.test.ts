import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CsvValue, csvCell, csvCells, csvLine } from '../../src/base/csv.js'

describe('a cell', () => {
  it.each<[CsvValue, string]>([
    ['plain', 'plain'],
    ['', ''],
    [null, ''],
    [undefined, ''],
    [true, 'true'],
    [-1.5, '-1.5'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    ['-1.5', '-1.5'],
    ['-1e-7', '-1e-7'],
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-', "'-"],
    ['-1.5+2', "'-1.5+2"],
    ['@cmd', "'@cmd"],
    ['\tx', "'\tx"],
    ['\r=x', '"\'\r=x"'],
    ['＝1+1', "'＝1+1"],
    ["'=1", "''=1"],
    ["'quoted'", "'quoted'"],
  ])('of %j is written %j', (value, text) => {
    expect(csvCell(value)).toBe(text)
  })

  it('never begins like a formula unless it is a number', () => {
    fc.assert(
      fc.property(text(), (value) => {
        const shown = csvCell(value).replace(/^"/, '')
        if (/^[=+\-@\t\r\n]/.test(shown)) expect(shown).toMatch(/^-\d/)
      }),
    )
  })
})

describe('a line', () => {
  it('is read back as it was written, whatever the texts are', () => {
    fc.assert(
      fc.property(fc.array(text(), { minLength: 1 }), (values) => {
        const cells = csvCells(csvLine(values))
        expect('expected' in cells ? cells : cells.map((cell) => cell.text)).toEqual(values)
      }),
    )
  })

  it('says where its cells stand', () => {
    expect(csvCells(`a,"b,""c",,'=d`)).toEqual([
      { text: 'a', column: 1 },
      { text: 'b,"c', column: 3 },
      { text: '', column: 11 },
      { text: '=d', column: 12 },
    ])
  })

  it.each([
    ['a,"b', { column: 3, expected: 'a closing quote', found: 'the end of the line' }],
    ['a,b"c', { column: 4, expected: 'a comma between cells', found: '"\\""' }],
    ['"a"b', { column: 4, expected: 'a comma between cells', found: '"b"' }],
  ])('that is no CSV has a fault: %s', (line, fault) => {
    expect(csvCells(line)).toEqual(fault)
  })
})

/** Texts rich in what CSV and spreadsheets take for something else. */
function text(): fc.Arbitrary<string> {
  const special = fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', '"', ',', ' ', '1', '.', 'e', '＝')
  return fc.oneof(fc.string({ unit: special, maxLength: 6 }), fc.string())
}
