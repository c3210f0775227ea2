import { describe, expect, it } from 'vitest'
import type { CandleRange } from '../../../src/core/analysis/average-true-range.js'
import { Candles, FIVE_MINUTES_MS } from '../../../src/core/analysis/candles.js'

function recorded() {
  const closed: CandleRange[] = []
  return { closed, candles: new Candles(FIVE_MINUTES_MS, ({ high, low, close }) => closed.push({ high, low, close })) }
}

describe('a candle', () => {
  it('is closed by the first trade of a later one', () => {
    const { candles, closed } = recorded()
    for (const [tsMs, price] of [
      [0, 10],
      [1, 12],
      [2, 9],
      [299_999, 11],
    ] as const)
      candles.trade(tsMs, price)
    expect(closed).toEqual([])
    candles.trade(300_000, 20)
    expect(closed).toEqual([{ high: 12, low: 9, close: 11 }])
  })

  it('is closed by the time, and once', () => {
    const { candles, closed } = recorded()
    candles.trade(0, 10)
    candles.advanced(299_999)
    expect(closed).toHaveLength(0)
    candles.advanced(300_000)
    candles.advanced(600_000)
    expect(closed).toHaveLength(1)
  })

  it('is none of a time without trades', () => {
    const { candles, closed } = recorded()
    candles.trade(0, 10)
    candles.trade(3_000_000, 10)
    expect(closed).toHaveLength(1)
  })

  it('takes no trade that comes after it was closed, which is counted', () => {
    const { candles, closed } = recorded()
    candles.trade(0, 10)
    candles.advanced(300_000)
    candles.trade(299_999, 99)
    candles.trade(300_000, 11)
    candles.trade(299_998, 99)
    candles.advanced(600_000)
    expect(closed).toEqual([
      { high: 10, low: 10, close: 10 },
      { high: 11, low: 11, close: 11 },
    ])
    expect(candles.late).toBe(2)
  })

  it('that the venue closed stands for the trades of its time, and is taken once', () => {
    const { candles, closed } = recorded()
    candles.trade(10, 10)
    candles.kline({ openMs: 0, high: 15, low: 5, close: 9 })
    candles.kline({ openMs: 0, high: 16, low: 5, close: 9 })
    candles.trade(299_999, 20)
    candles.advanced(300_000)
    expect(closed).toEqual([{ high: 15, low: 5, close: 9 }])
  })

  it('that the venue closed after the trades of its time were closed changes nothing', () => {
    const { candles, closed } = recorded()
    candles.trade(10, 10)
    candles.advanced(300_000)
    candles.kline({ openMs: 0, high: 15, low: 5, close: 9 })
    candles.kline({ openMs: 17, high: 15, low: 5, close: 9 })
    expect(closed).toEqual([{ high: 10, low: 10, close: 10 }])
  })

  it('of which not all trades were heard is none after candles of the venue, which may still come for it', () => {
    const { candles, closed } = recorded()
    candles.kline({ openMs: 0, high: 15, low: 5, close: 9 })
    candles.heardSince(400_000)
    candles.trade(500_000, 20)
    candles.advanced(600_000)
    candles.trade(599_999, 99)
    candles.trade(600_000, 30)
    expect([closed.length, candles.late]).toEqual([1, 1])
    candles.kline({ openMs: 300_000, high: 25, low: 8, close: 20 })
    candles.kline({ openMs: 300_000, high: 99, low: 8, close: 20 })
    candles.advanced(900_000)
    expect(closed.slice(1)).toEqual([
      { high: 25, low: 8, close: 20 },
      { high: 30, low: 30, close: 30 },
    ])
  })

  it('that the venue closed comes too late behind a later one', () => {
    const { candles, closed } = recorded()
    candles.kline({ openMs: 0, high: 15, low: 5, close: 9 })
    candles.heardSince(400_000)
    candles.trade(500_000, 20)
    candles.trade(600_000, 30)
    candles.trade(900_000, 40)
    candles.kline({ openMs: 300_000, high: 25, low: 8, close: 20 })
    expect(closed).toEqual([
      { high: 15, low: 5, close: 9 },
      { high: 30, low: 30, close: 30 },
    ])
  })

  it('in which hearing begins with its first millisecond is whole', () => {
    const { candles, closed } = recorded()
    candles.kline({ openMs: 0, high: 15, low: 5, close: 9 })
    candles.heardSince(300_000)
    candles.trade(300_001, 20)
    candles.advanced(600_000)
    expect(closed[1]).toEqual({ high: 20, low: 20, close: 20 })
  })

  it('is of the trades that were heard where none of the venue went before', () => {
    const { candles, closed } = recorded()
    candles.heardSince(100_000)
    candles.trade(200_000, 20)
    candles.advanced(300_000)
    expect(closed).toEqual([{ high: 20, low: 20, close: 20 }])
  })
})
