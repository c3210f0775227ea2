import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ACCOUNT_ROUTES } from '../../src/sandbox/rest/account-routes.js'
import { ALGO_PARAMS, NAMED_ALGO } from '../../src/sandbox/rest/algo-params.js'
import { ALGO_ROUTES } from '../../src/sandbox/rest/algo-routes.js'
import { HISTORY_ROUTES } from '../../src/sandbox/rest/history-routes.js'
import { NAMED_ORDER, ORDER_PARAMS } from '../../src/sandbox/rest/order-params.js'
import { ORDER_ROUTES } from '../../src/sandbox/rest/order-routes.js'
import { instrument } from '../support/instruments.js'
import { encode, hmac, SandboxAccount } from '../support/sandbox-account.js'

const ROUTES = [ACCOUNT_ROUTES, ALGO_ROUTES, HISTORY_ROUTES, ORDER_ROUTES].flatMap((table) => Object.keys(table))
const PUBLIC = ['exchangeInfo', 'depth', 'klines', 'ticker/24hr', 'premiumIndex', 'fundingRate', 'time', 'constructor']
const NAMES = [
  ...new Set([ALGO_PARAMS, NAMED_ALGO, ORDER_PARAMS, NAMED_ORDER].flatMap((rules) => Object.keys(rules))),
  ...['batchOrders', 'leverage', 'marginType', 'countdownTime', 'startTime', 'endTime', 'limit', 'fromId', 'page'],
  ...[
    'interval',
    'dualSidePosition',
    'multiAssetsMargin',
    'listenKey',
    'orderIdList',
    'origClientOrderIdList',
    '__proto__',
  ],
]

/** Words that mean something somewhere, and words that only look like it. */
const WORD = fc.oneof(
  fc.constantFrom(
    'BTCUSDT',
    'BUY',
    'SELL',
    'LIMIT',
    'MARKET',
    'STOP_MARKET',
    'CONDITIONAL',
    'GTC',
    '0.01',
    '50000',
    '1m',
  ),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '-0',
    '1e999',
    'NaN',
    'true',
    'null',
    '99999999999999999999',
    '0.00000000000000000001',
  ),
  fc.constantFrom(
    'constructor',
    '__proto__',
    'toString',
    '%',
    '%zz',
    '[]',
    '[{}]',
    '[null]',
    '[[1]]',
    '{"a":',
    '["__proto__"]',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
)
const PARAMS = fc.dictionary(fc.constantFrom(...NAMES), WORD, { maxKeys: 8 })

function account(): SandboxAccount {
  const made = new SandboxAccount({ instruments: [instrument(), instrument({}, 'ETHUSDT')] })
  made.price('50000')
  made.limit({ price: '40000', newClientOrderId: 'there' })
  return made
}

describe('whatever a client sends, the exchange goes on', () => {
  it('a request that is signed is answered once', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...ROUTES), PARAMS), { maxLength: 6 }), (requests) => {
        const at = account()
        for (const [route, params] of requests) {
          const [method, path] = route.split(' ') as [string, string]
          const form = encode({ ...params, timestamp: String(at.nowMs) })
          const target = `${path}?${form}&signature=${hmac('secret', form)}`
          const headers = { 'x-mbx-apikey': 'key' }
          const effects = at.put({ kind: 'http', httpId: 77, method, target, headers, body: '' })
          expect(effects.filter((effect) => effect.kind === 'answer' && effect.httpId === 77)).toHaveLength(1)
        }
      }),
    )
  })

  it('a request of any method, path and body is answered once', () => {
    const path = fc.oneof(
      fc.constantFrom(...PUBLIC).map((name) => `/fapi/v1/${name}`),
      fc.string({ maxLength: 30 }),
    )
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
        path,
        PARAMS,
        WORD,
        (method, where, params, body) => {
          const at = account()
          const query = Object.entries(params)
            .map(([name, value]) => `${name}=${value}`)
            .join('&')
          const effects = at.put({ kind: 'http', httpId: 77, method, target: `${where}?${query}`, headers: {}, body })
          expect(effects.filter((effect) => effect.kind === 'answer' && effect.httpId === 77)).toHaveLength(1)
        },
      ),
    )
  })

  it('a socket of any path that says anything is told something, or left', () => {
    const name = fc.oneof(
      fc.constantFrom('btcusdt@depth', 'btcusdt@kline_1m', 'btcusdt@depth5@500ms', '!ticker@arr', 'btcusdt@markPrice'),
      fc.constantFrom(
        'constructor',
        '__proto__',
        'btcusdt@constructor',
        'btcusdt@toString',
        '@',
        'btcusdt@kline_constructor',
      ),
      fc.string({ maxLength: 20 }),
    )
    const request = fc.record(
      {
        method: fc.oneof(
          fc.constantFrom('SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS', 'SET_PROPERTY', 'GET_PROPERTY'),
          fc.jsonValue(),
        ),
        params: fc.oneof(fc.array(name, { maxLength: 4 }), fc.jsonValue()),
        id: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    const text = fc.oneof(
      request.map((each) => JSON.stringify(each)),
      fc.string({ maxLength: 30 }),
    )
    const target = fc.oneof(
      fc
        .tuple(
          fc.constantFrom('public', 'market', 'private'),
          fc.constantFrom('stream?streams=', 'ws/', 'ws?listenKey='),
          name,
        )
        .map(([route, way, which]) => `/${route}/${way}${which}`),
      fc.string({ maxLength: 30 }),
    )
    fc.assert(
      fc.property(target, fc.array(text, { maxLength: 8 }), (where, texts) => {
        const at = account()
        at.put({ kind: 'open', socketId: 'w', target: where })
        for (const each of texts) at.put({ kind: 'text', socketId: 'w', text: each })
        at.price('50001')
        at.passMs(5_000)
        at.put({ kind: 'gone', socketId: 'w' })
      }),
    )
  })
})
