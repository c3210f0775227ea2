import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assetBook, NO_FEATURES } from '../../../src/core/orderbook/asset-features.js'
import type { Book } from '../../../src/core/orderbook/depth-book.js'
import { type MarketBar, MarketFeatures } from '../../../src/core/orderbook/market-features.js'
import { PartialBook } from '../../../src/core/orderbook/partial-book.js'

const STEP_MS = 1_000
const START_MS = 1_767_225_600_000

/** A live book with one level on each side. */
function bookOf({ bid, bidLots, askLots }: { bid: number; bidLots: number; askLots: number }): Book {
  const book = new PartialBook({ priceDecimals: 1, quantityDecimals: 0 })
  const price = (ticks: number) => (ticks / 10).toFixed(1)
  book.frame({ U: 1, u: 1, b: [[price(bid), String(bidLots)]], a: [[price(bid + 1), String(askLots)]] })
  return book
}

interface Change {
  /** Later than the change before, ms. */
  readonly laterMs: number
  readonly bid: number
  readonly bidLots: number
  readonly askLots: number
  readonly isUnknown: boolean
}

const changes = fc.array(
  fc.record<Change>({
    laterMs: fc.integer({ min: 0, max: 400 }),
    bid: fc.integer({ min: 990, max: 1_010 }),
    bidLots: fc.integer({ min: 1, max: 50 }),
    askLots: fc.integer({ min: 1, max: 50 }),
    isUnknown: fc.integer({ min: 0, max: 9 }).map((of) => of === 0),
  }),
  { minLength: 1, maxLength: 200, size: 'max' },
)

/** Bars of one asset; every change may be told more than once, and bars may be closed later than their end. */
function barsOf(of: readonly Change[], { lots = 1, told = 1, closedLateMs = 0 } = {}): MarketBar[] {
  const market = new MarketFeatures({ stepMs: STEP_MS, startMs: START_MS + 1 })
  market.add('A')
  const bars: MarketBar[] = []
  let atMs = START_MS
  for (const { laterMs, bid, bidLots, askLots, isUnknown } of of) {
    atMs += laterMs
    bars.push(...market.closeUntil(atMs - closedLateMs))
    for (let i = 0; i < told; i++) {
      if (isUnknown) market.unknown('A', atMs)
      else market.changed('A', bookOf({ bid, bidLots: bidLots * lots, askLots: askLots * lots }), atMs)
    }
  }
  return [...bars, ...market.closeUntil(atMs + 10_000)]
}

describe('the bars of a market', () => {
  it('are the same when a change is told twice', () => {
    fc.assert(
      fc.property(changes, (of) => {
        expect(barsOf(of, { told: 2 })).toEqual(barsOf(of))
      }),
    )
  })

  it('are the same when they are closed late, for what is stamped behind their end waits', () => {
    fc.assert(
      fc.property(changes, fc.integer({ min: 1, max: 5_000 }), (of, closedLateMs) => {
        expect(barsOf(of, { closedLateMs })).toEqual(barsOf(of))
      }),
    )
  })

  it('have the same features when all quantities are multiplied', () => {
    fc.assert(
      fc.property(changes, fc.constantFrom(2, 4, 1_024), (of, lots) => {
        // Powers of two, so that the figures are the same to the last bit.
        const [many, one] = [barsOf(of, { lots }), barsOf(of)]
        expect(many.map(({ assets }) => assets[0]!.features)).toEqual(one.map(({ assets }) => assets[0]!.features))
        expect(many.map(({ assets }) => assets[0]!.value?.depthUsd)).toEqual(
          one.map(({ assets }) => assets[0]!.value && assets[0]!.value.depthUsd * lots),
        )
      }),
    )
  })

  it('end on multiples of the step, each once and in order', () => {
    fc.assert(
      fc.property(changes, (of) => {
        const ends = barsOf(of).map(({ endMs }) => endMs)
        expect(ends).toEqual(ends.map((_, i) => START_MS + (i + 1) * STEP_MS))
      }),
    )
  })

  it('have no value of an asset before it joined, nor after it left', () => {
    const market = new MarketFeatures({ stepMs: STEP_MS, startMs: START_MS })
    const symbols = (bar: MarketBar) => bar.assets.map(({ symbol, value }) => [symbol, value?.mid])
    market.add('A')
    market.changed('A', bookOf({ bid: 1_000, bidLots: 1, askLots: 1 }), START_MS)
    expect(symbols(market.close())).toEqual([['A', 100.05]])
    market.add('B')
    market.add('A')
    market.changed('B', bookOf({ bid: 500, bidLots: 1, askLots: 1 }), START_MS + 1_400)
    expect(symbols(market.close())).toEqual([
      ['A', 100.05],
      ['B', 50.05],
    ])
    market.remove('A')
    expect(symbols(market.close())).toEqual([['B', 50.05]])
  })
})

describe('the market-wide figures', () => {
  it('are kept by the time of their bar for 720 bars, and are {0, 0} for any other', () => {
    const market = new MarketFeatures({ stepMs: STEP_MS, startMs: START_MS })
    market.add('A')
    const endMs = (bar: number) => START_MS + (bar + 1) * STEP_MS
    for (let bar = 0; bar < 1_000; bar++) {
      if (bar === 990) market.liquidated('A', { atMs: endMs(bar) - 1, usd: 1_000_000 })
      market.close()
    }
    expect(market.macroAt(endMs(990)).cascadeCount).toBe(1)
    expect(market.macroAt(endMs(280))).toHaveProperty('stressShare')
    for (const bar of [279, 1_000]) expect(market.macroAt(endMs(bar))).toEqual({ cascadeCount: 0, regimeSignal: 0 })
  })
})

describe('the engine has a row for an asset', () => {
  const all = {
    ...{ imbalanceMa5: 0.1, imbalancePersistence: 0.6, withdrawalVelocity: 0, depthQuality: 1, fillProbability: 0.5 },
    ...{ fillQuality: undefined, return5: undefined, usualReturn5: undefined },
  }

  it('when the first five figures are there', () => {
    expect(assetBook(all)).toEqual({
      ...{ imbalanceMa5: 0.1, persistence: 0.6, withdrawalVelocity: 0, depthQuality: 1, fillProbability: 0.5 },
    })
  })

  it.each(['imbalanceMa5', 'imbalancePersistence', 'withdrawalVelocity', 'depthQuality', 'fillProbability'])(
    'and none without its %s',
    (figure) => {
      expect(assetBook({ ...all, [figure]: undefined })).toBeUndefined()
      expect(assetBook(NO_FEATURES)).toBeUndefined()
    },
  )
})
