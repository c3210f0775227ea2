import { unreachable } from '../../base/assert.js'
import type { RegimeReading } from '../../ports/vocabulary/observation.js'
import { rangeRatio } from './regime.js'

/** How a market behaves, in the words of the execution harness. Source: spec, execution harness, amendments. */
export type RegimeBehavior =
  | 'TRENDING_NORMAL_VOL'
  | 'TRENDING_HIGH_VOL'
  | 'MEAN_REVERTING_LOW_VOL'
  | 'MEAN_REVERTING_HIGH_VOL'
  | RegimeEvent
  | 'UNDEFINED'

/** What only a calendar of events or the operator can say. */
export type RegimeEvent = 'EVENT_DOMINANT' | 'EVENT_LOCK'

export type RegimeBias = 'BULLISH' | 'BEARISH' | 'NEUTRAL'

export interface RegimeState {
  readonly behavior: RegimeBehavior
  readonly bias: RegimeBias
  /** Share of the last hundred scans whose data were good, 0 … 1; 0 without a scan. */
  readonly confidence: number
  /** The posture has not changed for five updates. */
  readonly isStable: boolean
}

export interface RegimeStateInputs {
  readonly regime: RegimeReading
  /** The latest last. */
  readonly scans: readonly { readonly velDiv: number; readonly dataQuality: number }[]
  /** Of each update, the latest last. */
  readonly postures: readonly string[]
  /** Of a calendar or the operator: it stands for whatever the figures say. */
  readonly event?: RegimeEvent | undefined
}

const SCANS = 100
const GOOD_DATA_MIN = 0.9
const NEUTRAL_BELOW = 0.002
const STABLE_UPDATES = 5
const HIGH_VOL_RANGE_RATIO = 1.5

/** What the harness is told of the regime. Source: spec, "Harness inputs" and "Analysis: regime". */
export function regimeStateOf({ regime, scans, postures, event }: RegimeStateInputs): RegimeState {
  const last = scans.slice(-SCANS)
  return {
    behavior: event ?? behaviorOf(regime),
    bias: biasOf(last.map(({ velDiv }) => velDiv)),
    confidence:
      last.length === 0 ? 0 : last.filter(({ dataQuality }) => dataQuality >= GOOD_DATA_MIN).length / last.length,
    isStable: isStable(postures),
  }
}

function behaviorOf({ regime, metrics }: RegimeReading): RegimeBehavior {
  switch (regime) {
    case 'TRENDING':
      return (rangeRatio(metrics) ?? 0) < HIGH_VOL_RANGE_RATIO ? 'TRENDING_NORMAL_VOL' : 'TRENDING_HIGH_VOL'
    case 'RANGING':
      return 'MEAN_REVERTING_LOW_VOL'
    case 'VOLATILE':
      return 'MEAN_REVERTING_HIGH_VOL'
    case 'UNKNOWN':
      return 'UNDEFINED'
    default:
      return unreachable(regime)
  }
}

/** A mean that is not known is no direction. */
function biasOf(velDivs: readonly number[]): RegimeBias {
  const mean = velDivs.reduce((sum, velDiv) => sum + velDiv, 0) / velDivs.length
  if (mean >= NEUTRAL_BELOW) return 'BULLISH'
  return mean <= -NEUTRAL_BELOW ? 'BEARISH' : 'NEUTRAL'
}

function isStable(postures: readonly string[]): boolean {
  const last = postures.slice(-STABLE_UPDATES)
  return last.length === STABLE_UPDATES && last.every((posture) => posture === last[0])
}
