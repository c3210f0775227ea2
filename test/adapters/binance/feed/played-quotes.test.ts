import { describe, expect, it } from 'vitest'
import { PlayedQuotes } from '../../../../src/adapters/binance/feed/played-quotes.js'

const ticker = (bid: string, ask: string, eventMs = 1) => ({
  ...{ symbol: 'BTCUSDT', updateId: 1, bid, bidQuantity: '2', ask, askQuantity: '3', eventMs, transactionMs: eventMs },
})
const mark = (price: string, funding: { rate?: string; dueMs?: number } = {}) => ({
  ...{ symbol: 'BTCUSDT', mark: price, index: null, eventMs: 2 },
  fundingRate: funding.rate ?? null,
  nextFundingMs: funding.dueMs ?? null,
})
const quote = (bid: string, ask: string, markPrice: string, timestampMs: number) => ({
  kind: 'quote',
  quote: { symbol: 'BTCUSDT', bid, bidQuantity: '2', ask, askQuantity: '3', mark: markPrice, timestampMs },
})

describe('quotes that are played to an exchange', () => {
  it('come once both the best prices and the mark are known, and with each change of either', () => {
    const quotes = new PlayedQuotes('BTCUSDT')
    expect(quotes.quoted(ticker('99', '101'))).toEqual([])
    expect(quotes.marked(mark('100'))).toEqual([quote('99', '101', '100', 2)])
    expect(quotes.quoted(ticker('98', '101', 3))).toEqual([quote('98', '101', '100', 3)])
  })

  it('write each number one way, however many zeros the exchange writes behind it', () => {
    const quotes = new PlayedQuotes('BTCUSDT')
    quotes.quoted({ ...ticker('99.50', '101.00'), bidQuantity: '2.000', askQuantity: '3.0' })
    expect(quotes.marked(mark('100.43300000'))).toEqual([quote('99.5', '101', '100.433', 2)])
  })

  it.each([
    ['0', '101'],
    ['99', '0'],
    ['101', '101'],
    ['102', '101'],
  ])('do not come of a bid of %s and an ask of %s', (bid, ask) => {
    const quotes = new PlayedQuotes('BTCUSDT')
    quotes.marked(mark('100'))
    quotes.quoted(ticker('99', '101'))
    expect(quotes.quoted(ticker(bid, ask))).toEqual([])
    expect(quotes.marked(mark('100.5'))).toEqual([])
  })

  it('do not come while the best prices, or the mark, are not known to hold', () => {
    const quotes = new PlayedQuotes('BTCUSDT')
    quotes.quoted(ticker('99', '101'))
    quotes.forget('best')
    expect(quotes.marked(mark('100'))).toEqual([])
    expect(quotes.quoted(ticker('99', '101'))).toHaveLength(1)
    quotes.forget('mark')
    expect(quotes.quoted(ticker('98', '100'))).toEqual([])
  })

  it('bring levels without those that have no quantity', () => {
    const levels = {
      symbol: 'BTCUSDT',
      firstUpdateId: 1,
      lastUpdateId: 2,
      previousUpdateId: 0,
      eventMs: 1,
      transactionMs: 1,
    }
    expect(
      new PlayedQuotes('BTCUSDT').levels({
        ...levels,
        bids: [
          ['99', '1.5'],
          ['98', '0'],
        ],
        asks: [['101', 'nonsense']],
      }),
    ).toEqual([{ kind: 'depth', symbol: 'BTCUSDT', bids: [['99', '1.5']], asks: [] }])
  })

  it('settle funding with the rate that was announced last before its time, once', () => {
    const quotes = new PlayedQuotes('BTCUSDT')
    expect(quotes.marked(mark('100', { rate: '0.0001', dueMs: 8 }))).toEqual([])
    expect(quotes.marked(mark('100', { rate: '0.0002', dueMs: 8 }))).toEqual([])
    expect(quotes.marked(mark('100', { rate: '0.0009', dueMs: 16 }))).toEqual([
      { kind: 'fundingRate', symbol: 'BTCUSDT', rate: '0.0002' },
    ])
    expect(quotes.marked(mark('100', { rate: '0.0009', dueMs: 16 }))).toEqual([])
  })
})
