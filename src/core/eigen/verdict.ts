import type { Enclosure } from './exact/exact-leading-pair.js'
import { fixed, toNumber } from './exact/fixed-point.js'

/** Whether some threshold is not farther from `velDiv` than `bound`, so that the verdict is open. */
export function isOpen(velDiv: number, bound: number): boolean {
  return THRESHOLDS.some((value) => !(Math.abs(velDiv - value) > bound) && !Number.isNaN(velDiv))
}

/**
 * Every `vel_div` the engine compares with. Source: champion thresholds, buckets and regimes of the engine (system bible §4, §6;
 * the scan definition).
 */
const THRESHOLDS: readonly number[] = [-0.075, -0.05, -0.035, -0.02, 0.01, 0.02, 0.025, 0.04, 0.06]

/**
 * The float64 nearest to the exact value among those on the exact value's side of every threshold, so that `<` and `<=`
 * alike have its verdict: a rule may include a threshold that another one excludes (`vel_div <= -0.02` ends a LONG position,
 * `vel_div < -0.02` begins a SHORT one). An enclosure that still holds a threshold (it is narrower than 2^−450) counts as a tie
 * and gives the threshold.
 */
export function storedVelDiv({ low, high }: Enclosure): number {
  const nearest = toNumber((low + high) >> 1n)
  for (const value of THRESHOLDS) {
    const threshold = fixed(value)
    if (low <= threshold && threshold <= high) return value
    if (nearest === value) return neighbour(value, low > threshold ? 1 : -1)
  }
  return nearest
}

const FLOAT = new Float64Array(1)
const BITS = new BigInt64Array(FLOAT.buffer)

/** The float64 next to a non-zero one, up (1) or down (−1). */
function neighbour(value: number, direction: 1 | -1): number {
  FLOAT[0] = value
  BITS[0]! += BigInt(value > 0 ? direction : -direction)
  return FLOAT[0]!
}
