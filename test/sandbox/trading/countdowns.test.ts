import { describe, expect, it } from 'vitest'
import { SandboxAccount } from '../../support/sandbox-account.js'

function ready(): SandboxAccount {
  const account = new SandboxAccount()
  account.price('50000')
  account.price('3000', { symbol: 'ETHUSDT' })
  account.limit({ price: '49000', newClientOrderId: 'here' })
  account.limit({ price: '2900', symbol: 'ETHUSDT', newClientOrderId: 'elsewhere' })
  account.algo({ triggerPrice: '49000', quantity: '1', clientAlgoId: 'stop' })
  return account
}

function wind(account: SandboxAccount, countdownTime: string) {
  return account.ask('POST', '/fapi/v1/countdownCancelAll', { symbol: 'BTCUSDT', countdownTime })
}

function open(account: SandboxAccount): string[] {
  const { openOrders, openAlgoOrders } = account.exchange.view()
  return [...openOrders.map((order) => order.clientOrderId), ...openAlgoOrders.map((algo) => algo.clientAlgoId)]
}

/** Evidence: notes on Binance, 1.5; whether stops survive is documented nowhere, so it is a knob. */
describe('a countdown', () => {
  it('cancels the open orders of its symbol when it runs out; stops survive', () => {
    const account = ready()
    expect(wind(account, '100000').body).toEqual({ symbol: 'BTCUSDT', countdownTime: '100000' })
    account.passMs(99_999)
    expect(open(account)).toEqual(['here', 'elsewhere', 'stop'])
    account.passMs(1)
    expect(open(account)).toEqual(['elsewhere', 'stop'])
  })

  it('takes stops with it where the fault wants it so', () => {
    const account = ready()
    account.knob('countdownTakesAlgos', true)
    wind(account, '1000')
    account.passMs(1_000)
    expect(open(account)).toEqual(['elsewhere'])
  })

  it('is wound up again, and stopped by 0', () => {
    const account = ready()
    wind(account, '1000')
    account.passMs(999)
    wind(account, '1000')
    account.passMs(999)
    expect(open(account)).toContain('here')
    wind(account, '0')
    account.passMs(10_000)
    expect(open(account)).toContain('here')
  })
})
