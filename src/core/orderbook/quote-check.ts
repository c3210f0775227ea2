import { scaledInteger } from '../../base/scaled-integer.js'
import type { Book } from './depth-book.js'

/** The best quotes as the exchange tells them beside its book. */
export interface ToldQuotes {
  /** The update of the book that they are as of. */
  readonly u: number
  readonly bid: string
  readonly bidQuantity: string
  readonly ask: string
  readonly askQuantity: string
}

/** A book that has other best quotes than the exchange told; ticks and lots. */
export interface QuoteDifference {
  readonly u: number
  readonly told: readonly number[]
  readonly book: readonly number[]
}

/**
 * Holds a book's best quotes, after each update, against those that the exchange tells on a stream of its own. The two streams
 * run apart: a book of update u is compared with the last quotes up to u, once quotes of u or later have come.
 */
export class QuoteCheck {
  compared = 0
  /** Of them: price and quantity of both sides are the same. */
  agreed = 0
  /** The first few that are not. */
  readonly differences: QuoteDifference[] = []
  private readonly quotes: { u: number; best: readonly number[] }[] = []
  private readonly books: { u: number; best: readonly number[] }[] = []

  quote({ u, bid, bidQuantity, ask, askQuantity }: ToldQuotes, { priceDecimals, quantityDecimals }: Scale): void {
    const prices = [scaledInteger(bid, priceDecimals), scaledInteger(ask, priceDecimals)]
    const lots = [scaledInteger(bidQuantity, quantityDecimals), scaledInteger(askQuantity, quantityDecimals)]
    this.quotes.push({ u, best: [prices[0]!, lots[0]!, prices[1]!, lots[1]!] })
    // While no book is known none of them is needed but the last ones.
    if (this.quotes.length > QUOTES_MAX) this.quotes.splice(0, QUOTES_MAX / 2)
    this.settle()
  }

  /** The book has changed. One that is not known, or has one side, is not compared. */
  book({ isLive, updateId, bids, asks }: Book): void {
    if (!isLive || updateId === undefined || bids.count === 0 || asks.count === 0) return
    const best = [bids.bestTicks, bids.lotsAt(bids.top), asks.bestTicks, asks.lotsAt(asks.top)]
    this.books.push({ u: updateId, best })
    // Of many recordings no quotes come at all.
    const booksMax = this.quotes.length === 0 ? BOOKS_MAX_BEFORE : QUOTES_MAX
    if (this.books.length > booksMax) this.books.splice(0, booksMax / 2)
    this.settle()
  }

  /** Books that wait for quotes of their update. */
  get waiting(): number {
    return this.books.length
  }

  private settle(): void {
    const { quotes, books } = this
    const last = quotes.at(-1)
    let settled = 0
    let from = 0
    for (const { u, best } of books) {
      if (last === undefined || last.u < u) break
      settled++
      while (from + 1 < quotes.length && quotes[from + 1]!.u <= u) from++
      const told = quotes[from]!
      // Quotes of before the book's update had not begun to come.
      if (told.u > u) continue
      this.compared++
      if (told.best.every((value, i) => value === best[i])) this.agreed++
      else if (this.differences.length < DIFFERENCES_MAX) this.differences.push({ u, told: told.best, book: best })
    }
    if (settled > 0) books.splice(0, settled)
    // The next book is of a later update.
    if (from > 0) quotes.splice(0, from)
  }
}

interface Scale {
  readonly priceDecimals: number
  readonly quantityDecimals: number
}

const DIFFERENCES_MAX = 5
const QUOTES_MAX = 100_000
/** Books that are held before the first quotes. */
const BOOKS_MAX_BEFORE = 1_000
