import type { GroupCount } from '../statistics/fisher.js'
import { differenceTest } from './difference-test.js'
import { calibrationSplit } from './independent-events.js'
import { rateTest } from './rate-test.js'
import type { TestedHypothesis } from './validation-result.js'

/** What a hypothesis needs to know of a labelled cascade. */
export interface CountedCascade {
  readonly coin: string
  readonly startTsMs: number
  readonly endTsMs: number
  /** A number, or its decimals as text. */
  readonly oiDropPct: number | string
  readonly waveCount: number
  readonly outcome?: 'REVERSAL' | 'CONTINUATION' | 'NEUTRAL'
}

/** A cascade has three to five waves. */
export function waveStructure(cascades: readonly CountedCascade[]): TestedHypothesis {
  const supporting = cascades.filter(({ waveCount }) => waveCount >= 3 && waveCount <= 5)
  return rateTest({
    hypothesisName: 'waveStructure',
    totalEvents: cascades.length,
    supportingEvents: supporting.length,
    baseRate: 0.5,
  })
}

/** A cascade is absorbed: of those after which the price moved, it moved back. A proxy: who absorbed is not observed. */
export function absorption(cascades: readonly CountedCascade[]): TestedHypothesis {
  const moved = cascades.filter(hasMoved)
  return rateTest({
    hypothesisName: 'absorption',
    proxy: true,
    totalEvents: moved.length,
    supportingEvents: moved.filter(({ outcome }) => outcome === 'REVERSAL').length,
    baseRate: 0.5,
  })
}

/** Cascades begin within half an hour of the times at which funding settles. Their share of the day is the base rate. */
export function fundingSettlement(cascades: readonly CountedCascade[]): TestedHypothesis {
  const supporting = cascades.filter(({ startTsMs }) => isNearSettlement(startTsMs))
  return rateTest({
    hypothesisName: 'fundingSettlement',
    totalEvents: cascades.length,
    supportingEvents: supporting.length,
    baseRate: SETTLEMENT_RATE,
    rateMin: 1.5 * SETTLEMENT_RATE,
  })
}

/** Within 30 minutes of 00:00, 08:00 or 16:00 UTC. */
export function isNearSettlement(ms: number): boolean {
  const sinceMs = ((ms % SETTLEMENT_MS) + SETTLEMENT_MS) % SETTLEMENT_MS
  return Math.min(sinceMs, SETTLEMENT_MS - sinceMs) <= NEAR_MS
}

const SETTLEMENT_MS = 8 * 3_600_000
const NEAR_MS = 30 * 60_000
const SETTLEMENT_RATE = (2 * NEAR_MS) / SETTLEMENT_MS

/**
 * Prices come back more often after cascades with a large drop of open interest. A proxy: how many hold the open interest is not
 * observed.
 */
export function oiConcentration(cascades: readonly CountedCascade[], options: GroupingOptions = {}): TestedHypothesis {
  return groupedTest(cascades, options, {
    hypothesisName: 'oiConcentration',
    outcome: 'REVERSAL',
    figure: ({ oiDropPct }) => Number(oiDropPct),
    threshold: 15,
    differenceMin: 0.15,
  })
}

/** Prices go on more often after cascades of more than two waves. A proxy: who pushed them is not observed. */
export function manipulation(cascades: readonly CountedCascade[], options: GroupingOptions = {}): TestedHypothesis {
  return groupedTest(cascades, options, {
    hypothesisName: 'manipulation',
    outcome: 'CONTINUATION',
    figure: ({ waveCount }) => waveCount,
    threshold: 3,
    differenceMin: 0.1,
  })
}

/** Prices come back more often after cascades of three waves and more. A proxy: the order of who was liquidated is not observed. */
export function sequencing(cascades: readonly CountedCascade[], options: GroupingOptions = {}): TestedHypothesis {
  return groupedTest(cascades, options, {
    hypothesisName: 'sequencing',
    outcome: 'REVERSAL',
    figure: ({ waveCount }) => waveCount,
    threshold: 3,
    differenceMin: 0.1,
  })
}

export interface GroupingOptions {
  /** Whether the threshold is chosen on the first 60 % of the cascades, and the rest alone is counted. */
  readonly calibrate?: boolean
}

interface Grouping {
  readonly hypothesisName: string
  readonly outcome: 'REVERSAL' | 'CONTINUATION'
  readonly figure: (cascade: CountedCascade) => number
  /** The first group has this much and more, unless it is calibrated. */
  readonly threshold: number
  readonly differenceMin: number
}

function groupedTest(
  cascades: readonly CountedCascade[],
  { calibrate = false }: GroupingOptions,
  grouping: Grouping,
): TestedHypothesis {
  const { hypothesisName, differenceMin } = grouping
  const moved = cascades.filter(hasMoved)
  const { calibration, reported } = calibrate ? calibrationSplit(moved) : { calibration: [], reported: moved }
  const chosen = calibrate ? chosenThreshold(calibration, grouping) : undefined
  const threshold = chosen ?? grouping.threshold
  return differenceTest({
    ...{ hypothesisName, proxy: true, differenceMin, calibratedThreshold: chosen },
    ...groupsOf(reported, grouping, threshold),
    details: { threshold, ...(calibrate ? { calibrationEvents: calibration.length } : {}) },
  })
}

/** The threshold with the largest difference of the groups, of those that leave some tenth in each; the lowest of equals. */
function chosenThreshold(events: readonly CountedCascade[], grouping: Grouping): number | undefined {
  const candidates = [...new Set(events.map(grouping.figure))].sort((a, b) => a - b)
  const sizeMin = Math.max(CALIBRATION_GROUP_MIN, events.length / 10)
  let best: { threshold: number; difference: number } | undefined
  for (const threshold of candidates) {
    const { first, second } = groupsOf(events, grouping, threshold)
    const [size, otherSize] = [first.supporting + first.others, second.supporting + second.others]
    if (Math.min(size, otherSize) < sizeMin) continue
    const difference = first.supporting / size - second.supporting / otherSize
    if (best === undefined || difference > best.difference) best = { threshold, difference }
  }
  return best?.threshold
}

const CALIBRATION_GROUP_MIN = 5

function groupsOf(
  events: readonly CountedCascade[],
  { figure, outcome }: Grouping,
  threshold: number,
): { first: GroupCount; second: GroupCount } {
  const counts = { first: { supporting: 0, others: 0 }, second: { supporting: 0, others: 0 } }
  for (const event of events)
    counts[figure(event) >= threshold ? 'first' : 'second'][event.outcome === outcome ? 'supporting' : 'others']++
  return counts
}

function hasMoved({ outcome }: CountedCascade): boolean {
  return outcome === 'REVERSAL' || outcome === 'CONTINUATION'
}
