import { describe, expect, it } from 'vitest'
import { SandboxAccount } from '../../support/sandbox-account.js'

const DAY_MS = 86_400_000

function ready(): SandboxAccount {
  const account = new SandboxAccount()
  account.price('50000')
  return account
}

function query(account: SandboxAccount, params: Record<string, string>) {
  return account.ask('GET', '/fapi/v1/order', { symbol: 'BTCUSDT', ...params })
}

function cancel(account: SandboxAccount, params: Record<string, string>) {
  return account.ask('DELETE', '/fapi/v1/order', { symbol: 'BTCUSDT', ...params })
}

/** Evidence: notes on Binance, 0.2 and 1.4 (prices left the acknowledgements on 2026-07-15). */
describe('an acknowledgement', () => {
  it('has no price of what was filled; a question afterwards has', () => {
    const account = ready()
    const { body } = account.order({ newClientOrderId: 'a', newOrderRespType: 'RESULT' })
    expect(body).toMatchObject({ clientOrderId: 'a', status: 'FILLED', executedQty: '1', cumQty: '1', price: '0' })
    expect(body).not.toHaveProperty('avgPrice')
    expect(body).not.toHaveProperty('cumQuote')
    expect(query(account, { origClientOrderId: 'a' }).body).toMatchObject({
      status: 'FILLED',
      avgPrice: '50000.1',
      cumQuote: '50000.1',
      orderId: body.orderId,
    })
  })

  it.each([
    ['ACK', 'MARKET', undefined, 'NEW'],
    ['RESULT', 'MARKET', undefined, 'FILLED'],
    ['ACK', 'LIMIT', 'IOC', 'NEW'],
    ['RESULT', 'LIMIT', 'IOC', 'FILLED'],
    ['RESULT', 'LIMIT', 'FOK', 'FILLED'],
    ['RESULT', 'LIMIT', 'GTC', 'NEW'],
  ])('of kind %s of a %s order (%s) says %s', (newOrderRespType, type, timeInForce, status) => {
    const account = ready()
    const limit = timeInForce === undefined ? {} : { timeInForce, price: '50100' }
    expect(account.order({ type, newOrderRespType, ...limit }).body.status).toBe(status)
  })

  it('of an IOC order that found nothing is EXPIRED', () => {
    const account = ready()
    account.listen()
    const { body } = account.limit({ timeInForce: 'IOC', price: '49000', newOrderRespType: 'RESULT' })
    expect(body).toMatchObject({ status: 'EXPIRED', executedQty: '0' })
    expect(account.told).toEqual(['NEW NEW', 'EXPIRED EXPIRED'])
    expect(account.events.at(-1).o.er).toBe('2')
  })
})

/** Evidence: notes on Binance, 0.1 (measured on the testnet, 2026-09-12). */
describe('a client order id', () => {
  it('is unique among open orders only', () => {
    const account = ready()
    const resting = { price: '49000', newClientOrderId: 'a' }
    const first = account.limit(resting)
    expect(account.limit(resting).body).toMatchObject({ code: -4116 })
    cancel(account, { origClientOrderId: 'a' })
    const second = account.limit(resting)
    expect(second.status).toBe(200)
    expect(second.body.orderId).not.toBe(first.body.orderId)
    expect(query(account, { origClientOrderId: 'a' }).body.orderId).toBe(second.body.orderId)
  })

  it('of an order that has filled is accepted again', () => {
    const account = ready()
    for (let i = 0; i < 2; i++) expect(account.order({ newClientOrderId: 'a', quantity: '0.1' }).status).toBe(200)
    expect(account.exchange.view().positions).toEqual({ BTCUSDT: '0.2' })
  })

  it('is up to 36 of certain characters; whoever sends none is given one', () => {
    const account = ready()
    const resting = { price: '49000' }
    expect(account.limit({ ...resting, newClientOrderId: 'a'.repeat(36) }).status).toBe(200)
    expect(account.limit({ ...resting, newClientOrderId: 'a'.repeat(37) }).body.code).toBe(-4015)
    expect(account.limit({ ...resting, newClientOrderId: 'ä' }).body.code).toBe(-1100)
    expect(account.limit(resting).body.clientOrderId).toMatch(/^auto/)
  })
})

/** Evidence: notes on Binance, 1.4. */
describe('a cancel', () => {
  it('answers with the order as CANCELED, and is told', () => {
    const account = ready()
    account.listen()
    const { body } = account.limit({ price: '49000' })
    expect(cancel(account, { orderId: String(body.orderId) }).body).toMatchObject({ status: 'CANCELED' })
    expect(account.told).toEqual(['NEW NEW', 'CANCELED CANCELED'])
    expect(account.ask('GET', '/fapi/v1/openOrders').body).toEqual([])
  })

  it('of an order that is filled, cancelled or unknown is refused alike (-2011)', () => {
    const account = ready()
    account.order({ newClientOrderId: 'filled' })
    account.limit({ price: '49000', newClientOrderId: 'cancelled' })
    cancel(account, { origClientOrderId: 'cancelled' })
    for (const origClientOrderId of ['filled', 'cancelled', 'unknown']) {
      expect(cancel(account, { origClientOrderId })).toMatchObject({
        status: 400,
        body: { code: -2011, msg: 'Unknown order sent.' },
      })
    }
    expect(cancel(account, {}).body.code).toBe(-1102)
  })

  it('of all takes those of one symbol', () => {
    const account = ready()
    account.price('3000', { symbol: 'ETHUSDT' })
    account.limit({ price: '49000' })
    account.limit({ price: '2900', symbol: 'ETHUSDT', newClientOrderId: 'other' })
    expect(account.ask('DELETE', '/fapi/v1/allOpenOrders', { symbol: 'BTCUSDT' }).body.code).toBe(200)
    expect(account.exchange.view().openOrders.map(({ clientOrderId }) => clientOrderId)).toEqual(['other'])
  })
})

/** Evidence: the exchange's page on querying orders; notes on Binance, 1.4. */
describe('a question about an order', () => {
  it('finds one that ended without a fill for three days, one that filled for ninety', () => {
    const account = ready()
    account.order({ newClientOrderId: 'filled' })
    account.limit({ price: '49000', newClientOrderId: 'cancelled' })
    cancel(account, { origClientOrderId: 'cancelled' })
    account.passMs(3 * DAY_MS)
    expect(query(account, { origClientOrderId: 'cancelled' }).body.status).toBe('CANCELED')
    account.passMs(1)
    expect(query(account, { origClientOrderId: 'cancelled' })).toMatchObject({
      status: 400,
      body: { code: -2013, msg: 'Order does not exist.' },
    })
    account.passMs(87 * DAY_MS - 1)
    expect(query(account, { origClientOrderId: 'filled' }).body.status).toBe('FILLED')
    account.passMs(1)
    expect(query(account, { origClientOrderId: 'filled' }).body.code).toBe(-2013)
  })

  it('finds none of another symbol, and openOrder none that is over', () => {
    const account = ready()
    const { body } = account.order({})
    const orderId = String(body.orderId)
    expect(query(account, { orderId, symbol: 'ETHUSDT' }).body.code).toBe(-2013)
    expect(account.ask('GET', '/fapi/v1/openOrder', { symbol: 'BTCUSDT', orderId }).body.code).toBe(-2013)
  })

  it('about all is answered within seven days, or from a number on; the symbol may be left out', () => {
    const account = ready()
    const orders = [0, 1, 2].map(() => account.order({ quantity: '0.1' }).body)
    const all = (params = {}) => account.ask('GET', '/fapi/v1/allOrders', params)
    const ids = (params = {}) => all(params).body.map(({ orderId }: { orderId: number }) => orderId)
    expect(ids()).toEqual(orders.map(({ orderId }) => orderId))
    expect(ids({ symbol: 'BTCUSDT', limit: '1' })).toEqual([orders[2].orderId])
    expect(ids({ symbol: 'BTCUSDT', orderId: String(orders[1].orderId), limit: '1' })).toEqual([orders[1].orderId])
    expect(ids({ symbol: 'ETHUSDT' })).toEqual([])
    const startTime = String(account.nowMs - 8 * DAY_MS)
    expect(all({ symbol: 'BTCUSDT', startTime, endTime: String(account.nowMs) }).body.code).toBe(-4165)
    account.passMs(7 * DAY_MS + 1)
    expect(ids()).toEqual([])
  })
})

/** Evidence: notes on Binance, 1.4 (fields of 2026-07-22). */
describe('an amendment', () => {
  it('changes price and quantity, keeps the number, and is told', () => {
    const account = ready()
    account.listen()
    const { body } = account.limit({ price: '49000' })
    const orderId = String(body.orderId)
    const amend = (params: Record<string, string>) =>
      account.ask('PUT', '/fapi/v1/order', { symbol: 'BTCUSDT', side: 'BUY', orderId, ...params })
    expect(amend({ price: '49000', quantity: '1' }).body.code).toBe(-5027)
    expect(amend({ price: '49000.05', quantity: '1' }).body.code).toBe(-1111)
    expect(amend({ price: '49100', quantity: '0.5' }).body).toMatchObject({
      orderId: body.orderId,
      modifyId: 1,
      price: '49100',
      origQty: '0.5',
      status: 'NEW',
    })
    expect(account.told).toEqual(['NEW NEW', 'AMENDMENT NEW'])
    account.price('49050')
    expect(account.exchange.view().positions).toEqual({ BTCUSDT: '0.5' })
    expect(amend({ price: '49200', quantity: '1' }).body.code).toBe(-2013)
  })
})

describe('a batch', () => {
  it('answers each of up to five orders by itself', () => {
    const account = ready()
    const one = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.1', price: '49000' }
    const batch = (rows: object[]) =>
      account.ask('POST', '/fapi/v1/batchOrders', { batchOrders: JSON.stringify(rows) }).body
    const [first, second, third] = batch([
      one,
      { ...one, side: 'SELL', reduceOnly: 'true', price: '51000' },
      { ...one, price: 1 },
    ])
    expect(first.status).toBe('NEW')
    expect(second).toEqual({ code: -2022, msg: 'ReduceOnly Order is rejected.' })
    expect(third.code).toBe(-4164)
    expect(batch([one, one, one, one, one, one]).code).toBe(-4082)
    const orderIdList = JSON.stringify([first.orderId, 1])
    const cancelled = account.ask('DELETE', '/fapi/v1/batchOrders', { symbol: 'BTCUSDT', orderIdList }).body
    expect(cancelled).toMatchObject([{ status: 'CANCELED' }, { code: -2011 }])
  })
})
