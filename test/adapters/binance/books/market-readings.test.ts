import { describe, expect, it } from 'vitest'
import {
  readDepth,
  readLiquidation,
  readMark,
  readTrade,
  readTradeRow,
} from '../../../../src/adapters/binance/books/market-readings.js'
import { UnknownWords } from '../../../../src/adapters/binance/streams/payload.js'

const NOW_MS = 1_800_000_000_000
const DEPTH = { e: 'depthUpdate', E: 5, T: 4, s: 'BTCUSDT', U: 1, u: 3, pu: 0, b: [['1', '2']], a: [], st: 1 }
const ORDER = { s: 'BTCUSDT', S: 'SELL', q: '2', p: '99', ap: '100.5', z: '1.5', X: 'FILLED', T: 9 }
const MARK = { e: 'markPriceUpdate', E: 5, s: 'BTCUSDT', p: '100', i: '101', r: '-0.0001', T: 8, st: 1 }

describe('a frame of a book', () => {
  it('is handed on as it was parsed', () => {
    const event = readDepth(DEPTH, 'BTCUSDT', NOW_MS)
    expect(event).toEqual({ kind: 'depth', symbol: 'BTCUSDT', eventMs: 5, receivedMs: NOW_MS, frame: DEPTH })
    expect((event as { frame: unknown }).frame).toBe(DEPTH)
  })

  it.each<[string, object]>([
    ['another symbol', { s: 'ETHUSDT' }],
    ['no time', { E: '5' }],
    ['an id that no number can hold', { u: 2 ** 60 }],
    ['an id as text', { pu: '0' }],
    ['no first id', { U: undefined }],
    ['an id below zero', { U: -5, u: -3 }],
    ['no list of bids', { b: {} }],
    ['no asks', { a: null }],
  ])('with %s is malformed', (_, changes) => {
    expect(readDepth({ ...DEPTH, ...changes }, 'BTCUSDT', NOW_MS)).toBe('malformed')
  })

  it('of COIN-M is foreign, and a list is malformed', () => {
    expect(readDepth({ ...DEPTH, st: 2 }, 'BTCUSDT', NOW_MS)).toBe('foreign')
    expect(readDepth([DEPTH], 'BTCUSDT', NOW_MS)).toBe('malformed')
  })
})

describe('a liquidation', () => {
  const read = (changes: object = {}) =>
    readLiquidation({ e: 'forceOrder', E: 10, o: { ...ORDER, ...changes } }, new UnknownWords(), NOW_MS)

  it('has the average price, what was filled and what was ordered', () => {
    expect(read()).toEqual({
      ...{ kind: 'liquidation', symbol: 'BTCUSDT', side: 'SELL', price: 100.5, orderPrice: 99, baseQuantity: 1.5 },
      ...{ orderBaseQuantity: 2, atMs: 9, receivedMs: NOW_MS },
    })
  })

  it.each([{ ap: '-1' }, { ap: '9'.repeat(400) }, { z: 1.5 }, { S: 'sell' }, { T: null }])(
    'with %j is malformed',
    (c) => {
      expect(read(c)).toBe('malformed')
    },
  )

  it('of COIN-M is foreign', () => {
    expect(read({ st: 2 })).toBe('foreign')
  })
})

describe('a trade', () => {
  const TRADE = { e: 'aggTrade', E: 10, s: 'BTCUSDT', a: 77, p: '100.5', q: '1.50', f: 7, l: 9, T: 9, m: true, st: 1 }
  const SAID = {
    ...{ kind: 'trade', symbol: 'BTCUSDT', price: 100.5, baseQuantity: 1.5, side: 'SELL', venueId: 77 },
    ...{ atMs: 9, receivedMs: NOW_MS },
  }

  it('has the side of its taker, who sells where the buyer is the maker', () => {
    expect(readTrade(TRADE, NOW_MS)).toEqual(SAID)
    expect(readTrade({ ...TRADE, m: false }, NOW_MS)).toMatchObject({ side: 'BUY' })
  })

  it('is the same as the REST API tells it', () => {
    const { a, p, q, f, l, T, m } = TRADE
    expect(readTradeRow({ a, p, q, f, l, T, m }, 'BTCUSDT', NOW_MS)).toEqual(SAID)
    expect(readTradeRow([a], 'BTCUSDT', NOW_MS)).toBe('malformed')
  })

  it.each([{ p: '0' }, { q: '0.000' }, { p: '-1' }, { q: '9'.repeat(400) }, { a: '77' }, { m: 1 }, { T: -1 }])(
    'with %j is malformed',
    (changes) => {
      expect(readTrade({ ...TRADE, ...changes }, NOW_MS)).toBe('malformed')
    },
  )

  it('of COIN-M is foreign', () => {
    expect(readTrade({ ...TRADE, st: 2 }, NOW_MS)).toBe('foreign')
  })
})

describe('a mark price', () => {
  it.each([
    [{}, { mark: 100, index: 101, fundingRate: -0.0001, nextFundingMs: 8 }],
    [{ i: '' }, { index: null }],
    [
      { T: 0, r: '' },
      { fundingRate: null, nextFundingMs: null },
    ],
    [
      { T: 0, r: '0.00000000' },
      { fundingRate: null, nextFundingMs: null },
    ],
  ])('with %j says %j', (changes, said) => {
    expect(readMark({ ...MARK, ...changes }, NOW_MS)).toMatchObject({ kind: 'mark', atMs: 5, ...said })
  })

  it.each([{ p: '0' }, { p: '-1' }, { p: '9'.repeat(400) }, { E: -1 }, { s: 7 }])('with %j is malformed', (changes) => {
    expect(readMark({ ...MARK, ...changes }, NOW_MS)).toBe('malformed')
  })

  it('of COIN-M is foreign', () => {
    expect(readMark({ ...MARK, st: 2 }, NOW_MS)).toBe('foreign')
  })
})
