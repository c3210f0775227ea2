import { describe, expect, it } from 'vitest'
import { SandboxAccount } from '../../support/sandbox-account.js'

function ready(): SandboxAccount {
  const account = new SandboxAccount()
  account.price('50000')
  account.order({})
  return account
}

/** Evidence: notes on Binance, 1.5. */
describe('parameters of a conditional order', () => {
  it.each([
    ['no algoType', { algoType: '' }, -1102],
    ['another algoType', { algoType: 'VP' }, -1102],
    ['stopPrice in place of triggerPrice', { triggerPrice: '', stopPrice: '49000' }, -1102],
    ['no quantity', { quantity: '' }, -1102],
    ['a type of the engine', { type: 'MARKET' }, -1116],
    ['a limit without a price', { type: 'STOP' }, -1102],
    ['a trailing stop without a callback', { type: 'TRAILING_STOP_MARKET' }, -1102],
    ['a trailing stop with one above 20 per cent', { type: 'TRAILING_STOP_MARKET', callbackRate: '20.1' }, -1102],
    ['another working type', { workingType: 'INDEX' }, -4031],
    ['a name that is too long', { clientAlgoId: 'a'.repeat(37) }, -4015],
    ['a quantity off the step', { quantity: '0.0015' }, -1111],
  ])('with %s are refused', (_what, params, code) => {
    const answer = ready().algo({ triggerPrice: '49000', quantity: '1', ...params })
    expect(answer).toMatchObject({ status: 400, body: { code } })
  })

  it('may have a trigger off the tick, as on the testnet', () => {
    expect(ready().algo({ triggerPrice: '49000.0317', quantity: '1' }).body.triggerPrice).toBe('49000.0317')
  })

  it('are CONTRACT_PRICE and GTC where nothing else is said', () => {
    const account = ready()
    const { body } = account.ask('POST', '/fapi/v1/algoOrder', {
      algoType: 'CONDITIONAL',
      symbol: 'BTCUSDT',
      side: 'SELL',
      type: 'STOP_MARKET',
      triggerPrice: '49000',
      quantity: '1',
    })
    expect(body).toMatchObject({
      workingType: 'CONTRACT_PRICE',
      timeInForce: 'GTC',
      selfTradePreventionMode: 'EXPIRE_MAKER',
    })
  })
})

describe('lists of conditional orders', () => {
  it('are of all symbols for 40, of one for 1, and of what is over within seven days', () => {
    const account = ready()
    const first = account.algo({ triggerPrice: '49000', quantity: '1', clientAlgoId: 'a' }).body
    account.algo({ triggerPrice: '48000', quantity: '1', clientAlgoId: 'b' })
    const open = account.ask('GET', '/fapi/v1/openAlgoOrders')
    expect(open.body).toHaveLength(2)
    expect(open.headers['x-mbx-used-weight-1m']).toBe('40')
    account.ask('DELETE', '/fapi/v1/algoOrder', { algoId: String(first.algoId) })
    const symbol = 'BTCUSDT'
    expect(account.ask('GET', '/fapi/v1/openAlgoOrders', { symbol }).body).toMatchObject([{ clientAlgoId: 'b' }])
    const all = () => account.ask('GET', '/fapi/v1/allAlgoOrders', { symbol }).body
    expect(all()).toMatchObject([{ algoStatus: 'CANCELED' }, { algoStatus: 'NEW' }])
    expect(account.ask('DELETE', '/fapi/v1/algoOpenOrders', { symbol }).body.code).toBe(200)
    expect(all()).toMatchObject([{ algoStatus: 'CANCELED' }, { algoStatus: 'CANCELED' }])
    account.passMs(7 * 86_400_000 + 1)
    expect(all()).toEqual([])
  })
})
