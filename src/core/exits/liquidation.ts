import type { EntryRecord } from '../../ports/vocabulary/trades.js'
import type { ExitResult } from '../costs/costs.js'

/**
 * Whether an account can lose more than it has. `off`: its capital may fall below zero, and its figures mean nothing from
 * there on. `cross`: all of it stands behind the position, which is taken from it before that. Engine semantics, section 14.
 */
export type Liquidation = 'off' | 'cross'

/** Fraction of the notional that must be left of the account. */
export const MAINTENANCE_MARGIN = 0.005

/** Capital and the open position's result at a price, USD; entry and exit costs are booked when it closes. */
export function equityAt(
  price: number,
  { direction, entryPrice, notional }: Pick<EntryRecord, 'direction' | 'entryPrice' | 'notional'>,
  capital: number,
): number {
  return capital + ((direction * (price - entryPrice)) / entryPrice) * notional
}

/** Whether a position has used up the account at a price. */
export function isExhausted(price: number, entry: EntryRecord, capital: number): boolean {
  return equityAt(price, entry, capital) <= MAINTENANCE_MARGIN * entry.notional
}

/**
 * The return of a position (a fraction) above which {@link isExhausted} is false whatever the rounding: below it one has to
 * ask.
 */
export function exhaustionFloor({ notional }: EntryRecord, capital: number): number {
  if (!(notional > 0)) return Number.NEGATIVE_INFINITY
  const floor = MAINTENANCE_MARGIN - capital / notional
  return floor + ROUNDING * (1 + Math.abs(floor))
}

const ROUNDING = 1e-9

/**
 * The end of an account: everything is lost, to the last digit, and nothing else is paid. The price is the one at which that
 * is so; a long position without leverage has none above zero, and its exit is said at the bar's price.
 */
export function liquidationExit(
  { direction, entryPrice, notional }: EntryRecord,
  { capital, price }: { readonly capital: number; readonly price: number },
): ExitResult {
  const pnlPctRaw = -capital / notional
  const ruinPrice = entryPrice * (1 + direction * pnlPctRaw)
  return {
    exitPrice: ruinPrice > 0 ? ruinPrice : price,
    pnlPctRaw,
    entryFee: 0,
    exitFee: 0,
    net: -capital,
    slippageUsd: 0,
    refundUsd: 0,
    edgeUsd: 0,
  }
}
