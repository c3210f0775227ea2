import { assert } from '../../base/assert.js'
import { type Dyadic, dyadic } from './dyadic.js'

/**
 * Whether the population standard deviation of the simple returns between successive prices exceeds `threshold`, decided
 * on the exact rationals: an exact tie is false. `prices` are at least two positive finite numbers; `threshold` ≥ 0, finite.
 *
 * With q = p[i]/p[i−1], a return is q − 1 and the deviation that of the q, so `n·Σq² − (Σq)² > n²·threshold²` decides.
 * Over one common denominator, the product of the *distinct* odd mantissas that divide, the q become integers and the
 * powers of two plain shifts; so repeated prices cost nothing, and no greatest common divisor is ever taken.
 */
export function exactDeviationExceeds(prices: Float64Array, threshold: number): boolean {
  assert(prices.length >= 2, 'there is a return to measure')
  assert(threshold >= 0 && threshold < Number.POSITIVE_INFINITY, 'the threshold is finite and not negative')
  const parts = Array.from(prices, dyadic)
  const { cofactors, denominator } = commonDenominator(parts)

  const shifts = parts.slice(1).map((part, i) => part.exponent - parts[i]!.exponent)
  const leastShift = Math.min(...shifts)
  let sum = 0n
  let squares = 0n
  for (const [i, shift] of shifts.entries()) {
    const scaled = (parts[i + 1]!.mantissa * cofactors.get(parts[i]!.mantissa)!) << BigInt(shift - leastShift)
    sum += scaled
    squares += scaled * scaled
  }
  const count = BigInt(shifts.length)
  const spread = count * squares - sum * sum
  if (threshold === 0) return spread > 0n

  const limit = dyadic(threshold)
  const limitScaled = count * limit.mantissa * denominator
  const exponentOver = 2 * (leastShift - limit.exponent)
  return exponentOver >= 0
    ? spread << BigInt(exponentOver) > limitScaled * limitScaled
    : spread > (limitScaled * limitScaled) << BigInt(-exponentOver)
}

/** The product of the distinct dividing mantissas, and for each of them the product of all the others. */
function commonDenominator(parts: readonly Dyadic[]): {
  readonly cofactors: ReadonlyMap<bigint, bigint>
  readonly denominator: bigint
} {
  const distinct = [...new Set(parts.slice(0, -1).map((part) => part.mantissa))]
  const before = [1n]
  for (const mantissa of distinct) before.push(before.at(-1)! * mantissa)
  const cofactors = new Map<bigint, bigint>()
  let after = 1n
  for (let i = distinct.length - 1; i >= 0; i--) {
    cofactors.set(distinct[i]!, before[i]! * after)
    after *= distinct[i]!
  }
  return { cofactors, denominator: after }
}
