import { assert } from '../../../base/assert.js'

/**
 * Holm's p-values of a family of tests, in their order: with all below `alpha` taken as significant, the chance that any of them is
 * so by accident is at most `alpha`, however the tests depend on each other. None is below its own p-value, and their order stays.
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  assert(
    pValues.every((p) => p >= 0 && p <= 1),
    'p-values are numbers between 0 and 1',
  )
  const adjusted = pValues.map(() => 0)
  const order = [...pValues.keys()].sort((one, other) => pValues[one]! - pValues[other]!)
  let highest = 0
  for (const [rank, index] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (pValues.length - rank) * pValues[index]!))
    adjusted[index] = highest
  }
  return adjusted
}
