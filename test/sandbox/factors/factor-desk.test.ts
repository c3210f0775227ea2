import { describe, expect, it } from 'vitest'
import { FUNDING_QUESTION, TAKER_QUESTION } from '../../../src/adapters/factors/binance-questions.js'
import { VOLATILITY_QUESTION } from '../../../src/adapters/factors/deribit-question.js'
import { FEAR_AND_GREED_QUESTION } from '../../../src/adapters/factors/fear-and-greed-question.js'
import { type FactorQuestion, readAnswer } from '../../../src/adapters/factors/http-factor-source.js'
import { refusedFactor } from '../../../src/core/factors/factor-ranges.js'
import type { ExchangeEffect } from '../../../src/sandbox/exchange-events.js'
import type { KnobName } from '../../../src/sandbox/faults.js'
import { SandboxExchange } from '../../../src/sandbox/sandbox-exchange.js'
import { instrument } from '../../support/instruments.js'

const AT = Date.UTC(2026, 0, 6, 12, 0, 30)
const MINUTE = 60_000
const DAY = 86_400_000

function begin(seed = 1) {
  const exchange = new SandboxExchange({ instruments: [instrument()], startingBalanceUsd: '10000', seed, keys: [] })
  const quote = { symbol: 'BTCUSDT', bid: '50000', bidQuantity: '5', ask: '50001', askQuantity: '5', mark: '50000' }
  exchange.handle({ kind: 'market', event: { kind: 'quote', quote: { ...quote, timestampMs: AT } } }, AT)
  let httpId = 0
  const effects = (target: string, nowMs = AT): readonly ExchangeEffect[] =>
    exchange.handle({ kind: 'http', httpId: ++httpId, method: 'GET', target, headers: {}, body: '' }, nowMs)
  const get = (target: string, nowMs = AT) => {
    const [effect] = effects(target, nowMs)
    if (effect?.kind !== 'answer') throw new Error('no answer')
    return effect
  }
  const ask = ({ name, target, read }: FactorQuestion, nowMs = AT) =>
    readAnswer({ read }, get(`${name === 'dvol' ? '/deribit' : ''}${target(nowMs)}`, nowMs).body)
  return { exchange, effects, get, ask }
}

/** Evidence: notes on Binance, 5. */
describe('Deribit and alternative.me of the sandbox', () => {
  it('with the exchange tell all four factors as the service asks for them, each in its range and of this minute or day', () => {
    const { ask } = begin()
    expect(ask(FUNDING_QUESTION)).toMatchObject({ kind: 'value', atMs: AT })
    expect(ask(VOLATILITY_QUESTION)).toMatchObject({ kind: 'value', atMs: AT - 30_000 })
    expect(ask(FEAR_AND_GREED_QUESTION)).toMatchObject({ kind: 'value', atMs: AT - (AT % DAY) })
    const rows = ask(TAKER_QUESTION)
    expect(rows.kind === 'rows' && rows.rows.length).toBe(300)
    for (const question of [FUNDING_QUESTION, VOLATILITY_QUESTION, FEAR_AND_GREED_QUESTION]) {
      const answer = ask(question)
      expect(answer.kind === 'value' && refusedFactor(question.name, answer.value)).toBe(undefined)
    }
  })

  it('tell the same of the same moment, whenever they are asked', () => {
    const { get } = begin()
    const target = `/deribit/api/v2/public/get_volatility_index_data?currency=BTC&resolution=60&start_timestamp=${AT - 600_000}&end_timestamp=${AT - 60_000}`
    const data = (nowMs: number) => JSON.parse(get(target, nowMs).body).result.data
    expect(data(AT + DAY)).toEqual(data(AT + 2 * DAY))
    expect(data(AT + 2 * DAY)).toHaveLength(9)
  })

  it('have no rise of a tenth within an hour by themselves', () => {
    const { get } = begin()
    const target = (endMs: number) =>
      `/deribit/api/v2/public/get_volatility_index_data?currency=BTC&resolution=60&start_timestamp=${endMs - 3_600_000}&end_timestamp=${endMs}`
    for (let hour = 0; hour < 96; hour++) {
      const nowMs = AT + hour * 3_600_000
      const closes = (JSON.parse(get(target(nowMs), nowMs).body).result.data as number[][]).map((candle) => candle[4]!)
      expect(Math.max(...closes) / Math.min(...closes)).toBeLessThan(1.1)
    }
  })

  it('page through a long span by continuation, a thousand candles at a time', () => {
    const { get } = begin()
    const target = (endMs: number) =>
      `/deribit/api/v2/public/get_volatility_index_data?currency=BTC&resolution=60&start_timestamp=${AT - DAY}&end_timestamp=${endMs}`
    const first = JSON.parse(get(target(AT)).body).result
    const second = JSON.parse(get(target(first.continuation)).body).result
    expect([first.data.length, second.data.length, second.continuation]).toEqual([1_000, 440, null])
    expect(second.data.at(-1)[0]).toBe(first.data[0][0] - MINUTE)
  })

  it.each([
    ['currency=DOGE&resolution=60&start_timestamp=1&end_timestamp=2', 'currency'],
    ['currency=BTC&resolution=61&start_timestamp=1&end_timestamp=2', 'resolution'],
    ['currency=BTC&resolution=60&end_timestamp=2', 'start_timestamp'],
    ['currency=BTC&resolution=60&start_timestamp=3&end_timestamp=2', 'end_timestamp'],
  ])('refuse %s for its %s', (query, param) => {
    const { status, body } = begin().get(`/deribit/api/v2/public/get_volatility_index_data?${query}`)
    expect([status, JSON.parse(body).error]).toEqual([
      400,
      { message: 'Invalid params', data: { reason: 'wrong or missing', param }, code: -32_602 },
    ])
  })

  it('tell days newest first, texts throughout, how long the newest stands, and all of them for 0', () => {
    const { get } = begin()
    const { data, metadata } = JSON.parse(get('/fng/?limit=3&format=json').body)
    expect(metadata).toEqual({ error: null })
    expect(data.map(({ timestamp }: { timestamp: string }) => Number(timestamp) * 1_000)).toEqual(
      [0, 1, 2].map((back) => AT - (AT % DAY) - back * DAY),
    )
    expect(data.map((day: object) => Object.keys(day).length)).toEqual([4, 3, 3])
    expect(data[0].time_until_update).toBe('43170')
    expect(JSON.parse(get('/fng/?limit=0').body).data).toHaveLength(1_000)
  })

  it.each<[KnobName, number | boolean, string]>([
    ['factorAbsurdShare', 1, 'range'],
    ['factorHtmlShare', 1, 'answer: expected JSON'],
    ['factorCutShare', 1, 'answer: expected JSON'],
    ['factorWrongTypeShare', 1, 'expected a'],
  ])('with %s tell what nobody may believe, while the exchange tells what it did', (knob, value, why) => {
    const { exchange, ask } = begin()
    const before = ask(FUNDING_QUESTION)
    exchange.faults.set(knob, value as never)
    for (const question of [VOLATILITY_QUESTION, FEAR_AND_GREED_QUESTION]) {
      const answer = ask(question)
      const said = answer.kind === 'value' ? (refusedFactor(question.name, answer.value) ?? 'fine') : answer
      expect(JSON.stringify(said)).toContain(why)
    }
    expect(ask(FUNDING_QUESTION)).toEqual(before)
  })

  it('with factorStaleMs tell values of then with the stamps of then', () => {
    const { exchange, ask } = begin()
    exchange.faults.set('factorStaleMs', 3 * 3_600_000)
    expect(ask(VOLATILITY_QUESTION)).toEqual({
      kind: 'failed',
      error: expect.stringContaining('a candle of the last hour'),
    })
    exchange.faults.set('factorStaleMs', 30 * MINUTE)
    expect(ask(VOLATILITY_QUESTION)).toMatchObject({ kind: 'value', atMs: AT - 30_000 - 30 * MINUTE })
  })

  it('with factorHangShare never answer, and with factorLimit refuse for as long as they say', () => {
    const { exchange, effects, get } = begin()
    exchange.faults.set('factorHangShare', 1)
    expect(effects('/fng/')).toEqual([])
    exchange.faults.clear()
    exchange.faults.strike('factorLimit', 90_000)
    exchange.handle({ kind: 'time' }, AT)
    expect(get('/fng/')).toMatchObject({ status: 429, headers: { 'retry-after': '90' } })
    expect(get('/fng/', AT + 89_500)).toMatchObject({ status: 429, headers: { 'retry-after': '1' } })
    expect(get('/fng/', AT + 90_000).status).toBe(200)
  })

  it('with volatilitySpike have risen by a fifth from then on', () => {
    const { exchange, ask } = begin()
    const close = (nowMs: number) => {
      const answer = ask(VOLATILITY_QUESTION, nowMs)
      return answer.kind === 'value' ? answer.value : Number.NaN
    }
    const before = close(AT)
    exchange.faults.strike('volatilitySpike')
    exchange.handle({ kind: 'time' }, AT + MINUTE)
    expect(close(AT + MINUTE) / before).toBeGreaterThan(1.15)
    expect(close(AT + 2 * MINUTE) / before).toBeLessThan(1.25)
  })
})
