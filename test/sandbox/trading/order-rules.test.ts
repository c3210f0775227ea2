import { describe, expect, it } from 'vitest'
import { instrument } from '../../support/instruments.js'
import { SandboxAccount } from '../../support/sandbox-account.js'

const RULES = instrument({
  tickSize: '0.5',
  lotSize: '0.002',
  minQuantity: '0.002',
  maxQuantity: '0.8',
  minNotionalUsd: '100',
})

function ready(): SandboxAccount {
  const account = new SandboxAccount({ instruments: [RULES], marketMaxQuantity: { BTCUSDT: '0.2' } })
  account.price('50000')
  return account
}

/** Evidence: notes on Binance, 3 (filters, recorded 2026-10-07) and 1.6 (codes). */
describe("a symbol's rules", () => {
  it.each([
    ['a quantity of nothing', { quantity: '0' }, -4003],
    ['a quantity of too many places', { quantity: '0.0021' }, -1111],
    ['a quantity off the step', { quantity: '0.003' }, -4023],
    ['a quantity above the largest of a MARKET order', { quantity: '0.202' }, -4005],
    ['the same of a LIMIT order, which may be larger', { type: 'LIMIT', quantity: '0.202' }, 200],
    ['a quantity above the largest', { type: 'LIMIT', quantity: '0.802' }, -4005],
    ['a price of nothing', { type: 'LIMIT', price: '0' }, -4013],
    ['a price of too many places', { type: 'LIMIT', price: '49000.25' }, -1111],
    ['a price off the tick', { type: 'LIMIT', price: '49000.1' }, -4014],
    ['a buy 15 % above the mark', { type: 'LIMIT', price: '57500' }, 200],
    ['a buy further above', { type: 'LIMIT', price: '57500.5' }, -4016],
    ['a buy far below, which nothing forbids', { type: 'LIMIT', price: '20000' }, 200],
    ['a sell further than 15 % below the mark', { type: 'LIMIT', side: 'SELL', price: '42499.5' }, -4024],
    ['a value below the smallest', { quantity: '0.002', type: 'LIMIT', price: '49999.5' }, -4164],
    ['a value of the smallest', { quantity: '0.002', type: 'LIMIT', price: '50000' }, 200],
  ])('judge %s', (_what, params: Record<string, string>, outcome) => {
    const isLimit = params.type === 'LIMIT'
    const defaults = isLimit ? { quantity: '0.1', price: '49000', timeInForce: 'GTC' } : { quantity: '0.1' }
    const { status, body } = ready().order({ ...defaults, ...params })
    expect(body.code ?? status).toBe(outcome)
  })

  it('do not ask of a reduce-only order to be worth anything', () => {
    const account = ready()
    account.order({ quantity: '0.1' })
    expect(account.order({ side: 'SELL', quantity: '0.002', reduceOnly: 'true' }).status).toBe(200)
  })

  it('refuse a MARKET order whose counterparty is too far from the mark (-4131)', () => {
    const account = ready()
    account.price('50000', { mark: '40000' })
    expect(account.order({ quantity: '0.1' }).body.code).toBe(-4131)
  })

  it('name the limit that a price has passed', () => {
    const { body } = ready().limit({ quantity: '0.1', price: '60000' })
    expect(body.msg).toBe("Limit price can't be higher than 57500.")
  })

  it('are judged without a price yet: there is no book (-1112)', () => {
    expect(new SandboxAccount().order({}).body.code).toBe(-1112)
  })

  it('change while orders are on their way', () => {
    const account = ready()
    expect(account.limit({ quantity: '0.1', price: '49000.5' }).status).toBe(200)
    account.strike('coarserTick', 'BTCUSDT')
    expect(account.limit({ quantity: '0.1', price: '49000.5' }).body.code).toBe(-1111)
  })
})

/** Evidence: notes on Binance, 3. */
describe("a symbol's status", () => {
  it('HALTED refuses every order until trading goes on', () => {
    const account = ready()
    account.order({ quantity: '0.1' })
    account.strike('haltSymbol', 'BTCUSDT')
    expect(account.order({ quantity: '0.1' }).body.code).toBe(-4140)
    expect(account.order({ side: 'SELL', quantity: '0.1', reduceOnly: 'true' }).body.code).toBe(-4140)
    account.strike('resumeSymbol', 'BTCUSDT')
    expect(account.order({ quantity: '0.1' }).status).toBe(200)
  })

  it('SETTLING lets positions be closed, none be opened; DELISTED neither', () => {
    const account = ready()
    account.order({ quantity: '0.1' })
    const become = (status: 'SETTLING' | 'DELISTED') =>
      account.market({ kind: 'instrument', instrument: { ...RULES, status } })
    become('SETTLING')
    expect(account.order({ quantity: '0.1' }).body.code).toBe(-4140)
    expect(account.order({ side: 'SELL', quantity: '0.04', reduceOnly: 'true' }).status).toBe(200)
    become('DELISTED')
    expect(account.order({ side: 'SELL', quantity: '0.04', reduceOnly: 'true' }).body.code).toBe(-4141)
  })
})
