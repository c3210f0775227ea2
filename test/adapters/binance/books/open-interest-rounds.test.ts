import { describe, expect, it } from 'vitest'
import { OpenInterestRounds } from '../../../../src/adapters/binance/books/open-interest-rounds.js'
import type { RestOutcome } from '../../../../src/adapters/binance/rest/call.js'

const NOW_MS = 1_800_000_000_000
const SYMBOLS = ['AUSDT', 'BUSDT', 'CUSDT']

function following(everyMs = 60_000, symbols: readonly string[] = SYMBOLS): OpenInterestRounds {
  const rounds = new OpenInterestRounds()
  rounds.follow(symbols, everyMs, NOW_MS)
  return rounds
}

function done(callId: string, value: unknown): RestOutcome {
  return { kind: 'done', callId, value, sentAtExchangeMs: NOW_MS }
}

/** Everything that is asked up to a time, each answered at once, with when. */
function asked(rounds: OpenInterestRounds, untilMs: number): [atMs: number, symbol: string][] {
  const all: [number, string][] = []
  while (rounds.dueMs <= untilMs) {
    const atMs = rounds.dueMs
    const call = rounds.due(atMs)
    if (call === undefined) continue
    all.push([atMs - NOW_MS, call.params.symbol!])
    rounds.take(done(call.callId, {}), atMs)
  }
  return all
}

describe('rounds of open interest', () => {
  it('ask for each symbol once in a period, evenly', () => {
    expect(asked(following(), NOW_MS + 80_000)).toEqual([
      [0, 'AUSDT'],
      [20_000, 'BUSDT'],
      [40_000, 'CUSDT'],
      [60_000, 'AUSDT'],
      [80_000, 'BUSDT'],
    ])
  })

  it('ask for 540 symbols in a minute, on whole milliseconds', () => {
    const symbols = Array.from({ length: 540 }, (_, i) => `A${i}USDT`)
    const all = asked(following(60_000, symbols), NOW_MS + 59_999)
    expect(all.map(([, symbol]) => symbol)).toEqual(symbols)
    expect(all.every(([atMs]) => Number.isInteger(atMs))).toBe(true)
  })

  it('do not make up for turns that passed', () => {
    const rounds = following()
    rounds.due(NOW_MS)
    const late = asked(rounds, NOW_MS + 20_000).length
    expect(rounds.due(NOW_MS + 600_000)).toBeDefined()
    expect(rounds.due(NOW_MS + 600_000)).toBeDefined()
    expect(rounds.due(NOW_MS + 600_000)).toBeUndefined()
    expect(late).toBe(1)
  })

  it('leave turns out while four calls have no answer', () => {
    const rounds = following(3_000)
    const calls = Array.from({ length: 10 }, (_, i) => rounds.due(NOW_MS + i * 1_000))
    expect(calls.filter((call) => call !== undefined)).toHaveLength(4)
    rounds.take({ kind: 'unknown', callId: calls[0]!.callId, message: '' }, NOW_MS)
    expect(rounds.due(NOW_MS + 10_000)?.params).toEqual({ symbol: 'BUSDT' })
  })

  it('ask for nothing where nothing is wanted, and for what is wanted now', () => {
    const rounds = following()
    rounds.follow(['DUSDT'], 60_000, NOW_MS)
    expect(rounds.due(NOW_MS)?.params).toEqual({ symbol: 'DUSDT' })
    rounds.follow(['DUSDT'], undefined, NOW_MS)
    expect([rounds.dueMs, rounds.due(NOW_MS + 1e9)]).toEqual([Number.POSITIVE_INFINITY, undefined])
    rounds.follow([], 60_000, NOW_MS)
    expect([rounds.dueMs, rounds.due(NOW_MS + 1e9)]).toEqual([Number.POSITIVE_INFINITY, undefined])
  })

  it.each([
    [
      { symbol: 'AUSDT', openInterest: '1234.500', time: 7 },
      { kind: 'openInterest', openInterest: 1234.5, atMs: 7 },
    ],
    [{ symbol: 'BUSDT', openInterest: '1', time: 7 }, { malformed: 'AUSDT' }],
    [{ symbol: 'AUSDT', openInterest: 1, time: 7 }, { malformed: 'AUSDT' }],
    [{ symbol: 'AUSDT', openInterest: '-1', time: 7 }, { malformed: 'AUSDT' }],
    [{ symbol: 'AUSDT', openInterest: '9'.repeat(400), time: 7 }, { malformed: 'AUSDT' }],
    [{ symbol: 'AUSDT', openInterest: '1' }, { malformed: 'AUSDT' }],
    [null, { malformed: 'AUSDT' }],
  ])('read %j', (answer, told) => {
    const rounds = following()
    const { callId } = rounds.due(NOW_MS)!
    expect(rounds.take(done(callId, answer), NOW_MS)).toMatchObject(told)
    expect(rounds.take(done(callId, answer), NOW_MS)).toBeUndefined()
  })
})
