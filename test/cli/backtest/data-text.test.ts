import { describe, expect, test } from 'vitest'
import { calendarText, dataWarnings, rulesText } from '../../../src/cli/backtest/data-text.js'
import { sampleReport } from '../../support/sample-report.js'

const plain = sampleReport()
const [first, second] = plain.trades

describe('what a summary says of a run’s data', () => {
  test('is nothing where nothing happened but the rules in force', () => {
    expect(dataWarnings(plain)).toEqual({ loud: [], plain: [] })
    expect(calendarText({ ...plain, calendar: { ...plain.calendar, fewDays: false } })).toBeUndefined()
    expect(rulesText(plain)).toBe('liquidation cross · delisting close · on gap carry')
  })

  test('names the position that used up the account, and when', () => {
    const trades = [first!, { ...second!, reason: 'LIQUIDATION' as const, exitTimeMs: Date.UTC(2025, 4, 11, 7, 8) }]
    expect(dataWarnings({ ...plain, trades }).loud).toEqual([
      `SHORT ${second!.asset} used up the account at 2025-05-11T07:08: capital is 0, and trading ended there`,
    ])
  })

  test('names trades that were held over missing bars, and what they are worth together', () => {
    const trades = [
      { ...first!, gapMs: 777_660_000, net: 10, entryTimeMs: Date.UTC(2025, 4, 10), exitTimeMs: Date.UTC(2025, 4, 20) },
      { ...second!, gapMs: 600_000, net: -4, entryTimeMs: null, exitTimeMs: null, entryBar: 7, exitBar: 9 },
    ]
    expect(dataWarnings({ ...plain, trades }).plain).toEqual([
      '2 trades held over missing bars, net +6.00 USD of the result:',
      `  SHORT ${first!.asset} 2025-05-10T00:00 to 2025-05-20T00:00, gap 9 d 1 min, +10.00`,
      `  SHORT ${second!.asset} bar 7 to bar 9, gap 10 min, -4.00`,
    ])
  })

  test('says over how many days the figures run, and the Sharpe ratio over all of them', () => {
    const calendar = { days: 11, missingDays: 9, sharpe: 3.356, fewDays: true }
    expect(calendarText({ ...plain, calendar, days: plain.days.slice(0, 2) })).toBe(
      '2 days with bars of 11 in the calendar, Sharpe over all of them 3.36 (few days)',
    )
    expect(calendarText(plain)).toBe('few days: figures of 26 days say little')
  })
})
