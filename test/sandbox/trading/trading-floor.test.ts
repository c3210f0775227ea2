import { describe, expect, it } from 'vitest'
import { instrument } from '../../support/instruments.js'
import { SandboxAccount } from '../../support/sandbox-account.js'

function ready(): SandboxAccount {
  const account = new SandboxAccount()
  account.price('50000')
  account.listen()
  return account
}

function holding(): SandboxAccount {
  const account = ready()
  account.order({ quantity: '2' })
  account.forget()
  return account
}

/** Evidence: notes on Binance, 2.5 (forced orders), and the exchange's page on forceOrders. */
describe('the exchange', () => {
  it('liquidates an account that its equity does not carry: orders expire, positions are closed by autoclose orders', () => {
    const account = holding()
    account.limit({ price: '40000', quantity: '0.1', newClientOrderId: 'resting' })
    account.algo({ triggerPrice: '1000', closePosition: 'true', clientAlgoId: 'stop' })
    account.forget()
    account.price('44000')
    expect(account.told).toEqual([
      'MARGIN_CALL',
      'EXPIRED EXPIRED',
      'NEW NEW',
      'ACCOUNT ORDER',
      'CALCULATED FILLED',
      'ALGO EXPIRED',
    ])
    expect(account.events[0].p).toMatchObject([{ s: 'BTCUSDT', pa: '2', mt: 'CROSSED' }])
    expect(account.events[1].o).toMatchObject({ c: 'resting', er: '5' })
    expect(account.events[4].o).toMatchObject({ o: 'LIQUIDATION', S: 'SELL', q: '2' })
    expect(account.events[4].o.c).toMatch(/^autoclose-\d+$/)
    const { walletUsd, positions } = account.exchange.view()
    expect(positions).toEqual({})
    expect(Number(walletUsd)).toBeGreaterThanOrEqual(0)
    expect(account.ask('GET', '/fapi/v1/forceOrders', { autoCloseType: 'LIQUIDATION' }).body).toMatchObject([
      { clientOrderId: account.events[4].o.c, status: 'FILLED', type: 'LIMIT', timeInForce: 'IOC' },
    ])
    expect(account.ask('GET', '/fapi/v1/forceOrders', { autoCloseType: 'ADL' }).body).toEqual([])
  })

  it('liquidates, deleverages and settles when a fault says so', () => {
    for (const [act, clientOrderId, execution] of [
      ['liquidate', /^autoclose-/, 'CALCULATED'],
      ['deleverage', /^adl_autoclose$/, 'CALCULATED'],
      ['settleSymbol', /^settlement_autoclose-/, 'TRADE'],
    ] as const) {
      const account = holding()
      account.strike(act, 'BTCUSDT')
      const { o } = account.events.at(-1)
      expect(o.c).toMatch(clientOrderId)
      expect(o).toMatchObject({ x: execution, X: 'FILLED', l: '2' })
      expect(account.exchange.view().positions).toEqual({})
      expect(account.ask('GET', '/fapi/v1/userTrades', { symbol: 'BTCUSDT' }).body).toHaveLength(2)
    }
  })

  it('takes a symbol out of trading when it settles: what is open expires with er 7', () => {
    const account = holding()
    account.limit({ price: '49000', quantity: '0.1' })
    account.algo({ triggerPrice: '49000', quantity: '1', clientAlgoId: 'a' })
    account.forget()
    account.strike('settleSymbol', 'BTCUSDT')
    expect(account.told.slice(0, 2)).toEqual(['EXPIRED EXPIRED', 'ALGO EXPIRED'])
    expect(account.events[0].o.er).toBe('7')
    expect(account.order({}).body.code).toBe(-4140)
  })

  it('tells liquidations to everybody', () => {
    const account = holding()
    account.put({ kind: 'open', socketId: 'market', target: '/market/ws/btcusdt@forceOrder' })
    account.strike('liquidate')
    account.passMs(1_000)
    const told = account.effects.filter((effect) => effect.kind === 'text' && effect.socketId === 'market')
    expect(told).toHaveLength(1)
  })

  it('lets somebody else with a key of the account trade and set it up', () => {
    const account = holding()
    account.strike('foreignOrder', 'BTCUSDT')
    account.strike('changeLeverage', 'BTCUSDT')
    expect(account.exchange.view().positions).toEqual({ BTCUSDT: '2.001' })
    expect(account.told).toEqual(['TRADE_LITE', 'NEW NEW', 'ACCOUNT ORDER', 'TRADE FILLED', 'ACCOUNT_CONFIG_UPDATE'])
    expect(account.events.at(-1).ac).toEqual({ s: 'BTCUSDT', l: 5 })
  })

  it('lets somebody else buy what the rules demand at least, where the smallest quantity is worth too little', () => {
    const account = ready()
    account.market({ kind: 'instrument', instrument: instrument({ minNotionalUsd: '100' }) })
    account.price('33000')
    account.strike('foreignOrder', 'BTCUSDT')
    expect(account.exchange.view().positions).toEqual({ BTCUSDT: '0.004' })
  })
})

/** Evidence: notes on Binance, 2.5 (`S` since 2026-08) and 1.3. */
describe('funding', () => {
  it('is told as FUNDING_FEE with its symbol and no position, and has its number in the income', () => {
    const account = holding()
    account.market({ kind: 'fundingRate', symbol: 'BTCUSDT', rate: '0.0001' })
    account.passMs(1_800_000)
    account.market({ kind: 'fundingRate', symbol: 'BTCUSDT', rate: '-0.0001' })
    expect(account.told).toEqual(['ACCOUNT FUNDING_FEE', 'ACCOUNT FUNDING_FEE'])
    expect(account.events[0].a).toMatchObject({ P: [], S: 'BTCUSDT', B: [{ a: 'USDT', bc: '-10' }] })
    const rows = account.ask('GET', '/fapi/v1/income', { incomeType: 'FUNDING_FEE' }).body
    expect(rows).toMatchObject([
      { symbol: 'BTCUSDT', income: '-10', asset: 'USDT', tradeId: '' },
      { symbol: 'BTCUSDT', income: '10' },
    ])
    expect(rows[1].tranId).toBeGreaterThan(rows[0].tranId)
  })

  it('is none where nothing is held', () => {
    const account = ready()
    account.market({ kind: 'fundingRate', symbol: 'BTCUSDT', rate: '0.0001' })
    expect(account.told).toEqual([])
  })
})

describe('a bar', () => {
  it('is gone through against what is held: the stop is met, though the take-profit lies in it too', () => {
    const account = holding()
    account.algo({ triggerPrice: '49000', closePosition: 'true', clientAlgoId: 'stop' })
    account.algo({ type: 'TAKE_PROFIT_MARKET', triggerPrice: '51000', closePosition: 'true', clientAlgoId: 'profit' })
    const range = { open: '50000', high: '52000', low: '48500' }
    account.market({ kind: 'bar', symbol: 'BTCUSDT', close: '51500', range })
    const status = (clientAlgoId: string) => account.ask('GET', '/fapi/v1/algoOrder', { clientAlgoId }).body.algoStatus
    expect([status('stop'), status('profit')]).toEqual(['FINISHED', 'EXPIRED'])
  })
})

it('the account is the sum of what it has lived through, to the last digit', () => {
  const account = holding()
  account.price('51000.3')
  account.order({ side: 'SELL', quantity: '0.7' })
  account.market({ kind: 'fundingRate', symbol: 'BTCUSDT', rate: '0.00013' })
  account.order({ side: 'SELL', quantity: '1.3' })
  const rows = account.ask('GET', '/fapi/v1/income', {}).body
  const sum = rows.reduce(
    (cents: number, { income }: { income: string }) => cents + Math.round(Number(income) * 1e8),
    0,
  )
  expect(Math.round(Number(account.exchange.view().walletUsd) * 1e8)).toBe(10_000e8 + sum)
  expect(new Set(rows.map(({ tranId }: { tranId: number }) => tranId)).size).toBe(rows.length)
})

it('the same inputs and faults give the same effects', () => {
  const run = () => {
    const account = ready()
    for (const knob of [
      'unknownDoneShare',
      'userEventDropShare',
      'userEventRepeatShare',
      'eventsFirstShare',
    ] as const) {
      account.knob(knob, 0.4)
    }
    for (let i = 0; i < 40; i++) {
      account.send('POST', '/fapi/v1/order', {
        symbol: 'BTCUSDT',
        side: i % 2 === 0 ? 'BUY' : 'SELL',
        type: 'MARKET',
        quantity: '0.1',
      })
    }
    return account.effects
  }
  expect(run()).toEqual(run())
})
