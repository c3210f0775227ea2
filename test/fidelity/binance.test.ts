import { USDMClient, WebsocketClient } from 'binance'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startQuotedSandbox } from '../support/quoted-sandbox.js'
import { SANDBOX_KEY } from '../support/sandbox.js'

/** The `binance` package as it is, pointed at a sandbox. */
let sandbox: Awaited<ReturnType<typeof startQuotedSandbox>>
let client: USDMClient

beforeAll(async () => {
  sandbox = await startQuotedSandbox()
  client = new USDMClient({ api_key: SANDBOX_KEY.apiKey, api_secret: SANDBOX_KEY.secret, baseUrl: sandbox.origin })
})
afterAll(() => sandbox.close())

/** A price so far below the market that nothing meets it. */
async function restingPrice(share: number): Promise<number> {
  const { bidPrice } = (await client.getSymbolOrderBookTicker({ symbol: 'BTCUSDT' })) as { readonly bidPrice: unknown }
  return Math.floor(Number(bidPrice) * share)
}

describe('the binance package', () => {
  it('reads the rules of the symbols', async () => {
    const { symbols } = await client.getExchangeInfo()
    expect(symbols.map(({ symbol }) => symbol)).toContain('BTCUSDT')
  })

  it('places a limit order, finds it, and cancels it', async () => {
    const { orderId } = await client.submitNewOrder({
      ...{ symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' },
      ...{ quantity: 0.01, price: await restingPrice(0.98) },
    })
    expect(await client.getOrder({ symbol: 'BTCUSDT', orderId })).toMatchObject({ orderId, status: 'NEW' })
    expect(await client.cancelOrder({ symbol: 'BTCUSDT', orderId })).toMatchObject({ orderId, status: 'CANCELED' })
  })

  it('places a stop in the algo service, and cancels it there', async () => {
    const { algoId } = await client.submitNewAlgoOrder({
      ...{ algoType: 'CONDITIONAL', symbol: 'BTCUSDT', side: 'SELL', type: 'STOP_MARKET', reduceOnly: 'true' },
      quantity: 0.01,
      triggerPrice: await restingPrice(0.9),
    })
    expect((await client.getOpenAlgoOrders()).map((one) => one.algoId)).toEqual([algoId])
    await client.cancelAlgoOrder({ algoId })
    expect(await client.getOpenAlgoOrders()).toEqual([])
  })

  it('hears of the market', async () => {
    const streams = new WebsocketClient({ wsUrl: `${sandbox.origin.replace('http:', 'ws:')}/public/stream` })
    const heard = new Promise((resolve) => streams.on('message', (data) => 'e' in data && resolve(data)))
    await streams.subscribe(['btcusdt@bookTicker'], 'usdmPublic')
    expect(await heard).toMatchObject({ e: 'bookTicker', s: 'BTCUSDT' })
    streams.closeAll(true)
  })
})
