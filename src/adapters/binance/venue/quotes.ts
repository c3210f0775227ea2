import type { DecimalText } from '../../../base/exact.js'
import type { Quote } from '../../../ports/venue.js'
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
      const { bid, bidQuantity, ask, askQuantity, atMs } = book
      const timestampMs = Math.max(atMs, markMs)
      const quote: Quote = { symbol, bid, bidQuantity, ask, askQuantity, mark, timestampMs }
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
  book: Book | undefined
  mark: string | undefined
  markMs: number
}

interface Book {
  readonly bid: string
  readonly bidQuantity: string
  readonly ask: string
  readonly askQuantity: string
  readonly updateId: number
  readonly atMs: number
}

/** Whether it is newer than what was there. */
function takeBook(halves: Halves, { b, B, a, A, u, E }: Readonly<Record<string, unknown>>): boolean {
  if (typeof b !== 'string' || typeof B !== 'string' || typeof a !== 'string' || typeof A !== 'string') return false
  if (typeof u !== 'number' || typeof E !== 'number') return false
  if (halves.book !== undefined && u <= halves.book.updateId) return false
  const [bid, bidQuantity, ask, askQuantity] = [plainDecimal(b), plainDecimal(B), plainDecimal(a), plainDecimal(A)]
  // A side without orders has no price: what was quoted before does not hold any more.
  const isWhole = bidQuantity !== '0' && askQuantity !== '0' && bid !== '0' && ask !== '0'
  halves.book = isWhole ? { bid, bidQuantity, ask, askQuantity, updateId: u, atMs: E } : undefined
  return isWhole
}

function takeMark(halves: Halves, { p, E }: Readonly<Record<string, unknown>>): boolean {
  if (typeof p !== 'string' || typeof E !== 'number' || (halves.mark !== undefined && E <= halves.markMs)) return false
  halves.mark = plainDecimal(p)
  halves.markMs = E
  return true
}
