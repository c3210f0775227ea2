import fc from 'fast-check'
import { createColors } from 'picocolors'
import { describe, expect, it } from 'vitest'
import { ladderText } from '../../../src/cli/book/ladder-text.js'
import { type ShownBook, shownBook } from '../../../src/cli/compose/shown-book.js'
import { DepthBook } from '../../../src/core/orderbook/depth-book.js'

const PLAIN = createColors(false)

const level = fc
  .tuple(fc.integer({ min: 1, max: 10 ** 7 }), fc.integer({ min: 1, max: 10 ** 9 }))
  .map(([ticks, lots]) => ({ price: (ticks / 100).toFixed(2), quantity: (lots / 1_000).toFixed(3) }))

const book: fc.Arbitrary<ShownBook> = fc.record({
  symbol: fc.constantFrom('BTCUSDT', '1000000MOGUSDT'),
  atMs: fc.option(fc.integer({ min: 0, max: 4_000_000_000_000 })),
  updateId: fc.option(fc.nat()),
  bids: fc.array(level, { maxLength: 20 }),
  asks: fc.array(level, { maxLength: 20 }),
  figures: fc.option(
    fc.record({
      ...{
        mid: fc.double({ min: 1e-7, max: 1e6, noNaN: true }),
        spread_bps: fc.double({ min: 0, max: 1e4, noNaN: true }),
      },
      ...{
        imbalance: fc.double({ min: -1, max: 1, noNaN: true }),
        depth_usd: fc.double({ min: 0, max: 1e10, noNaN: true }),
      },
      ...{
        bid_usd: fc.double({ min: 0, max: 1e9, noNaN: true }),
        ask_usd: fc.double({ min: 0, max: 1e9, noNaN: true }),
      },
      ...{ weighted_mid: fc.double({ min: 1e-7, max: 1e6, noNaN: true }), pressure_ratio: fc.constant(1) },
    }),
  ),
  depthBandPpm: fc.option(fc.integer({ min: 0, max: 10_000 })),
  bar: fc.option(
    fc.record({
      endMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
      features: fc.record({ imbalance_persistence: fc.option(fc.double({ min: 0, max: 1, noNaN: true })) }),
      cascadeCount: fc.option(fc.nat(500)),
      regimeSignal: fc.constantFrom(null, -1, 0, 1),
    }),
  ),
})

describe('a ladder', () => {
  it('is of 80 columns at most, whatever the book, and colours nothing where none are wanted', () => {
    fc.assert(
      fc.property(book, (shown) => {
        const text = ladderText(shown, PLAIN)
        for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
        expect(text).not.toContain('\x1b')
      }),
    )
  })

  it('has the best quotes in the middle, and sums USD from them outwards', () => {
    const kept = new DepthBook({ priceDecimals: 1, quantityDecimals: 0 })
    kept.diff({ U: 1, u: 1, pu: 0, b: [], a: [] }, 0)
    const [bids, asks] = [
      [
        ['9.0', '10'],
        ['8.0', '10'],
      ],
      [
        ['10.0', '1'],
        ['11.0', '2'],
      ],
    ] as const
    kept.snapshot({ requestId: 1, lastUpdateId: 1, bids, asks }, 0)
    const shown = shownBook({ symbol: 'X', book: kept, atMs: 0, levels: 2, bar: undefined })
    const rows = ladderText(shown, PLAIN).split('\n').slice(3, 8)
    expect(rows.map((row) => row.replaceAll(/\s+/g, ' ').replace(/ =+$/, ''))).toEqual([
      'ask 11.0 2 22 32',
      'ask 10.0 1 10 10',
      '--- mid 9.5 spread 1052.632 bps',
      'bid 9.0 10 90 90',
      'bid 8.0 10 80 170',
    ])
  })

  it('says of a book that is not known that it is not, and shows no level', () => {
    const shown = shownBook({ symbol: 'X', book: undefined, atMs: undefined, levels: 5, bar: undefined })
    expect(ladderText(shown, PLAIN)).toBe('X  no time yet\n\nThe book is not known at this time.\n')
  })
})
