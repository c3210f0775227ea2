import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AlignedBooks } from '../../../src/core/orderbook/aligned-books.js'
import { type AssetFeatures, NO_FEATURES } from '../../../src/core/orderbook/asset-features.js'
import type { MarketBar } from '../../../src/core/orderbook/market-features.js'
import { STORY_START_MS as START_MS, STORY_STEP_MS as STEP_MS } from '../../support/market-story.js'

const ASSETS = ['AUSDT', 'BUSDT', 'CUSDT']

function featuresOf(imbalanceMa5: number | undefined): AssetFeatures {
  const others = { imbalancePersistence: 0.6, withdrawalVelocity: -0.1, depthQuality: 1.5, fillProbability: 0.4 }
  return { ...NO_FEATURES, ...others, imbalanceMa5 }
}

/** A bar of these mean imbalances; an asset of which it is undefined has no row. */
function barOf(number: number, imbalances: Readonly<Record<string, number | undefined>>, cascadeCount = 0): MarketBar {
  const assets = Object.entries(imbalances).map(([symbol, imbalance]) => {
    return { symbol, value: undefined, features: featuresOf(imbalance) }
  })
  return { endMs: endOf(number), assets, macro: { cascadeCount, regimeSignal: 1, stressShare: 0.5 }, books: 'diffs' }
}

function endOf(number: number): number {
  return START_MS + number * STEP_MS
}

const NOTHING = { cascadeCount: 0, regimeSignal: 0 }

describe('the books of a live engine', () => {
  it('are those of the bar that the number is bound to, and of none besides', () => {
    const books = new AlignedBooks(ASSETS)
    books.closed(barOf(1, { AUSDT: 0.1, BUSDT: undefined, ZUSDT: 0.9 }, 3))
    books.closed(barOf(2, { AUSDT: 0.2 }, 4))
    books.bind(700, endOf(1))
    books.bind(701, endOf(2))
    books.bind(702, endOf(3))
    expect(books.book('AUSDT', 700)).toEqual({
      ...{ imbalanceMa5: 0.1, persistence: 0.6, withdrawalVelocity: -0.1, depthQuality: 1.5, fillProbability: 0.4 },
    })
    expect(books.book('AUSDT', 701)?.imbalanceMa5).toBe(0.2)
    for (const [asset, bar] of [
      ['BUSDT', 700],
      ['ZUSDT', 700],
      ['__proto__', 700],
      ['BUSDT', 701],
      ['AUSDT', 702],
      ['AUSDT', 699],
      ['AUSDT', 703],
    ] as const)
      expect(books.book(asset, bar)).toBeUndefined()
    expect([699, 700, 701, 702].map((bar) => books.macro(bar).cascadeCount)).toEqual([0, 3, 4, 0])
    expect(books.macro(702)).toEqual(NOTHING)
    expect(books.assets).toEqual(ASSETS)
  })

  it('never depend on later bars, and not on a second closing of the same one', () => {
    const bars = fc.array(
      fc.record({
        imbalances: fc.record(
          Object.fromEntries(ASSETS.map((asset) => [asset, fc.option(fc.double({ noNaN: true }), { nil: undefined })])),
        ),
        isClosed: fc.boolean(),
        isTwice: fc.boolean(),
      }),
      { maxLength: 80 },
    )
    fc.assert(
      fc.property(bars, fc.nat(79), (all, at) => {
        const seen = (books: AlignedBooks) =>
          all.slice(0, at + 1).map((_, bar) => [...ASSETS.map((asset) => books.book(asset, bar)), books.macro(bar)])
        const books = new AlignedBooks(ASSETS)
        let then: unknown
        for (const [bar, { imbalances, isClosed, isTwice }] of all.entries()) {
          if (isClosed) books.closed(barOf(bar, imbalances, bar))
          if (isTwice && all[bar - 1]?.isClosed) books.closed(barOf(bar - 1, { AUSDT: 0.77 }, 77))
          books.bind(bar, endOf(bar))
          if (bar === at) then = seen(books)
        }
        if (then !== undefined) expect(seen(books)).toEqual(then)
      }),
    )
  })

  it('are kept for 256 bars, the market-wide figures for 720', () => {
    const books = new AlignedBooks(ASSETS)
    for (let bar = 0; bar < 1_000; bar++) {
      books.closed(barOf(bar, { AUSDT: bar / 1_000, [bar % 3 === 0 ? 'BUSDT' : 'CUSDT']: 0.5 }, 1))
      books.bind(bar, endOf(bar))
    }
    const known = (asset: string) => [743, 744, 745, 999].map((bar) => books.book(asset, bar)?.imbalanceMa5)
    expect(known('AUSDT')).toEqual([undefined, 0.744, 0.745, 0.999])
    expect(known('BUSDT')).toEqual([undefined, 0.5, undefined, 0.5])
    expect([279, 280, 999].map((bar) => books.macro(bar).cascadeCount)).toEqual([0, 1, 1])
  })

  it('answer at once and out of themselves: no promise, and nobody is asked', () => {
    const books = new AlignedBooks(ASSETS)
    books.closed(barOf(1, { AUSDT: 0.1 }))
    books.bind(1, endOf(1))
    const answers = [books.book('AUSDT', 1), books.book('BUSDT', 1), books.macro(1), books.macro(2)]
    expect(answers.filter((answer) => answer instanceof Promise)).toEqual([])
    // They hold numbers and names: there is nobody to ask.
    const held = Object.values(books).flatMap((of) => (of instanceof Map ? [...of.values()] : [of]))
    expect(held.flat().filter((part) => typeof part === 'function' || part instanceof Promise)).toEqual([])
  })

  it('are bound once: another time for the same bar is a mistake of whoever binds', () => {
    const books = new AlignedBooks(ASSETS)
    books.bind(1, endOf(1))
    books.bind(1, endOf(1))
    expect(() => books.bind(1, endOf(2))).toThrow('a bar of the engine ends at one time')
  })
})
