import { describe, expect, it } from 'vitest'
import { MarketRegimes } from '../../../src/core/analysis/market-regimes.js'
import type { AppliedEvent } from '../../../src/core/observation/applied-event.js'

const MINUTE_MS = 60_000
const NOTHING: AppliedEvent = {
  ...{ kind: 'TRADE', symbol: 'A', symbolIndex: 0, tsMs: 0, seq: 1 },
  ...{ price: Number.NaN, baseQty: Number.NaN, side: undefined, markPrice: Number.NaN, fundingRate: Number.NaN },
  ...{ openInterest: Number.NaN, interval: undefined, openMs: 0, high: 0, low: 0, close: 0 },
}
const trade = (tsMs: number, price: number, more: Partial<AppliedEvent> = {}): AppliedEvent => ({
  ...{ ...NOTHING, tsMs, price, baseQty: 1, side: 'BUY' },
  ...more,
})

function regimes(...events: readonly Partial<AppliedEvent>[]): MarketRegimes {
  const made = new MarketRegimes(['A'])
  made.advanced(0)
  for (const event of events) made.applied({ ...NOTHING, ...event })
  return made
}

describe('the market of a symbol', () => {
  it('of which nothing was told has no figure, and nothing bought or sold', () => {
    expect(regimes().market('A', 0)).toEqual({ flow10s: { buyUsd: 0, sellUsd: 0 } })
    expect(regimes().reading('A', 0)).toEqual({ regime: 'UNKNOWN', reason: 'INSUFFICIENT_DATA', metrics: {} })
  })

  it('has the price of the last trade for less than five minutes, and no older one', () => {
    const made = regimes(trade(2_000, 10), trade(1_000, 9))
    expect(made.market('A', 301_999).price).toBe(10)
    expect(made.market('A', 302_000)).not.toHaveProperty('price')
  })

  it('has the last mark price, and the rate that was told with it or none', () => {
    const mark = (tsMs: number, markPrice: number, fundingRate: number) =>
      ({ kind: 'MARK_PRICE', tsMs, markPrice, fundingRate }) as const
    expect(regimes(mark(2, 10, 1e-4), mark(1, 9, 2e-4)).market('A', 3)).toMatchObject({
      markPrice: 10,
      fundingRate: 1e-4,
    })
    expect(regimes(mark(1, 10, 1e-4), mark(2, 9, Number.NaN)).market('A', 3)).not.toHaveProperty('fundingRate')
  })

  it('has what takers bought and sold in ten seconds, quote currency', () => {
    const made = regimes(trade(0, 99), trade(1, 10), trade(2, 20, { side: 'SELL', baseQty: 3 }))
    expect(made.market('A', 10_000).flow10s).toEqual({ buyUsd: 10, sellUsd: 60 })
  })

  it('knows for less than five minutes when the last liquidation was', () => {
    const made = regimes({ kind: 'LIQUIDATION', tsMs: 1_000, price: 1, baseQty: 1, side: 'SELL' })
    expect(made.market('A', 1_000).msSinceLiquidation).toBe(0)
    expect(made.market('A', 300_999).msSinceLiquidation).toBe(299_999)
    expect(made.market('A', 301_000)).not.toHaveProperty('msSinceLiquidation')
  })

  it('is frozen, so that who reads it cannot change what others read', () => {
    const made = regimes(trade(1, 10))
    const [market, reading] = [made.market('A', 1), made.reading('A', 1)]
    for (const told of [market, market.flow10s, reading, reading.metrics]) expect(Object.isFrozen(told)).toBe(true)
  })
})

describe('the regime of a symbol', () => {
  it('is unknown until seven hours of candles are there, whatever else is', () => {
    const made = new MarketRegimes(['A'])
    made.advanced(0)
    const known: number[] = []
    for (let minute = 1; minute <= 8 * 60; minute++) {
      made.applied(trade(minute * MINUTE_MS - 1, 100 + (minute % 7)))
      made.advanced(minute * MINUTE_MS)
      const { reason, metrics } = made.reading('A', minute * MINUTE_MS)
      expect(metrics.atr5m !== undefined).toBe(minute >= 70)
      expect(metrics.liquidationZ !== undefined).toBe(minute >= 62)
      if (reason !== 'INSUFFICIENT_DATA') known.push(minute)
    }
    expect(known[0]).toBe(7 * 60)
  })

  it('is known at once where the candles of the venue went before', () => {
    const made = regimes()
    const kline = (interval: string, openMs: number) =>
      ({ kind: 'KLINE', interval, openMs, tsMs: openMs + 1, high: 102, low: 100, close: 101 }) as const
    for (let i = 0; i < 14; i++) made.applied({ ...NOTHING, ...kline('5m', i * 5 * MINUTE_MS) })
    for (let i = 0; i < 14; i++) made.applied({ ...NOTHING, ...kline('30m', i * 30 * MINUTE_MS) })
    made.applied({ ...NOTHING, ...kline('1h', 0) })
    expect(made.reading('A', 7 * 60 * MINUTE_MS).metrics).toMatchObject({ atr5m: 2, atr30m: 2 })
  })

  it('does not take the time of candles for one in which liquidations were heard', () => {
    const made = regimes()
    const asked = { interval: '5m', openMs: 0, tsMs: 299_999, high: 1, low: 1, close: 1 } as const
    made.applied({ ...NOTHING, kind: 'KLINE', ...asked })
    made.applied({ ...NOTHING, kind: 'FUNDING' })
    made.advanced(100 * MINUTE_MS)
    made.applied(trade(100 * MINUTE_MS + 1, 10))
    const known = (minute: number) => {
      made.advanced(minute * MINUTE_MS)
      return made.reading('A', minute * MINUTE_MS).metrics.liquidationZ !== undefined
    }
    expect([known(161), known(162)]).toEqual([false, true])
  })

  it('is by the change of open interest in five minutes', () => {
    const made = regimes(
      { kind: 'OPEN_INTEREST', tsMs: 0, openInterest: 100 },
      { kind: 'OPEN_INTEREST', tsMs: 300_000, openInterest: 102 },
    )
    expect(made.reading('A', 300_000).metrics).toEqual({ openInterestChange5mFrac: 0.02 })
    expect(made.market('A', 300_000).openInterest).toBe(102)
  })
})

it('symbols have the places of their code units, and each its own figures', () => {
  const made = new MarketRegimes(['b', 'a', 'B'])
  const at = (symbolIndex: number, price: number) => made.applied(trade(1, price, { symbolIndex }))
  at(0, 1)
  at(1, 2)
  at(2, 3)
  expect(['B', 'a', 'b'].map((symbol) => made.market(symbol, 1).price)).toEqual([1, 2, 3])
  expect(() => made.market('c', 1)).toThrow('one of those that are observed')
})

it('what is left out is counted', () => {
  const made = regimes(trade(0, 1))
  made.advanced(30 * MINUTE_MS)
  made.applied(trade(1, 1))
  expect(made.counters()).toEqual({
    candleTradesLate: 2,
    flowDropped: 0,
    liquidationsDropped: 0,
    openInterestDropped: 0,
  })
})
