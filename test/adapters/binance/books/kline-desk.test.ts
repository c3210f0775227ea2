import { describe, expect, it } from 'vitest'
import { KlineDesk } from '../../../../src/adapters/binance/books/kline-desk.js'
import type { RestCall } from '../../../../src/adapters/binance/rest/call.js'
import type { KlinesAsked } from '../../../../src/ports/market-data.js'

const NOW_MS = 1_800_000_000_000
const MOMENT = { nowMs: NOW_MS, exchangeMs: NOW_MS + 20 }
const ASKED: KlinesAsked = { requestId: 7, symbols: ['AUSDT', 'BUSDT'], interval: '5m', count: 2, patienceMs: 9_000 }

/** As the exchange writes one that ended so long before now. */
const row = (beforeMs: number) => {
  const endMs = NOW_MS - beforeMs
  return [endMs - 300_000, '10.0', '12.0', '9.0', '11.0', '3.5', endMs - 1, '35.0', 4, '1', '10', '0']
}

function asked(with_: Partial<KlinesAsked> = {}) {
  const desk = new KlineDesk()
  const told = desk.ask({ ...ASKED, ...with_ }, NOW_MS)
  const calls: RestCall[] = []
  for (let call = desk.due(); call !== undefined; call = desk.due()) calls.push(call)
  const done = (i: number, value: unknown) =>
    desk.take({ kind: 'done', callId: calls[i]!.callId, value, sentAtExchangeMs: NOW_MS }, MOMENT)
  return { desk, told, calls, done }
}

describe('candles that are asked for', () => {
  it('are those of each symbol and one more, which is still open', () => {
    expect(asked().calls).toMatchObject([
      { route: 'klines', params: { symbol: 'AUSDT', interval: '5m', limit: '3' }, deadlineMs: NOW_MS + 9_000 },
      { params: { symbol: 'BUSDT' } },
    ])
  })

  it('are told oldest first, without the one that is open, and at the end that they were', () => {
    const { done } = asked()
    const of = {
      kind: 'kline',
      symbol: 'AUSDT',
      interval: '5m',
      open: 10,
      high: 12,
      low: 9,
      close: 11,
      baseVolume: 3.5,
    }
    const times = (endMs: number) => ({ openMs: endMs - 300_000, closeMs: endMs - 1, receivedMs: NOW_MS })
    expect(done(0, [row(-60_000), row(240_000), row(540_000)])).toEqual({
      events: [
        { ...of, ...times(NOW_MS - 540_000) },
        { ...of, ...times(NOW_MS - 240_000) },
      ],
    })
    expect(done(1, [])).toEqual({ events: [{ kind: 'klinesTold', requestId: 7, without: [], receivedMs: NOW_MS }] })
  })

  it.each<[string, unknown]>([
    ['no list', { code: 0 }],
    ['a row that is none', [3]],
    ['a price that is no decimal', [row(0).with(2, 'NaN')]],
    ['a time that is none', [row(0).with(0, -1)]],
  ])('are none where the answer is %s', (_, value) => {
    const { done } = asked()
    done(1, [])
    expect(done(0, value)).toMatchObject({
      events: [{ kind: 'klinesTold', without: ['AUSDT'], message: 'the answer is no list of candles' }],
      malformed: 'AUSDT',
    })
  })

  it('are none of a symbol whose call was not sent, and the others are told', () => {
    const { desk, calls, done } = asked()
    const { callId } = calls[0]!
    desk.take({ kind: 'notSent', callId, why: 'DEADLINE', message: 'too late' }, MOMENT)
    expect(done(1, [row(0)])?.events.map(({ kind }) => kind)).toEqual(['kline', 'klinesTold'])
    expect(desk.take({ kind: 'notSent', callId, why: 'DEADLINE', message: 'too late' }, MOMENT)).toBeUndefined()
  })

  it('are asked for six symbols at a time, and are told of no symbol at once', () => {
    expect(asked({ symbols: Array.from({ length: 9 }, (_, i) => `A${i}USDT`) }).calls).toHaveLength(6)
    expect(asked({ symbols: [] })).toMatchObject({ told: [{ kind: 'klinesTold', without: [] }], calls: [] })
  })
})
