import { EXACT_POWERS } from '../../base/decimal.js'

/**
 * The float64 nearest to the decimal text in `bytes[start, end)`, as `Number` gives it; NaN for anything that is not
 * `[+-]digits[.digits][e[+-]digits]` (so no hexadecimal, no spaces, no Infinity, no empty text).
 *
 * A mantissa up to 2^53 and a power of ten up to 10^22 are both exact, so one multiplication or division rounds once and
 * correctly (W. D. Clinger, "How to read floating point numbers accurately", 1990); everything else goes through `Number`.
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  const sign = bytes[at]
  if (sign === MINUS || sign === PLUS) at++
  let mantissa = 0
  let digits = 0
  let fraction = 0
  let inFraction = false
  // Zeros wait until a digit follows: `12345678.00000000` is a small number, not a long one.
  let zeros = 0
  for (; at < end; at++) {
    const byte = bytes[at]!
    if (byte === ZERO) {
      zeros++
    } else if (byte > ZERO && byte <= NINE) {
      mantissa = (mantissa === 0 ? 0 : mantissa * powerOfTen(zeros + 1)) + (byte - ZERO)
      zeros = 0
    } else if (byte === POINT && !inFraction) {
      inFraction = true
      continue
    } else {
      break
    }
    digits++
    if (inFraction) fraction++
  }
  if (digits === 0) return Number.NaN
  if (at < end) {
    if ((bytes[at]! | 32) !== LOWER_E || !isExponent(bytes, at + 1, end)) return Number.NaN
    return throughNumber(bytes, start, end)
  }
  const exponent = mantissa === 0 ? 0 : zeros - fraction
  if (mantissa > Number.MAX_SAFE_INTEGER || exponent > MAX_EXACT_POWER || exponent < -MAX_EXACT_POWER) {
    return throughNumber(bytes, start, end)
  }
  const value = exponent < 0 ? mantissa / EXACT_POWERS[-exponent]! : mantissa * EXACT_POWERS[exponent]!
  return sign === MINUS ? -value : value
}

const MAX_EXACT_POWER = EXACT_POWERS.length - 1

const [PLUS, MINUS, POINT, ZERO, NINE, LOWER_E] = [43, 45, 46, 48, 57, 101] as const

/** A mantissa times an infinite power fails the check against 2^53, and so takes the slow way. */
function powerOfTen(exponent: number): number {
  return exponent <= MAX_EXACT_POWER ? EXACT_POWERS[exponent]! : Number.POSITIVE_INFINITY
}

function isExponent(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  if (bytes[at] === MINUS || bytes[at] === PLUS) at++
  if (at >= end) return false
  for (; at < end; at++) if (!(bytes[at]! >= ZERO && bytes[at]! <= NINE)) return false
  return true
}

function throughNumber(bytes: Uint8Array, start: number, end: number): number {
  return Number(textOf(bytes, start, end))
}

/** Bytes as UTF-8 text; a malformed byte becomes U+FFFD, which no number and no known name contains. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
}
