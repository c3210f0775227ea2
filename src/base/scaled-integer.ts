/** What {@link scaledInteger} answers to a text that it refuses. */
export const NOT_EXACT = -1

const ZERO = 48
const POINT = 46

/**
 * A plain decimal, `digits` or `digits.digits`, as the integer `value × 10^decimals`: exactly, or {@link NOT_EXACT} for anything
 * that is not one (signs, exponents, blanks), has more decimals than zeros can stand for, or is beyond 2^53 − 1.
 */
export function scaledInteger(text: string, decimals: number): number {
  const length = text.length
  let scaled = 0
  let at = 0
  for (; at < length; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (digit < 0 || digit > 9) break
    scaled = scaled * 10 + digit
  }
  if (at === 0) return NOT_EXACT
  let missing = decimals
  if (at < length) {
    if (text.charCodeAt(at) !== POINT || ++at === length) return NOT_EXACT
    for (; at < length; at++) {
      const digit = text.charCodeAt(at) - ZERO
      if (digit < 0 || digit > 9) return NOT_EXACT
      if (missing > 0) {
        scaled = scaled * 10 + digit
        missing--
      } else if (digit !== 0) return NOT_EXACT
    }
  }
  for (; missing > 0; missing--) scaled *= 10
  return scaled <= Number.MAX_SAFE_INTEGER ? scaled : NOT_EXACT
}

/**
 * The decimal of an integer that was scaled by so many decimals: 12345 with 2 is `123.45`. Of digits rather than by a division:
 * a book has eighty of them, and goes out ten times a second.
 *
 * @param integer from 0 on.
 */
export function scaledText(integer: number, decimals: number): string {
  const digits = String(integer).padStart(decimals + 1, '0')
  const point = digits.length - decimals
  return decimals === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`
}
