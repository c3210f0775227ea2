import { describe, expect, it } from 'vitest'
import { bookContracts } from '../../../../src/adapters/binance/books/book-contracts.js'

const ROW = {
  ...{ symbol: 'BTCUSDT', contractType: 'PERPETUAL', status: 'TRADING', quoteAsset: 'USDT', marginAsset: 'USDT' },
  ...{ underlyingType: 'COIN', pricePrecision: 2, quantityPrecision: 3, onboardDate: 5 },
  filters: [{ filterType: 'PRICE_FILTER', tickSize: '0.10' }],
}
const read = (...rows: unknown[]) => bookContracts({ symbols: rows })

describe('contracts that have books', () => {
  it('are read by their precisions, not by their tick', () => {
    expect([...read(ROW)!.contracts.values()]).toEqual([{ symbol: 'BTCUSDT', priceDecimals: 2, quantityDecimals: 3 }])
  })

  it.each([
    { status: 'TRADING_HALT' },
    { status: 'PENDING_TRADING' },
    { contractType: 'CURRENT_QUARTER' },
    { marginAsset: 'BTC' },
    { quoteAsset: 'USDC' },
    { underlyingType: 'COMMODITY' },
  ])('are none with %j, and nothing is said of it', (changes) => {
    const listed = read(ROW, { ...ROW, symbol: 'XUSDT', ...changes })!
    expect([...listed.contracts.keys()]).toEqual(['BTCUSDT'])
    expect(listed.oddities).toEqual([])
  })

  it('are none of a type that is not known, which is said', () => {
    const listed = read(
      ROW,
      { ...ROW, symbol: 'XUSDT', contractType: 'ETERNAL' },
      { ...ROW, symbol: 'Y', contractType: 7 },
    )!
    expect([...listed.contracts.keys()]).toEqual(['BTCUSDT'])
    expect(listed.oddities).toEqual([
      'Contracts of type "ETERNAL" are not known here and are passed over.',
      'Contracts of type 7 are not known here and are passed over.',
    ])
  })

  it.each([{ pricePrecision: -1 }, { pricePrecision: '2' }, { quantityPrecision: 16 }, { quantityPrecision: null }])(
    'are none with %j, which is said',
    (changes) => {
      const listed = read(ROW, { ...ROW, symbol: 'XUSDT', ...changes })!
      expect([...listed.contracts.keys()]).toEqual(['BTCUSDT'])
      expect(listed.oddities).toEqual(['"XUSDT" has no decimals that a book could be read by.'])
    },
  )

  it('are none of a name that no document could hold, which is said', () => {
    const names = ['', 'A B', '__proto__', 'X'.repeat(33), 'a/../b']
    const listed = read(ROW, { ...ROW, symbol: '币安人生USDT' }, ...names.map((symbol) => ({ ...ROW, symbol })))!
    expect([...listed.contracts.keys()]).toEqual(['BTCUSDT', '币安人生USDT'])
    expect(listed.oddities).toHaveLength(names.length)
    expect(listed.oddities[1]).toBe('"A B" is no name of a contract as the exchange has them.')
  })

  it('come with the state of every symbol, and with when the next ones open', () => {
    const listed = read(ROW, { ...ROW, symbol: 'XUSDT', status: 'PENDING_TRADING', onboardDate: 77 })!
    expect(listed.statuses).toEqual(
      new Map([
        ['BTCUSDT', 'TRADING'],
        ['XUSDT', 'PENDING_TRADING'],
      ]),
    )
    expect(listed.opensMs).toEqual([77])
  })

  it.each([undefined, null, [], {}, { symbols: {} }, { symbols: [] }, { symbols: [null, 7, {}] }, '<html>'])(
    'are not known from %j',
    (answer) => {
      expect(bookContracts(answer)).toBeUndefined()
    },
  )
})
