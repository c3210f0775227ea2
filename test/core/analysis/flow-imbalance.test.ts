import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TakerFlow, type TakerTrade } from '../../../src/core/analysis/flow-imbalance.js'

const trade = (tsMs: number, baseQty: number, isBuy = true, price = 1): TakerTrade => ({ tsMs, price, baseQty, isBuy })

it('what was traded exactly thirty seconds ago is out, a millisecond later in, and what is later than now is not known', () => {
  const flow = new TakerFlow()
  flow.trade(trade(0, 1))
  expect(flow.imbalanceAt(29_999)).toBe(1)
  expect(flow.imbalanceAt(30_000)).toBeUndefined()
  expect(flow.imbalanceAt(-1)).toBeUndefined()
})

it('imbalance is how one-sided trading was and not how much was bought', () => {
  const [bought, sold] = [new TakerFlow(), new TakerFlow()]
  for (const [flow, isBuy] of [
    [bought, true],
    [sold, false],
  ] as const) {
    flow.trade(trade(1, 3, isBuy))
    flow.trade(trade(2, 1, !isBuy))
  }
  expect([bought.imbalanceAt(2), sold.imbalanceAt(2)]).toEqual([0.5, 0.5])
})

it('as much bought as sold is 0, nothing traded is absent', () => {
  const flow = new TakerFlow()
  expect(flow.imbalanceAt(0)).toBeUndefined()
  flow.trade(trade(1, 2, true))
  flow.trade(trade(1, 2, false))
  expect(flow.imbalanceAt(1)).toBe(0)
})

it('whatever comes in whatever order, the sums are those of all trades in the window', () => {
  const trades = fc.array(
    fc.record({
      stepMs: fc.integer({ min: -2_000, max: 3_000 }),
      price: fc.integer({ min: 1, max: 100 }),
      baseQty: fc.integer({ min: 1, max: 100 }),
      isBuy: fc.boolean(),
    }),
    { maxLength: 300 },
  )
  fc.assert(
    fc.property(trades, fc.integer({ min: 0, max: 5_000 }), (steps, laterMs) => {
      const flow = new TakerFlow()
      const all: TakerTrade[] = []
      let clockMs = 100_000
      for (const { stepMs, ...rest } of steps) {
        clockMs = Math.max(0, clockMs + stepMs)
        all.push({ tsMs: clockMs, ...rest })
        flow.trade(all.at(-1)!)
      }
      const nowMs = Math.max(100_000, ...all.map(({ tsMs }) => tsMs)) + laterMs
      const sum = (lastMs: number, buys: boolean, of: (one: TakerTrade) => number) =>
        all
          .filter(({ tsMs, isBuy }) => tsMs > nowMs - lastMs && tsMs <= nowMs && isBuy === buys)
          .reduce((total, one) => total + of(one), 0)
      const usd = ({ price, baseQty }: TakerTrade) => price * baseQty
      expect(flow.usdAt({ nowMs, lastMs: 10_000 })).toEqual({
        buyUsd: sum(10_000, true, usd),
        sellUsd: sum(10_000, false, usd),
      })
      const [buy, sell] = [true, false].map((buys) => sum(30_000, buys, ({ baseQty }) => baseQty))
      expect(flow.imbalanceAt(nowMs)).toBe(buy! + sell! === 0 ? undefined : Math.abs(buy! - sell!) / (buy! + sell!))
      expect(flow.dropped).toBe(0)
    }),
  )
})

it('it keeps 16,384 milliseconds with trades, and counts those of the window that made room', () => {
  const flow = new TakerFlow()
  for (let i = 0; i < 16_390; i++) flow.trade(trade(i, 1))
  expect(flow.dropped).toBe(6)
  expect(flow.usdAt({ nowMs: 16_390, lastMs: 30_000 }).buyUsd).toBe(16_384)
})
