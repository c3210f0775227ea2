/**
 * Natural logarithm of the ratio of two prices from additions, multiplications and one division only: the same bits on
 * every machine (`Math.log` is not specified to the bit) and small *relative* error however close the prices are
 * (`Math.log(now / before)` loses digits in the quotient: a return of 1e-6 keeps ten).
 * Source: the scan definition, log returns of consecutive valid prices.
 */

/** Relative error of {@link logReturn} in units of 2^−53: below 4.1 near 1, below 7.9 anywhere; see the comments there. */
export const LOG_RETURN_UNITS = 8

const MANTISSA = new Float64Array(1)
const WORDS = new Uint32Array(MANTISSA.buffer)
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
const HIGH = LITTLE_ENDIAN ? 1 : 0

/** `ln(now / before)` of two positive finite prices. */
export function logReturn(before: number, now: number): number {
  const difference = now - before
  // Away from the ends of the range nothing overflows and an eighth is one. Within it the difference is exact (Sterbenz), so z carries two roundings, the last two operations one each,
  // and the series what its small part (below 0.0015) adds; the truncated terms are below 2^-58.
  if (Math.abs(difference) <= before * 0.125 && before < 1e300 && before > 1e-300) {
    const z = difference / (now + before)
    const w = z * z
    return 2 * z * (1 + w * (1 / 3 + w * (1 / 5 + w * (1 / 7 + w * (1 / 9 + w * (1 / 11 + w * (1 / 13)))))))
  }
  return farLogReturn(before, now)
}

/** The exponent k when `now / before` is exactly 2^k, else undefined. */
export function powerOfTwoRatio(before: number, now: number): number | undefined {
  if (before === now) return 0
  const exponentBefore = exponentOf(before)
  const mantissaBefore = MANTISSA[0]!
  const exponentNow = exponentOf(now)
  return MANTISSA[0] === mantissaBefore ? exponentNow - exponentBefore : undefined
}

/**
 * ln = k·ln 2 + 2·atanh z with the mantissas brought within a factor √2. The worst case is |k| = 1 and a sum near
 * ½·ln 2: (0.9 + 1.5) units of the parts over 0.346, and one of the sum.
 */
function farLogReturn(before: number, now: number): number {
  const exponentBefore = exponentOf(before)
  const mantissaBefore = MANTISSA[0]!
  let k = exponentOf(now) - exponentBefore
  let mantissaNow = MANTISSA[0]!
  if (mantissaNow > mantissaBefore * Math.SQRT2) {
    mantissaNow *= 0.5
    k++
  } else if (mantissaNow * Math.SQRT2 < mantissaBefore) {
    mantissaNow *= 2
    k--
  }
  const z = (mantissaNow - mantissaBefore) / (mantissaNow + mantissaBefore)
  const w = z * z
  let series = 1 / 21
  for (let odd = 19; odd >= 1; odd -= 2) series = 1 / odd + w * series
  return k * Math.LN2 + 2 * z * series
}

/** Leaves the mantissa in [1, 2) in `MANTISSA` and returns the exponent. */
function exponentOf(price: number): number {
  const subnormal = price < 2 ** -1022
  MANTISSA[0] = subnormal ? price * 2 ** 54 : price
  const high = WORDS[HIGH]!
  WORDS[HIGH] = (high & 0xfffff) | 0x3ff00000
  return (high >>> 20) - 1023 - (subnormal ? 54 : 0)
}
