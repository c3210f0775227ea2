import { holmAdjusted } from '../statistics/holm.js'
import { type BasisMinutes, basis } from './basis.js'
import {
  absorption,
  type CountedCascade,
  fundingSettlement,
  manipulation,
  oiConcentration,
  sequencing,
  waveStructure,
} from './cascade-hypotheses.js'
import { crossAsset, type ObservedMarkets } from './cross-asset.js'
import { fundingLead, type TwoVenues } from './funding-lead.js'
import { independentEvents } from './independent-events.js'
import { judged, type TestedHypothesis, type ValidationResult } from './validation-result.js'

export interface HypothesisData {
  readonly cascades: readonly CountedCascade[]
  readonly observed: ObservedMarkets
  /** By coin; absent: no spot prices were recorded. */
  readonly basis?: ReadonlyMap<string, BasisMinutes>
  /** Absent: one venue alone was recorded. */
  readonly funding?: TwoVenues
  /** Whether thresholds of groups are chosen on the first 60 % of the cascades, and the rest alone is counted. */
  readonly calibrate?: boolean
}

/**
 * Tests the nine hypotheses as one family: what is `VALIDATED` is so after Holm's correction over those that have a p-value. Cascades
 * that overlap count once.
 */
export function validateHypotheses({ cascades, observed, calibrate = false, ...feeds }: HypothesisData): Validation {
  const events = independentEvents(cascades)
  const results = judgedTogether([
    waveStructure(events),
    absorption(events),
    oiConcentration(events, { calibrate }),
    fundingSettlement(events),
    crossAsset(events, observed),
    manipulation(events, { calibrate }),
    basis(events, feeds.basis),
    sequencing(events, { calibrate }),
    fundingLead(feeds.funding),
  ])
  return { cascades: cascades.length, countedCascades: events.length, results }
}

export interface Validation {
  readonly cascades: number
  /** Without those that overlap another one. */
  readonly countedCascades: number
  readonly results: readonly ValidationResult[]
}

/** Results of hypotheses that were tested together, in their order. */
export function judgedTogether(tested: readonly TestedHypothesis[]): ValidationResult[] {
  const withP = tested.flatMap(({ counts }, index) => (counts === undefined ? [] : [{ index, p: counts.pValue }]))
  const adjusted = holmAdjusted(withP.map(({ p }) => p))
  const byIndex = new Map(withP.map(({ index }, i) => [index, adjusted[i]!]))
  return tested.map((one, index) => judged(one, byIndex.get(index)))
}
