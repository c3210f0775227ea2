import { dyadic } from '../../numeric/dyadic.js'
import { bitLength, FRACTION_BITS } from './fixed-point.js'

/** |{@link exactLogReturn} − ln(now/before)| is below this many units of 2^−576. */
export const EXACT_LOG_ERROR = 2n

/** Bits carried beyond the result: up to 120 terms of three truncations each stay below one unit. */
const GUARD = 32n
const WORKING = BigInt(FRACTION_BITS) + GUARD

/**
 * `ln(now / before)` of two positive finite prices in fixed point: prices are exact dyadic rationals, so
 * k·ln 2 + 2·atanh z with the exact quotient z = (a − b)/(a + b) of their mantissas.
 */
export function exactLogReturn(before: number, now: number): bigint {
  if (before === now) return 0n
  const a = dyadic(now)
  const b = dyadic(before)
  // Both mantissas to the same length, then within a factor √2 of each other.
  const lengthA = bitLength(a.mantissa)
  const lengthB = bitLength(b.mantissa)
  let k = a.exponent + lengthA - (b.exponent + lengthB)
  let left = a.mantissa << BigInt(64 - lengthA)
  let right = b.mantissa << BigInt(64 - lengthB)
  if (left * 5n > right * 7n) {
    right <<= 1n
    k++
  } else if (left * 7n < right * 5n) {
    left <<= 1n
    k--
  }
  const difference = left - right
  const magnitude = doubleAtanh(difference < 0n ? -difference : difference, left + right)
  return ((difference < 0n ? -magnitude : magnitude) + BigInt(k) * ln2()) >> GUARD
}

/** `2·atanh(numerator / denominator)` at working precision, truncated; 0 ≤ the quotient ≤ 1/5. */
function doubleAtanh(numerator: bigint, denominator: bigint): bigint {
  if (numerator === 0n) return 0n
  const z = (numerator << WORKING) / denominator
  const square = (z * z) >> WORKING
  // The k-th power of the square is this many bits shorter each time; longer factors would only be shifted out again.
  const shrinks = Number(WORKING) - bitLength(square)
  let power = z
  let sum = z
  for (let odd = 3, kept = 0; ; odd += 2, kept += shrinks) {
    const drop = BigInt(Math.min(kept, Number(WORKING)))
    power = (power * (square >> drop)) >> (WORKING - drop)
    if (power === 0n) return sum << 1n
    sum += power / BigInt(odd)
  }
}

let naturalLogOfTwo: bigint | undefined

/** ln 2 = 18·atanh(1/26) − 2·atanh(1/4801) + 8·atanh(1/8749). */
function ln2(): bigint {
  naturalLogOfTwo ??= 9n * doubleAtanh(1n, 26n) - doubleAtanh(1n, 4801n) + 4n * doubleAtanh(1n, 8749n)
  return naturalLogOfTwo
}
