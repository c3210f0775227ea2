import { generateKeyPairSync, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Credentials } from '../../../../src/adapters/binance/credentials.js'
import { ROUTES, type RouteName } from '../../../../src/adapters/binance/rest/routes.js'
import { recvWindowMs, targetOf } from '../../../../src/adapters/binance/rest/signed-target.js'

const apiKey = 'dbefbc809e3e83c283a984c3a1459732ea7db1360ca80c5c2c8867408d28cc83'
const secret = '2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9'
const signer = new Credentials({ apiKey, secret })

describe('the target of a request', () => {
  test('the documented order is signed as it is documented, the signature last', () => {
    const params = {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      quantity: '1',
      price: '9000',
      timeInForce: 'GTC',
    }
    expect(targetOf(ROUTES.newOrder, params, { signer, recvWindowMs: 5_000, timestampMs: 1_591_702_613_943 })).toBe(
      '/fapi/v1/order?symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC' +
        '&recvWindow=5000&timestamp=1591702613943' +
        '&signature=3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9',
    )
  })

  test.each([
    ['币安人生USDT', '%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT'],
    ["a&b=c d+e/f'(!*)", 'a%26b%3Dc%20d%2Be%2Ff%27%28%21%2A%29'],
    ['["id1","id2"]', '%5B%22id1%22%2C%22id2%22%5D'],
    ['BTC-USDT_x.y~z', 'BTC-USDT_x.y~z'],
  ])('%s is signed and sent percent-encoded', (symbol, encoded) => {
    const target = targetOf(ROUTES.order, { symbol }, { signer, recvWindowMs: 5_000, timestampMs: 1 })
    const payload = `symbol=${encoded}&recvWindow=5000&timestamp=1`
    expect(target).toBe(`/fapi/v1/order?${payload}&signature=${signer.sign(payload)}`)
    expect(new URLSearchParams(target.split('?')[1]).get('symbol')).toBe(symbol)
  })

  test('a signature in base64 is percent-encoded, and verifies once it is decoded', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const ed25519 = new Credentials({ apiKey, secret: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() })
    for (let timestampMs = 1; timestampMs <= 20; timestampMs += 1) {
      const target = targetOf(ROUTES.account, {}, { signer: ed25519, recvWindowMs: 5_000, timestampMs })
      const [payload, signature] = target.slice('/fapi/v3/account?'.length).split('&signature=') as [string, string]
      expect(signature).toMatch(/^[A-Za-z0-9%]+$/)
      const bytes = Buffer.from(decodeURIComponent(signature), 'base64')
      expect(verify(null, Buffer.from(payload), publicKey, bytes)).toBe(true)
    }
  })

  test('what is public is not signed', () => {
    expect(targetOf(ROUTES.ping, {})).toBe('/fapi/v1/ping')
    expect(targetOf(ROUTES.depth, { symbol: 'BTCUSDT', limit: '5' })).toBe('/fapi/v1/depth?symbol=BTCUSDT&limit=5')
  })

  test.each([
    [undefined, 5_000],
    [10_300, 300],
    [10_000, 1],
    [9_000, 1],
    [70_000, 60_000],
    [70_001, 60_000],
  ])('a call that is valid until %s, stamped 10000, may be done for %i ms', (validUntilMs, expected) => {
    const call = { callId: 'a:1', route: 'newOrder', params: {}, priority: 'entry', deadlineMs: 0 } as const
    expect(recvWindowMs({ ...call, ...(validUntilMs !== undefined && { validUntilMs }) }, 10_000)).toBe(expected)
  })
})

interface OtherRequest {
  readonly description: string
  readonly method: string
  readonly url: string
  readonly output: string | null
}

describe('requests that another client builds', () => {
  const file = new URL('../../../../fixtures/ccxt/binance-usdm-requests.json', import.meta.url)
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly OtherRequest[] }
  const ours = cases.flatMap((one) => {
    const route = routeOf(one)
    return route === undefined ? [] : [{ ...one, route }]
  })

  test('most of them are requests that we send', () => {
    expect(ours.length).toBeGreaterThanOrEqual(18)
    expect(new Set(ours.map(({ route }) => route))).toEqual(
      new Set(['newOrder', 'newAlgoOrder', 'cancelOrder', 'order']),
    )
  })

  test.each(ours)('$description ($route) is the same of ours', ({ route, url, output }) => {
    const { pathname, search } = new URL(url)
    const query = output ?? search.slice(1)
    const params = Object.fromEntries(new URLSearchParams(query))
    const target = targetOf(ROUTES[route], params, { signer, recvWindowMs: 5_000, timestampMs: 1 })
    const [path, sent] = target.split('?') as [string, string]
    expect(path).toBe(pathname)
    expect(sent.replace(/&recvWindow=5000&timestamp=1&signature=[0-9a-f]{64}$/, '')).toBe(query)
  })
})

/** Undefined for what we do not send: batches and changes of orders. */
function routeOf({ method, url }: OtherRequest): RouteName | undefined {
  const { pathname } = new URL(url)
  if (method === 'createOrder') return pathname === '/fapi/v1/order' ? 'newOrder' : 'newAlgoOrder'
  if (method === 'cancelOrderWithClientOrderId') return 'cancelOrder'
  return method === 'fetchOrderWithClientOrderId' ? 'order' : undefined
}
