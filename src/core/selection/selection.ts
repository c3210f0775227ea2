import type { Direction } from '../../ports/vocabulary/market.js'
import type { ImpulseResponse, SegmentProfiles } from './impulse-response.js'
import { alignmentOf, excursion, impulseResponse, latencyOf, rankingScore } from './impulse-response.js'

export interface RankedAsset {
  /** Segment number in the profiles. */
  readonly segment: number
  /** The direction with the higher score; the regime's own on a tie. */
  readonly kept: Direction
  readonly response: ImpulseResponse
  readonly arsAdjusted: number
}

export interface RankingRules {
  readonly direction: Direction
  readonly relative: boolean
  readonly minAlignment: number
  /** The order book's adjustment of a segment's score; the score itself without one. */
  readonly adjust?: (ars: number, segment: number) => number
  /** Whether a segment may be picked: it has a price at this bar and its book is deep enough. */
  readonly pickable: (segment: number) => boolean
}

/**
 * The complete ranking: filtered, highest adjusted score first, ties in segment order. Section 6.
 * `pickAsset` finds the same winner without it.
 */
export function rankAssets(profiles: SegmentProfiles, segments: number, rules: RankingRules): RankedAsset[] {
  const ranked: RankedAsset[] = []
  for (let segment = 0; segment < segments; segment++) {
    const direct = impulseResponse(profiles, segment, rules.direction, rules.relative)
    const inverse = impulseResponse(profiles, segment, -rules.direction as Direction, rules.relative)
    const keepDirect = direct.ars >= inverse.ars
    const response = keepDirect ? direct : inverse
    if (!(response.noise <= MAX_NOISE) || response.latency > MAX_LATENCY || response.alignment < MIN_ALIGNMENT) continue
    const kept = keepDirect ? rules.direction : (-rules.direction as Direction)
    ranked.push({ segment, kept, response, arsAdjusted: rules.adjust?.(response.ars, segment) ?? response.ars })
  }
  return ranked.sort((a, b) => b.arsAdjusted - a.arsAdjusted || a.segment - b.segment)
}

/** Filters on the kept direction's metrics. Source: system bible §5.4. */
const MAX_NOISE = 500
const MAX_LATENCY = 20
const MIN_ALIGNMENT = 0.2

/** The first of a ranking that the walk accepts. */
export function walk(ranking: readonly RankedAsset[], rules: RankingRules): RankedAsset | undefined {
  return ranking.find(
    ({ segment, kept, response }) =>
      response.alignment >= rules.minAlignment && kept === rules.direction && rules.pickable(segment),
  )
}

export interface Pick {
  readonly segment: number
  readonly ars: number
  readonly arsAdjusted: number
  readonly alignment: number
}

/**
 * The asset that `walk(rankAssets(…))` picks, found as the best of the acceptable ones: no sort, no objects, and the
 * costly parts (logarithms, latency) only for segments that can still win.
 */
export function pickAsset(profiles: SegmentProfiles, segments: number, rules: RankingRules): Pick | undefined {
  const { direction, relative, adjust } = rules
  const inverseDirection = -direction as Direction
  const minAlignment = Math.max(rules.minAlignment, MIN_ALIGNMENT)
  let best = -1
  let bestArs = 0
  let bestAdjusted = 0
  for (let segment = 0; segment < segments; segment++) {
    const noise = profiles.noise[segment]!
    if (!(noise <= MAX_NOISE)) continue
    const alignment = alignmentOf(profiles, segment, direction)
    if (alignment < minAlignment) continue

    const mfe = excursion(profiles, segment, direction)
    const mae = excursion(profiles, segment, inverseDirection)
    const ars = rankingScore(mfe / (mae + 1e-6), alignment, noise)
    const adjusted = adjust === undefined ? ars : adjust(ars, segment)
    if (best >= 0 && !(adjusted > bestAdjusted)) continue
    const inverseAlignment = alignmentOf(profiles, segment, inverseDirection)
    // Both scores rise with excursion ratio and alignment, so the inverse can only win by one of them.
    if (mfe < mae || alignment < inverseAlignment) {
      if (rankingScore(mae / (mfe + 1e-6), inverseAlignment, noise) > ars) continue
    }
    if (latencyOf(profiles, segment, direction, relative) > MAX_LATENCY) continue
    if (!rules.pickable(segment)) continue
    best = segment
    bestArs = ars
    bestAdjusted = adjusted
  }
  if (best < 0) return undefined
  return {
    segment: best,
    ars: bestArs,
    arsAdjusted: bestAdjusted,
    alignment: alignmentOf(profiles, best, direction),
  }
}
