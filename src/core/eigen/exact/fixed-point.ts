import { dyadic } from '../../numeric/dyadic.js'

/**
 * Real numbers as BigInt multiples of 2^−576. The smallest return of two different float64 prices is above 2^−54, so
 * every return that is not zero keeps more than 512 significant bits.
 */
export const FRACTION_BITS = 576
export const FRACTION = BigInt(FRACTION_BITS)
export const ONE = 1n << FRACTION

/** The nearest fixed-point value below or at a float64; exact from 2^−523 up. */
export function fixed(value: number): bigint {
  if (value === 0) return 0n
  const { mantissa, exponent } = dyadic(Math.abs(value))
  const places = exponent + FRACTION_BITS
  const magnitude = places >= 0 ? mantissa << BigInt(places) : mantissa >> BigInt(-places)
  return value < 0 ? -magnitude - (places < 0 ? 1n : 0n) : magnitude
}

/** The float64 nearest to `value · 2^−scale`; the conversion of a BigInt rounds to nearest, and 2^−scale is exact. */
export function toNumber(value: bigint, scale = FRACTION_BITS): number {
  const surplus = bitLength(value) - 1000
  // Beyond the range of a float64 the low bits go first, all but one that says whether they were zero.
  if (surplus > 0) {
    const shift = BigInt(surplus)
    const kept = (value >> shift) | (value & ((1n << shift) - 1n) ? 1n : 0n)
    return Number(kept) * 2 ** (surplus - scale)
  }
  return Number(value) * 2 ** -scale
}

export function bitLength(value: bigint): number {
  const magnitude = value < 0n ? -value : value
  const digits = magnitude.toString(16)
  return magnitude === 0n ? 0 : digits.length * 4 - (Math.clz32(Number.parseInt(digits[0]!, 16)) - 28)
}

/** `⌊√value⌋`. */
export function floorRoot(value: bigint): bigint {
  if (value < 2n) return value
  const bits = bitLength(value)
  // Start above the root with 50 good bits; then every step doubles them and stays above.
  const shift = Math.max(0, bits - 104) & ~1
  let root = (BigInt(Math.ceil(Math.sqrt(Number(value >> BigInt(shift))) * (1 + 2 ** -50))) + 1n) << BigInt(shift / 2)
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

/** `⌈a / b⌉` for positive `b`. */
export function ceilDivide(a: bigint, b: bigint): bigint {
  return -floorDivide(-a, b)
}

/** `⌊a / b⌋` for positive `b`. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a < 0n && quotient * b !== a ? quotient - 1n : quotient
}
