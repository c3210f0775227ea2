import {
  DerivativesTradingUsdsFutures,
  DerivativesTradingUsdsFuturesRestAPI as Rest,
} from '@binance/derivatives-trading-usds-futures'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startQuotedSandbox } from '../support/quoted-sandbox.js'
import { SANDBOX_KEY } from '../support/sandbox.js'

/** The exchange's own TypeScript SDK as it is, pointed at a sandbox. */
let sandbox: Awaited<ReturnType<typeof startQuotedSandbox>>
let client: DerivativesTradingUsdsFutures

beforeAll(async () => {
  sandbox = await startQuotedSandbox()
  const { apiKey, secret: apiSecret } = SANDBOX_KEY
  client = new DerivativesTradingUsdsFutures({
    configurationRestAPI: { apiKey, apiSecret, basePath: sandbox.origin, timeout: 60_000 },
    configurationWebsocketStreams: { wsURL: sandbox.origin.replace('http:', 'ws:') },
  })
})
afterAll(() => sandbox.close())

/** A price so far below the market that nothing meets it. */
async function restingPrice(share: number): Promise<number> {
  const ticker = await client.restAPI.symbolOrderBookTicker({ symbol: 'BTCUSDT' })
  const { bidPrice } = (await ticker.data()) as { readonly bidPrice: string }
  return Math.floor(Number(bidPrice) * share)
}

describe('the official SDK', () => {
  it('reads the rules of the symbols', async () => {
    const { symbols } = await (await client.restAPI.exchangeInformation()).data()
    expect(symbols!.map(({ symbol }) => symbol)).toContain('BTCUSDT')
  })

  it('places a limit order, finds it, and cancels it', async () => {
    const order = {
      ...{ symbol: 'BTCUSDT', side: Rest.NewOrderSideEnum.BUY, type: Rest.NewOrderTypeEnum.LIMIT, quantity: 0.01 },
      ...{ price: await restingPrice(0.98), timeInForce: Rest.NewOrderTimeInForceEnum.GTC },
    }
    const { orderId } = await (await client.restAPI.newOrder(order)).data()
    const asked = { symbol: 'BTCUSDT', orderId: orderId! }
    expect(await (await client.restAPI.queryOrder(asked)).data()).toMatchObject({ orderId, status: 'NEW' })
    expect(await (await client.restAPI.cancelOrder(asked)).data()).toMatchObject({ orderId, status: 'CANCELED' })
  })

  it('places a stop in the algo service, and cancels it there', async () => {
    const stop = {
      ...{
        algoType: Rest.NewAlgoOrderAlgoTypeEnum.CONDITIONAL,
        symbol: 'BTCUSDT',
        side: Rest.NewAlgoOrderSideEnum.SELL,
        type: Rest.NewAlgoOrderTypeEnum.STOP_MARKET,
      },
      ...{ quantity: 0.01, triggerPrice: await restingPrice(0.9), reduceOnly: Rest.NewAlgoOrderReduceOnlyEnum.TRUE },
    }
    const { algoId } = await (await client.restAPI.newAlgoOrder(stop)).data()
    const open = (await (await client.restAPI.currentAllAlgoOpenOrders()).data()) as { readonly algoId: number }[]
    expect(open.map((one) => one.algoId)).toEqual([algoId])
    await client.restAPI.cancelAlgoOrder({ algoId: algoId! })
    expect(await (await client.restAPI.currentAllAlgoOpenOrders()).data()).toEqual([])
  })

  it('hears of the market and of its orders', async () => {
    const connection = await client.websocketStreams.connect()
    const { listenKey } = await (await client.restAPI.startUserDataStream()).data()
    const user = connection.userData(listenKey!)
    const update = new Promise((resolve) => {
      user.on('message', (data) => {
        if ((data as { readonly e?: string }).e === 'ORDER_TRADE_UPDATE') resolve(data)
      })
    })
    const quotes = connection.individualSymbolBookTickerStreams({ symbol: 'btcusdt' })
    const quote = await new Promise((resolve) => quotes.on('message', resolve))
    expect(quote).toMatchObject({ e: 'bookTicker', s: 'BTCUSDT' })
    const price = await restingPrice(0.98)
    await client.restAPI.newOrder({
      ...{
        symbol: 'BTCUSDT',
        side: Rest.NewOrderSideEnum.BUY,
        type: Rest.NewOrderTypeEnum.LIMIT,
        quantity: 0.01,
        price,
      },
      ...{ timeInForce: Rest.NewOrderTimeInForceEnum.GTC, newClientOrderId: 'heard' },
    })
    expect(await update).toMatchObject({ o: { s: 'BTCUSDT', c: 'heard', X: 'NEW' } })
    await connection.disconnect()
  })
})
