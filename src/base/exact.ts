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
