import { describe, expect, it } from 'vitest'
import {
  ALL_FORCE_ORDERS,
  ALL_MARK_PRICES,
  aggTradeStream,
  bookTickerStream,
  CONTRACT_INFO,
  depthStream,
  forceOrderStream,
  klineStream,
  markPriceStream,
  streamFacts,
} from '../../../../src/adapters/binance/streams/stream-names.js'

describe('a stream', () => {
  it.each([
    ['public', bookTickerStream('BTCUSDT'), 'btcusdt@bookTicker'],
    ['public', depthStream('BTCUSDT', { levels: 5, everyMs: 500 }), 'btcusdt@depth5@500ms'],
    ['public', depthStream('BTCUSDT', { levels: 20, everyMs: 250 }), 'btcusdt@depth20'],
    ['public', depthStream('BTCUSDT', { everyMs: 100 }), 'btcusdt@depth@100ms'],
    ['public', depthStream('币安人生USDT', { everyMs: 250 }), '币安人生usdt@depth'],
    ['market', aggTradeStream('1000PEPEUSDT'), '1000pepeusdt@aggTrade'],
    ['market', markPriceStream('BTCUSDT_261225'), 'btcusdt_261225@markPrice@1s'],
    ['market', klineStream('BTCUSDT', '1m'), 'btcusdt@kline_1m'],
    ['market', forceOrderStream('BTCUSDT'), 'btcusdt@forceOrder'],
    ['market', ALL_MARK_PRICES, '!markPrice@arr@1s'],
    ['market', ALL_FORCE_ORDERS, '!forceOrder@arr'],
    ['market', CONTRACT_INFO, '!contractInfo'],
  ])('of the path %s is named as that path knows it: %s', (path, stream, name) => {
    expect(stream).toBe(name)
    expect(streamFacts(stream)?.path).toBe(path)
  })

  it.each([
    ['public', '!bookTicker'],
    ['public', 'btcusdt@rpiDepth@500ms'],
    ['market', 'btcusdt_perpetual@continuousKline_1M'],
    ['market', '!ticker@arr'],
    ['market', '!miniTicker@arr'],
    ['market', 'btcusdt@ticker'],
    ['market', 'btcusdt@miniTicker'],
    ['market', 'btcusdt@markPrice'],
    ['market', '!markPrice@arr'],
    ['market', 'defiusdt@compositeIndex'],
    ['market', '!assetIndex@arr'],
    ['market', 'tradingSession'],
  ])('of the path %s may be wanted by its name: %s', (path, name) => {
    expect(streamFacts(name)?.path).toBe(path)
  })
})

describe('a name that is acknowledged and mute', () => {
  it.each([
    'BTCUSDT@bookTicker',
    'btcusdt@BookTicker',
    'btcusdt@depth5@250ms',
    'btcusdt@depth@250ms',
    'btcusdt@depth7',
    'btcusdt@depth5@1000ms',
    'btcusdt@rpiDepth',
    'btcusdt@trade',
    'btcusdt@kline_1s',
    'btcusdt@kline_2m',
    'btcusdt@markPrice@3s',
    'btcusd_perp@bookTicker',
    'btcusdt@continuousKline_1m',
    '!depth@arr',
    '@bookTicker',
    'btcusdt',
    'btcusdt@bookTicker ',
    'btcusdt@bookTicker/ethusdt@bookTicker',
    '',
  ])('is no name of a stream: %j', (name) => {
    expect(streamFacts(name)).toBe(undefined)
  })
})

it('what is sent by the clock speaks soonest, and what a symbol may go without never has to', () => {
  expect(streamFacts('btcusdt@markPrice@1s')!.speech!.firstMs).toBeLessThan(
    streamFacts('btcusdt@depth')!.speech!.firstMs,
  )
  for (const name of ['btcusdt@forceOrder', '!forceOrder@arr', '!contractInfo', 'btcusdt@aggTrade', 'btcusdt@kline_1m'])
    expect(streamFacts(name)!.speech).toBe(null)
})
