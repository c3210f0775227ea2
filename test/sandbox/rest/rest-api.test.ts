import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { instrument } from '../../support/instruments.js'
import { encode, hmac, SandboxAccount } from '../../support/sandbox-account.js'

interface Recorded {
  readonly description: string
  readonly method: string
  readonly path: string
  readonly query: string
  readonly body: string
}

const REQUESTS: Recorded[] = readFileSync('fixtures/binance/rest/ccxt-requests.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

/** Of numbers that only the recording's account had. */
const OF_FOREIGN_ORDERS = /edit swap order|Swap editOrders|cancelOrders/

function ready({ description }: Recorded): SandboxAccount {
  const litecoin = instrument({ tickSize: '0.01' }, 'LTCUSDT')
  const account = new SandboxAccount({ instruments: [instrument(), litecoin, instrument({}, 'ETHUSDT')] })
  account.price('90000')
  account.price('80', { symbol: 'LTCUSDT' })
  if (description.includes('closing short')) account.order({ symbol: 'LTCUSDT', side: 'SELL' })
  account.limit({ symbol: 'LTCUSDT', price: '50', newClientOrderId: 'myid123' })
  if (description.includes('hedged')) account.knob('hedgeMode', true)
  return account
}

/** As that client sends it: form in the body, times and signature behind it. */
function sent(account: SandboxAccount, { method, path, query, body }: Recorded) {
  const times = encode({ timestamp: String(account.nowMs), recvWindow: '10000' })
  const form = [query === '' ? body : query, times].join('&')
  const text = `${form}&signature=${hmac('secret', form)}`
  const inBody = method !== 'GET' && method !== 'DELETE'
  const target = inBody ? path : `${path}?${text}`
  account.put({
    kind: 'http',
    httpId: 9_000,
    method,
    target,
    headers: { 'x-mbx-apikey': 'key' },
    body: inBody ? text : '',
  })
  return account.answerTo(9_000)!
}

/** Evidence: requests that ccxt is held to write, which real accounts take. */
describe('a request as ccxt writes it', () => {
  it.each(REQUESTS)('is accepted: $description', (request) => {
    const account = ready(request)
    const { status, body } = sent(account, request)
    if (!OF_FOREIGN_ORDERS.test(request.description)) {
      expect(status, JSON.stringify(body)).toBe(200)
      for (const row of [body].flat()) expect(row).not.toHaveProperty('msg')
      return
    }
    for (const { code } of [body].flat()) expect([-2011, -2013]).toContain(code)
  })
})
