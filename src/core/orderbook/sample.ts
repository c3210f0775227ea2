import { EXACT_POWERS } from '../../base/decimal.js'
import type { BookSide } from './book-side.js'
import type { Book } from './depth-book.js'

/** The figures of a sample, in the order of its columns. Source: spec "Books and features". */
export const FIGURES = [
  'mid',
  'spreadBps',
  'bidUsd',
  'askUsd',
  'imbalance',
  'depthUsd',
  'pressureRatio',
  'weightedMid',
] as const

export type Figure = (typeof FIGURES)[number]
export type Figures = Readonly<Record<Figure, number>>

/** Levels of each side whose USD are weighed against each other. */
const IMBALANCE_LEVELS = 5

/**
 * Writes what a book shows now into 8 columns, in the order of {@link FIGURES}: mid and volume-weighted mid in USD, spread in
 * basis points, USD on each side within the best 5 levels, their imbalance −1 … +1 and ratio, and USD of both sides within the
 * book's band around mid. False, and nothing written, unless the book is live with both sides.
 */
export function writeSample(book: Book, columns: Float64Array): boolean {
  const { bids, asks } = book
  if (!book.isLive || bids.count === 0 || asks.count === 0) return false
  const priceScale = EXACT_POWERS[book.priceDecimals]!
  const quantityScale = EXACT_POWERS[book.quantityDecimals]!
  const bid = bids.bestTicks
  const ask = asks.bestTicks
  const bidLots = bids.lotsAt(bids.top)
  const askLots = asks.lotsAt(asks.top)
  const bidUsd = usdOfBest(bids, priceScale, quantityScale)
  const askUsd = usdOfBest(asks, priceScale, quantityScale)
  const quotes = bid + ask
  columns[0] = quotes / 2 / priceScale
  columns[1] = (20_000 * (ask - bid)) / quotes
  columns[2] = bidUsd
  columns[3] = askUsd
  columns[4] = (bidUsd - askUsd) / (bidUsd + askUsd)
  columns[5] = usdWithin(book, book.bandPpm)
  columns[6] = bidUsd / askUsd
  columns[7] = (bid * askLots + ask * bidLots) / (bidLots + askLots) / priceScale
  return true
}

/** USD on both sides of a book that has both, at most so many millionths from its mid. */
export function usdWithin({ bids, asks, priceDecimals, quantityDecimals }: Omit<Book, 'bandPpm'>, ppm: number): number {
  // |2·price − (bid + ask)| is an integer, so that the floor of the limit decides exactly as the limit does.
  const quotes = bids.bestTicks + asks.bestTicks
  const reach = floorOfShare(quotes, ppm)
  const depth = bids.valueWithin((quotes - reach) / 2) + asks.valueWithin((quotes + reach) / 2)
  return depth / EXACT_POWERS[priceDecimals]! / EXACT_POWERS[quantityDecimals]!
}

/** The columns by their names, for each published sample. */
export function figuresOf(columns: Float64Array): Figures {
  return {
    mid: columns[0]!,
    spreadBps: columns[1]!,
    bidUsd: columns[2]!,
    askUsd: columns[3]!,
    imbalance: columns[4]!,
    depthUsd: columns[5]!,
    pressureRatio: columns[6]!,
    weightedMid: columns[7]!,
  }
}

function usdOfBest(side: BookSide, priceScale: number, quantityScale: number): number {
  let usd = 0
  let levels = 0
  for (let at = side.top; at >= 0 && levels < IMBALANCE_LEVELS; at = side.below(at)) {
    usd += (side.ticksAt(at) / priceScale) * (side.lotsAt(at) / quantityScale)
    levels++
  }
  return usd
}

/** ⌊value · ppm / 10^6⌋ of integers: split, because the product alone may be beyond what float64 holds exactly. */
function floorOfShare(value: number, ppm: number): number {
  const millions = Math.floor(value / 1_000_000)
  return millions * ppm + Math.floor(((value - millions * 1_000_000) * ppm) / 1_000_000)
}
