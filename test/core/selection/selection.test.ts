import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adjustedArs, passesDepthGate } from '../../../src/core/orderbook/orderbook.js'
import type { SegmentProfiles } from '../../../src/core/selection/impulse-response.js'
import { scalarProfiles } from '../../../src/core/selection/impulse-response.js'
import type { RankingRules } from '../../../src/core/selection/selection.js'
import { pickAsset, rankAssets, walk } from '../../../src/core/selection/selection.js'
import { simdProfiles } from '../../../src/core/selection/simd-profiles.js'
import type { AssetBook } from '../../../src/ports/order-book.js'
import type { Direction } from '../../../src/ports/vocabulary/market.js'
import { closeTo, goldenUnit } from '../../support/golden.js'
import { computeSegments, segment } from '../../support/segments.js'

interface Case {
  readonly direction: Direction
  readonly order_book: boolean
  readonly assets: readonly string[]
  readonly depth_quality: readonly (number | null)[]
  readonly has_price: readonly boolean[]
  readonly prices: readonly (readonly number[])[]
  readonly ranking: readonly { asset: string; kept: Direction; ars: number; ars_adjusted: number }[]
  readonly pick: string | null
}

const { cases } = goldenUnit<{ readonly cases: readonly Case[] }>('irp-rank')
const KERNELS: readonly [string, (capacity: number) => SegmentProfiles][] = [
  ['scalar', scalarProfiles],
  ['SIMD', simdProfiles],
]

describe.each(KERNELS)('with the %s kernel', (_, kernel) => {
  test(`golden: the ranking of ${cases.length} universes`, () => {
    for (const universe of cases) {
      const profiles = kernel(universe.assets.length)
      computeSegments(profiles, universe.prices, false)
      const ranked = rankAssets(profiles, universe.assets.length, rulesOf(universe))
      expect(ranked.map((asset) => [universe.assets[asset.segment], asset.kept])).toEqual(
        universe.ranking.map((asset) => [asset.asset, asset.kept]),
      )
      ranked.forEach((asset, i) => {
        expect(closeTo(asset.response.ars, universe.ranking[i]!.ars)).toBe(true)
        expect(closeTo(asset.arsAdjusted, universe.ranking[i]!.ars_adjusted)).toBe(true)
      })
    }
  })

  test('golden: the walk picks the first that may be traded, and pickAsset finds it without ranking', () => {
    for (const universe of cases) {
      const profiles = kernel(universe.assets.length)
      computeSegments(profiles, universe.prices, false)
      const rules = rulesOf(universe)
      const walked = walk(rankAssets(profiles, universe.assets.length, rules), rules)
      const picked = pickAsset(profiles, universe.assets.length, rules)
      expect(walked === undefined ? null : universe.assets[walked.segment]).toBe(universe.pick)
      expect(picked === undefined ? null : universe.assets[picked.segment]).toBe(universe.pick)
    }
  })

  test('pickAsset is walk(rankAssets) on any segments, order book, price mask and threshold', () => {
    const inputs = fc.record({
      segments: fc.array(segment, { maxLength: 9 }),
      direction: fc.constantFrom<Direction>(-1, 1),
      relative: fc.boolean(),
      minAlignment: fc.constantFrom(0.45, 0.2, 0.1, 0, 0.6),
      unpickable: fc.uniqueArray(fc.nat(8)),
      factors: fc.option(fc.array(fc.constantFrom(0.9, 0.95, 1, 1.05, 1.1), { minLength: 9, maxLength: 9 })),
      spare: fc.nat(3),
    })
    let picks = 0
    fc.assert(
      fc.property(inputs, ({ segments, direction, relative, minAlignment, unpickable, factors, spare }) => {
        const profiles = kernel(segments.length + spare)
        computeSegments(profiles, segments, relative)
        const rules: RankingRules = {
          direction,
          relative,
          minAlignment,
          pickable: (index) => !unpickable.includes(index),
          ...(factors === null ? {} : { adjust: (ars, index) => ars + Math.abs(ars) * (factors[index]! - 1) }),
        }
        const walked = walk(rankAssets(profiles, segments.length, rules), rules)
        const picked = pickAsset(profiles, segments.length, rules)
        expect(picked).toEqual(
          walked && {
            segment: walked.segment,
            ars: walked.response.ars,
            arsAdjusted: walked.arsAdjusted,
            alignment: walked.response.alignment,
          },
        )
        if (picked !== undefined) picks++
      }),
      { numRuns: 2000 },
    )
    expect(picks).toBeGreaterThan(100)
  })
})

describe('which asset is picked', () => {
  // Straight lines: the steeper, the higher the score.
  const rising = (gain: number) => Array.from({ length: 50 }, (_, i) => 100 + i * gain)
  const flat = Array.from({ length: 50 }, () => 100)
  const late = [...Array.from({ length: 22 }, () => 100), ...rising(0.01).slice(0, 28)]
  const jagged = rising(0.01).map((price, i) => (i % 2 === 0 ? price : price - 0.02))
  const wild = rising(1).map((price, i) => price + (i % 2 === 0 ? 100 : 0))

  test.each<[string, Direction, number[][], number[], number | undefined]>([
    ['the higher score wins', 1, [rising(0.01), rising(0.02)], [], 1],
    ['of two equal scores the first column wins', 1, [rising(0.01), rising(0.01)], [], 0],
    ['one that cannot be picked gives way to the next', 1, [rising(0.01), rising(0.02)], [1], 0],
    ['a rise is nothing for a short regime', -1, [rising(0.01)], [], undefined],
    ['a flat segment has no alignment', 1, [flat], [], undefined],
    ['an impulse later than 20 bars is out', 1, [late], [], undefined],
    ['noise above 500 is out', 1, [wild], [], undefined],
    ['an alignment of 24/49 passes 0.45', 1, [jagged], [], 0],
  ])('%s', (_, direction, segments, unpickable, expected) => {
    for (const [, kernel] of KERNELS) {
      const profiles = kernel(segments.length)
      computeSegments(profiles, segments, false)
      const rules: RankingRules = {
        direction,
        relative: false,
        minAlignment: 0.45,
        pickable: (index) => !unpickable.includes(index),
      }
      expect(pickAsset(profiles, segments.length, rules)?.segment).toBe(expected)
      expect(walk(rankAssets(profiles, segments.length, rules), rules)?.segment).toBe(expected)
    }
  })
})

function rulesOf(universe: Case): RankingRules {
  const book = (index: number): AssetBook | undefined => {
    const depthQuality = universe.depth_quality[index] ?? null
    if (!universe.order_book || depthQuality === null) return undefined
    return { imbalanceMa5: 0, persistence: 0, withdrawalVelocity: 0, depthQuality, fillProbability: 0 }
  }
  return {
    direction: universe.direction,
    relative: false,
    minAlignment: 0.45,
    ...(universe.order_book ? { adjust: (ars: number, index: number) => adjustedArs(ars, book(index)) } : {}),
    pickable: (index) => universe.has_price[index]! && passesDepthGate(book(index)),
  }
}
