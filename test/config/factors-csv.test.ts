import { describe, expect, it } from 'vitest'
import { parseFactorsCsv } from '../../src/config/factors-csv.js'

const parse = (text: string) => parseFactorsCsv(text, 'f.csv')

describe('a factors file', () => {
  it('gives the columns it has; an empty cell and a missing column are missing factors', () => {
    const { factors, w750 } = parse('date,fng,funding_btc,w750\n2026-01-01, 20 ,-1.5e-4,0.01\n2026-01-02,,0,\n')
    expect([...factors]).toEqual([
      ['2026-01-01', { fundingBtc: -1.5e-4, dvolBtc: null, fng: 20, taker: null }],
      ['2026-01-02', { fundingBtc: 0, dvolBtc: null, fng: null, taker: null }],
    ])
    expect([...w750]).toEqual([
      ['2026-01-01', 0.01],
      ['2026-01-02', null],
    ])
  })

  it('without a w750 column has no velocities; line ends and a byte order mark do not matter', () => {
    const { factors, w750 } = parse('\uFEFFdate,fng\r\n2026-01-01,50\r\n\r\n')
    expect(factors.size).toBe(1)
    expect(w750.size).toBe(0)
  })

  it('takes a column that says of which date the Fear & Greed is, which changes nothing', () => {
    const { factors, w750 } = parse('date,fng,w750,fng_date\n2026-01-02,20,0.5,2026-01-01\n2026-01-03,30,,\n')
    expect([...factors].map(([date, { fng }]) => [date, fng])).toEqual([
      ['2026-01-02', 20],
      ['2026-01-03', 30],
    ])
    expect(w750.get('2026-01-02')).toBe(0.5)
  })

  it.each([
    ['date,fng\n2026-01-01,abc\n', 'f.csv:2:12: fng: expected a number or an empty cell, found "abc"'],
    ['date,fng,taker\n2026-01-01,1, nan\n', 'f.csv:2:15: taker: expected a number or an empty cell, found "nan"'],
    [
      'date,fng\n2026-01-01,a\n2026-01-02,b\n',
      'f.csv:2:12: fng: expected a number or an empty cell, found "a"\nf.csv:3:12: fng: expected a number or an empty cell, found "b"',
    ],
    ['date,fng\n2026-01-01,0x10\n', 'f.csv:2:12: fng: expected a number or an empty cell, found "0x10"'],
    ['date,fng\n2026-01-01,500\n', 'f.csv:2:12: fng: expected an index from 0 to 100, found "500"'],
    ['date,fng\n2026-01-01,-7\n', 'f.csv:2:12: fng: expected an index from 0 to 100, found "-7"'],
    [
      'date,funding_btc\n2026-01-01,5\n',
      'f.csv:2:12: funding_btc: expected a funding rate as a fraction, from -0.05 to 0.05 (0.0001 is 0.01 %), found "5"',
    ],
    ['date,dvol_btc\n2026-01-01,-1\n', 'f.csv:2:12: dvol_btc: expected an index from 0 to 1000, found "-1"'],
    ['date,taker\n2026-01-01,-0.1\n', 'f.csv:2:12: taker: expected a ratio of 0 or more, found "-0.1"'],
    ['date,fng\n2026-02-30,1\n', 'f.csv:2:1: date: expected a date YYYY-MM-DD, found "2026-02-30"'],
    ['date,fng\n2026-01-01\n', 'f.csv:2:1: expected 2 cells as in the header, found 1'],
    ['date,fng\n2026-01-01,1\n2026-01-01,2\n', 'f.csv:3:1: date: 2026-01-01 is given twice, first in line 2'],
    [
      'date,fgn\n',
      `f.csv:1:6: unknown column "fgn"; expected date, funding_btc, dvol_btc, fng, taker, w750, fng_date; did you mean 'fng'?`,
    ],
    [
      'date,fng,fng_date\n2026-01-01,1,2026-01-02\n',
      'f.csv:2:14: fng_date: expected a date YYYY-MM-DD, 2026-01-01 or before, found "2026-01-02"',
    ],
    [
      'date,fng,fng_date\n2026-01-01,1,x\n',
      'f.csv:2:14: fng_date: expected a date YYYY-MM-DD, 2026-01-01 or before, found "x"',
    ],
    ['fng\n', "f.csv:1:1: expected a column 'date' in the header"],
    ['date,fng,fng\n', "f.csv:1:10: column 'fng' is given twice"],
    ['', 'f.csv:1: expected a header such as date,fng, found nothing'],
    [' \r\n', 'f.csv:1: expected a header such as date,fng, found nothing'],
    ['\ufffd\ufffdd\0a\0t\0e\0', 'f.csv: expected text in UTF-8, found zero bytes, as UTF-16 has them'],
  ])('%j is refused at its place', (text, message) => {
    expect(() => parse(text)).toThrow(message)
  })
})
