import type { Enclosure } from './exact/exact-leading-pair.js'
import { fixed, toNumber } from './exact/fixed-point.js'

/** Whether some threshold is not farther from `velDiv` than `bound`, so that the verdict is open. */
export function isOpen(velDiv: number, bound: number): boolean {
  return THRESHOLDS.some(({ value }) => !(Math.abs(velDiv - value) > bound) && !Number.isNaN(velDiv))
}

/**
 * Every `vel_div` the engine compares with, and on which side of the verdict the threshold itself lies: `< t` and `>= t`
 * split the numbers below t from the rest, `<= t` and `> t` those above.
 * Source: champion thresholds, buckets and regimes of the engine (system bible §4, §6; the scan definition).
 */
const THRESHOLDS: readonly { readonly value: number; readonly belongs: 'above' | 'below' }[] = [
  { value: -0.075, belongs: 'below' },
  { value: -0.05, belongs: 'below' },
  { value: -0.035, belongs: 'below' },
  { value: -0.02, belongs: 'above' },
  { value: 0.01, belongs: 'below' },
  { value: 0.02, belongs: 'above' },
  { value: 0.025, belongs: 'above' },
  { value: 0.04, belongs: 'above' },
  { value: 0.06, belongs: 'above' },
]

/**
 * The float64 nearest to the exact value among those that get the exact value's verdict from every threshold. An
 * enclosure that still holds a threshold (it is narrower than 2^−450) counts as a tie and gives the threshold.
 */
export function storedVelDiv({ low, high }: Enclosure): number {
  const nearest = toNumber((low + high) >> 1n)
  for (const { value, belongs } of THRESHOLDS) {
    const threshold = fixed(value)
    if (low <= threshold && threshold <= high) return value
    if (nearest !== value) continue
    if (belongs === 'above' && high < threshold) return neighbour(value, -1)
    if (belongs === 'below' && low > threshold) return neighbour(value, 1)
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
