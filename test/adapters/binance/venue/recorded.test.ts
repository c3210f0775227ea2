import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { algoFactsOf } from '../../../../src/adapters/binance/venue/algo-orders.js'
import { tradeOfRow } from '../../../../src/adapters/binance/venue/fills.js'
import { orderFactsOf } from '../../../../src/adapters/binance/venue/orders.js'
import { SymbolCatalogue } from '../../../../src/adapters/binance/venue/symbol-catalogue.js'
import { positionUpdate, ScriptedVenue } from './scripted-venue.js'

type UserFrame = { readonly data: Readonly<Record<string, unknown>> & { readonly e: string } }

function lines<Line>(path: string): Line[] {
  return readFileSync(`fixtures/binance/${path}`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

interface Recorded {
  readonly name: string
  readonly response: unknown
}

const ANSWERS = new Map(lines<Recorded>('rest/binance-net.jsonl').map(({ name, response }) => [name, response]))
const EXAMPLES: Record<string, unknown> = JSON.parse(readFileSync('fixtures/binance/rest/official-sdk.json', 'utf8'))
const FRAMES = [...lines<UserFrame>('ws/gct-user.jsonl'), ...lines<UserFrame>('ws/binance-net.jsonl')]

const rows = (answer: unknown): unknown[] => (Array.isArray(answer) ? answer : [answer])

describe('recorded and documented answers are read whole', () => {
  test.each([
    ...['CancelOrder', 'GetOpenOrder', 'GetOpenOrders', 'GetOrder', 'GetOrders', 'PlaceOrder', 'GetForcedOrders'].map(
      (name) => [name, ANSWERS.get(`Trading.${name}`)],
    ),
    ...['newOrder', 'cancelOrder', 'queryOrder', 'currentAllOpenOrders', 'allOrders', 'usersForceOrders'].map(
      (name) => [name, EXAMPLES[name]],
    ),
  ])('%s: orders', (_, answer) => {
    expect(rows(answer).length).toBeGreaterThan(0)
    for (const row of rows(answer)) expect(orderFactsOf(row)).toMatchObject({ orderId: expect.any(String) })
  })

  test.each([
    ...['CancelConditionalOrder', 'GetConditionalOrder', 'GetConditionalOrders', 'GetOpenConditionalOrders'].map(
      (name) => [name, ANSWERS.get(`Trading.${name}`)],
    ),
    ...['newAlgoOrder', 'queryAlgoOrder', 'currentAllAlgoOpenOrders', 'queryAllAlgoOrders'].map((name) => [
      name,
      EXAMPLES[name],
    ]),
  ])('%s: conditional orders', (_, answer) => {
    expect(rows(answer).length).toBeGreaterThan(0)
    for (const row of rows(answer)) expect(algoFactsOf(row)).toMatchObject({ algoId: expect.any(String) })
  })

  test('a stop that ran through to its end is joined to the order that it became', () => {
    expect(algoFactsOf(ANSWERS.get('Trading.GetConditionalOrder'))).toMatchObject({
      algoStatus: 'FINISHED',
      actualOrderId: '900000000001',
      quantity: '0.002',
      reduceOnly: true,
    })
  })

  test('trades', () => {
    for (const answer of [ANSWERS.get('Trading.GetUserTrades'), EXAMPLES.accountTradeList])
      for (const row of rows(answer)) expect(tradeOfRow(row)).toMatchObject({ tradeId: 698_759, feeAsset: 'USDT' })
  })

  test.each([
    ['recorded', ANSWERS.get('Account.GetAccountInfoV3'), ANSWERS.get('Trading.GetPositions')],
    ['documented', EXAMPLES.accountInformationV3, EXAMPLES.positionInformationV3],
  ])('the account, %s', (_, account, positions) => {
    const venue = ScriptedVenue.ready()
    venue.pass(40_000)
    venue.answers('account', { value: account })
    // As they are read here, they have not changed for long.
    const value = rows(positions).map((row) => ({ ...(row as object), updateTime: 1 }))
    venue.answers('positionRisk', { value })
    venue.snapshot('t')
    const { account: read, positions: held } = venue.of('snapshot')[0]!.snapshot
    expect(read).toMatchObject({ walletBalanceUsd: '23.72469206', availableMarginUsd: '23.72469206' })
    expect(held).toHaveLength(1)
  })

  test('brackets and listings', () => {
    const catalogue = new SymbolCatalogue()
    catalogue.takeExchangeInfo(ANSWERS.get('ExchangeData.GetExchangeInfo'))
    catalogue.takeExchangeInfo(EXAMPLES.exchangeInformation)
    catalogue.takeBrackets(ANSWERS.get('Account.GetBrackets'))
    catalogue.takeBrackets(EXAMPLES.notionalAndLeverageBrackets)
    expect(catalogue.size).toBeGreaterThan(0)
  })
})

describe('recorded and documented events of an account', () => {
  test.each(FRAMES.map(({ data }) => [data.e, data] as const))(
    '%s breaks nothing, and nothing is unknown in it',
    (_, data) => {
      const venue = ScriptedVenue.ready()
      venue.user({ ...data })
      expect(venue.of('notice').map(({ code }) => code)).not.toContain('UNKNOWN_ORDER_STATUS')
    },
  )

  test('a stop that was triggered and then rejected tells why', () => {
    const venue = ScriptedVenue.ready()
    venue.user(positionUpdate('0.010'))
    for (const { data } of FRAMES) if (data.e === 'ALGO_UPDATE') venue.user({ ...data })
    expect(venue.of('order').map(({ report }) => report.type)).toEqual(['STOP_LIMIT', 'STOP_LIMIT'])
  })

  test('a margin call and a change of leverage are told to a person', () => {
    const venue = ScriptedVenue.ready()
    for (const { data } of FRAMES) venue.user({ ...data })
    const codes = venue.of('notice').map(({ code }) => code)
    expect(codes).toEqual(expect.arrayContaining(['MARGIN_CALL', 'LEVERAGE_CHANGED', 'MULTI_ASSETS_MODE']))
  })
})
