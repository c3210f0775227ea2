import { describe, expect, it } from 'vitest'
import { SandboxAccount } from '../../support/sandbox-account.js'

const HOUR_MS = 3_600_000

function ready(): SandboxAccount {
  const account = new SandboxAccount()
  account.price('50000')
  return account
}

function key(account: SandboxAccount, method: string) {
  return account.ask(method, '/fapi/v1/listenKey', {}, { sign: false })
}

/** Evidence: notes on Binance, 0.4 and 2.3. */
describe('the listen key', () => {
  it('is one of the account: who asks again has the same, for an hour more', () => {
    const account = ready()
    const first = account.listen()
    account.passMs(HOUR_MS - 1)
    expect(key(account, 'POST').body.listenKey).toBe(first)
    account.passMs(HOUR_MS - 1)
    expect(account.told).toEqual([])
    account.passMs(1)
    expect(account.told).toEqual(['listenKeyExpired'])
    expect(account.events[0]).toMatchObject({ listenKey: first, E: account.nowMs })
  })

  it('after its end leaves the socket open and silent, and cannot be kept (-1125)', () => {
    const account = ready()
    const first = account.listen()
    account.passMs(HOUR_MS)
    account.forget()
    account.order({ quantity: '0.1' })
    expect(account.told).toEqual([])
    expect(account.effects.map(({ kind }) => kind)).not.toContain('close')
    expect(key(account, 'PUT')).toMatchObject({ status: 400, body: { code: -1125 } })
    expect(account.listen()).not.toBe(first)
    account.order({ quantity: '0.1' })
    expect(account.told).toHaveLength(4)
  })

  it('that is kept is told nothing of for an hour more', () => {
    const account = ready()
    account.listen()
    account.passMs(HOUR_MS - 1)
    expect(key(account, 'PUT').status).toBe(200)
    account.passMs(HOUR_MS - 1)
    account.order({ quantity: '0.1' })
    expect(account.told).toHaveLength(4)
  })

  it('can be deleted by anybody with a key of the account, and nobody is told', () => {
    for (const take of [
      (account: SandboxAccount) => key(account, 'DELETE'),
      (account: SandboxAccount) => account.strike('stealListenKey'),
    ]) {
      const account = ready()
      account.listen()
      take(account)
      account.order({ quantity: '0.1' })
      expect(account.told).toEqual([])
      expect(key(account, 'PUT').body.code).toBe(-1125)
    }
  })

  it('expires when a fault says so', () => {
    const account = ready()
    account.listen()
    account.strike('expireListenKey')
    expect(account.told).toEqual(['listenKeyExpired'])
  })
})
