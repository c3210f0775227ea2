import { DerivativesTradingUsdsFutures } from '@binance/derivatives-trading-usds-futures'
import ccxt from 'ccxt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SANDBOX_KEY, startSandbox } from '../../support/sandbox.js'
import { until } from '../../support/until.js'

let sandbox: Awaited<ReturnType<typeof startSandbox>>
beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.close())

const SYMBOL = 'BTC/USDT:USDT'

/** Witnesses: clients of the real exchange, unmodified. Where one of them does not understand what it hears, the sandbox is wrong. */
describe('ccxt', () => {
  let exchange: InstanceType<typeof ccxt.pro.binanceusdm>
  beforeAll(async () => {
    exchange = new ccxt.pro.binanceusdm({ options: { fetchCurrencies: false, fetchMargins: false } })
    const api = exchange.urls.api as Record<string, unknown>
    for (const [name, url] of Object.entries(api)) {
      if (typeof url === 'string') api[name] = url.replace(/^https:\/\/[^/]+/, sandbox.origin)
    }
    const streams = api.ws as Record<string, unknown>
    streams.future = `${sandbox.origin.replace('http', 'ws')}/ws`
    await exchange.loadHttpProxyAgent()
    await exchange.loadMarkets()
  })
  afterAll(() => exchange.close())

  test('loads the markets, the odd ones too', () => {
    expect(Object.keys(exchange.markets ?? {})).toEqual(
      expect.arrayContaining([SYMBOL, 'ETH/USDT:USDT', 'XAU/USDT:USDT']),
    )
    expect(exchange.market(SYMBOL).precision).toMatchObject({ price: 0.1, amount: 0.001 })
  })

  test('reads books, prices, bars, trades and funding', async () => {
    const book = await exchange.fetchOrderBook(SYMBOL, 20)
    expect([book.bids.length, book.asks.length]).toEqual([20, 20])
    expect(Object.keys(await exchange.fetchTickers()).sort()).toEqual([SYMBOL, 'ETH/USDT:USDT'])
    expect(await exchange.fetchOHLCV(SYMBOL, '1m', undefined, 5)).toHaveLength(5)
    expect(Object.keys(await exchange.fetchFundingRates())).toHaveLength(2)
    expect(await exchange.fetchFundingRateHistory(SYMBOL, undefined, 10)).toHaveLength(10)
    expect(await exchange.fetchOpenInterestHistory(SYMBOL, '5m', undefined, 5)).toHaveLength(5)
    expect((await exchange.fetchMarkPrice(SYMBOL)).markPrice).toBeGreaterThan(0)
    await until(async () => (await exchange.fetchTrades(SYMBOL)).length > 0)
  })

  test('keeps a book by a snapshot and its changes', async () => {
    // Its nonce moves only along an unbroken chain; a broken one is an error.
    const nonces: number[] = []
    while (nonces.length < 5) nonces.push((await exchange.watchOrderBook(SYMBOL)).nonce!)
    expect([...nonces].sort((a, b) => a - b)).toEqual(nonces)
  })

  test('hears prices, trades and bars', async () => {
    expect((await exchange.watchTicker(SYMBOL)).last).toBeGreaterThan(0)
    expect((await exchange.watchTrades(SYMBOL)).length).toBeGreaterThan(0)
    expect((await exchange.watchOHLCV(SYMBOL)).length).toBeGreaterThan(0)
    expect((await exchange.watchMarkPrice(SYMBOL)).markPrice).toBeGreaterThan(0)
    expect(Object.keys(await exchange.watchBidsAsks([SYMBOL]))).toEqual([SYMBOL])
  })
})

describe("the exchange's own SDK", () => {
  const symbol = 'BTCUSDT'

  function client(): DerivativesTradingUsdsFutures {
    const configuration = { apiKey: SANDBOX_KEY.apiKey, apiSecret: SANDBOX_KEY.secret, basePath: sandbox.origin }
    return new DerivativesTradingUsdsFutures({
      configurationRestAPI: configuration,
      configurationWebsocketStreams: { wsURL: sandbox.origin.replace('http', 'ws') },
    })
  }

  test('reads rules, books, bars and prices', async () => {
    const { restAPI } = client()
    expect((await (await restAPI.exchangeInformation()).data()).symbols!.length).toBeGreaterThan(2)
    expect((await (await restAPI.orderBook({ symbol, limit: 5 })).data()).bids).toHaveLength(5)
    const bars = await restAPI.klineCandlestickData({ symbol, interval: '1m', limit: 3 } as never)
    expect(await bars.data()).toHaveLength(3)
    expect(await (await restAPI.markPrice({ symbol })).data()).toMatchObject({ symbol })
  })

  test('hears a stream of each path that it opens', async () => {
    const connection = await client().websocketStreams.connect()
    const heard = new Set<string>()
    const hear = (name: string) => () => {
      heard.add(name)
    }
    connection.individualSymbolBookTickerStreams({ symbol: 'btcusdt' }).on('message', hear('bookTicker'))
    connection.aggregateTradeStreams({ symbol: 'btcusdt' }).on('message', hear('aggTrade'))
    connection.markPriceStream({ symbol: 'btcusdt' }).on('message', hear('markPrice'))
    await until(() => heard.size === 3)
    await connection.disconnect()
  })
})
