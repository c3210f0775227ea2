import { describe, expect, it } from 'vitest'
import { SandboxAccount } from '../../support/sandbox-account.js'

const WEIGHT = 'x-mbx-used-weight-1m'

function spend(account: SandboxAccount, requests: number): number[] {
  return Array.from({ length: requests }, () => account.ask('GET', '/fapi/v1/openOrders').status)
}

/** Evidence: notes on Binance, 1.3 (recorded exchangeInfo of 2026-10-07, and what was measured then). */
describe('the weight of an address', () => {
  it('counts within a minute of UTC, and begins anew with the next', () => {
    const account = new SandboxAccount()
    account.passMs(59_000)
    expect(account.ask('GET', '/fapi/v1/openOrders').headers[WEIGHT]).toBe('40')
    expect(account.ask('GET', '/fapi/v1/openOrders', { symbol: 'BTCUSDT' }).headers[WEIGHT]).toBe('41')
    account.passMs(1_000)
    expect(account.ask('GET', '/fapi/v1/openOrders', { symbol: 'BTCUSDT' }).headers[WEIGHT]).toBe('1')
  })

  it('is spent by refused requests too', () => {
    const account = new SandboxAccount()
    const answer = account.ask('GET', '/fapi/v1/allOrders', { symbol: 'NONEUSDT' })
    expect(answer).toMatchObject({ status: 400, body: { code: -1121 }, headers: { [WEIGHT]: '5' } })
  })

  it.each([
    ['POST', '/fapi/v1/order', 0],
    ['POST', '/fapi/v1/algoOrder', 0],
    ['POST', '/fapi/v1/batchOrders', 5],
    ['DELETE', '/fapi/v1/order', 1],
    ['DELETE', '/fapi/v1/algoOrder', 1],
    ['DELETE', '/fapi/v1/allOpenOrders', 1],
    ['DELETE', '/fapi/v1/algoOpenOrders', 1],
    ['GET', '/fapi/v1/order', 1],
    ['GET', '/fapi/v1/openOrder', 1],
    ['GET', '/fapi/v1/algoOrder', 1],
    ['GET', '/fapi/v1/openOrders', 40],
    ['GET', '/fapi/v1/openOrders?symbol=BTCUSDT', 1],
    ['GET', '/fapi/v1/openAlgoOrders', 40],
    ['GET', '/fapi/v1/openAlgoOrders?symbol=BTCUSDT', 1],
    ['GET', '/fapi/v1/allOrders', 5],
    ['GET', '/fapi/v1/allAlgoOrders', 5],
    ['GET', '/fapi/v1/userTrades', 5],
    ['GET', '/fapi/v3/positionRisk', 5],
    ['GET', '/fapi/v3/balance', 5],
    ['GET', '/fapi/v3/account', 5],
    ['GET', '/fapi/v1/symbolConfig', 5],
    ['GET', '/fapi/v1/income', 30],
    ['GET', '/fapi/v1/commissionRate', 20],
    ['GET', '/fapi/v1/forceOrders', 50],
    ['GET', '/fapi/v1/forceOrders?symbol=BTCUSDT', 20],
    ['GET', '/fapi/v1/leverageBracket', 1],
    ['POST', '/fapi/v1/leverage', 1],
    ['POST', '/fapi/v1/marginType', 1],
    ['POST', '/fapi/v1/positionSide/dual', 1],
    ['POST', '/fapi/v1/listenKey', 1],
    ['GET', '/fapi/v1/rateLimit/order', 1],
    ['POST', '/fapi/v1/countdownCancelAll', 10],
  ])('of %s %s is %d, whatever becomes of it', (method, path, weight) => {
    const account = new SandboxAccount()
    expect(account.ask(method, path, {}, { sign: false }).headers[WEIGHT]).toBe(String(weight))
  })

  it('is refused beyond the limit until the minute ends, and whoever goes on is banned, longer each time', () => {
    const account = new SandboxAccount()
    account.passMs(15_000)
    expect(new Set(spend(account, 60))).toEqual(new Set([200]))
    const first = account.ask('GET', '/fapi/v1/openOrders')
    expect(first).toMatchObject({ status: 429, body: { code: -1003 }, headers: { 'retry-after': '45' } })
    expect(spend(account, 9)).not.toContain(418)
    const banned = account.ask('GET', '/fapi/v1/time', {}, { sign: false })
    expect(banned).toMatchObject({ status: 418, body: { code: -1003 }, headers: { 'retry-after': '120' } })
    expect(banned.body.msg).toContain(String(account.nowMs + 120_000))
    account.passMs(120_000)
    expect(spend(account, 72).at(-1)).toBe(418)
    expect(account.ask('GET', '/fapi/v1/openOrders').headers['retry-after']).toBe('240')
  })

  it("is used up for as long as a fault says, also when the exchange's clock is set back meanwhile", () => {
    const account = new SandboxAccount()
    account.knob('clockOffsetMs', 4_000)
    account.passMs(1)
    account.strike('limit', 5_000)
    expect(account.ask('GET', '/fapi/v1/time', {}, { sign: false }).status).toBe(429)
    account.knob('clockOffsetMs', 0)
    account.passMs(5_000)
    expect(account.ask('GET', '/fapi/v1/time', {}, { sign: false }).status).toBe(200)
  })

  it('is used up, and an address banned, when a fault says so', () => {
    const account = new SandboxAccount()
    account.strike('limit', 5_000)
    expect(account.ask('GET', '/fapi/v1/openOrders')).toMatchObject({ status: 429, headers: { 'retry-after': '60' } })
    account.strike('ban', 300_000)
    expect(account.ask('GET', '/fapi/v1/openOrders')).toMatchObject({ status: 418, headers: { 'retry-after': '300' } })
    account.passMs(300_000)
    expect(account.ask('GET', '/fapi/v1/openOrders').status).toBe(200)
  })
})

/** Evidence: notes on Binance, 1.3. */
describe("the account's orders", () => {
  it('are counted in ten seconds and in a minute, and refused beyond 300 in ten seconds', () => {
    const account = new SandboxAccount()
    account.price('50000')
    const answers = Array.from({ length: 301 }, (_, i) =>
      account.order({ quantity: '0.001', newClientOrderId: `a${i}` }),
    )
    expect(answers[299]).toMatchObject({
      status: 200,
      headers: { 'x-mbx-order-count-10s': '300', 'x-mbx-order-count-1m': '300' },
    })
    expect(answers[300]).toMatchObject({
      status: 429,
      body: { code: -1015, msg: 'Too many new orders; current limit is 300 orders per TEN_SECONDS.' },
    })
    account.passMs(10_000)
    expect(account.order({ quantity: '0.001' }).headers['x-mbx-order-count-10s']).toBe('1')
  })

  it('cost no weight, and a batch counts as five of them', () => {
    const account = new SandboxAccount()
    account.price('50000')
    expect(account.order({ quantity: '0.001' }).headers[WEIGHT]).toBe('0')
    const batchOrders = JSON.stringify([{ symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.001' }])
    const batch = account.ask('POST', '/fapi/v1/batchOrders', { batchOrders })
    expect(batch.headers).toMatchObject({ [WEIGHT]: '5', 'x-mbx-order-count-10s': '6', 'x-mbx-order-count-1m': '2' })
  })
})
