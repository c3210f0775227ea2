import { describe, expect, it } from 'vitest'
import { SandboxAccount } from '../../support/sandbox-account.js'

function ready(): SandboxAccount {
  const account = new SandboxAccount()
  account.price('50000')
  account.price('3000', { symbol: 'ETHUSDT' })
  return account
}

function get(account: SandboxAccount, path: string, params: Record<string, string> = {}) {
  return account.ask('GET', path, params).body
}

function post(account: SandboxAccount, path: string, params: Record<string, string>) {
  return account.ask('POST', path, params).body
}

describe('the account', () => {
  it('is wallet, profit and what is bound, with positions where there is something', () => {
    const account = ready()
    account.order({ quantity: '1' })
    account.limit({ price: '49000', quantity: '0.5' })
    account.price('50100')
    expect(get(account, '/fapi/v3/account')).toMatchObject({
      totalWalletBalance: '9974.99995000',
      totalUnrealizedProfit: '99.90000000',
      totalMarginBalance: '10074.89995000',
      totalPositionInitialMargin: '2505.00000000',
      totalOpenOrderInitialMargin: '1252.50000000',
      availableBalance: '6317.39995000',
      assets: [{ asset: 'USDT' }],
      positions: [{ symbol: 'BTCUSDT', positionAmt: '1', positionSide: 'BOTH', maintMargin: '200.40000000' }],
    })
    expect(get(account, '/fapi/v3/balance')).toMatchObject([{ asset: 'USDT', balance: '9974.99995000' }])
    expect(get(account, '/fapi/v3/positionRisk')).toMatchObject([
      {
        symbol: 'BTCUSDT',
        positionAmt: '1',
        entryPrice: '50000.1',
        markPrice: '50100',
        unRealizedProfit: '99.90000000',
      },
    ])
  })

  it('of the second version has every symbol', () => {
    const account = ready()
    expect(get(account, '/fapi/v2/account').positions).toHaveLength(2)
    expect(get(account, '/fapi/v2/positionRisk', { symbol: 'ETHUSDT' })).toMatchObject([
      { symbol: 'ETHUSDT', positionAmt: '0', leverage: '20', marginType: 'cross', liquidationPrice: '0' },
    ])
    expect(get(account, '/fapi/v3/positionRisk')).toEqual([])
  })
})

/** Evidence: notes on Binance, 1.6 ("no need to change" is a refusal that means success). */
describe('settings of the account', () => {
  it('leverage is set within what the symbol allows, and told', () => {
    const account = ready()
    account.listen()
    const symbol = 'BTCUSDT'
    expect(post(account, '/fapi/v1/leverage', { symbol, leverage: '10' })).toMatchObject({ leverage: 10, symbol })
    expect(post(account, '/fapi/v1/leverage', { symbol, leverage: '21' }).code).toBe(-4028)
    expect(get(account, '/fapi/v1/symbolConfig', { symbol })).toMatchObject([{ leverage: 10, marginType: 'CROSSED' }])
    expect(account.events).toMatchObject([{ e: 'ACCOUNT_CONFIG_UPDATE', ac: { s: symbol, l: 10 } }])
  })

  it('margin type is changed while nothing is open or held', () => {
    const account = ready()
    const set = (marginType: string) => post(account, '/fapi/v1/marginType', { symbol: 'BTCUSDT', marginType }).code
    expect(set('CROSSED')).toBe(-4046)
    account.limit({ price: '49000', quantity: '0.1' })
    expect(set('ISOLATED')).toBe(-4047)
    account.ask('DELETE', '/fapi/v1/allOpenOrders', { symbol: 'BTCUSDT' })
    account.order({ quantity: '0.1' })
    expect(set('ISOLATED')).toBe(-4048)
    account.order({ quantity: '0.1', side: 'SELL' })
    expect(set('ISOLATED')).toBe(200)
    expect(get(account, '/fapi/v1/symbolConfig', { symbol: 'BTCUSDT' })[0].marginType).toBe('ISOLATED')
  })

  it('position mode is changed while nothing is open or held, and orders then name their side', () => {
    const account = ready()
    const set = (dualSidePosition: string) => post(account, '/fapi/v1/positionSide/dual', { dualSidePosition }).code
    expect(set('false')).toBe(-4059)
    account.order({ quantity: '0.1' })
    expect(set('true')).toBe(-4068)
    account.order({ quantity: '0.1', side: 'SELL' })
    account.limit({ price: '49000', quantity: '0.1' })
    expect(set('true')).toBe(-4067)
    account.ask('DELETE', '/fapi/v1/allOpenOrders', { symbol: 'BTCUSDT' })
    expect(set('true')).toBe(200)
    expect(get(account, '/fapi/v1/positionSide/dual')).toEqual({ dualSidePosition: true })
    expect(account.order({}).body.code).toBe(-4061)
    expect(account.order({ positionSide: 'LONG' }).status).toBe(200)
  })

  it('several assets and fees in BNB are modes too', () => {
    const account = ready()
    account.listen()
    expect(post(account, '/fapi/v1/multiAssetsMargin', { multiAssetsMargin: 'false' }).code).toBe(-4171)
    expect(post(account, '/fapi/v1/multiAssetsMargin', { multiAssetsMargin: 'true' }).code).toBe(200)
    expect(get(account, '/fapi/v1/multiAssetsMargin')).toEqual({ multiAssetsMargin: true })
    expect(account.events).toMatchObject([{ e: 'ACCOUNT_CONFIG_UPDATE', ai: { j: true } }])
    expect(get(account, '/fapi/v1/feeBurn')).toEqual({ feeBurn: false })
    account.knob('feeBurn', true)
    expect(get(account, '/fapi/v1/feeBurn')).toEqual({ feeBurn: true })
    account.order({ quantity: '0.1' })
    expect(account.events.at(-1).o.N).toBe('BNB')
  })

  it('a key says whether it may withdraw', () => {
    const account = ready()
    const allowed = () => get(account, '/sapi/v1/account/apiRestrictions').enableWithdrawals
    expect(allowed()).toBe(false)
    account.knob('withdrawalsAllowed', true)
    expect(allowed()).toBe(true)
  })
})
