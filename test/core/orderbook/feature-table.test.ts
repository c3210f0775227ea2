import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AlignedBooks } from '../../../src/core/orderbook/aligned-books.js'
import { type AssetFeatures, NO_FEATURES } from '../../../src/core/orderbook/asset-features.js'
import { featureTable, type TableBar, tableText } from '../../../src/core/orderbook/feature-table.js'
import type { MarketBar } from '../../../src/core/orderbook/market-features.js'
import { parseOrderBookTable } from '../../../src/core/orderbook/parse-order-book-table.js'
import { TableOrderBook } from '../../../src/core/orderbook/table-order-book.js'
import { STORY_START_MS as START_MS, STORY_STEP_MS as STEP_MS } from '../../support/market-story.js'

const ASSETS = ['AUSDT', 'BUSDT', 'CUSDT']

function endOf(bar: number): number {
  return START_MS + bar * STEP_MS
}

function featuresOf(imbalanceMa5: number | undefined): AssetFeatures {
  const others = { imbalancePersistence: 0.6, withdrawalVelocity: -0.1, depthQuality: 1.5, fillProbability: 0.4 }
  return { ...NO_FEATURES, ...others, imbalanceMa5 }
}

/** By the number of the bar: the mean imbalance of each asset, and the market's figures. */
interface Told {
  readonly imbalances: readonly (number | undefined)[]
  readonly cascadeCount: number
  readonly isClosed: boolean
}

function barsOf(told: readonly Told[], books: 'diffs' | 'partial' = 'diffs'): MarketBar[] {
  return told.flatMap(({ imbalances, cascadeCount, isClosed }, bar) => {
    if (!isClosed) return []
    const assets = ASSETS.map((symbol, i) => ({ symbol, value: undefined, features: featuresOf(imbalances[i]) }))
    return [{ endMs: endOf(bar), assets, macro: { cascadeCount, regimeSignal: 1, stressShare: 0 }, books }]
  })
}

const told = fc.array(
  fc.record<Told>({
    imbalances: fc.tuple(
      ...ASSETS.map(() => fc.option(fc.double({ min: -1, max: 1, noNaN: true }), { nil: undefined })),
    ),
    cascadeCount: fc.nat(2),
    isClosed: fc.boolean(),
  }),
  { maxLength: 40 },
)

function viaText(bars: Iterable<TableBar>, ends: ArrayLike<number>): TableOrderBook {
  return new TableOrderBook(parseOrderBookTable(JSON.parse([...tableText(featureTable({ bars, ends }))].join(''))))
}

describe('the table of a run', () => {
  it('has the first bar of each time, as it was live, where a clock went back between two recorders', () => {
    const once = (imbalance: number): Told => ({ imbalances: [imbalance], cascadeCount: 0, isClosed: true })
    const [first, second, third] = barsOf([once(0.1), once(0.2), once(0.3)])
    const [before, again] = barsOf([once(0.8), once(0.9)])
    const table = viaText([first!, second!, before!, again!, third!], [0, 1, 2].map(endOf))
    expect([0, 1, 2].map((bar) => table.book('AUSDT', bar)?.imbalanceMa5)).toEqual([0.1, 0.2, 0.3])
  })

  it('answers at every bar what the live books answered there', () => {
    // The run's bars may skip some, and there may be more of them than were closed.
    const skips = fc.array(fc.nat(3), { maxLength: 60 })
    fc.assert(
      fc.property(told, skips, (all, skipped) => {
        const ends: number[] = []
        let bar = 0
        for (const skip of skipped) {
          bar += skip + 1
          ends.push(endOf(bar))
        }
        const table = viaText(barsOf(all), ends)
        const live = new AlignedBooks(ASSETS)
        for (const closed of barsOf(all)) live.closed(closed)
        for (const [i, endMs] of ends.entries()) live.bind(i, endMs)
        for (const i of ends.keys()) {
          // JSON has no −0.
          for (const asset of ASSETS) expect(table.book(asset, i)).toEqual(plain(live.book(asset, i)))
          const { cascadeCount, regimeSignal } = live.macro(i)
          expect(table.macro(i)).toEqual({ cascadeCount, regimeSignal })
        }
      }),
    )
  })

  it('is the same, whatever the order of the assets in its bars', () => {
    fc.assert(
      fc.property(told, (all) => {
        const bars = barsOf(all)
        const turned = bars.map((bar) => ({ ...bar, assets: bar.assets.toReversed() }))
        const ends = all.map((_, bar) => endOf(bar))
        expect([...tableText(featureTable({ bars: turned, ends }))]).toEqual([
          ...tableText(featureTable({ bars, ends })),
        ])
      }),
    )
  })

  it('tells where the data of an asset ends', () => {
    const row = (imbalances: Told['imbalances'], isClosed = true) => ({ imbalances, cascadeCount: 0, isClosed })
    const all = [row([0.1, undefined]), row([0.1, 0.2]), row([], false), row([undefined, 0.3]), row([undefined, 0.3])]
    const { assets, rows } = featureTable({ bars: barsOf(all), ends: all.map((_, bar) => endOf(bar)) })
    expect(assets).toEqual(['AUSDT', 'BUSDT'])
    expect(rows.map(({ bar, assetIndex, book }) => [bar, assetIndex, book?.imbalanceMa5])).toEqual([
      [0, 0, 0.1],
      [1, 0, 0.1],
      [1, 1, 0.2],
      [2, 0, undefined],
      [2, 1, undefined],
      [3, 1, 0.3],
      [4, 1, 0.3],
    ])
  })

  it('of partial books is marked, and has no macro', () => {
    const all = [{ imbalances: [0.1], cascadeCount: 2, isClosed: true }]
    const table = featureTable({ bars: barsOf(all, 'partial'), ends: [endOf(0)] })
    expect([...tableText(table)].join('')).toMatch(/^\{"books":"partial",/)
    const source = viaText(barsOf(all, 'partial'), [endOf(0)])
    expect([source.book('AUSDT', 0)?.imbalanceMa5, source.macro(0).cascadeCount]).toEqual([0.1, 0])
  })

  it('that is marked has no macro, whatever its rows say', () => {
    const macro = [[0, 2, 1]]
    const macros = [{}, { books: 'partial' }].map((mark) =>
      new TableOrderBook(parseOrderBookTable({ assets: [], rows: [], macro, ...mark })).macro(5),
    )
    expect(macros).toEqual([
      { cascadeCount: 2, regimeSignal: 1 },
      { cascadeCount: 0, regimeSignal: 0 },
    ])
    expect(() => parseOrderBookTable({ assets: [], rows: [], macro, books: 'whole' })).toThrow(
      'books: expected "partial" or nothing, found "whole"',
    )
  })
})

function plain<Value>(value: Value): Value {
  return value === undefined ? value : JSON.parse(JSON.stringify(value))
}
