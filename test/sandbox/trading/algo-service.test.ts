import { describe, expect, it } from 'vitest'
import { SandboxAccount } from '../../support/sandbox-account.js'

const PATH = '/fapi/v1/algoOrder'

function ready(): SandboxAccount {
  const account = new SandboxAccount()
  account.price('50000')
  account.order({ newClientOrderId: 'entry' })
  account.listen()
  account.forget()
  return account
}

function find(account: SandboxAccount, clientAlgoId: string) {
  return account.ask('GET', PATH, { clientAlgoId })
}

/** Evidence: notes on Binance, 0.5 and 1.5 (change log of 2025-11-06; a run recorded 2026-04-06). */
describe('a conditional order', () => {
  it('lives beside the engine until it is triggered: no list and no route of orders knows it', () => {
    const account = ready()
    const { body } = account.algo({ triggerPrice: '49000', quantity: '1', reduceOnly: 'true', clientAlgoId: 'stop' })
    expect(body).toMatchObject({ clientAlgoId: 'stop', algoStatus: 'NEW', orderType: 'STOP_MARKET', quantity: '1' })
    const named = { symbol: 'BTCUSDT', origClientOrderId: 'stop' }
    expect(account.ask('GET', '/fapi/v1/openOrders').body).toEqual([])
    expect(account.ask('GET', '/fapi/v1/order', named).body.code).toBe(-2013)
    expect(account.ask('DELETE', '/fapi/v1/order', named).body.code).toBe(-2011)
    expect(account.ask('GET', '/fapi/v1/openAlgoOrders').body).toMatchObject([{ algoId: body.algoId }])
    expect(account.events[0].o).not.toHaveProperty('ap')
  })

  it('becomes an order with its name and another number: NEW, TRIGGERING, TRIGGERED, FINISHED', () => {
    const account = ready()
    const { algoId } = account.algo({
      triggerPrice: '49000',
      quantity: '1',
      reduceOnly: 'true',
      clientAlgoId: 'stop',
    }).body
    account.price('49000.1')
    account.passMs(60_000)
    expect(find(account, 'stop').body.algoStatus).toBe('NEW')
    account.price('49000')
    expect(account.told).toEqual([
      'ALGO NEW',
      'ALGO TRIGGERING',
      'ALGO TRIGGERED',
      'TRADE_LITE',
      'NEW NEW',
      'ACCOUNT ORDER',
      'TRADE FILLED',
      'ALGO FINISHED',
    ])
    const trade = account.events[6].o
    expect(trade).toMatchObject({ c: 'stop', R: true, X: 'FILLED', L: '49000' })
    expect(trade.i).not.toBe(algoId)
    expect(account.events.map(({ e, o }) => (e === 'ALGO_UPDATE' ? o.ai : undefined)).filter(Boolean)).toEqual([
      String(trade.i),
      String(trade.i),
    ])
    expect(find(account, 'stop').body).toMatchObject({
      algoId,
      algoStatus: 'FINISHED',
      actualOrderId: String(trade.i),
      actualPrice: '49000',
      actualQty: '1',
      actualType: 'MARKET',
      triggerTime: account.nowMs,
    })
    expect(account.exchange.view().positions).toEqual({})
  })

  it.each([
    ['STOP_MARKET', 'SELL', '49000', '49000', true],
    ['STOP_MARKET', 'SELL', '49000', '49000.1', false],
    ['STOP_MARKET', 'BUY', '51000', '51000', true],
    ['STOP_MARKET', 'BUY', '51000', '50999.9', false],
    ['TAKE_PROFIT_MARKET', 'SELL', '51000', '51000', true],
    ['TAKE_PROFIT_MARKET', 'SELL', '51000', '50999.9', false],
    ['TAKE_PROFIT_MARKET', 'BUY', '49000', '49000', true],
    ['TAKE_PROFIT_MARKET', 'BUY', '49000', '49000.1', false],
  ])('%s to %s at %s is triggered at %s: %s', (type, side, triggerPrice, price, isTriggered) => {
    const account = ready()
    account.algo({ type, side, triggerPrice, quantity: '0.1', clientAlgoId: 'a' })
    account.price(price)
    expect(find(account, 'a').body.algoStatus !== 'NEW').toBe(isTriggered)
  })

  it('waits for the mark or for the last trade, as its working type says', () => {
    const account = ready()
    account.algo({ triggerPrice: '49000', quantity: '0.1', clientAlgoId: 'mark' })
    account.algo({ triggerPrice: '49000', quantity: '0.1', clientAlgoId: 'last', workingType: 'CONTRACT_PRICE' })
    account.market({ kind: 'print', symbol: 'BTCUSDT', price: '48999', quantity: '1', aggressor: 'SELL' })
    expect(find(account, 'mark').body.algoStatus).toBe('NEW')
    expect(find(account, 'last').body.algoStatus).toBe('FINISHED')
  })

  it('that would be triggered at once is refused, by the price of its working type (-2021)', () => {
    const account = ready()
    account.market({ kind: 'print', symbol: 'BTCUSDT', price: '48000', quantity: '1', aggressor: 'SELL' })
    const stop = { triggerPrice: '49000', quantity: '0.1' }
    expect(account.algo(stop).status).toBe(200)
    expect(account.algo({ ...stop, workingType: 'CONTRACT_PRICE' }).body).toEqual({
      code: -2021,
      msg: 'Order would immediately trigger.',
    })
  })

  it('becomes a limit order where it has a price', () => {
    const account = ready()
    account.algo({
      type: 'STOP',
      triggerPrice: '49000',
      price: '49500',
      quantity: '1',
      clientAlgoId: 'a',
      timeInForce: 'GTC',
    })
    account.price('49000')
    expect(find(account, 'a').body).toMatchObject({ algoStatus: 'TRIGGERED', actualType: 'LIMIT' })
    expect(account.ask('GET', '/fapi/v1/openOrders').body).toMatchObject([{ clientOrderId: 'a', price: '49500' }])
    account.price('49600')
    expect(find(account, 'a').body.algoStatus).toBe('FINISHED')
  })

  it('that trails follows the best price, and is told anew when it begins to', () => {
    const account = ready()
    const trailing = { type: 'TRAILING_STOP_MARKET', quantity: '1', callbackRate: '1', clientAlgoId: 'a' }
    account.algo({ ...trailing, activatePrice: '51000' })
    for (const price of ['49000', '51000', '52000', '51481']) account.price(price)
    expect(find(account, 'a').body.algoStatus).toBe('NEW')
    account.price('51480')
    expect(find(account, 'a').body.algoStatus).toBe('FINISHED')
    expect(account.told.slice(0, 3)).toEqual(['ALGO NEW', 'ALGO NEW', 'ALGO TRIGGERING'])
    expect(account.events.slice(0, 2).map(({ o }) => o.ia)).toEqual([false, true])
  })

  it('with protection waits while mark and last are far apart', () => {
    const account = ready()
    account.algo({ triggerPrice: '49000', quantity: '0.1', clientAlgoId: 'a', priceProtect: 'true' })
    account.market({ kind: 'print', symbol: 'BTCUSDT', price: '50000', quantity: '1', aggressor: 'SELL' })
    account.price('46000')
    expect(find(account, 'a').body.algoStatus).toBe('NEW')
    account.market({ kind: 'print', symbol: 'BTCUSDT', price: '46100', quantity: '1', aggressor: 'SELL' })
    expect(find(account, 'a').body.algoStatus).toBe('FINISHED')
  })

  it('is not asked for margin or a position before it is triggered; then it is rejected, with the reason', () => {
    const account = ready()
    account.algo({ side: 'BUY', triggerPrice: '51000', quantity: '100', clientAlgoId: 'large' })
    account.algo({ side: 'BUY', triggerPrice: '51000', quantity: '1', reduceOnly: 'true', clientAlgoId: 'wrong' })
    account.price('51000')
    expect(account.told.slice(2)).toEqual(['ALGO TRIGGERING', 'ALGO REJECTED', 'ALGO TRIGGERING', 'ALGO REJECTED'])
    const reasons = account.events.flatMap(({ o }) => o.rm ?? [])
    expect(reasons).toEqual(['Margin is insufficient.', 'ReduceOnly Order is rejected.'])
    expect(find(account, 'large').body).toMatchObject({ algoStatus: 'REJECTED', actualOrderId: '' })
  })
})

/** Evidence: notes on Binance, 0.7 (measured on the testnet, 2026-09-12) and 1.5. */
describe('an order that closes the position', () => {
  const closing = { triggerPrice: '49000', closePosition: 'true' }

  it('is one of its kind and direction (-4130); a stop and a take-profit may coexist', () => {
    const account = ready()
    const { body } = account.algo({ ...closing, clientAlgoId: 'stop' })
    expect(body).toMatchObject({ timeInForce: 'GTE_GTC', quantity: '0', closePosition: true, reduceOnly: true })
    expect(account.algo({ ...closing, triggerPrice: '48000' }).body.code).toBe(-4130)
    expect(account.algo({ ...closing, type: 'TAKE_PROFIT_MARKET', triggerPrice: '51000' }).status).toBe(200)
    account.ask('DELETE', PATH, { clientAlgoId: 'stop' })
    expect(account.algo({ ...closing, triggerPrice: '48000' }).status).toBe(200)
  })

  it('takes neither a quantity nor reduceOnly, and needs a position', () => {
    const account = ready()
    expect(account.algo({ ...closing, quantity: '1' }).body.code).toBe(-4137)
    expect(account.algo({ ...closing, reduceOnly: 'true' }).body.code).toBe(-1106)
    account.order({ side: 'SELL' })
    expect(account.algo(closing).body.code).toBe(-4509)
  })

  it('expires with the position; one with a quantity does not', () => {
    const account = ready()
    account.algo({ ...closing, clientAlgoId: 'closing' })
    account.algo({ triggerPrice: '49000', quantity: '1', reduceOnly: 'true', clientAlgoId: 'reducing' })
    account.order({ side: 'SELL' })
    expect(find(account, 'closing').body.algoStatus).toBe('EXPIRED')
    expect(find(account, 'reducing').body.algoStatus).toBe('NEW')
  })

  it('closes whatever is held when it is triggered', () => {
    const account = ready()
    account.algo(closing)
    account.order({ side: 'SELL', quantity: '0.4' })
    account.price('49000')
    expect(account.exchange.view().positions).toEqual({})
    expect(account.events.at(-2).o).toMatchObject({ q: '0.6', cp: true, R: true })
  })
})

/** Evidence: notes on Binance, 0.6 and 1.5 (threads of 2026-01 and 2026-10, named there). */
describe('the algo service', () => {
  it('does not find an order for as long as it lags, though its list does', () => {
    const account = ready()
    account.knob('algoLagMs', 30_000)
    account.algo({ triggerPrice: '49000', quantity: '1', clientAlgoId: 'a' })
    account.passMs(29_999)
    expect(find(account, 'a').body.code).toBe(-2013)
    expect(account.ask('DELETE', PATH, { clientAlgoId: 'a' }).body.code).toBe(-2011)
    expect(account.ask('GET', '/fapi/v1/openAlgoOrders').body).toHaveLength(1)
    account.passMs(1)
    expect(find(account, 'a').body.algoStatus).toBe('NEW')
  })

  it('refuses to cancel what is being triggered (-4117)', () => {
    const account = ready()
    account.knob('algoTriggerMs', 20)
    account.algo({ triggerPrice: '49000', quantity: '1', clientAlgoId: 'a' })
    account.price('49000')
    expect(account.ask('DELETE', PATH, { clientAlgoId: 'a' }).body.code).toBe(-4117)
    account.passMs(20)
    expect(find(account, 'a').body.algoStatus).toBe('FINISHED')
  })

  it('can leave an order TRIGGERING for ever, the position open, and know of nothing to cancel', () => {
    const account = ready()
    account.knob('algoStuck', true)
    account.algo({ triggerPrice: '49000', quantity: '1', reduceOnly: 'true', clientAlgoId: 'a' })
    account.price('48000')
    account.passMs(3_600_000)
    expect(find(account, 'a').body).toMatchObject({ algoStatus: 'TRIGGERING', actualOrderId: '' })
    expect(account.ask('DELETE', PATH, { clientAlgoId: 'a' }).body.code).toBe(-2011)
    expect(account.exchange.view().positions).toEqual({ BTCUSDT: '1' })
  })

  it('lets an order that was stuck go on with the next price, once the fault is taken back', () => {
    const account = ready()
    account.knob('algoStuck', true)
    account.algo({ triggerPrice: '49000', quantity: '1', reduceOnly: 'true', clientAlgoId: 'a' })
    account.price('48000')
    account.knob('algoStuck', false)
    account.price('48500')
    expect(find(account, 'a').body.algoStatus).toBe('FINISHED')
    expect(account.exchange.view().positions).toEqual({})
  })

  it('never lets a stop that was stuck close a position that was opened behind its own', () => {
    const account = ready()
    account.knob('algoStuck', true)
    account.algo({ triggerPrice: '49000', closePosition: 'true', clientAlgoId: 'a' })
    account.price('48000')
    account.order({ side: 'SELL', quantity: '1' })
    expect(find(account, 'a').body.algoStatus).toBe('EXPIRED')
    account.order({ quantity: '1' })
    account.knob('algoStuck', false)
    account.price('48500')
    expect(account.exchange.view().positions).toEqual({ BTCUSDT: '1' })
  })

  it('holds 200 open orders of an account over all symbols (-4045)', () => {
    const account = ready()
    account.price('3000', { symbol: 'ETHUSDT' })
    for (let i = 0; i < 200; i++) {
      if (i % 100 === 0) account.passMs(10_000)
      const symbol = i % 2 === 0 ? 'BTCUSDT' : 'ETHUSDT'
      expect(account.algo({ symbol, triggerPrice: '100', quantity: '0.1', clientAlgoId: `a${i}` }).status).toBe(200)
    }
    expect(account.algo({ triggerPrice: '100', quantity: '0.1' }).body.code).toBe(-4045)
    account.ask('DELETE', PATH, { clientAlgoId: 'a0' })
    expect(account.algo({ triggerPrice: '100', quantity: '0.1' }).status).toBe(200)
  })

  it('takes a name once among its open orders, and again afterwards', () => {
    const account = ready()
    const named = { triggerPrice: '49000', quantity: '0.1', clientAlgoId: 'a' }
    account.algo(named)
    expect(account.algo(named).body.code).toBe(-4116)
    expect(account.ask('DELETE', PATH, { clientAlgoId: 'a' }).body).toMatchObject({ code: '200', msg: 'success' })
    expect(account.algo(named).status).toBe(200)
  })
})
