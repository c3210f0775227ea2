import { describe, expect, test } from 'vitest'
import { calendarOf } from '../../../src/core/performance/calendar.js'
import { sharpeOf } from '../../../src/core/performance/figures.js'

const days = (...dates: string[]) => dates.map((date) => ({ date, bars: 1, trades: 0 }))

describe('the calendar of a period', () => {
  test('counts every date from the first day to the last, a missing one with a return of zero', () => {
    const found = calendarOf(days('2026-02-27', '2026-03-01', '2026-03-02'), [0.01, -0.02, 0.03])
    expect(found).toEqual({ days: 4, missingDays: 1, sharpe: sharpeOf([0.01, 0, -0.02, 0.03]), fewDays: true })
  })

  test('without a missing day its Sharpe ratio is that of the figures', () => {
    const returns = Array.from({ length: 30 }, (_, i) => (i % 3) / 100)
    const dates = returns.map((_, i) => `2026-01-${String(i + 1).padStart(2, '0')}`)
    expect(calendarOf(days(...dates), returns)).toEqual({
      days: 30,
      missingDays: 0,
      sharpe: sharpeOf(returns),
      fewDays: false,
    })
    expect(calendarOf(days(...dates.slice(1)), returns.slice(1)).fewDays).toBe(true)
  })

  test('begins with the first day that has a bar; a file without any is a missing day', () => {
    const empty = (date: string) => ({ date, bars: 0, trades: 0 })
    const [first, last] = days('2026-01-02', '2026-01-04')
    const given = [empty('2026-01-01'), first!, empty('2026-01-03'), last!, empty('2026-01-05')]
    expect(calendarOf(given, [0, 0.02, 0, -0.01, 0])).toEqual({
      days: 3,
      missingDays: 1,
      sharpe: sharpeOf([0.02, 0, -0.01]),
      fewDays: true,
    })
  })

  test('of no day is empty', () => {
    expect(calendarOf([], [])).toEqual({ days: 0, missingDays: 0, sharpe: 0, fewDays: true })
  })
})
