import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { heatmap, SHADES, shadeOf } from '../../../src/adapters/report/heatmap.js'
import { reportWithoutTrades, sampleReport } from '../../support/sample-report.js'

const DAY = reportWithoutTrades(1).days[0]!

function calendar(
  rows: readonly (readonly [date: string, dailyReturn: number])[],
  skippedDates: readonly string[] = [],
) {
  return heatmap({
    days: rows.map(([date]) => ({ ...DAY, date })),
    dailyReturns: rows.map(([, dailyReturn]) => dailyReturn),
    skippedDays: skippedDates.map((date) => ({ date, file: 'f', error: 'why' })),
  })
}

describe('the calendar of daily returns', () => {
  test('a date stands in the column of its weekday, Monday first, and in the row of its week', () => {
    const [may] = calendar([
      ['2025-05-01', 0.01],
      ['2025-05-31', 0.01],
    ]).months
    const at = (date: string) => may!.cells.find((cell) => cell.date === date)
    // 1 May 2025 was a Thursday, 31 May a Saturday.
    expect(at('2025-05-01')).toMatchObject({ column: 3, row: 0, dayOfMonth: 1 })
    expect(at('2025-05-05')).toMatchObject({ column: 0, row: 1 })
    expect(at('2025-05-31')).toMatchObject({ column: 5, row: 4 })
    expect(may!.cells).toHaveLength(31)
  })

  test('a leap day has its place', () => {
    const [february] = calendar([['2024-02-29', 0.01]]).months
    expect(february!.cells.find((cell) => cell.date === '2024-02-29')).toMatchObject({ column: 3 })
  })

  test('weeks before the first and after the last day of the run are left out', () => {
    const [may, june] = calendar([
      ['2025-05-09', 0],
      ['2025-06-03', 0],
    ]).months
    expect(may!.cells[0]).toMatchObject({ date: '2025-05-05', row: 0 })
    expect(june!.cells.at(-1)!.date).toBe('2025-06-08')
  })

  test('months between two days of the run are drawn even when they hold none', () => {
    const { months } = calendar([
      ['2024-11-30', 0.01],
      ['2025-02-01', 0.01],
    ])
    expect(months.map((month) => [month.month, month.daysInRun])).toEqual([
      ['2024-11', 1],
      ['2024-12', 0],
      ['2025-01', 0],
      ['2025-02', 1],
    ])
  })

  test('a skipped day is marked with its reason, and is no day of the run', () => {
    const [month] = calendar([['2025-05-09', 0.01]], ['2025-05-10']).months
    const skipped = month!.cells.find((cell) => cell.date === '2025-05-10')!
    expect(skipped.skipped).toBe('why')
    expect(skipped.day).toBeUndefined()
    expect(month!.daysInRun).toBe(1)
  })

  test('a month’s return is the compounded return of its days', () => {
    const [month] = calendar([
      ['2025-05-09', 0.1],
      ['2025-05-10', -0.1],
    ]).months
    expect(month!.totalReturn).toBeCloseTo(-0.01, 12)
  })

  test('the months of a run compound to its return', () => {
    const report = sampleReport()
    const { months } = heatmap({ days: report.days, dailyReturns: report.figures.dailyReturns, skippedDays: [] })
    const growth = months.reduce((product, month) => product * (1 + month.totalReturn), 1)
    expect(growth - 1).toBeCloseTo(report.figures.roi, 10)
  })

  test('shades are symmetric and grow with the size of the return; only no change is flat', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }), (returns) => {
        const { edges } = calendar(
          returns.map((value, i) => [`2025-01-${String((i % 28) + 1).padStart(2, '0')}`, value]),
        )
        for (const value of returns) {
          const shade = shadeOf(value, edges)
          expect(Math.sign(shade) === Math.sign(value)).toBe(true)
          expect(Math.abs(shade)).toBeLessThanOrEqual(SHADES)
          expect(shadeOf(-value, edges) + shade).toBe(0)
          expect(Math.abs(shadeOf(value / 2, edges))).toBeLessThanOrEqual(Math.abs(shade))
        }
      }),
    )
  })

  test('dates that are none are left out rather than drawn somewhere', () => {
    expect(calendar([['</svg>', 0.1]]).months).toEqual([])
    expect(calendar([]).months).toEqual([])
  })
})
