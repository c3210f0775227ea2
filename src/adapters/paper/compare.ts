import { type DecimalText, Exact } from '../../base/exact.js'

/**
 * Negative, zero or positive as `a` is below, equal to or above `b`; exact. The nearest doubles keep the order of the
 * decimals, so exact decimals are needed only where the doubles tie: 0.1 µs instead of 1 µs.
 */
export function compare(a: DecimalText, b: DecimalText): number {
  const difference = Number(a) - Number(b)
  if (difference !== 0 || a === b) return difference
  return new Exact(a).cmp(b)
}
