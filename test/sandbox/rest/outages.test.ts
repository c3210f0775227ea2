import { describe, expect, it } from 'vitest'
import { SandboxAccount } from '../../support/sandbox-account.js'

const HALF = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5' }

function ready(): SandboxAccount {
  const account = new SandboxAccount()
  account.price('50000')
  return account
}

/** Evidence: notes on Binance, 1.6 (the exchange's list of errors and its page on 503). */
describe('an order whose fate is left open', () => {
  it('has been executed, or lost, as the fault says, and neither answer tells which', () => {
    for (const [knob, held] of [
      ['unknownDoneShare', { BTCUSDT: '2' }],
      ['unknownLostShare', {}],
    ] as const) {
      const account = ready()
      account.knob(knob, 1)
      const answers = [0, 1, 2].map(() => account.order({ quantity: '0.5' }))
      expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
        [503, 0],
        [408, -1007],
        [503, -1006],
      ])
      const cut = account.send('POST', '/fapi/v1/order', HALF)
      expect(account.answerTo(cut)).toBeUndefined()
      expect(account.effects.at(-1)).toEqual({ kind: 'hangUp', httpId: cut })
      expect(account.exchange.view().positions).toEqual(held)
    }
  })

  it('is none of a question: those are answered', () => {
    const account = ready()
    account.knob('unknownLostShare', 1)
    expect(account.ask('GET', '/fapi/v1/openOrders').status).toBe(200)
  })
})

/** Evidence: notes on Binance, 1.6. */
describe('overload', () => {
  it('refuses orders with -1008, but not those that reduce or close, nor cancels', () => {
    const account = ready()
    account.order({})
    const { body } = account.limit({ price: '49000' })
    account.knob('throttledShare', 1)
    expect(account.order({})).toMatchObject({ status: 503, body: { code: -1008 } })
    expect(account.order({ side: 'SELL', quantity: '0.5', reduceOnly: 'true' }).status).toBe(200)
    expect(account.algo({ triggerPrice: '49000', closePosition: 'true' }).status).toBe(200)
    expect(account.ask('DELETE', '/fapi/v1/order', { symbol: 'BTCUSDT', orderId: String(body.orderId) }).status).toBe(
      200,
    )
  })

  it.each([
    ['unavailableShare', { code: 0, msg: 'Service Unavailable.' }],
    ['internalErrorShare', { code: -1001, msg: 'Internal error; unable to process your request. Please try again.' }],
  ] as const)('as %s answers 503 and nothing was done', (knob, body) => {
    const account = ready()
    account.knob(knob, 1)
    expect(account.order({})).toMatchObject({ status: 503, body })
    expect(account.exchange.view().positions).toEqual({})
  })

  it('makes the engine find a request too old that the gate had let pass (-5028)', () => {
    const account = ready()
    account.knob('expiredInEngineShare', 1)
    expect(account.order({})).toMatchObject({
      status: 400,
      body: { code: -5028, msg: 'Timestamp for this request is outside of the ME recvWindow.' },
    })
    expect(account.exchange.view().positions).toEqual({})
  })
})

describe('an answer that is not of the API', () => {
  it('is a page: during maintenance with 503, by the fault with 200, for an unknown path with 404', () => {
    const account = ready()
    account.strike('maintenance', 60_000)
    expect(account.order({})).toMatchObject({ status: 503, headers: { 'content-type': 'text/html' } })
    account.passMs(60_000)
    expect(account.ask('GET', '/fapi/v9/none').status).toBe(404)
    account.knob('htmlShare', 1)
    expect(account.order({})).toMatchObject({ status: 200, headers: { 'content-type': 'text/html' } })
    expect(account.exchange.view().positions).toEqual({})
  })
})

describe('an answer', () => {
  it('comes later by the delay of all, and of orders by the lateness of some', () => {
    const account = ready()
    account.knob('answerDelayMs', 100)
    account.knob('lateAnswerShare', 1)
    account.knob('lateAnswerMs', 5_000)
    const order = account.send('POST', '/fapi/v1/order', HALF)
    const question = account.send('GET', '/fapi/v1/openOrders')
    account.passMs(100)
    expect(account.answerTo(question)?.status).toBe(200)
    account.passMs(4_999)
    expect(account.answerTo(order)).toBeUndefined()
    account.passMs(1)
    expect(account.answerTo(order)?.status).toBe(200)
  })
})
