import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BookSide } from '../../../src/core/orderbook/book-side.js'
import { FIGURES, type Figures, writeSample } from '../../../src/core/orderbook/sample.js'

type Level = readonly [ticks: number, lots: number]

function sampleOf(bids: readonly Level[], asks: readonly Level[], bandPpm = 10_000): Figures {
  const sides = { bids: new BookSide('bids'), asks: new BookSide('asks') }
  for (const [ticks, lots] of bids) sides.bids.set(ticks, lots)
  for (const [ticks, lots] of asks) sides.asks.set(ticks, lots)
  const columns = new Float64Array(FIGURES.length)
  const book = { ...sides, isLive: true, updateId: 1, bandPpm, priceDecimals: 2, quantityDecimals: 3 }
  expect(writeSample(book, columns)).toBe(true)
  return Object.fromEntries(FIGURES.map((figure, i) => [figure, columns[i]])) as unknown as Figures
}

const side = (min: number, max: number) =>
  fc.uniqueArray(fc.tuple(fc.integer({ min, max }), fc.integer({ min: 1, max: 10_000 })), {
    selector: ([ticks]) => ticks,
    minLength: 1,
    maxLength: 30,
  })
const bids = side(9_800, 10_000)
const asks = side(10_001, 10_200)
const scaled = (levels: readonly Level[], by: number) => levels.map(([ticks, lots]): Level => [ticks, lots * by])

describe('a sample', () => {
  it('of quantities that are all multiplied has its USD multiplied, and nothing else changed', () => {
    fc.assert(
      fc.property(bids, asks, fc.integer({ min: 2, max: 1_000 }), (b, a, by) => {
        const one = sampleOf(b, a)
        const many = sampleOf(scaled(b, by), scaled(a, by))
        for (const figure of FIGURES) {
          const factor = figure.endsWith('Usd') ? by : 1
          expect(many[figure]).toBeCloseTo(one[figure] * factor, 6)
        }
      }),
    )
  })

  it('of a book seen in a mirror has the mirror image of its figures', () => {
    const mirrored = (levels: readonly Level[]) => levels.map(([ticks, lots]): Level => [20_001 - ticks, lots])
    fc.assert(
      fc.property(bids, asks, (b, a) => {
        const one = sampleOf(b, a)
        const other = sampleOf(mirrored(a), mirrored(b))
        expect(other.mid).toBeCloseTo(200.01 - one.mid, 9)
        expect(other.weightedMid).toBeCloseTo(200.01 - one.weightedMid, 9)
        expect(Math.sign(other.spreadBps)).toBe(1)
      }),
    )
  })

  it('counts the levels that are exactly at its band, and none beyond, at any size of prices', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_000_000_000 }), fc.integer({ min: 1, max: 10_000 }), (size, bandPpm) => {
        // Mid is 10^6 · size / 2 ticks and the band ends at bandPpm · size / 2 from it.
        const mid2 = 1_000_000 * size
        const at = Math.floor((mid2 - bandPpm * size + 1) / 2)
        fc.pre(at >= 2 && at < Math.ceil(mid2 / 2) - 1 && mid2 % 2 === 0)
        const bid = mid2 / 2 - 1
        const ask = mid2 / 2 + 1
        fc.pre(2 * (ask - bid) <= 2 * bandPpm * size && at < bid)
        const inside = sampleOf(
          [
            [bid, 1],
            [at, 1],
          ],
          [[ask, 1]],
          bandPpm,
        )
        const outside = sampleOf(
          [
            [bid, 1],
            [at - 1, 1],
          ],
          [[ask, 1]],
          bandPpm,
        )
        const [quotes, withEdge] = [mid2 / 1e5, (mid2 + at) / 1e5]
        expect(inside.depthUsd / withEdge).toBeCloseTo(1, 9)
        expect(outside.depthUsd / quotes).toBeCloseTo(1, 9)
      }),
    )
  })
})
