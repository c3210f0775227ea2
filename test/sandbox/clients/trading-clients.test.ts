import { DerivativesTradingUsdsFutures } from '@binance/derivatives-trading-usds-futures'
import { USDMClient } from 'binance'
import ccxt from 'ccxt'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LOOPBACK_KEY, type SandboxLoopback, sandboxLoopback } from '../../support/sandbox-loopback.js'

/** Enumerations of the SDK are types that a text is not. */
// biome-ignore lint/suspicious/noExplicitAny: of a foreign API
type Answer = any

let loopback: SandboxLoopback
beforeEach(async () => {
  loopback = await sandboxLoopback()
})
afterEach(() => loopback.close())

/** Witnesses: clients of the real exchange, unmodified. Where one of them does not understand an answer, the sandbox is wrong. */
describe('ccxt', () => {
  const SYMBOL = 'BTC/USDT:USDT'

  function client() {
    const options = { fetchCurrencies: false, fetchMargins: false }
    const exchange = new ccxt.binanceusdm({ ...LOOPBACK_KEY, options })
    const api = exchange.urls.api as Record<string, string>
    for (const [name, url] of Object.entries(api)) {
      if (typeof url === 'string') api[name] = url.replace(/^https:\/\/[^/]+/, loopback.url)
    }
    return exchange
  }

  function idOf({ id }: { readonly id: string | undefined }): string {
    expect(id).toBeDefined()
    return id!
  }

  it('places, finds, changes and cancels orders', async () => {
    const exchange = client()
    const id = idOf(await exchange.createOrder(SYMBOL, 'limit', 'buy', 0.1, 49_000))
    await exchange.createOrder(SYMBOL, 'market', 'buy', 0.1)
    expect(await exchange.fetchOpenOrders(SYMBOL)).toMatchObject([{ id, status: 'open', price: 49_000, amount: 0.1 }])
    expect(await exchange.editOrder(id, SYMBOL, 'limit', 'buy', 0.2, 48_900)).toMatchObject({ id, amount: 0.2 })
    expect(await exchange.cancelOrder(id, SYMBOL)).toMatchObject({ id, status: 'canceled' })
    expect(await exchange.fetchClosedOrders(SYMBOL)).toMatchObject([
      { status: 'closed', average: 50_000.1, filled: 0.1 },
    ])
    expect(await exchange.fetchMyTrades(SYMBOL)).toMatchObject([
      { side: 'buy', price: 50_000.1, amount: 0.1, takerOrMaker: 'taker', fee: { cost: 2.500005, currency: 'USDT' } },
    ])
  })

  it('places, finds and cancels stops at the algo service', async () => {
    const exchange = client()
    await exchange.createOrder(SYMBOL, 'market', 'buy', 0.1)
    const stop = { stopLossPrice: 49_000, reduceOnly: true }
    const id = idOf(await exchange.createOrder(SYMBOL, 'market', 'sell', 0.1, undefined, stop))
    const atAlgos = { trigger: true }
    expect(await exchange.fetchOpenOrders(SYMBOL)).toEqual([])
    expect(await exchange.fetchOpenOrders(SYMBOL, undefined, undefined, atAlgos)).toMatchObject([
      { id, triggerPrice: 49_000, reduceOnly: true },
    ])
    expect(await exchange.fetchOrder(id, SYMBOL, atAlgos)).toMatchObject({ id, status: 'open' })
    await exchange.cancelOrder(id, SYMBOL, atAlgos)
    expect(loopback.exchange.view().openAlgoOrders).toEqual([])
  })

  it('reads the account and sets it up', async () => {
    const exchange = client()
    await exchange.createOrder(SYMBOL, 'market', 'buy', 0.1)
    expect(await exchange.fetchBalance()).toMatchObject({ USDT: { total: 9_997.489995, used: 250 } })
    expect(await exchange.fetchPositions()).toMatchObject([
      { symbol: SYMBOL, side: 'long', contracts: 0.1, entryPrice: 50_000.1, marginMode: 'cross' },
    ])
    await exchange.setLeverage(10, SYMBOL)
    expect(await exchange.fetchLeverages()).toMatchObject({ [SYMBOL]: { longLeverage: 10 } })
    expect(await exchange.fetchPositionMode(SYMBOL)).toMatchObject({ hedged: false })
    expect(await exchange.fetchTradingFee(SYMBOL)).toMatchObject({ maker: 0.0002, taker: 0.0005 })
    expect(await exchange.fetchLedger()).toMatchObject([{ type: 'commission', currency: 'USDT' }])
  })

  it('is told refusals by code', async () => {
    const exchange = client()
    const buy = (amount: number, price: number, params = {}) =>
      exchange.createOrder(SYMBOL, 'limit', 'buy', amount, price, params)
    await expect(buy(10, 50_000)).rejects.toThrow('-2019')
    await expect(buy(0.1, 50_100, { postOnly: true })).rejects.toThrow('-5022')
    await expect(exchange.cancelOrder('1', SYMBOL)).rejects.toThrow('-2011')
    loopback.exchange.faults.set('unknownLostShare', 1)
    await expect(buy(0.1, 49_000)).rejects.toThrow('Unknown error')
  })
})

describe("the exchange's own SDK", () => {
  function client() {
    const { apiKey, secret } = LOOPBACK_KEY
    return new DerivativesTradingUsdsFutures({
      configurationRestAPI: { apiKey, apiSecret: secret, basePath: loopback.url, retries: 0 },
    }).restAPI as unknown as Record<string, (params?: object) => Promise<{ data(): Promise<Answer> }>>
  }

  it('trades, with parameters in the query', async () => {
    const api = client()
    const named = { symbol: 'BTCUSDT', origClientOrderId: 'a' }
    const resting = { symbol: 'BTCUSDT', quantity: 0.1, price: 49_000, newClientOrderId: 'a' }
    const order = await api.newOrder!({ ...resting, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' })
    expect(await order.data()).toMatchObject({ clientOrderId: 'a', status: 'NEW' })
    expect(await (await api.queryOrder!(named)).data()).toMatchObject({ avgPrice: '0.00000', origQty: '0.1' })
    expect(await (await api.cancelOrder!(named)).data()).toMatchObject({ status: 'CANCELED' })
    await expect(api.cancelOrder!(named)).rejects.toThrow('Unknown order sent.')
  })

  it('has conditional orders, the account and a listen key', async () => {
    const api = client()
    await api.newOrder!({ symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: 0.1 })
    const stop = { symbol: 'BTCUSDT', triggerPrice: 49_000, closePosition: 'true', clientAlgoId: 's' }
    await api.newAlgoOrder!({ ...stop, algoType: 'CONDITIONAL', side: 'SELL', type: 'STOP_MARKET' })
    loopback.price('49000')
    expect(await (await api.queryAlgoOrder!({ clientAlgoId: 's' })).data()).toMatchObject({ algoStatus: 'FINISHED' })
    expect(await (await api.positionInformationV3!({})).data()).toEqual([])
    expect(await (await api.accountInformationV3!({})).data()).toMatchObject({ assets: [{ asset: 'USDT' }] })
    const { listenKey } = await (await api.startUserDataStream!()).data()
    expect(listenKey).toBe(loopback.exchange.view().listenKey)
  })
})

describe('the client `binance`', () => {
  it('trades and reads the account', async () => {
    const { apiKey, secret } = LOOPBACK_KEY
    const client = new USDMClient({ api_key: apiKey, api_secret: secret, baseUrl: loopback.url })
    await client.submitNewOrder({ symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: 0.1 })
    expect(await client.getPositionsV3()).toMatchObject([{ symbol: 'BTCUSDT', positionAmt: '0.1' }])
    expect(await client.getAllOpenOrders()).toEqual([])
    const stop = { algoType: 'CONDITIONAL', side: 'SELL', type: 'STOP_MARKET' } as const
    const numbers = { triggerPrice: '48000', quantity: '0.1', reduceOnly: 'true' } as const
    await client.submitNewAlgoOrder({ symbol: 'BTCUSDT', ...stop, ...numbers })
    expect(loopback.exchange.view().openAlgoOrders).toHaveLength(1)
  })
})
