import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SandboxAccount } from '../../support/sandbox-account.js'

// biome-ignore lint/suspicious/noExplicitAny: answers of a foreign API, looked at by their keys only
type Payload = any

const DOCUMENTED: Record<string, Payload> = JSON.parse(readFileSync('fixtures/binance/rest/official-sdk.json', 'utf8'))
const RECORDED: Record<string, Payload> = Object.fromEntries(
  lines('fixtures/binance/rest/binance-net.jsonl').map(({ name, response }) => [name, response]),
)
const FRAMES: Payload[] = [
  ...lines('fixtures/binance/ws/gct-user.jsonl'),
  ...lines('fixtures/binance/ws/binance-net.jsonl'),
].map((frame) => frame.data ?? frame)

function lines(file: string): Payload[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** An account with something of everything. */
function lived(): SandboxAccount {
  const account = new SandboxAccount()
  account.price('50000')
  account.order({ newClientOrderId: 'filled' })
  account.limit({ price: '49000', quantity: '0.5', newClientOrderId: 'resting' })
  account.algo({ triggerPrice: '49500', quantity: '0.1', reduceOnly: 'true', clientAlgoId: 'finished' })
  account.price('49500')
  account.algo({ triggerPrice: '45000', quantity: '0.1', clientAlgoId: 'waiting' })
  account.market({ kind: 'fundingRate', symbol: 'BTCUSDT', rate: '0.0001' })
  return account
}

const SYMBOL = { symbol: 'BTCUSDT' }
const RESTING = { ...SYMBOL, origClientOrderId: 'resting' }
const MORE = { ...SYMBOL, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.1', price: '48000' }
const STOP = {
  ...SYMBOL,
  algoType: 'CONDITIONAL',
  side: 'SELL',
  type: 'STOP_MARKET',
  triggerPrice: '44000',
  quantity: '0.1',
}
/** Of trailing stops, which left these routes, and of what is said of one symbol's bracket only where it was adjusted. */
const NOT_OF_THESE = ['activatePrice', 'priceRate', 'code', 'msg']

/** What is asked, and the example that shows the shape of its answer. */
const ROUTES: readonly [
  route: string,
  params: Record<string, string>,
  example: Payload,
  different?: readonly string[],
][] = [
  ['POST /fapi/v1/order', MORE, DOCUMENTED.newOrder],
  ['DELETE /fapi/v1/order', RESTING, DOCUMENTED.cancelOrder],
  ['GET /fapi/v1/order', RESTING, DOCUMENTED.queryOrder],
  ['GET /fapi/v1/openOrder', RESTING, DOCUMENTED.queryCurrentOpenOrder],
  ['GET /fapi/v1/openOrders', SYMBOL, DOCUMENTED.currentAllOpenOrders],
  ['GET /fapi/v1/allOrders', SYMBOL, DOCUMENTED.allOrders],
  ['PUT /fapi/v1/order', { ...RESTING, side: 'BUY', price: '48500', quantity: '0.5' }, DOCUMENTED.modifyOrder],
  ['POST /fapi/v1/algoOrder', STOP, DOCUMENTED.newAlgoOrder],
  ['DELETE /fapi/v1/algoOrder', { clientAlgoId: 'waiting' }, DOCUMENTED.cancelAlgoOrder],
  ['GET /fapi/v1/algoOrder', { clientAlgoId: 'finished' }, RECORDED['Trading.GetConditionalOrder']],
  ['GET /fapi/v1/openAlgoOrders', SYMBOL, DOCUMENTED.currentAllAlgoOpenOrders],
  ['GET /fapi/v1/allAlgoOrders', SYMBOL, RECORDED['Trading.GetConditionalOrders']],
  ['DELETE /fapi/v1/algoOpenOrders', SYMBOL, DOCUMENTED.cancelAllAlgoOpenOrders],
  ['DELETE /fapi/v1/allOpenOrders', SYMBOL, DOCUMENTED.cancelAllOpenOrders],
  ['POST /fapi/v1/countdownCancelAll', { ...SYMBOL, countdownTime: '1000' }, DOCUMENTED.autoCancelAllOpenOrders],
  ['POST /fapi/v1/batchOrders', { batchOrders: JSON.stringify([MORE]) }, DOCUMENTED.placeMultipleOrders],
  ['GET /fapi/v1/userTrades', SYMBOL, DOCUMENTED.accountTradeList],
  ['GET /fapi/v3/positionRisk', SYMBOL, DOCUMENTED.positionInformationV3],
  ['GET /fapi/v2/positionRisk', SYMBOL, RECORDED['Account.GetPositionInformation']],
  ['GET /fapi/v3/account', {}, DOCUMENTED.accountInformationV3],
  ['GET /fapi/v3/balance', {}, DOCUMENTED.futuresAccountBalanceV3],
  ['POST /fapi/v1/leverage', { ...SYMBOL, leverage: '5' }, DOCUMENTED.changeInitialLeverage],
  ['GET /fapi/v1/income', {}, DOCUMENTED.getIncomeHistory],
  ['GET /fapi/v1/forceOrders', {}, DOCUMENTED.usersForceOrders],
  ['GET /fapi/v1/rateLimit/order', {}, DOCUMENTED.queryUserRateLimit],
  ['GET /fapi/v1/symbolConfig', {}, DOCUMENTED.symbolConfiguration],
  ['GET /fapi/v1/commissionRate', SYMBOL, DOCUMENTED.userCommissionRate],
  ['GET /fapi/v1/leverageBracket', {}, RECORDED['Account.GetBrackets']],
  ['POST /fapi/v1/listenKey', {}, DOCUMENTED.startUserDataStream],
  ['DELETE /fapi/v1/listenKey', {}, RECORDED['Account.StopUserStream']],
  ['GET /fapi/v1/feeBurn', {}, DOCUMENTED.getBnbBurnStatus],
  ['GET /fapi/v1/positionSide/dual', {}, DOCUMENTED.getCurrentPositionMode],
]

function keysOf(value: Payload): string[] {
  const row = Array.isArray(value) ? value[0] : value
  return Object.keys(row)
    .filter((key) => !NOT_OF_THESE.includes(key) || row.msg === 'success' || row.code === 200)
    .sort()
}

/** Evidence: the exchange's own examples in the shape since 2026-07-15, and what was recorded (`fixtures/SOURCES.md`). */
describe('the answer of', () => {
  it.each(ROUTES)('%s has the keys of the documentation', (route, params, example) => {
    const account = lived()
    if (route.includes('forceOrders')) account.strike('deleverage', 'BTCUSDT')
    const [method, path] = route.split(' ') as [string, string]
    const { status, body } = account.ask(method, path, params)
    expect(status, JSON.stringify(body)).toBe(200)
    expect(keysOf(body)).toEqual(keysOf(example))
    if (path.endsWith('account')) {
      expect(keysOf(body.assets)).toEqual(keysOf(example.assets))
      expect(keysOf(body.positions)).toEqual(keysOf(example.positions))
    }
  })
})

/** Fields that came later than the example, or that belong to other kinds of orders. */
const LATER: Record<string, readonly string[]> = {
  ORDER_TRADE_UPDATE: ['er', 'AP', 'cr'],
  ALGO_UPDATE: ['ia', 'rm', 'cr', 'ap', 'aq', 'act'],
}

/** Evidence: `fixtures/binance/ws` (examples of the documentation with the fields of 2026-08). */
describe('the event', () => {
  const account = lived()
  account.listen()
  account.order({ quantity: '0.1' })
  account.algo({ triggerPrice: '44000', quantity: '0.1' })
  account.market({ kind: 'fundingRate', symbol: 'BTCUSDT', rate: '0.0001' })
  account.strike('changeLeverage', 'BTCUSDT')
  account.strike('marginCall')
  account.strike('expireListenKey')

  const known = (e: string) => FRAMES.findLast((frame) => frame.e === e)
  it.each([
    'TRADE_LITE',
    'ORDER_TRADE_UPDATE',
    'ACCOUNT_UPDATE',
    'ALGO_UPDATE',
    'ACCOUNT_CONFIG_UPDATE',
    'MARGIN_CALL',
    'listenKeyExpired',
  ])('%s has the keys of the documentation', (e) => {
    const told = account.events.findLast((event) => event.e === e)
    const example = e === 'ACCOUNT_CONFIG_UPDATE' ? FRAMES.find((frame) => frame.e === e && frame.ac) : known(e)
    expect(Object.keys(told).sort()).toEqual(Object.keys(example).sort())
    const without = (row: object) =>
      Object.keys(row)
        .filter((key) => !LATER[e]?.includes(key))
        .sort()
    for (const part of ['o', 'ac'])
      if (example[part] !== undefined) expect(without(told[part])).toEqual(without(example[part]))
    if (e === 'MARGIN_CALL') expect(without(told.p[0])).toEqual(without(example.p[0]))
    if (e === 'ACCOUNT_UPDATE') {
      const order = account.events.find((event) => event.e === e && event.a.m === 'ORDER')
      expect(without(order.a.P[0])).toEqual(without(example.a.P[0]))
      expect(without(order.a.B[0])).toEqual(without(example.a.B[0]))
    }
  })
})
