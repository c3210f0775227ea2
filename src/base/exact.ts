import { Decimal } from 'decimal.js'

/**
 * Exact decimals for prices, quantities and money. A constructor of its own, so that nobody else's `Decimal.set` can
 * change what our sums round to: 40 digits hold every product of a price, a quantity and a rate exactly; only division
 * rounds (half even).
 */
export const Exact = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_EVEN, toExpNeg: -30, toExpPos: 40 })

/** An exact decimal. In messages and journals it is its plain notation, `"0.00150"` never: no trailing zeros. */
export type Exact = Decimal

/** A decimal in plain notation, as it crosses links and lies in journals: `-?\d+(\.\d+)?`, at most 40 digits. */
export type DecimalText = string

/** The decimal that a text stands for. Parsed once while it is in use: few texts go round, and each goes many times. */
export function exact(text: DecimalText): Exact {
  const known = PARSED.get(text)
  if (known !== undefined) return known
  const parsed = new Exact(text)
  if (PARSED.size >= PARSED_MAX) PARSED.clear()
  PARSED.set(text, parsed)
  return parsed
}

/** A number's own digits, without an exponent. */
export function decimalText(value: number): DecimalText {
  const text = `${value}`
  return text.includes('e') ? new Exact(value).toFixed() : text
}

/** Decimals are never changed in place, so one may stand for all of its text. */
const PARSED = new Map<DecimalText, Exact>()
const PARSED_MAX = 1024
