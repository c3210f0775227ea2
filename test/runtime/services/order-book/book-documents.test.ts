import { describe, expect, it } from 'vitest'
import { ORDER_BOOK, ORDER_BOOK_FEATURES } from '../../../../src/core/grid/order-book-documents.js'
import { PartialBook } from '../../../../src/core/orderbook/partial-book.js'
import { featuresText, rawBookText } from '../../../../src/runtime/services/order-book/book-documents.js'

describe('the document of the features', () => {
  it.each(['diffs', 'partial'] as const)('says that it is of books of %s', (books) => {
    const macro = { cascadeCount: 0, stressShare: 0, regimeSignal: 0 }
    const text = featuresText({ endMs: 5_000, books, assets: [], macro }, { stepMs: 5_000, pushedMs: 5_001 })
    expect(ORDER_BOOK_FEATURES.read(text)).toMatchObject({ value: { books } })
  })
})

describe('the document of a raw book', () => {
  it.each([
    { decimals: [2, 3], bids: [['1000.50', '0.001']], asks: [['1000.51', '12.000']] },
    { decimals: [8, 0], bids: [['0.00000009', '9007199254740991']], asks: [['0.00000012', '10']] },
    { decimals: [1, 8], bids: [['0.1', '0.00000001']], asks: [['10.0', '90000000.00000001']] },
  ] as const)(
    'has the levels of the exchange, digit by digit, at $decimals decimals of price and quantity',
    ({ decimals: [priceDecimals, quantityDecimals], bids, asks }) => {
      const book = new PartialBook({ priceDecimals, quantityDecimals })
      book.frame({ U: 1, u: 2, b: bids, a: asks })
      const read = ORDER_BOOK.read(rawBookText('AUSDT', book, 0))
      expect(read).toMatchObject({ value: { symbol: 'AUSDT', last_update_id: 2, bids, asks } })
    },
  )
})
