import { describe, expect, it } from 'vitest'
import { SandboxAccount } from '../../support/sandbox-account.js'

const DAY_MS = 86_400_000

function ready(): SandboxAccount {
  const account = new SandboxAccount()
  account.price('50000')
  return account
}

function trades(account: SandboxAccount, params: Record<string, string> = {}) {
  return account.ask('GET', '/fapi/v1/userTrades', { symbol: 'BTCUSDT', ...params })
}

function ids(account: SandboxAccount, params: Record<string, string> = {}): number[] {
  return trades(account, params).body.map(({ id }: { id: number }) => id)
}

/** Evidence: notes on Binance, 0.10 and 1.3 (change log of 2026-08-26), and the exchange's page on the route. */
describe('trades of the account', () => {
  it('say what each brought and cost', () => {
    const account = ready()
    const { orderId } = account.order({ quantity: '0.2' }).body
    account.price('51000')
    account.order({ side: 'SELL', quantity: '0.1' })
    expect(trades(account).body).toMatchObject([
      {
        orderId,
        price: '50000.1',
        qty: '0.2',
        quoteQty: '10000.02',
        commission: '5.00001',
        realizedPnl: '0',
        buyer: true,
      },
      { price: '51000', qty: '0.1', realizedPnl: '99.99', side: 'SELL', maker: false, commissionAsset: 'USDT' },
    ])
    expect(trades(account, { orderId: String(orderId) }).body).toHaveLength(1)
    expect(trades(account, { symbol: 'ETHUSDT' }).body).toEqual([])
  })

  it('are paged by number from the one that is named, at most a thousand', () => {
    const account = ready()
    for (let i = 0; i < 6; i++) account.order({ quantity: '0.01' })
    const all = ids(account)
    expect(all).toHaveLength(6)
    expect(ids(account, { fromId: String(all[2]), limit: '2' })).toEqual(all.slice(2, 4))
    expect(ids(account, { limit: '2' })).toEqual(all.slice(4))
    expect(trades(account, { limit: '1001' }).body.code).toBe(-1130)
    expect(trades(account, { fromId: '1', startTime: '1' }).body.code).toBe(-1128)
  })

  it('are those of seven days, by number those of three months', () => {
    const account = ready()
    account.order({ quantity: '0.01' })
    const from = String(ids(account)[0])
    account.passMs(7 * DAY_MS + 1)
    expect(ids(account)).toEqual([])
    expect(ids(account, { fromId: from })).toHaveLength(1)
    const startTime = String(account.nowMs - 8 * DAY_MS)
    expect(ids(account, { startTime })).toHaveLength(1)
    expect(trades(account, { startTime, endTime: String(account.nowMs) }).body.code).toBe(-4165)
    account.passMs(83 * DAY_MS)
    expect(ids(account, { fromId: from })).toEqual([])
  })
})

describe('income', () => {
  it('is of a kind, of a symbol, in pages', () => {
    const account = ready()
    account.order({ quantity: '0.1' })
    account.order({ quantity: '0.1', side: 'SELL' })
    const kinds = (params: Record<string, string> = {}) =>
      account.ask('GET', '/fapi/v1/income', params).body.map(({ incomeType }: { incomeType: string }) => incomeType)
    expect(kinds()).toEqual(['COMMISSION', 'REALIZED_PNL', 'COMMISSION'])
    expect(kinds({ incomeType: 'COMMISSION' })).toHaveLength(2)
    expect(kinds({ limit: '2', page: '2' })).toEqual(['COMMISSION'])
    expect(kinds({ symbol: 'ETHUSDT' })).toEqual([])
    account.passMs(7 * DAY_MS + 1)
    expect(kinds()).toEqual([])
    expect(kinds({ startTime: String(account.nowMs - 8 * DAY_MS) })).toHaveLength(3)
  })
})
