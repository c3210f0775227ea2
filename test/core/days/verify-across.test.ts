import { describe, expect, it } from 'vitest'
import type { DaySummary } from '../../../src/core/days/verify.js'
import { verifyAcrossDays } from '../../../src/core/days/verify-across.js'

const MINUTE_DAY = { stepNs: 6e10, expectedBars: 1_440, missingBefore: 0, missingAfter: 0 }

function day(date: string, changes: Partial<DaySummary> = {}): DaySummary {
  const assets = changes.assets ?? ['BTCUSDT', 'ETHUSDT']
  const prices = assets.map(() => 100)
  return { date, bars: 1_440, coverage: MINUTE_DAY, assets, firstPrices: prices, lastPrices: prices, ...changes }
}

const ending = (date: string, missingAfter: number) => day(date, { coverage: { ...MINUTE_DAY, missingAfter } })

const shown = (days: DaySummary[], unreadable: string[] = []) =>
  verifyAcrossDays(days, { unreadable }).map(
    ({ date, severity, check, column = '-', count }) => `${date} ${severity} ${check} ${column} ${count}`,
  )

describe('verifyAcrossDays', () => {
  const cases: [string, DaySummary[], string[]][] = [
    ['nothing', [], []],
    ['a single day', [ending('2026-02-25', 435)], []],
    ['neighbours', [day('2026-02-24'), day('2026-02-25')], []],
    [
      'a day without a file, and a leap day',
      [day('2028-02-28'), day('2028-03-01'), day('2028-03-04')],
      ['2028-03-01 warning missing-date - 1', '2028-03-04 warning missing-date - 2'],
    ],
    [
      'a file from before its day ended',
      [day('2026-02-23'), day('2026-02-24'), ending('2026-02-25', 435)],
      ['2026-02-25 warning stale-file timestamp 435'],
    ],
    ['days that all end early', [ending('2026-02-24', 435), ending('2026-02-25', 435)], []],
    [
      'one day that ends later than the others',
      [ending('2026-02-23', 435), ending('2026-02-24', 435), day('2026-02-25')],
      [],
    ],
    ['a tail short by jitter', [day('2026-02-23'), day('2026-02-24'), ending('2026-02-25', 14)], []],
    [
      'assets that come and go',
      [day('2026-02-24'), day('2026-02-25', { assets: ['ETHUSDT', 'SOLUSDT', 'XRPUSDT'] })],
      ['2026-02-25 warning universe-change - 1', '2026-02-25 info universe-change - 2'],
    ],
    ['assets in another order', [day('2026-02-24'), day('2026-02-25', { assets: ['ETHUSDT', 'BTCUSDT'] })], []],
    [
      'another step',
      [day('2026-02-24'), day('2026-02-25', { coverage: { ...MINUTE_DAY, stepNs: 5e9, expectedBars: 17_280 } })],
      ['2026-02-25 warning step-change timestamp 1'],
    ],
    [
      'a price that does not run on',
      [day('2026-02-24'), day('2026-02-25', { firstPrices: [130, 100] })],
      ['2026-02-25 warning price-jump BTCUSDT 1'],
    ],
    [
      'prices apart by a missing day, which may move',
      [day('2026-02-23'), day('2026-02-25', { firstPrices: [130, 100] })],
      ['2026-02-25 warning missing-date - 1'],
    ],
    ['prices that are missing', [day('2026-02-24'), day('2026-02-25', { firstPrices: [Number.NaN, 100] })], []],
  ]

  it.each(cases)('judges %s', (_, days, expected) => {
    expect(shown(days)).toEqual(expected)
  })

  it('does not call a date missing whose file is there and unreadable', () => {
    expect(shown([day('2026-02-23'), day('2026-02-25')], ['2026-02-24'])).toEqual([])
  })
})
