import { type Book, type BookCounters, noCounts } from './depth-book.js'

/** What happened to the books of a market, those of symbols that have left too. */
export class MarketCounts {
  frames = 0
  unlisted = 0
  readonly resyncs = { gap: 0, crossed: 0, malformed: 0 }
  private readonly kinds = new Map<string, number>()
  private readonly left = noCounts()

  /** Something that claimed to be of this kind could not be read. */
  malformed(kind: string): void {
    const known = this.kinds.has(kind) || this.kinds.size < KINDS_MAX ? kind : 'other'
    this.kinds.set(known, (this.kinds.get(known) ?? 0) + 1)
  }

  gone(book: CountedBook): void {
    addCounts(this.left, book.counters)
  }

  /** With these books, which are listed. */
  over(listed: readonly CountedBook[]): MarketBooksCounters {
    const books = { ...this.left }
    for (const { counters } of listed) addCounts(books, counters)
    const live = listed.filter(({ isLive }) => isLive).length
    return {
      ...{ listed: listed.length, live, frames: this.frames, unlisted: this.unlisted },
      ...{ resyncs: { ...this.resyncs }, malformed: Object.fromEntries(this.kinds), books },
    }
  }
}

/** Since the start. */
export interface MarketBooksCounters {
  /** Symbols listed now, and those whose book is live. */
  readonly listed: number
  readonly live: number
  /** Frames of listed symbols. */
  readonly frames: number
  /** Events of symbols that were not listed. */
  readonly unlisted: number
  readonly resyncs: Readonly<Record<'gap' | 'crossed' | 'malformed', number>>
  /** What could not be read, by its kind: `depth`, `snapshot`, `stamp`, `liquidation`, and whatever its reader called it. */
  readonly malformed: Readonly<Record<string, number>>
  /** Over the books of all symbols, those that have left too. */
  readonly books: BookCounters
}

type CountedBook = Pick<Book, 'isLive'> & { readonly counters: BookCounters }

/** Names of what could not be read may come from outside: they do not grow without end. */
const KINDS_MAX = 100

function addCounts(sum: BookCounters, counts: BookCounters): void {
  for (const name of Object.keys(sum) as (keyof BookCounters)[]) sum[name] += counts[name]
}
