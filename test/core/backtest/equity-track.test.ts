import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPrice } from '../../../src/base/price.js'
import { EquityTrack } from '../../../src/core/backtest/equity-track.js'
import { equityAt } from '../../../src/core/exits/liquidation.js'
import { Xoshiro128 } from '../../../src/core/numeric/xoshiro128.js'
import type { Trade } from '../../../src/ports/vocabulary/trades.js'
import { dayOf, entryRecord } from '../../support/markets.js'

describe('equity at every bar', () => {
  test('is realised capital and the open position at the bar’s price, a price that is missing changing nothing', () => {
    const track = new EquityTrack(1000)
    const day = dayOf('2026-01-01', new Float64Array(6), { BTCUSDT: [100, 110, Number.NaN, 80, 90, 95] })
    const entry = entryRecord({ entryBar: 0, notional: 500, direction: -1 })
    const trade = { ...entry, exitBar: 4, capitalBefore: 1000, capitalAfter: 1049 } as Trade
    track.markDay(day, { firstBar: 0, trades: [trade], open: undefined, capital: 1049 })
    const { curve, maxDrawdown, finalEquity } = track.result()
    expect(curve.bars).toEqual([0, 1, 3, 4])
    expect(curve.equity).toEqual([1000, 950, 1100, 1049])
    expect(curve.low).toEqual(curve.equity)
    expect(curve.timesMs).toEqual([0, 1, 3, 4].map((second) => Date.parse('2026-01-01') + 1000 * second))
    expect([finalEquity, maxDrawdown]).toEqual([1049, 0.05])
  })

  test('goes on over midnight with what is held', () => {
    const track = new EquityTrack(1000)
    const entry = entryRecord({ entryBar: 1, notional: 1000, direction: 1 })
    const first = dayOf('2026-01-01', new Float64Array(2), { BTCUSDT: [99, 100] }, false)
    const second = dayOf('2026-01-02', new Float64Array(2), { ETHUSDT: [7, 7], BTCUSDT: [90, 120] }, false)
    track.markDay(first, { firstBar: 0, trades: [], open: entry, capital: 1000 })
    track.markDay(second, { firstBar: 2, trades: [], open: entry, capital: 1000 })
    const { curve, maxDrawdown, finalEquity } = track.result()
    expect([curve.bars, curve.equity, curve.timesMs]).toEqual([
      [1, 2, 3],
      [1000, 900, 1200],
      [null, null, null],
    ])
    expect([finalEquity, maxDrawdown]).toEqual([1200, 0.1])
  })

  test('of however many bars is shown in some two thousand points that hide no low, and measured at each bar', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { maxLength: 9000 }), (values) => {
        const track = new EquityTrack(1000)
        for (const [bar, value] of values.entries()) track.mark(bar, value)
        const { curve, maxDrawdown } = track.result()
        let peak = 1000
        let worst = 0
        for (const value of values) {
          peak = Math.max(peak, value)
          worst = Math.max(worst, (peak - value) / peak)
        }
        expect(maxDrawdown).toBe(worst)
        expect(curve.bars.length).toBeLessThanOrEqual(2048)
        for (const column of [curve.timesMs, curve.equity, curve.low]) expect(column).toHaveLength(curve.bars.length)
        for (const [i, bar] of curve.bars.entries()) {
          const from = Math.floor(bar / curve.barsPerPoint) * curve.barsPerPoint
          expect(curve.equity[i]).toBe(values[bar])
          expect(curve.low[i]).toBe(Math.min(...values.slice(from, bar + 1)))
        }
        expect(curve.bars.at(-1)).toBe(values.length === 0 ? undefined : values.length - 1)
      }),
      { numRuns: 20 },
    )
  })

  test('of positions of a day is, to the last digit, what telling each priced bar by itself comes to', () => {
    const leg = fc.record({
      direction: fc.constantFrom<1 | -1>(1, -1),
      notional: fc.constantFrom(0, 1e-6, 500, 120_000),
      bars: fc.integer({ min: 1, max: 900 }),
      net: fc.double({ min: -300, max: 300, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(leg, { minLength: 1, maxLength: 12 }), fc.nat(), fc.boolean(), (legs, seed, isFlat) => {
        const rng = new Xoshiro128(seed)
        let price = 100
        const prices = Array.from({ length: legs.reduce((sum, { bars }) => sum + bars + 1, 0) }, () => {
          if (!isFlat || rng.double() < 0.1) price *= 1 + rng.between(-0.004, 0.004)
          return rng.double() < 0.05 ? NOT_PRICES[rng.integer(0, NOT_PRICES.length - 1)]! : price
        })
        const day = dayOf('2026-01-01', new Float64Array(prices.length), { BTCUSDT: prices })
        const [whole, each] = [new EquityTrack(1000), new EquityTrack(1000)]
        let capital = 1000
        let bar = 0
        const trades = legs.map(({ bars, net, ...about }): Trade => {
          const record = entryRecord({ ...about, entryBar: bar, entryPrice: rng.between(90, 110) })
          const trade = { ...record, exitBar: bar + bars, capitalBefore: capital, capitalAfter: capital + net } as Trade
          for (; bar < trade.exitBar; bar++)
            if (isPrice(prices[bar]!)) each.mark(bar, equityAt(prices[bar]!, record, capital))
          capital += net
          each.mark(bar++, capital)
          return trade
        })
        whole.markDay(day, { firstBar: 0, trades, open: undefined, capital })
        each.tellTimes(day, 0)
        expect(whole.result()).toEqual(each.result())
      }),
      { numRuns: 200 },
    )
  })
})

/** What a column may hold where an asset has no price. */
const NOT_PRICES = [Number.NaN, 0, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
