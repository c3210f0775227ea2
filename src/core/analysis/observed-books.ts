import type { ListedContract, MarketDataEvent } from '../../ports/market-data.js'
import type { BookScale } from '../../ports/vocabulary/depth.js'
import type { ObservedDepthTop } from '../../ports/vocabulary/observation-events.js'
import type { BookSide } from '../orderbook/book-side.js'
import { DepthBook } from '../orderbook/depth-book.js'
import type { BookKind } from '../orderbook/market-features.js'
import { PartialBook } from '../orderbook/partial-book.js'
import { usdWithin } from '../orderbook/sample.js'
import { TWO_PERCENT_PPM } from '../orderbook/snapshot-reach.js'

/** The five best levels of each book, after each frame that the book has taken; of a book that is not known nothing. */
export class ObservedBooks {
  private readonly scales = new Map<string, BookScale>()
  private readonly books = new Map<string, ObservedBook>()
  private unlisted = 0

  constructor(private readonly kind: BookKind) {}

  /** Everything that is listed now. A contract with other decimals begins anew; what is gone is forgotten. */
  listed(contracts: readonly ListedContract[]): void {
    this.scales.clear()
    for (const { symbol, priceDecimals, quantityDecimals } of contracts)
      this.scales.set(symbol, { priceDecimals, quantityDecimals })
    for (const [symbol, { book }] of this.books) if (!isSame(book, this.scales.get(symbol))) this.books.delete(symbol)
  }

  depth({ symbol, eventMs, receivedMs, frame }: EventOf<'depth'>): ObservedDepthTop | undefined {
    const of = this.find(symbol)
    if (of === undefined) return undefined
    of.eventMs = eventMs
    const { book } = of
    return changedBy(of, () => {
      if (book instanceof DepthBook) book.diff(frame, receivedMs)
      else book.frame(frame)
    })
  }

  /** It answers what the book waits for, whatever number the request of another had. */
  snapshot({ symbol, receivedMs, snapshot }: EventOf<'snapshot'>): ObservedDepthTop | undefined {
    const of = this.books.get(symbol)
    if (of === undefined || !(of.book instanceof DepthBook) || of.book.requestId === undefined) return undefined
    const { book } = of
    const requestId = book.requestId!
    return changedBy(of, () => void book.snapshot({ ...snapshot, requestId }, receivedMs))
  }

  lost(symbols: readonly string[]): void {
    for (const symbol of symbols) this.books.get(symbol)?.book.connectionChanged()
  }

  /**
   * Quote currency that rests within 2 % of the middle of a book, as of a time, UTC ms; undefined where so much of the book is not known,
   * or where its last frame is later, or more than ten seconds older.
   */
  depthWithin2PctUsd(symbol: string, nowMs: number): number | undefined {
    const of = this.books.get(symbol)
    if (of === undefined || !(of.book instanceof DepthBook) || of.eventMs > nowMs) return undefined
    const { book, eventMs } = of
    if (!book.isLive || book.reachPpm < TWO_PERCENT_PPM || nowMs - eventMs > DEPTH_STALE_MS) return undefined
    return book.bids.count === 0 || book.asks.count === 0 ? undefined : usdWithin(book, TWO_PERCENT_PPM)
  }

  counters(): ObservedBooksCounters {
    const counts = { known: 0, unknown: 0, unlisted: this.unlisted, gaps: 0, crossed: 0, malformed: 0 }
    for (const { book } of this.books.values()) {
      if (book.isLive) counts.known++
      else counts.unknown++
      counts.gaps += book.counters.gaps
      counts.crossed += book.counters.crossed
      counts.malformed += book.counters.malformed
    }
    return counts
  }

  private find(symbol: string): ObservedBook | undefined {
    const before = this.books.get(symbol)
    if (before !== undefined) return before
    const scale = this.scales.get(symbol)
    if (scale === undefined) {
      this.unlisted++
      return undefined
    }
    const book = this.kind === 'partial' ? new PartialBook(scale) : new DepthBook(scale)
    const of: ObservedBook = { symbol, book, eventMs: 0 }
    this.books.set(symbol, of)
    return of
  }
}

/** How many levels of a side are summed. Source: spec, "M1 ingestion". */
const TOP_LEVELS = 5

/** A book of which nothing has come for longer tells nothing of now. Source: spec, "M4 primitives". */
const DEPTH_STALE_MS = 10_000

export interface ObservedBooksCounters {
  /** Books of which something has come and that are known now. */
  readonly known: number
  /** Books of which something has come and that are not known now. */
  readonly unknown: number
  /** Frames of contracts whose decimals are not known. */
  readonly unlisted: number
  /** Times at which changes of a book were missing. */
  readonly gaps: number
  /** Times at which a book had a bid at or above an ask. */
  readonly crossed: number
  /** Frames that could not be read. */
  readonly malformed: number
}

type EventOf<Kind extends MarketDataEvent['kind']> = Extract<MarketDataEvent, { readonly kind: Kind }>

interface ObservedBook {
  readonly symbol: string
  readonly book: DepthBook | PartialBook
  /** Of its last frame: a snapshot is of the frames that it was put together with. */
  eventMs: number
}

function changedBy({ symbol, book, eventMs }: ObservedBook, change: () => void): ObservedDepthTop | undefined {
  const { applied } = book.counters
  change()
  if (!book.isLive || book.counters.applied === applied) return undefined
  const { bids, asks, priceDecimals, quantityDecimals } = book
  const [bidSize, askSize] = [topLots(bids) / 10 ** quantityDecimals, topLots(asks) / 10 ** quantityDecimals]
  return {
    kind: 'DEPTH_TOP',
    symbol,
    tsMs: eventMs,
    bidSize,
    askSize,
    ...(bids.count > 0 && { bestBid: bids.bestTicks / 10 ** priceDecimals }),
    ...(asks.count > 0 && { bestAsk: asks.bestTicks / 10 ** priceDecimals }),
  }
}

/** Whole lots: their sum does not depend on the order. */
function topLots(side: BookSide): number {
  let lots = 0
  let levels = 0
  for (let place = side.top; place >= 0 && levels < TOP_LEVELS; place = side.below(place)) {
    lots += side.lotsAt(place)
    levels++
  }
  return lots
}

function isSame(book: BookScale, scale: BookScale | undefined): boolean {
  return book.priceDecimals === scale?.priceDecimals && book.quantityDecimals === scale.quantityDecimals
}
