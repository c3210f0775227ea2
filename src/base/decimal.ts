/** How tables write that a value is missing, in lower case. */
export const MISSING_WORDS: ReadonlySet<string> = new Set(['', 'nan', 'na', 'n/a', 'null', 'none', '-'])

const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i

/**
 * The float64 nearest to a decimal text; NaN for anything that is not `[+-]digits[.digits][e[+-]digits]`. `Number` alone
 * would take `0x10`, `0b1`, `Infinity` and empty text for numbers, which no table means by them.
 */
export function decimalNumber(text: string): number {
  return DECIMAL.test(text) ? Number(text) : Number.NaN
}

/** The powers of ten that float64 holds exactly; `10 ** n` and `10 ** -n` are not always the nearest float64. */
export const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))

/**
 * The float64 nearest to `unscaled × 10^−scale`. Up to 2^53 and 10^22 both are exact, so the division rounds once
 * (W. D. Clinger, "How to read floating point numbers accurately", 1990); beyond, the decimal text is read.
 */
export function scaledDecimal(unscaled: bigint | number, scale: number): number {
  const value = Number(unscaled)
  if (Number.isSafeInteger(value) && scale >= 0 && scale < EXACT_POWERS.length) return value / EXACT_POWERS[scale]!
  return Number(`${unscaled}e${-scale}`)
}

/** An integer in two's complement, its first byte the highest, as Parquet stores the digits of a decimal; 0 of no byte. */
export function bigEndianInteger(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return BigInt.asIntN(bytes.length * 8, value)
}
