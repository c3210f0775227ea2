import { isPrice } from '../../base/price.js'

/**
 * What becomes of a position whose asset has no price any more. `wait`: it stays open until there is one. `close`: it ends at
 * its last valid price. Engine semantics, section 14.
 */
export type Delisting = 'wait' | 'close'

/** So many bars running without a price, and an asset counts as gone. Engine semantics, section 14. */
export const DELISTED_BARS = 120

/** The run of priceless bars after this one. */
export function pricelessAfter(pricelessBars: number, price: number): number {
  return isPrice(price) ? 0 : pricelessBars + 1
}

/**
 * The run of priceless bars before the first bar of a day whose file lacks the asset: one more, and it is gone. Nobody has to
 * wait for the rest of a day that has no price to give.
 */
export const PRICELESS_AT_ABSENCE = DELISTED_BARS - 1

/**
 * The first of a column's rows in [from, to) at which a run of priceless bars has become a delisting, or `to`; `before` is
 * the run that ends before `from`. Looks at one row in 120 where prices are dense.
 */
export function delistedRow(
  column: Float64Array,
  { from, to, before }: { readonly from: number; readonly to: number; readonly before: number },
): number {
  let lastPriced = from - 1 - before
  for (;;) {
    const candidate = Math.max(from, lastPriced + DELISTED_BARS)
    if (candidate >= to) return to
    let row = candidate
    while (row >= from && row > lastPriced && !isPrice(column[row]!)) row--
    if (row < from || row <= lastPriced) return candidate
    lastPriced = row
  }
}

/** The run of priceless bars that ends before row `to`, of which `before` lie before row `from`. */
export function pricelessThrough(
  column: Float64Array,
  { from, to, before }: { readonly from: number; readonly to: number; readonly before: number },
): number {
  let row = to - 1
  while (row >= from && !isPrice(column[row]!)) row--
  return row < from ? before + to - from : to - 1 - row
}
