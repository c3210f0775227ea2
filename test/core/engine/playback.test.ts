import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DayColumns } from '../../../src/ports/days.js'
import { type Market, marketOf, marketShape, type Playback, play, runText } from '../../support/markets.js'

const bar = fc.nat(450)
const modes = fc.constantFrom<'bulk' | 'rows'>('bulk', 'rows')

describe('however its bars come, a run is the same: every record, every random draw, the whole final state', () => {
  const playbacks: readonly (readonly [string, fc.Arbitrary<Playback>])[] = [
    ['row by row', fc.constant({ mode: 'rows' as const })],
    ['in pieces', fc.record({ stops: fc.array(bar, { maxLength: 12 }) })],
    [
      'restored from JSON once, at any bar',
      fc.record({ mode: modes, restoreAt: fc.array(bar, { minLength: 1, maxLength: 1 }) }),
    ],
    ['restored many times', fc.record({ mode: modes, restoreAt: fc.array(bar, { minLength: 1, maxLength: 20 }) })],
    [
      'restored into the other mode',
      fc.record({ mode: modes, restoreAt: fc.array(bar, { minLength: 1, maxLength: 5 }), modeAfterRestore: modes }),
    ],
  ]

  test.each(playbacks)('a run is the same however its bars come: %s', (_, playback) => {
    let trades = 0
    fc.assert(
      fc.property(marketShape, playback, (shape, how) => {
        const played = marketOf(shape)
        const expected = play(played)
        trades += expected.trades.length
        expect(runText(play(played, how))).toBe(runText(expected))
      }),
      { numRuns: 150 },
    )
    expect(trades).toBeGreaterThan(150)
  })

  test('a run that is restored before every single bar is the same', () => {
    const everyBar = Array.from({ length: 450 }, (_, i) => i)
    fc.assert(
      fc.property(marketShape, modes, (shape, mode) => {
        const played = marketOf(shape)
        expect(runText(play(played, { mode, restoreAt: everyBar }))).toBe(runText(play(played)))
      }),
      { numRuns: 8 },
    )
  })
})

describe('the universe', () => {
  test('an asset without a price changes nothing but the list of assets', () => {
    fc.assert(
      fc.property(
        marketShape,
        fc.nat(3),
        fc.constantFrom(Number.NaN, 0, -5, Number.POSITIVE_INFINITY),
        (shape, at, nothing) => {
          const plain = marketOf(shape)
          const more = mapDays(plain, (columns) => {
            const silent = new Float64Array(columns.bars).fill(nothing)
            const place = Math.min(at, columns.assets.length)
            return {
              ...columns,
              assets: columns.assets.toSpliced(place, 0, 'SILENTUSDT'),
              prices: columns.prices.toSpliced(place, 0, silent),
            }
          })
          expect(decided(play(more))).toEqual(decided(play(plain)))
        },
      ),
      { numRuns: 100 },
    )
  })

  test('the order of columns changes nothing while no two assets tie', () => {
    let entries = 0
    fc.assert(
      fc.property(marketShape, (shape) => {
        const plain = marketOf(shape)
        const reversed = mapDays(plain, (columns) => ({
          ...columns,
          assets: columns.assets.toReversed(),
          prices: columns.prices.toReversed(),
        }))
        const expected = decided(play(plain))
        entries += expected.trades.length
        expect(decided(play(reversed))).toEqual(expected)
      }),
      { numRuns: 100 },
    )
    expect(entries).toBeGreaterThan(100)
  })

  test('of two assets with the same prices the first column is traded', () => {
    fc.assert(
      fc.property(marketShape, (shape) => {
        const parameters = { ...shape.parameters, use_asset_selection: true }
        const plain = marketOf({ ...shape, orderBook: false, parameters })
        const doubled = mapDays(plain, (columns) => ({
          ...columns,
          assets: columns.assets.flatMap((asset) => [asset, `${asset}2`]),
          prices: columns.prices.flatMap((prices) => [prices, prices]),
        }))
        expect(decided(play(doubled))).toEqual(decided(play(plain)))
      }),
      { numRuns: 60 },
    )
  })
})

function mapDays(plain: Market, map: (columns: DayColumns) => DayColumns): Market {
  return { ...plain, days: plain.days.map((day) => ({ ...day, columns: map(day.columns) })) }
}

/** All that was decided, without the universe that it was decided in. */
function decided({ trades, days, openPosition, snapshot }: ReturnType<typeof play>) {
  const { capital, velDivs, feedback, rng } = snapshot
  return { trades, days, openPosition, capital, velDivs, feedback, rng }
}
