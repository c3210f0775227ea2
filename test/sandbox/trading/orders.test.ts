import { describe, expect, it } from 'vitest'
import { SandboxAccount } from '../../support/sandbox-account.js'

function ready(): SandboxAccount {
  const account = new SandboxAccount()
  account.price('50000')
  account.listen()
  return account
}

function found(account: SandboxAccount, origClientOrderId: string) {
  return account.ask('GET', '/fapi/v1/order', { symbol: 'BTCUSDT', origClientOrderId }).body
}

/** Evidence: notes on Binance, 1.6: refused with -5022, or accepted and then expired. */
describe('a post-only order that would take', () => {
  it('is refused', () => {
    expect(ready().limit({ timeInForce: 'GTX', price: '50000.1' }).body.code).toBe(-5022)
  })

  it('is accepted and expires where the fault wants it so', () => {
    const account = ready()
    account.knob('postOnlyExpires', true)
    expect(account.limit({ timeInForce: 'GTX', price: '50000.1', newClientOrderId: 'a' }).status).toBe(200)
    expect(account.told).toEqual(['NEW NEW', 'EXPIRED EXPIRED'])
    expect(found(account, 'a')).toMatchObject({ status: 'EXPIRED', executedQty: '0' })
  })

  it('is none while it lies behind the other side', () => {
    const account = ready()
    expect(account.limit({ timeInForce: 'GTX', price: '50000', newClientOrderId: 'a' }).body.status).toBe('NEW')
    account.price('49999')
    expect(found(account, 'a')).toMatchObject({ status: 'FILLED', avgPrice: '50000' })
    expect(account.events.at(-1).o.m).toBe(true)
  })
})

describe('time in force', () => {
  it('FOK fills whole or is refused (-5021)', () => {
    const account = ready()
    account.price('50000', { size: '0.5' })
    const order = { timeInForce: 'FOK', price: '50100' }
    expect(account.limit({ ...order, quantity: '0.6' }).body.code).toBe(-5021)
    expect(account.limit({ ...order, quantity: '0.5', newOrderRespType: 'RESULT' }).body.status).toBe('FILLED')
  })

  it('IOC takes what is there, and the rest expires (er 2)', () => {
    const account = ready()
    account.price('50000', { size: '0.5' })
    account.limit({ timeInForce: 'IOC', price: '50100', quantity: '0.6' })
    expect(account.told).toEqual([
      'TRADE_LITE',
      'NEW NEW',
      'ACCOUNT ORDER',
      'TRADE PARTIALLY_FILLED',
      'EXPIRED EXPIRED',
    ])
    expect(account.events.at(-1).o).toMatchObject({ er: '2', z: '0.5' })
  })

  it('GTD ends at its date', () => {
    const account = ready()
    account.limit({ timeInForce: 'GTD', price: '49000', goodTillDate: String(account.nowMs + 700_000) })
    account.passMs(699_999)
    expect(account.exchange.view().openOrders).toHaveLength(1)
    account.passMs(1)
    expect(account.told.at(-1)).toBe('EXPIRED EXPIRED')
  })

  it('of a MARKET order: what is not there is taken from the next quotes, or expires (er 9) by the fault', () => {
    const account = ready()
    account.price('50000', { size: '0.5' })
    account.order({ quantity: '0.6', newClientOrderId: 'a' })
    expect(found(account, 'a')).toMatchObject({ status: 'PARTIALLY_FILLED', executedQty: '0.5' })
    account.price('50010')
    expect(found(account, 'a').status).toBe('FILLED')
    account.knob('marketRemainderExpires', true)
    account.price('50000', { size: '0.5' })
    account.order({ quantity: '0.6', newClientOrderId: 'b' })
    expect(found(account, 'b')).toMatchObject({ status: 'EXPIRED', executedQty: '0.5' })
    expect(account.events.at(-1).o.er).toBe('9')
  })
})

/** Evidence: notes on Binance, 1.6 and 2.5 (quantities shrink: nautilus#3983). */
describe('a reduce-only order', () => {
  it('is refused where nothing is held that it reduces (-2022)', () => {
    const account = ready()
    expect(account.order({ reduceOnly: 'true' }).body.code).toBe(-2022)
    account.order({})
    expect(account.order({ reduceOnly: 'true' }).body.code).toBe(-2022)
  })

  it('is cut to what is held, when it comes and when less is held later', () => {
    const account = ready()
    account.order({})
    account.limit({ side: 'SELL', price: '51000', quantity: '3', reduceOnly: 'true', newClientOrderId: 'exit' })
    expect(found(account, 'exit').origQty).toBe('1')
    account.order({ side: 'SELL', quantity: '0.4' })
    expect(found(account, 'exit').origQty).toBe('0.6')
    account.price('51001')
    expect(found(account, 'exit')).toMatchObject({ status: 'FILLED', executedQty: '0.6' })
  })

  it('is never filled beyond what it was cut to, though more is held again', () => {
    const account = ready()
    account.order({})
    account.limit({ side: 'SELL', price: '51000', reduceOnly: 'true', newClientOrderId: 'exit' })
    account.order({ side: 'SELL', quantity: '0.4' })
    account.order({ quantity: '0.4' })
    account.price('51001')
    expect(found(account, 'exit')).toMatchObject({ status: 'FILLED', executedQty: '0.6', origQty: '0.6' })
    expect(account.exchange.view()).toMatchObject({ positions: { BTCUSDT: '0.4' }, openOrders: [] })
  })

  it('expires when the position is gone (er 4)', () => {
    const account = ready()
    account.order({})
    account.limit({ side: 'SELL', price: '51000', reduceOnly: 'true', newClientOrderId: 'exit' })
    account.order({ side: 'SELL' })
    expect(found(account, 'exit').status).toBe('EXPIRED')
    expect(account.events.at(-1).o).toMatchObject({ c: 'exit', x: 'EXPIRED', er: '4' })
  })
})

/** Evidence: notes on Binance, 2.5 (codes of `er`, EXPIRED_IN_MATCH). */
describe('an order that would meet another of the account', () => {
  it.each([
    ['EXPIRE_MAKER', 'EXPIRED_IN_MATCH', 'FILLED'],
    ['EXPIRE_TAKER', 'NEW', 'EXPIRED_IN_MATCH'],
    ['EXPIRE_BOTH', 'EXPIRED_IN_MATCH', 'EXPIRED_IN_MATCH'],
    ['NONE', 'NEW', 'FILLED'],
  ])('by %s leaves the one that rests %s and the one that comes %s', (mode, resting, coming) => {
    const account = ready()
    account.limit({ price: '50000', newClientOrderId: 'resting' })
    account.order({ side: 'SELL', newClientOrderId: 'coming', selfTradePreventionMode: mode })
    expect(found(account, 'resting').status).toBe(resting)
    expect(found(account, 'coming').status).toBe(coming)
    const expired = account.events.filter(({ o }) => o?.X === 'EXPIRED_IN_MATCH')
    for (const { o } of expired) expect(o).toMatchObject({ x: 'EXPIRED', er: '1' })
  })
})

describe('the margin', () => {
  it('carries an order up to the equity at the leverage of its symbol (-2019)', () => {
    const account = ready()
    expect(account.order({ quantity: '4.001' }).body).toEqual({ code: -2019, msg: 'Margin is insufficient.' })
    expect(account.ask('POST', '/fapi/v1/leverage', { symbol: 'BTCUSDT', leverage: '10' }).status).toBe(200)
    expect(account.order({ quantity: '2.001' }).body.code).toBe(-2019)
    expect(account.order({ quantity: '1.99' }).status).toBe(200)
    expect(account.order({ quantity: '0.1' }).body.code).toBe(-2019)
    expect(account.order({ quantity: '1', side: 'SELL' }).status).toBe(200)
  })

  it('is bound by open orders too', () => {
    const account = ready()
    account.limit({ price: '49000', quantity: '3' })
    expect(account.limit({ price: '49000', quantity: '1.1' }).body.code).toBe(-2019)
  })
})

it('at most 200 orders of a symbol are open (-2025)', () => {
  const account = ready()
  for (let i = 0; i < 200; i++) expect(account.limit({ price: '49000', quantity: '0.01' }).status).toBe(200)
  expect(account.limit({ price: '49000', quantity: '0.01' }).body.code).toBe(-2025)
})
