import fc from 'fast-check'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import type { SegmentProfiles } from '../../src/core/selection/impulse-response.js'
import { SEGMENT_PRICES } from '../../src/core/selection/impulse-response.js'

/** Writes segments side by side into the profiles' rows and computes them. */
export function computeSegments(
  profiles: SegmentProfiles,
  segments: readonly ArrayLike<number>[],
  relative: boolean,
  firstRow = 0,
): void {
  segments.forEach((prices, segment) => {
    for (let i = 0; i < SEGMENT_PRICES; i++) profiles.prices[(firstRow + i) * profiles.width + segment] = prices[i]!
  })
  profiles.compute(firstRow, segments.length, relative)
}

/**
 * Fifty prices of one asset: ticks that tie, tiny and huge levels, flats, monotone runs, late impulses, heavy tails.
 * Every kind comes often, since each meets another filter of the selection.
 */
export const segment: fc.Arbitrary<Float64Array> = fc
  .record({
    seed: fc.nat(0xffffffff),
    level: fc.constantFrom<number>(1, 100, 1e-5, 1e-300, 1e300, 67_000),
    tick: fc.constantFrom(0, 0.01, 0.001),
    drift: fc.constantFrom(0, 0.3, -0.3, 1, -1, 2),
    stillBars: fc.constantFrom(0, 0, 0, 5, 19, 20, 21, 49),
    alternating: fc.boolean(),
  })
  .map(({ seed, level, tick, drift, stillBars, alternating }) => {
    const rng = new Xoshiro128(seed)
    let price = level
    return Float64Array.from({ length: SEGMENT_PRICES }, (_, i) => {
      if (i > stillBars) {
        const step = alternating ? (i % 2 === 0 ? 1 : -1) : rng.between(-1, 1)
        price = Math.max(price * (1 + 0.001 * (step + drift)), Number.MIN_VALUE)
      }
      return tick === 0 ? price : Math.max(Math.round(price / (level * tick)) * (level * tick), Number.MIN_VALUE)
    })
  })
