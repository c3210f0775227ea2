import type { Direction } from '../../ports/vocabulary/market.js'
import type { Bucket, DirectionConfirmation } from '../../ports/vocabulary/trades.js'
import type { ChampionParameters } from '../engine/parameters.js'

/**
 * One direction's reading of `vel_div`, as positive depth beyond the threshold: every comparison and constant that
 * depends on the direction, resolved once. Constants are the source's literals (0.03, not −0.02 + 0.05, which rounds
 * differently); a research run with other thresholds derives them.
 */
export interface SignalShape {
  readonly direction: Direction
  readonly threshold: number
  readonly extreme: number
  readonly extremeBucket: number
  readonly moderateBucket: number
  /** |extreme − threshold|. */
  readonly span: number
}

export function signalShape(parameters: ChampionParameters, direction: Direction): SignalShape {
  if (direction === 1) return { direction, ...LONG, span: 0.03 }
  const { vel_div_threshold: threshold, vel_div_extreme: extreme } = parameters
  if (threshold === -0.02 && extreme === -0.05) {
    return { direction, threshold, extreme, extremeBucket: -0.075, moderateBucket: -0.035, span: 0.03 }
  }
  return {
    direction,
    threshold,
    extreme,
    extremeBucket: extreme * 1.5,
    moderateBucket: (threshold + extreme) / 2,
    span: threshold - extreme,
  }
}

/** The LONG side of the signal, mirrored on its own thresholds. Source: system bible §4.1; not champion parameters. */
const LONG = Object.freeze({ threshold: 0.01, extreme: 0.04, extremeBucket: 0.06, moderateBucket: 0.025 })

/** Whether `velDiv` opens the entry gate (strict; a non-finite signal never does). Section 5.2. */
export function gateOpen(shape: SignalShape, velDiv: number): boolean {
  return shape.direction === -1 ? velDiv < shape.threshold : velDiv > shape.threshold
}

export function isExtreme(shape: SignalShape, velDiv: number): boolean {
  return shape.direction === -1 ? velDiv <= shape.extreme : velDiv >= shape.extreme
}

/** Depth of `velDiv` beyond the threshold over the span, 0 … 1; 0 for a signal that is not finite. */
export function depth(shape: SignalShape, velDiv: number): number {
  if (!Number.isFinite(velDiv)) return 0
  const beyond = shape.direction === -1 ? shape.threshold - velDiv : velDiv - shape.threshold
  return Math.min(Math.max(beyond / shape.span, 0), 1)
}

/** Sizing strength, 0 … 1: the depth, saturated at the extreme (where division may round below 1). Section 7.1. */
export function strength(shape: SignalShape, velDiv: number): number {
  return isExtreme(shape, velDiv) ? 1 : depth(shape, velDiv)
}

/** Section 5.5, 0.50 … 0.90. */
export function confidence(shape: SignalShape, velDiv: number): number {
  return 0.5 + 0.4 * depth(shape, velDiv)
}

/** Section 7.3. */
export function bucket(shape: SignalShape, velDiv: number): Bucket {
  if (shape.direction === -1) {
    if (velDiv <= shape.extremeBucket) return 0
    if (velDiv <= shape.extreme) return 1
    return velDiv <= shape.moderateBucket ? 2 : 3
  }
  if (velDiv >= shape.extremeBucket) return 0
  if (velDiv >= shape.extreme) return 1
  return velDiv >= shape.moderateBucket ? 2 : 3
}

/**
 * Whether the asset's own price confirms the direction over the lookback. Section 5.4.
 * `first` and `last` are the prices `lookback` bars ago and now; `undefined` first: too short a history.
 */
export function directionConfirmation(
  direction: Direction,
  first: number | undefined,
  last: number,
  minMagnitudeBps: number,
): DirectionConfirmation {
  if (first === undefined) return 'NEUTRAL'
  const changeBps = ((last - first) / first) * 10000
  if (direction * changeBps > minMagnitudeBps) return 'CONFIRM'
  if (direction * changeBps < -minMagnitudeBps) return 'CONTRADICT'
  return 'NEUTRAL'
}
