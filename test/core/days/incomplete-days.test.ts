import { describe, expect, test } from 'vitest'
import { type DayExtent, incompleteDays, incompleteRun } from '../../../src/core/days/incomplete-days.js'

const MINUTES = { stepNs: 6e10, expectedBars: 1440, missingBefore: 0, missingAfter: 0 }

function day(date: string, bars: number, missingAfter?: number, stepNs = 6e10): DayExtent {
  return missingAfter === undefined ? { date, bars } : { date, bars, coverage: { ...MINUTES, stepNs, missingAfter } }
}

const shown = (findings: ReturnType<typeof incompleteDays>) => findings.map(({ date, check }) => `${date} ${check}`)

describe('days that are missing or incomplete', () => {
  test.each<[string, DayExtent[], string[]]>([
    ['whole days', [day('2026-01-01', 1440, 0), day('2026-01-02', 1440, 0)], []],
    ['a date without a file', [day('2026-01-01', 9), day('2026-01-03', 9)], ['2026-01-03 missing-date']],
    [
      'a day with far fewer bars, without times',
      [day('2026-01-01', 1440), day('2026-01-02', 900), day('2026-01-03', 1440)],
      ['2026-01-02 few-bars'],
    ],
    ['a day with a few less', [day('2026-01-01', 1440), day('2026-01-02', 1300), day('2026-01-03', 1440)], []],
    [
      'a last day that ends in its middle is named once',
      [day('2026-01-01', 1440, 0), day('2026-01-02', 1440, 0), day('2026-01-03', 700, 740)],
      ['2026-01-03 stale-file'],
    ],
    [
      'a last day that ends in its middle, without times',
      [day('2026-01-01', 1440), day('2026-01-02', 1440), day('2026-01-03', 700)],
      ['2026-01-03 few-bars'],
    ],
    ['fewer bars at another step', [day('2026-01-01', 1440, 0), day('2026-01-02', 288, 0, 3e11)], []],
    ['fewer days with a change of step do not hide each other', [day('2026-01-01', 1440, 0), day('2026-01-02', 0)], []],
  ])('%s', (_, days, expected) => {
    expect(shown(incompleteDays(days))).toEqual(expected)
  })

  test('a file that cannot be read is no missing date', () => {
    const days = [day('2026-01-01', 9), day('2026-01-03', 9)]
    expect(shown(incompleteDays(days, ['2026-01-02']))).toEqual([])
  })

  test('a run of one day says that it ends in its middle, which no other day shows', () => {
    const days = [day('2026-01-01', 700, 740)]
    expect(shown(incompleteDays(days))).toEqual([])
    expect(incompleteRun(days, [])).toMatchObject([{ message: 'ends 740 bars before its day does' }])
    expect(incompleteRun([day('2026-01-01', 1439, 1)], [])).toEqual([])
    expect(incompleteRun([day('2026-01-01', 700)], [])).toEqual([])
    expect(shown(incompleteRun([day('2026-01-01', 0), day('2026-01-02', 9)], []))).toEqual(['2026-01-01 no-bars'])
  })
})
