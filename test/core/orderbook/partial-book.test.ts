import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PartialBook } from '../../../src/core/orderbook/partial-book.js'

const SCALE = { priceDecimals: 1, quantityDecimals: 0 }
const good = (u: number) => ({ U: u, u, b: [['99.9', '1']], a: [['100.0', '2']] }) as const

describe('a partial book', () => {
  it('is not taken back by a frame that is older than a bad one', () => {
    const book = new PartialBook(SCALE)
    book.frame(good(5))
    book.frame({ U: 6, u: 6, b: [['100.0', '1']], a: [['100.0', '1']] })
    book.frame(good(6))
    expect([book.isLive, book.updateId, book.bids.count]).toEqual([false, undefined, 0])
    book.frame(good(7))
    expect([book.isLive, book.updateId]).toEqual([true, 7])
  })

  it('begins anew on another connection', () => {
    const book = new PartialBook(SCALE)
    book.frame(good(5))
    book.connectionChanged()
    expect(book.isLive).toBe(false)
    book.frame(good(1))
    expect(book.updateId).toBe(1)
  })

  it('is the frame, in whatever order its levels come', () => {
    const levels = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 3 })), {
      selector: ([ticks]) => ticks,
      maxLength: 20,
    })
    const text = (of: readonly (readonly [number, number])[]) =>
      of.map(([ticks, lots]) => [String(ticks / 10), String(lots)] as const)
    fc.assert(
      fc.property(levels, (bids) => {
        const book = new PartialBook(SCALE)
        book.frame(good(1))
        book.frame({ U: 2, u: 2, b: text(bids), a: [] })
        const sorted = bids.filter(([, lots]) => lots > 0).sort(([a], [b]) => b - a)
        expect(book.bids.best(20)).toEqual(sorted)
      }),
    )
  })

  it('does not throw, whatever is sent', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), fc.anything(), (U, u, b, a) => {
        const book = new PartialBook(SCALE)
        book.frame(good(1))
        book.frame({ U, u, b, a } as never)
        expect(book.counters.malformed).toBe(1)
        expect(book.isLive).toBe(false)
      }),
    )
  })
})
