import { assert } from '../../base/assert.js'

/** A positive float64 as `mantissa × 2^exponent` with an odd mantissa, exactly. */
export interface Dyadic {
  readonly mantissa: bigint
  readonly exponent: number
}

const FLOAT = new Float64Array(1)
const BITS = new BigUint64Array(FLOAT.buffer)

/** The exact value of a positive finite float64. */
export function dyadic(value: number): Dyadic {
  assert(value > 0 && value < Number.POSITIVE_INFINITY, 'an exact value is positive and finite')
  FLOAT[0] = value
  const bits = BITS[0]!
  const biased = Number(bits >> 52n)
  const fraction = bits & 0xfffffffffffffn
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n
  const exponent = (biased === 0 ? 1 : biased) - 1075
  const zeros = trailingZeros(mantissa)
  return { mantissa: mantissa >> BigInt(zeros), exponent: exponent + zeros }
}

function trailingZeros(mantissa: bigint): number {
  let zeros = 0
  for (let rest = mantissa; (rest & 1n) === 0n; rest >>= 1n) zeros++
  return zeros
}
