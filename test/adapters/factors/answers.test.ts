import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FUNDING_QUESTION, TAKER_QUESTION } from '../../../src/adapters/factors/binance-questions.js'
import { VOLATILITY_QUESTION } from '../../../src/adapters/factors/deribit-question.js'
import { FEAR_AND_GREED_QUESTION } from '../../../src/adapters/factors/fear-and-greed-question.js'
import { readAnswer } from '../../../src/adapters/factors/http-factor-source.js'
import { fuzzBytes } from '../../support/fuzz.js'

const AT = Date.UTC(2026, 0, 6)
const QUESTIONS = [FUNDING_QUESTION, VOLATILITY_QUESTION, FEAR_AND_GREED_QUESTION, TAKER_QUESTION]
const premium = { symbol: 'BTCUSDT', markPrice: '90000', lastFundingRate: '-0.00012000', time: AT }
const candles = (data: unknown) => ({ jsonrpc: '2.0', result: { data, continuation: null } })
const index = (data: unknown, error: unknown = null) => ({ name: 'Fear and Greed Index', data, metadata: { error } })
const day = (value: unknown, timestamp: unknown = String(AT / 1_000)) => ({
  value,
  value_classification: 'x',
  timestamp,
})
const volumes = (buyVol: unknown, sellVol: unknown, timestamp: unknown = AT) => ({
  buySellRatio: '1',
  buyVol,
  sellVol,
  timestamp,
})

describe('an answer that a source documents', () => {
  it.each([
    ['the running rate', FUNDING_QUESTION, premium, { kind: 'value', value: -0.00012, atMs: AT }],
    [
      'a rate as a number',
      FUNDING_QUESTION,
      { ...premium, lastFundingRate: 1e-7 },
      { kind: 'value', value: 1e-7, atMs: AT },
    ],
    [
      'the close of the newest candle, in whichever order they stand',
      VOLATILITY_QUESTION,
      candles([
        [AT, 50, 52, 49, 51.18],
        [AT - 60_000, 40, 41, 39, 40.5],
      ]),
      { kind: 'value', value: 51.18, atMs: AT },
    ],
    [
      'the newest day',
      FEAR_AND_GREED_QUESTION,
      index([day('25'), day('40', String(AT / 1_000 - 86_400))]),
      { kind: 'value', value: 25, atMs: AT },
    ],
    [
      'volumes as texts and as numbers, and stamps of both kinds',
      TAKER_QUESTION,
      [volumes('10.5', '3'), volumes(1, 2, String(AT + 300_000))],
      {
        kind: 'rows',
        rows: [
          [AT, 10.5, 3],
          [AT + 300_000, 1, 2],
        ],
      },
    ],
    ['no volumes at all', TAKER_QUESTION, [], { kind: 'rows', rows: [] }],
  ])('gives %s', (_, question, answer, expected) => {
    expect(readAnswer(question, JSON.stringify(answer))).toEqual(expected)
  })
})

describe('any other answer', () => {
  it.each([
    [FUNDING_QUESTION, '<!DOCTYPE html><html>', 'answer: expected JSON, found "<!DOCTYPE html><html>"'],
    [
      FUNDING_QUESTION,
      '{"symbol":"BTCUSDT","lastFund',
      'answer: expected JSON, found "{\\"symbol\\":\\"BTCUSDT\\",\\"lastFund"',
    ],
    [FUNDING_QUESTION, '', 'answer: expected JSON, found ""'],
    [FUNDING_QUESTION, 'null', 'answer: expected an object, found null'],
    [FUNDING_QUESTION, '[]', 'answer: expected an object, found []'],
    [FUNDING_QUESTION, { ...premium, symbol: 'ETHUSDT' }, 'answer.symbol: expected "BTCUSDT", found "ETHUSDT"'],
    [
      FUNDING_QUESTION,
      { ...premium, lastFundingRate: undefined },
      'answer.lastFundingRate: expected a number, or one as a text, found nothing',
    ],
    [
      FUNDING_QUESTION,
      { ...premium, lastFundingRate: '0x10' },
      'answer.lastFundingRate: expected a number, or one as a text, found "0x10"',
    ],
    [
      FUNDING_QUESTION,
      { ...premium, time: AT / 1_000 },
      `answer.time: expected a time in milliseconds since 1970, found ${AT / 1_000}`,
    ],
    [VOLATILITY_QUESTION, { error: { code: -32602 } }, 'answer.result: expected an object, found nothing'],
    [VOLATILITY_QUESTION, candles({}), 'answer.result.data: expected a list, found {}'],
    [VOLATILITY_QUESTION, candles([]), 'answer.result.data: expected a candle of the last hour, found []'],
    [
      VOLATILITY_QUESTION,
      candles([[AT, 1, 2]]),
      `answer.result.data[0]: expected a time, and open, high, low and close, found [${AT},1,2]`,
    ],
    [VOLATILITY_QUESTION, candles([[AT, 1, 2, 3, '51']]), 'answer.result.data[0][4]: expected a number, found "51"'],
    [VOLATILITY_QUESTION, candles([[AT, 1, 2, 3, null]]), 'answer.result.data[0][4]: expected a number, found null'],
    [
      VOLATILITY_QUESTION,
      candles(Array(1_001).fill([])),
      'answer.result.data: expected at most 1000 elements, found 1001',
    ],
    [FEAR_AND_GREED_QUESTION, index([]), 'answer.data: expected a day, found []'],
    [FEAR_AND_GREED_QUESTION, index([day('25')], 'busy'), 'answer.metadata.error: expected null, found "busy"'],
    [
      FEAR_AND_GREED_QUESTION,
      index([day('greedy')]),
      'answer.data[0].value: expected a number, or one as a text, found "greedy"',
    ],
    [
      FEAR_AND_GREED_QUESTION,
      index([day('25', AT)]),
      `answer.data[0].timestamp: expected a time in seconds since 1970, found ${AT}`,
    ],
    [TAKER_QUESTION, {}, 'answer: expected a list, found {}'],
    [TAKER_QUESTION, [volumes('-1', '1')], 'answer[0].buyVol: expected a volume of 0 or more, found "-1"'],
    [TAKER_QUESTION, [volumes('1', {})], 'answer[0].sellVol: expected a number, or one as a text, found {}'],
    [TAKER_QUESTION, Array(501).fill(volumes('1', '1')), 'answer: expected at most 500 elements, found 501'],
  ] as const)('of %o is refused with its path: %o', (question, answer, error) => {
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer)
    expect(readAnswer(question, text)).toEqual({ kind: 'failed', error })
  })

  it.each(QUESTIONS)(
    'to $name, of any JSON or any bytes, is an answer of finite numbers or a refusal of one short line',
    async (question) => {
      const check = (text: string): void => {
        const answer = readAnswer(question, text)
        if (answer.kind === 'value') expect([answer.value, answer.atMs].every(Number.isFinite)).toBe(true)
        if (answer.kind === 'rows') expect(answer.rows.flat().every(Number.isFinite)).toBe(true)
        if (answer.kind === 'failed') {
          expect(answer.error.length).toBeLessThanOrEqual(301)
          expect(answer.error).not.toMatch(/[\p{Cc}\p{Cf}]/u)
        }
      }
      await fuzzBytes(
        { suite: 'factors', subject: question.name, numRuns: 300 },
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => check(Buffer.from(bytes).toString('utf8')),
      )
      fc.assert(fc.property(fc.json(), check))
      const cell = fc.oneof(fc.double(), fc.string(), fc.constantFrom(null, AT, '25', String(AT), '1e999', {}))
      const known = fc.oneof(
        fc.record({ symbol: fc.constant('BTCUSDT'), lastFundingRate: cell, time: cell }),
        fc.array(fc.array(cell, { maxLength: 8 }), { maxLength: 4 }).map(candles),
        fc
          .array(fc.tuple(cell, cell), { maxLength: 4 })
          .map((days) => index(days.map(([value, at]) => day(value, at)))),
        fc.array(fc.tuple(cell, cell, cell), { maxLength: 4 }).map((rows) => rows.map((row) => volumes(...row))),
      )
      fc.assert(fc.property(known, (answer) => check(JSON.stringify(answer))))
    },
  )

  it('that is nested deeper than anybody reads is refused', () => {
    for (const question of QUESTIONS) expect(readAnswer(question, '['.repeat(300_000)).kind).toBe('failed')
  })
})
