import ccxt from 'ccxt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startQuotedSandbox } from '../support/quoted-sandbox.js'
import { SANDBOX_KEY } from '../support/sandbox.js'

/** ccxt as it is, pointed at a sandbox: it knows the exchange from elsewhere, and nobody here wrote it. */
type Client = InstanceType<typeof ccxt.pro.binanceusdm>

const SYMBOL = 'BTC/USDT:USDT'

let sandbox: Awaited<ReturnType<typeof startQuotedSandbox>>
let client: Client

beforeAll(async () => {
  sandbox = await startQuotedSandbox()
  client = new ccxt.pro.binanceusdm({ apiKey: SANDBOX_KEY.apiKey, secret: SANDBOX_KEY.secret })
  client.options.fetchCurrencies = false
  client.options.fetchMargins = false
  const { api } = client.urls as { api: Record<string, unknown> }
  for (const [name, version] of [
    ['fapiPublic', 'v1'],
    ['fapiPublicV2', 'v2'],
    ['fapiPublicV3', 'v3'],
    ['fapiPrivate', 'v1'],
    ['fapiPrivateV2', 'v2'],
    ['fapiPrivateV3', 'v3'],
  ] as const)
    api[name] = `${sandbox.origin}/fapi/${version}`
  const streams = api.ws as Record<string, unknown>
  streams.future = `${sandbox.origin.replace('http:', 'ws:')}/ws`
  await client.loadHttpProxyAgent()
})
afterAll(async () => {
  await client.close()
  await sandbox.close()
})

describe('ccxt', () => {
  it('loads the markets, with the steps of prices and amounts', async () => {
    const markets = await client.loadMarkets()
    expect(markets[SYMBOL]).toMatchObject({ id: 'BTCUSDT', linear: true, active: true, settle: 'USDT' })
    expect(Number(markets[SYMBOL]!.precision.price)).toBeGreaterThan(0)
  })

  it('places a limit order, finds it, and cancels it', async () => {
    const { bid } = (await client.fetchBidsAsks([SYMBOL]))[SYMBOL]!
    const price = Number(client.priceToPrecision(SYMBOL, bid! * 0.98))
    const placed = await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, price)
    expect(placed).toMatchObject({ symbol: SYMBOL, status: 'open', side: 'buy', price })
    expect(await client.fetchOrder(placed.id!, SYMBOL)).toMatchObject({ id: placed.id, status: 'open', filled: 0 })
    expect((await client.fetchOpenOrders(SYMBOL)).map(({ id }) => id)).toEqual([placed.id])
    expect(await client.cancelOrder(placed.id!, SYMBOL)).toMatchObject({ status: 'canceled' })
    expect(await client.fetchOpenOrders(SYMBOL)).toEqual([])
  })

  it('places a stop in the algo service, and cancels it there', async () => {
    const { bid } = (await client.fetchBidsAsks([SYMBOL]))[SYMBOL]!
    const stop = await client.createOrder(SYMBOL, 'market', 'sell', 0.01, undefined, {
      stopLossPrice: Number(client.priceToPrecision(SYMBOL, bid! * 0.9)),
      reduceOnly: true,
    })
    const open = await client.fetchOpenOrders(SYMBOL, undefined, undefined, { trigger: true })
    expect(open.map(({ id }) => id)).toEqual([stop.id])
    await client.cancelOrder(stop.id!, SYMBOL, { trigger: true })
    expect(await client.fetchOpenOrders(SYMBOL, undefined, undefined, { trigger: true })).toEqual([])
  })

  it('keeps a book in step by its own rule for snapshots and diffs', async () => {
    for (let i = 0; i < 5; i++) {
      const book = await client.watchOrderBook(SYMBOL)
      expect(book.bids[0]![0]).toBeLessThan(book.asks[0]![0]!)
    }
  })

  it('hears of its orders, and of the market', async () => {
    const heard = client.watchOrders(SYMBOL)
    const price = Number(client.priceToPrecision(SYMBOL, (await client.fetchOrderBook(SYMBOL, 5)).bids[0]![0]! * 0.98))
    const placed = await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, price)
    expect((await heard).map(({ id }) => id)).toContain(placed.id)
    await client.cancelOrder(placed.id!, SYMBOL)
    expect(await client.watchTicker(SYMBOL)).toMatchObject({ symbol: SYMBOL })
  })
})
