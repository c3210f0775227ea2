import { describe, expect, it } from 'vitest'
import { SandboxAccount } from '../../support/sandbox-account.js'

/** Evidence: notes on Binance, 2.5 (recorded live 2024-11, testnet 2026-09). */
describe('what the account is told', () => {
  it('is, of an order that fills at once: TRADE_LITE, the order as NEW, the account, the trade', () => {
    const account = new SandboxAccount()
    account.price('50000')
    account.listen()
    account.order({ newClientOrderId: 'a' })
    expect(account.told).toEqual(['TRADE_LITE', 'NEW NEW', 'ACCOUNT ORDER', 'TRADE FILLED'])
    const [lite, fresh, balance, trade] = account.events
    expect(new Set([lite.T, fresh.T, balance.T, trade.T])).toEqual(new Set([account.nowMs]))
    expect(lite).toMatchObject({ s: 'BTCUSDT', q: '1', L: '50000.1', l: '1', c: 'a', S: 'BUY', m: false })
    expect(balance.a.P[0]).toMatchObject({ s: 'BTCUSDT', pa: '1', ep: '50000.1', ps: 'BOTH', mt: 'cross' })
    expect(trade.o).toMatchObject({
      c: 'a',
      z: '1',
      l: '1',
      L: '50000.1',
      ap: '50000.1',
      N: 'USDT',
      n: '25.00005',
      t: 1,
    })
    expect(fresh.o.z).toBe('0')
    expect(fresh.o).not.toHaveProperty('n')
  })

  it('follows the answer, unless events are wanted first', () => {
    const account = new SandboxAccount()
    account.price('50000')
    account.listen()
    const kinds = () => account.effects.map(({ kind }) => kind)
    account.forget()
    account.order({})
    expect(kinds()).toEqual(['answer', 'text', 'text', 'text', 'text'])
    account.forget()
    account.knob('eventsFirstShare', 1)
    account.order({})
    expect(kinds()).toEqual(['text', 'text', 'text', 'text', 'answer'])
  })

  it('is lost where it is on its way while the listen key goes', () => {
    const account = new SandboxAccount()
    account.price('50000')
    account.listen()
    account.knob('userEventDelayMs', 500)
    account.order({})
    account.strike('stealListenKey')
    account.passMs(500)
    expect(account.told).toEqual([])
  })

  it('comes later, twice, or not at all, as the faults want it', () => {
    const account = new SandboxAccount()
    account.price('50000')
    account.listen()
    account.knob('userEventDelayMs', 500)
    account.order({})
    expect(account.told).toEqual([])
    account.passMs(500)
    expect(account.told).toHaveLength(4)
    account.forget()
    account.exchange.faults.clear()
    account.knob('userEventRepeatShare', 1)
    account.order({})
    expect(account.told).toEqual(['TRADE_LITE', 'NEW NEW', 'ACCOUNT ORDER', 'TRADE FILLED'].flatMap((e) => [e, e]))
    account.forget()
    account.knob('userEventDropShare', 1)
    account.order({})
    expect(account.told).toEqual([])
  })
})
