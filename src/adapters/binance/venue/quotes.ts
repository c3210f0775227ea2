import type { DecimalText } from '../../../base/exact.js'
import type { Quote } from '../../../ports/venue.js'
import { type BookTicker, readBookTicker, readMarkPrice } from '../streams/quote-payloads.js'
import { bookTickerStream, markPriceStream } from '../streams/stream-names.js'
import { plainDecimal } from './decimal-text.js'
import type { VenueDesk } from './venue-desk.js'

/**
 * Quotes of the symbols that are traded, from two streams each: best bid and ask, and the mark price. There is none before both
 * have spoken, and none again while either is dark: an old half would be taken for the present.
 */
export class Quotes {
  private readonly halves = new Map<string, Halves>()
  private readonly symbols = new Map<string, string>()

  constructor(
    private readonly desk: VenueDesk,
    symbols: readonly string[],
  ) {
    for (const symbol of symbols) {
      this.halves.set(symbol, { book: undefined, mark: undefined, markMs: 0 })
      this.symbols.set(bookTickerStream(symbol), symbol)
      this.symbols.set(markPriceStream(symbol), symbol)
    }
  }

  /** What must be listened to. */
  streams(): readonly string[] {
    return [...this.symbols.keys()]
  }

  /** False for a frame of another stream. */
  take(stream: string, data: Readonly<Record<string, unknown>>): boolean {
    const symbol = this.symbols.get(stream)
    if (symbol === undefined) return false
    const halves = this.halves.get(symbol)!
    const isNews = stream.endsWith('@bookTicker') ? takeBook(halves, data) : takeMark(halves, data)
    const { book, mark, markMs } = halves
    if (isNews && book !== undefined && mark !== undefined) {
      const quote: Quote = {
        symbol,
        bid: plainDecimal(book.bid),
        bidQuantity: plainDecimal(book.bidQuantity),
        ask: plainDecimal(book.ask),
        askQuantity: plainDecimal(book.askQuantity),
        mark,
        timestampMs: Math.max(book.eventMs, markMs),
      }
      this.desk.tell({ kind: 'quote', quote })
    }
    return true
  }

  /** The mark price, while it is known. */
  mark(symbol: string): DecimalText | undefined {
    return this.halves.get(symbol)?.mark
  }

  dark(streams: readonly string[]): void {
    for (const stream of streams) {
      const halves = this.halves.get(this.symbols.get(stream) ?? '')
      if (halves === undefined) continue
      if (stream.endsWith('@bookTicker')) halves.book = undefined
      else halves.mark = undefined
    }
  }
}

interface Halves {
  book: BookTicker | undefined
  mark: DecimalText | undefined
  markMs: number
}

/** Whether it is newer than what was there, and has both sides: of a side without orders nothing that was quoted holds any more. */
function takeBook(halves: Halves, data: unknown): boolean {
  const book = readBookTicker(data)
  if (typeof book === 'string' || (halves.book !== undefined && book.updateId <= halves.book.updateId)) return false
  const isWhole = [book.bid, book.bidQuantity, book.ask, book.askQuantity].every((text) => plainDecimal(text) !== '0')
  halves.book = isWhole ? book : undefined
  return isWhole
}

function takeMark(halves: Halves, data: unknown): boolean {
  const price = readMarkPrice(data)
  if (typeof price === 'string' || (halves.mark !== undefined && price.eventMs <= halves.markMs)) return false
  halves.mark = plainDecimal(price.mark)
  halves.markMs = price.eventMs
  return true
}
