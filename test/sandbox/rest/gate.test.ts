import { createSign, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { instrument } from '../../support/instruments.js'
import { encode, hmac, SandboxAccount } from '../../support/sandbox-account.js'

const PATH = '/fapi/v1/openOrders'
const OPEN = { symbol: 'BTCUSDT' }

/** Evidence: notes on Binance, 1.2 (the exchange's page on signing; vectors verified), and 1.6 for the codes. */
describe('a signed request', () => {
  it('is accepted with its parameters in the query, in the body, or in both', () => {
    const account = new SandboxAccount()
    expect(account.ask('GET', PATH, OPEN).status).toBe(200)
    expect(account.ask('DELETE', '/fapi/v1/allOpenOrders', OPEN, { inBody: true }).status).toBe(200)
    const query = encode({ symbol: 'BTCUSDT' })
    const body = encode({ timestamp: String(account.nowMs) })
    const signature = hmac('secret', query + body)
    account.put({
      kind: 'http',
      httpId: 77,
      method: 'DELETE',
      target: `/fapi/v1/allOpenOrders?${query}`,
      headers: { 'x-mbx-apikey': 'key' },
      body: `${body}&signature=${signature}`,
    })
    expect(account.answerTo(77)?.status).toBe(200)
  })

  it('has the signature of the documentation for the order of the documentation', () => {
    const secret = '2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9'
    const account = new SandboxAccount({ keys: [{ apiKey: 'key', secret }] })
    account.nowMs = 1_591_702_613_943
    account.price('9000')
    const form =
      'symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000&timestamp=1591702613943'
    const signature = '3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9'
    for (const [httpId, text] of [signature, signature.toUpperCase()].entries()) {
      account.put({
        kind: 'http',
        httpId: 100 + httpId,
        method: 'POST',
        target: `/fapi/v1/order?${form}&signature=${text}`,
        headers: { 'x-mbx-apikey': 'key' },
        body: '',
      })
      expect(account.answerTo(100 + httpId)?.status).toBe(200)
    }
  })

  it('may name a symbol in any script, percent-encoded', () => {
    const symbol = '币安人生USDT'
    const account = new SandboxAccount({ instruments: [instrument({}, symbol)] })
    expect(account.ask('GET', PATH, { symbol })).toMatchObject({ status: 200, body: [] })
  })

  it.each([
    ['no key', { apiKey: '' }, 401, -2014, 'API-key format invalid.'],
    ['an unknown key', { apiKey: 'other' }, 401, -2015, 'Invalid API-key, IP, or permissions for action.'],
    ['another secret', { secret: 'other' }, 400, -1022, 'Signature for this request is not valid.'],
  ])('with %s is refused', (_what, how, status, code, msg) => {
    const account = new SandboxAccount()
    expect(account.ask('GET', PATH, OPEN, how)).toMatchObject({ status, body: { code, msg } })
  })

  it.each([
    ['5,000 ms old', -5_000, 200, undefined],
    ['5,001 ms old', -5_001, 400, 'Timestamp for this request is outside of the recvWindow.'],
    ['999 ms ahead', 999, 200, undefined],
    ['1,000 ms ahead', 1_000, 400, "Timestamp for this request was 1000ms ahead of the server's time."],
  ])('that is %s is judged by the clock of the exchange', (_what, offsetMs, status, msg) => {
    const account = new SandboxAccount()
    const answer = account.ask('GET', PATH, OPEN, { timestamp: account.nowMs + offsetMs })
    expect(answer.status).toBe(status)
    if (msg !== undefined) expect(answer.body).toEqual({ code: -1021, msg })
  })

  it('is too old by a clock that goes ahead, and too new by one that is behind', () => {
    const account = new SandboxAccount()
    account.knob('clockOffsetMs', 5_001)
    expect(account.ask('GET', PATH, OPEN).body.code).toBe(-1021)
    account.knob('clockOffsetMs', -1_000)
    expect(account.ask('GET', PATH, OPEN).body.msg).toContain('1000ms ahead')
    expect(account.ask('GET', '/fapi/v1/time', {}, { sign: false }).body.serverTime).toBe(account.nowMs - 1_000)
  })

  it('may say how old it may be, up to a minute', () => {
    const account = new SandboxAccount()
    const old = { timestamp: account.nowMs - 200 }
    expect(account.ask('GET', PATH, { ...OPEN, recvWindow: '200' }, old).status).toBe(200)
    expect(account.ask('GET', PATH, { ...OPEN, recvWindow: '199' }, old).body.code).toBe(-1021)
    expect(account.ask('GET', PATH, { ...OPEN, recvWindow: '60001' }, old).body.code).toBe(-1131)
  })

  it('without a time or a signature is malformed', () => {
    const account = new SandboxAccount()
    const unsigned = { sign: false }
    expect(account.ask('GET', PATH, OPEN, unsigned).body).toEqual({
      code: -1102,
      msg: "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.",
    })
    const timed = { ...OPEN, timestamp: String(account.nowMs) }
    expect(account.ask('GET', PATH, timed, unsigned).body.msg).toContain("'signature'")
  })

  it('is verified by the public half of an Ed25519 or an RSA key', () => {
    const ed25519 = generateKeyPairSync('ed25519')
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = (pair: typeof rsa) => pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const account = new SandboxAccount({
      keys: [
        { apiKey: 'ed', publicKeyPem: pem(ed25519) },
        { apiKey: 'rsa', publicKeyPem: pem(rsa) },
      ],
    })
    const form = encode({ ...OPEN, timestamp: String(account.nowMs) })
    const byEd25519 = sign(null, Buffer.from(form), ed25519.privateKey).toString('base64')
    const byRsa = createSign('RSA-SHA256').update(form).sign(rsa.privateKey, 'base64')
    for (const [apiKey, signature, status] of [
      ['ed', byEd25519, 200],
      ['rsa', byRsa, 200],
      ['rsa', byEd25519, 400],
    ] as const) {
      const answer = account.ask('GET', PATH, OPEN, { apiKey, signature: encodeURIComponent(signature) })
      expect(answer.status).toBe(status)
    }
  })
})

it('the listen key needs a key and no signature', () => {
  const account = new SandboxAccount()
  expect(account.ask('POST', '/fapi/v1/listenKey', {}, { sign: false }).status).toBe(200)
  expect(account.ask('POST', '/fapi/v1/listenKey', {}, { sign: false, apiKey: '' }).body.code).toBe(-2014)
})

it('every key opens the same account', () => {
  const account = new SandboxAccount({
    keys: [
      { apiKey: 'key', secret: 'secret' },
      { apiKey: 'other', secret: 'hidden' },
    ],
  })
  account.price('50000')
  account.limit({ price: '49000', newClientOrderId: 'a' }, { apiKey: 'other', secret: 'hidden' })
  expect(account.ask('GET', PATH, OPEN).body).toMatchObject([{ clientOrderId: 'a' }])
})
