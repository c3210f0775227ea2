import { describe, expect, it } from 'vitest'
import { DepthBook } from '../../../src/core/orderbook/depth-book.js'
import { QuoteCheck, type ToldQuotes } from '../../../src/core/orderbook/quote-check.js'

const SCALE = { priceDecimals: 1, quantityDecimals: 0 }

/** A book whose best bid is 9.0 with as many lots as its update. */
function bookAt(u: number): DepthBook {
  const book = new DepthBook(SCALE)
  book.diff({ U: u, u, pu: u - 1, b: [], a: [] }, 0)
  book.snapshot({ requestId: 1, lastUpdateId: u, bids: [['9.0', String(u)]], asks: [['10.0', '1']] }, 0)
  return book
}

function told(u: number, lots = u): ToldQuotes {
  return { u, bid: '9', bidQuantity: String(lots), ask: '10.00', askQuantity: '1' }
}

type Event = ToldQuotes | DepthBook

function checked(...events: readonly Event[]): QuoteCheck {
  const check = new QuoteCheck()
  for (const event of events) {
    if (event instanceof DepthBook) check.book(event)
    else check.quote(event, SCALE)
  }
  return check
}

describe('best quotes', () => {
  it.each<[string, readonly Event[], compared: number, agreed: number]>([
    ['of the same update, told before', [told(5), bookAt(5)], 1, 1],
    ['of the same update, told after', [bookAt(5), told(5)], 1, 1],
    ['of an earlier update, once a later one is told', [told(4, 5), bookAt(5), told(9)], 1, 1],
    ['of an earlier update, while nothing later is told', [told(4, 5), bookAt(5)], 0, 0],
    ['that are all of later updates', [told(6), bookAt(5)], 0, 0],
    ['of several books at once', [bookAt(5), bookAt(6), bookAt(7), told(5), told(6), told(7)], 3, 3],
    ['that were told while the book was behind', [told(5), told(6), told(7), bookAt(5), bookAt(7)], 2, 2],
    ['with another quantity', [told(5, 6), bookAt(5)], 1, 0],
    ['that are no decimals', [{ ...told(5), bid: 'x' }, bookAt(5)], 1, 0],
    ['beside a book that is not known', [told(5), new DepthBook(SCALE)], 0, 0],
  ])('%s are compared where they can be', (_, events, compared, agreed) => {
    expect(checked(...events)).toMatchObject({ compared, agreed })
  })

  it('that differ are kept, the first few of them, with what each side has', () => {
    const check = checked(...Array.from({ length: 20 }, (_, i) => [bookAt(i + 1), told(i + 1, 99)]).flat())
    expect(check.compared).toBe(20)
    expect(check.differences).toHaveLength(5)
    expect(check.differences[0]).toEqual({ u: 1, told: [90, 99, 100, 1], book: [90, 1, 100, 1] })
  })

  it('of which none come hold few books, and once they come are compared with the last ones', () => {
    const check = new QuoteCheck()
    const book = bookAt(5)
    for (let i = 0; i < 5_000; i++) check.book(book)
    expect(check.waiting).toBeLessThanOrEqual(1_000)
    check.quote(told(5), SCALE)
    expect(check.waiting).toBe(0)
    expect(check.agreed).toBe(check.compared)
    expect(check.compared).toBeGreaterThanOrEqual(500)
  })
})
