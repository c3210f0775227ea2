import { type DecimalText, Exact } from '../../base/exact.js'

/**
 * Decimals whose sums and products are never rounded: every double has at most 767 significant digits, and what is
 * multiplied here has far fewer. Nothing is divided with it; quotients are rounded first, by {@link quotient}.
 */
export const Ledger = Exact.clone({ precision: 4000, toExpNeg: -4000, toExpPos: 4000 })

export type Amount = InstanceType<typeof Ledger>

export const NOTHING = new Ledger(0)

/** Decimal places that a quotient keeps: what is lost of 1e9 USD is below 1e-14. */
const QUOTIENT_PLACES = 24

/** The shortest decimal of a double, or the decimal that a text states. */
export function amount(value: number | DecimalText): Amount {
  return new Ledger(value)
}

/** a / b, rounded half even to 24 decimal places. */
export function quotient(a: Amount, b: Amount): Amount {
  return new Ledger(new Exact(a).div(b).toDecimalPlaces(QUOTIENT_PLACES))
}

export function total(amounts: Iterable<Amount>): Amount {
  let sum = NOTHING
  for (const each of amounts) sum = sum.plus(each)
  return sum
}
