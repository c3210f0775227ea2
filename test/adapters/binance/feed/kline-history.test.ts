import { describe, expect, it } from 'vitest'
import { KlineHistory } from '../../../../src/adapters/binance/feed/kline-history.js'
import type { ExchangeError, RestOutcome } from '../../../../src/adapters/binance/rest/call.js'

const UNTIL = 1_800_000_000_000 - (1_800_000_000_000 % 60_000)
const BEGAN = UNTIL + 61_000

function bars(...closes: readonly (readonly [minutesBefore: number, close: string])[]): unknown {
  return closes.map(([before, close]) => [
    UNTIL - 60_000 - before * 60_000,
    '1',
    '1',
    '1',
    close,
    '3',
    0,
    '0',
    1,
    '0',
    '0',
    '0',
  ])
}

function done(callId: string, value: unknown): RestOutcome {
  return { kind: 'done', callId, value, sentAtExchangeMs: BEGAN }
}

function refused(callId: string, error: Partial<ExchangeError>): RestOutcome {
  return {
    kind: 'refused',
    callId,
    error: { httpStatus: 400, code: -1121, message: 'Invalid symbol.', rejectCode: null, ...error },
  }
}

describe('a history of klines', () => {
  it('asks for the bars that end at its moments, of every contract', () => {
    const history = new KlineHistory({ symbols: ['BTCUSDT'], untilMs: UNTIL, minutes: 3 }, BEGAN)
    expect(history.due(BEGAN)).toMatchObject([
      {
        route: 'klines',
        params: {
          symbol: 'BTCUSDT',
          interval: '1m',
          startTime: String(UNTIL - 3 * 60_000),
          endTime: String(UNTIL - 60_000),
          limit: '3',
        },
      },
    ])
  })

  it('gives each close at the moment at which its bar ended, and no moment that nobody has a price of', () => {
    const history = new KlineHistory({ symbols: ['BTCUSDT', 'ETHUSDT'], untilMs: UNTIL, minutes: 4 }, BEGAN)
    const [btc, eth] = history.due(BEGAN)
    // A bar before and one after the wish, too: the exchange's limits are not ours.
    history.take(done(btc!.callId, bars([4, '9'], [3, '100'], [1, '102'], [0, '103'], [-1, '9'])), BEGAN)
    history.take(done(eth!.callId, bars([0, '7'])), BEGAN)
    expect([history.done, history.total]).toEqual([2, 2])
    const { timesMs, rows, without } = history.history()
    expect(timesMs.map((ms) => (UNTIL - ms) / 60_000)).toEqual([3, 1, 0])
    expect(rows.map((row) => [...row])).toEqual([
      [100, Number.NaN],
      [102, Number.NaN],
      [103, 7],
    ])
    expect(without).toEqual([])
  })

  it('has a few calls under way at a time', () => {
    const symbols = Array.from({ length: 9 }, (_, i) => `S${i}USDT`)
    const history = new KlineHistory({ symbols, untilMs: UNTIL, minutes: 2 }, BEGAN)
    const first = history.due(BEGAN)
    expect([first.length, history.due(BEGAN).length, history.nextDueMs()]).toEqual([4, 0, undefined])
    history.take(done(first[0]!.callId, []), BEGAN)
    expect(history.due(BEGAN).map(({ params }) => params.symbol)).toEqual(['S4USDT'])
  })

  it.each([
    ['an answer that never came', (id: string): RestOutcome => ({ kind: 'unknown', callId: id, message: 'cut' })],
    [
      'a call that was not sent',
      (id: string): RestOutcome => ({ kind: 'notSent', callId: id, why: 'RATE_LIMITED', message: 'full' }),
    ],
    ['an exchange that is overloaded', (id: string) => refused(id, { httpStatus: 503, code: -1008 })],
    ['a page of a proxy', (id: string) => refused(id, { httpStatus: 403, code: null })],
  ])('asks again after %s, later each time, and gives up after five', (_, outcome) => {
    const history = new KlineHistory({ symbols: ['BTCUSDT'], untilMs: UNTIL, minutes: 2 }, BEGAN)
    let nowMs = BEGAN
    const waits: number[] = []
    for (let call = history.due(nowMs)[0]; call !== undefined; call = history.due(nowMs)[0]) {
      history.take(outcome(call.callId), nowMs)
      const nextMs = history.nextDueMs() ?? nowMs
      waits.push(nextMs - nowMs)
      nowMs = nextMs
    }
    expect(waits).toEqual([2_000, 4_000, 6_000, 8_000, 0])
    expect(history.history()).toMatchObject({ timesMs: [], without: [{ symbol: 'BTCUSDT' }] })
  })

  it('does without a contract that the exchange refuses for good', () => {
    const history = new KlineHistory({ symbols: ['NOUSDT'], untilMs: UNTIL, minutes: 2 }, BEGAN)
    history.take(refused(history.due(BEGAN)[0]!.callId, {}), BEGAN)
    expect(history.done).toBe(1)
    expect(history.history().without).toEqual([{ symbol: 'NOUSDT', why: 'Invalid symbol.' }])
  })

  it('passes over outcomes of others', () => {
    const history = new KlineHistory({ symbols: ['BTCUSDT'], untilMs: UNTIL, minutes: 2 }, BEGAN)
    expect(history.take(done('ask:1', {}), BEGAN)).toBe(false)
  })
})
