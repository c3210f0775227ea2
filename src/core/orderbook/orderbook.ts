import type { AssetBook } from '../../ports/order-book.js'
import { median } from '../numeric/percentile.js'

/**
 * What the order book does to an entry: it adjusts the ranking (OB-1), confirms or vetoes the signal (OB-2), scales the
 * leverage with the market (OB-3), and tells how much of the market is thinning (the input of OB-4).
 * An effective imbalance is `direction × imbalanceMa5`: positive favours the trade. Source: system bible §9.4, engine
 * semantics sections 5.6, 6 and 7.7. The exit side (OB-5) is `dynamic-exit.ts`.
 */
export const ORDER_BOOK = Object.freeze({
  /** An asset whose book is shallower than this cannot be picked. */
  minDepthQuality: 0.2,
  confirmImbalance: 0.1,
  confirmGain: 0.5,
  confirmGainMax: 0.15,
  opposeImbalance: -0.1,
  opposeLoss: 0.4,
  opposeFactorMin: 0.85,
  vetoImbalance: -0.15,
  vetoPersistence: 0.6,
  marketImbalance: 0.05,
  marketShareFor: 0.55,
  marketShareAgainst: 0.45,
  marketGainMax: 0.2,
  marketLossMax: 0.15,
  /** A book that loses depth faster than this is in withdrawal. */
  withdrawalVelocity: -0.2,
})

/** OB-1: the ranking multiplier of a book of this depth, 0.90 … 1.10. */
export function depthMultiplier(depthQuality: number): number {
  if (depthQuality >= 1) return 1.1
  if (depthQuality >= 0.75) return 1.05
  if (depthQuality < 0.25) return 0.9
  if (depthQuality < 0.5) return 0.95
  return 1
}

/** OB-1: the ARS that the assets are ranked by. A bonus raises a negative ARS too; without data it is unchanged. */
export function adjustedArs(ars: number, book: AssetBook | undefined): number {
  if (book === undefined) return ars
  return ars + Math.abs(ars) * (depthMultiplier(book.depthQuality) - 1)
}

/** Whether an asset may be picked: its book is deep enough, or nothing is known about it. */
export function passesDepthGate(book: AssetBook | undefined): boolean {
  return book === undefined || book.depthQuality >= ORDER_BOOK.minDepthQuality
}

/** OB-2: the confidence after the book has spoken, or `undefined` when a persistent contrary book forbids the entry. */
export function confirmedConfidence(
  confidence: number,
  book: { readonly effectiveImbalance: number; readonly persistence: number },
): number | undefined {
  const { effectiveImbalance, persistence } = book
  if (effectiveImbalance > ORDER_BOOK.confirmImbalance) {
    const gain = effectiveImbalance * persistence * ORDER_BOOK.confirmGain
    return confidence * (1 + Math.min(ORDER_BOOK.confirmGainMax, gain))
  }
  if (effectiveImbalance < ORDER_BOOK.vetoImbalance && persistence > ORDER_BOOK.vetoPersistence) return undefined
  if (effectiveImbalance < ORDER_BOOK.opposeImbalance) {
    const loss = Math.abs(effectiveImbalance) * persistence * ORDER_BOOK.opposeLoss
    return confidence * Math.max(ORDER_BOOK.opposeFactorMin, 1 - loss)
  }
  return confidence
}

/**
 * OB-3: the leverage multiplier of the whole market, 0.85 … 1.20, from the effective imbalances of the assets that have
 * data; 1 when there are none. Median and breadth must agree before the market counts.
 */
export function marketMultiplier(effectiveImbalances: ArrayLike<number>): number {
  const count = effectiveImbalances.length
  if (count === 0) return 1
  const typical = median(effectiveImbalances)
  let favourable = 0
  for (let i = 0; i < count; i++) if (effectiveImbalances[i]! > 0) favourable++
  const share = favourable / count
  if (typical > ORDER_BOOK.marketImbalance && share > ORDER_BOOK.marketShareFor) {
    return 1 + Math.min(ORDER_BOOK.marketGainMax, typical)
  }
  if (typical < -ORDER_BOOK.marketImbalance && share < ORDER_BOOK.marketShareAgainst) {
    return 1 - Math.min(ORDER_BOOK.marketLossMax, -typical)
  }
  return 1
}

/** Share of the assets with data whose book is in withdrawal, 0 … 1; 0 when none has data. The input of OB-4. */
export function withdrawalShare(books: Iterable<AssetBook | undefined>): number {
  let known = 0
  let withdrawing = 0
  for (const book of books) {
    if (book === undefined) continue
    known++
    if (book.withdrawalVelocity < ORDER_BOOK.withdrawalVelocity) withdrawing++
  }
  return known === 0 ? 0 : withdrawing / known
}
