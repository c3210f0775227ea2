import { describe, expect, it } from 'vitest'
import { ReplayedCounts } from '../../../src/cli/book/replayed-counts.js'
import { MarketBooks } from '../../../src/core/orderbook/market-books.js'

/** Books to which so many frames have come, and one thing that could not be read. */
function booksAfter(frames: number, unreadable: string): MarketBooks {
  const books = new MarketBooks({ stepMs: 1_000, startMs: 0, books: 'diffs' })
  books.list({ symbol: 'A', priceDecimals: 0, quantityDecimals: 0 })
  for (let u = 1; u <= frames; u++) {
    const frame = { U: u, u, pu: u - 1, b: [], a: [] }
    books.handle({ kind: 'depth', symbol: 'A', eventMs: 0, receivedMs: 0, frame }, 0)
  }
  books.handle({ kind: 'malformed', symbol: null, what: unreadable, receivedMs: 0 }, 0)
  return books
}

describe('what happened to replayed books', () => {
  it('is not known before there are any', () => {
    expect(new ReplayedCounts().sum()).toBeUndefined()
  })

  it('is what happened to all of them, where a recording begins anew, and listed are those of now', () => {
    const counts = new ReplayedCounts()
    const [first, second] = [booksAfter(3, 'x'), booksAfter(4, 'y')]
    counts.now(first)
    counts.now(first)
    counts.now(second)
    expect(counts.sum()).toMatchObject({ listed: 1, frames: 7, malformed: { x: 1, y: 1 } })
    expect(counts.sum()).toEqual(counts.sum())
  })
})
