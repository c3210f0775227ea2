import { Exact } from '../../base/exact.js'

/**
 * Amounts in cents that sum to the rounded difference, because a reader adds them up. Each is rounded by itself, and a cent that
 * is then over goes to the amount that rounding took most of; an amount of zero stays zero. USD.
 */
export function roundedToCents(difference: string, amounts: readonly Exact[]): Exact[] {
  const rounded = amounts.map((amount) => amount.toDecimalPlaces(2))
  const there = amounts.flatMap((amount, i) => (amount.isZero() ? [] : [i]))
  if (there.length === 0) return rounded
  let rest = rounded.reduce((open, amount) => open.minus(amount), new Exact(difference).toDecimalPlaces(2))
  const cent = new Exact('0.01').times(rest.isNegative() ? -1 : 1)
  const lost = (i: number) => amounts[i]!.minus(rounded[i]!).dividedBy(cent)
  for (; !rest.isZero(); rest = rest.minus(cent)) {
    const most = there.reduce((best, i) => (lost(i).greaterThan(lost(best)) ? i : best))
    rounded[most] = rounded[most]!.plus(cent)
  }
  return rounded
}
