import type { BookSide } from './book-side.js'

/** The band around mid within which depth is summed up: 1 %, in millionths. */
export const ONE_PERCENT_PPM = 10_000

/** As far as it is known how far a book is known. */
export const TWO_PERCENT_PPM = 20_000

/** A snapshot with as many levels on a side has been cut there: what lies beyond is not known. */
const CUT_LEVELS = 1_000

/**
 * How far from mid a book that was just loaded from a snapshot is known on both sides, millionths, at most 2 %. Diffs reveal what lies beyond
 * level by level, and depth that includes it would grow after each snapshot and seem to withdraw at the next.
 */
export function snapshotReachPpm({ bids, asks }: { readonly bids: BookSide; readonly asks: BookSide }): number {
  if (bids.count === 0 || asks.count === 0) return TWO_PERCENT_PPM
  const quotes = BigInt(bids.bestTicks) + BigInt(asks.bestTicks)
  return Math.min(TWO_PERCENT_PPM, reachOf(bids, quotes), reachOf(asks, quotes))
}

function reachOf(side: BookSide, quotes: bigint): number {
  if (side.count < CUT_LEVELS) return TWO_PERCENT_PPM
  const away = 2n * BigInt(side.worstTicks) - quotes
  return Number((1_000_000n * (away < 0n ? -away : away)) / quotes)
}
