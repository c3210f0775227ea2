import type { MarketBooks } from '../../core/orderbook/market-books.js'
import type { MarketBooksCounters } from '../../core/orderbook/market-counts.js'

/** What happened to the books of a recording over all processes that recorded it: each began with other books. */
export class ReplayedCounts {
  private books: MarketBooks | undefined
  private before: MarketBooksCounters | undefined

  /** The books are these from now on. */
  now(books: MarketBooks | undefined): void {
    if (books === this.books) return
    this.before = this.sum()
    this.books = books
  }

  /** Undefined before there were any. */
  sum(): MarketBooksCounters | undefined {
    const last = this.books?.counters()
    if (last === undefined || this.before === undefined) return last ?? this.before
    // Listed and live are what is there now.
    return { ...added(this.before, last), listed: last.listed, live: last.live }
  }
}

function added<Counts extends object>(one: Counts, other: Counts): Counts {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof Counts>
  const sums = [...names].map((name) => {
    const [a, b] = [one[name], other[name]]
    if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) return [name, added(a, b)]
    return [name, Number(a ?? 0) + Number(b ?? 0)]
  })
  return Object.fromEntries(sums) as Counts
}
