import { describe, expect, it } from 'vitest'
import { archivePath, klinePeriods } from '../../../../src/adapters/binance/archive/kline-files.js'

const periods = (from: string, to: string, today = '2026-11-30') =>
  klinePeriods({ from, to, today }).map(({ period, dates }) => `${period}:${dates.length}`)

describe('files of the archive', () => {
  it('are a month where all of it is asked for and over, and days elsewhere', () => {
    expect(periods('2026-01-30', '2026-04-02')).toEqual([
      '2026-01-30:1',
      '2026-01-31:1',
      '2026-02:28',
      '2026-03:31',
      '2026-04-01:1',
      '2026-04-02:1',
    ])
  })

  it('are days in the month of today, however much of it is asked for', () => {
    expect(periods('2026-11-01', '2026-11-30').length).toBe(30)
    expect(periods('2026-10-01', '2026-11-01')).toEqual(['2026-10:31', '2026-11-01:1'])
    expect(periods('2024-02-01', '2024-02-29')).toEqual(['2024-02:29'])
    expect(periods('2024-02-01', '2024-02-28').length).toBe(28)
  })

  it('lie where the public archive has them', () => {
    expect(archivePath({ symbol: 'BTCUSDT', interval: '1m', period: '2025-05-10' })).toBe(
      '/data/futures/um/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2025-05-10.zip',
    )
    expect(archivePath({ symbol: '币安人生USDT', interval: '1h', period: '2025-05' })).toBe(
      `/data/futures/um/monthly/klines/${encodeURIComponent('币安人生USDT')}/1h/${encodeURIComponent('币安人生USDT')}-1h-2025-05.zip`,
    )
  })
})
