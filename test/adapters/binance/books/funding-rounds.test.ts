import { describe, expect, it } from 'vitest'
import { FundingRounds } from '../../../../src/adapters/binance/books/funding-rounds.js'
import type { RestOutcome } from '../../../../src/adapters/binance/rest/call.js'

/** Ten minutes before a full hour. */
const NOW_MS = Date.UTC(2026, 9, 7, 7, 50)
const SYMBOLS = new Set(['BTCUSDT', 'ETHUSDT'])

function following(everyMs = 600_000): FundingRounds {
  const rounds = new FundingRounds()
  rounds.follow(SYMBOLS, everyMs, NOW_MS)
  return rounds
}

const at = (nowMs: number, exchangeMs: number | undefined = nowMs) => ({ nowMs, exchangeMs })

function answered(rounds: FundingRounds, nowMs: number, value: unknown, kind: 'done' | 'unknown' = 'done') {
  const { callId } = rounds.due(at(nowMs))!
  const outcome = kind === 'done' ? { kind, callId, value, sentAtExchangeMs: nowMs } : { kind, callId, message: '' }
  return rounds.take(outcome as RestOutcome, nowMs)
}

const row = (fundingTime: number, symbol = 'BTCUSDT', fundingRate = '0.0001') => ({ symbol, fundingTime, fundingRate })

describe('rounds of settled funding', () => {
  it('ask for all symbols in one call, for what has settled since a minute before the first', () => {
    const call = following().due(at(NOW_MS))!
    expect(call).toMatchObject({ route: 'fundingRate', priority: 'data' })
    expect(call.params).toEqual({ startTime: String(NOW_MS - 60_000), limit: '1000' })
  })

  it('tell each rate of a followed symbol once, though it is asked for again', () => {
    const rounds = following()
    const rows = [row(NOW_MS - 5), row(NOW_MS - 5, 'XRPUSDT'), row(NOW_MS - 4, 'ETHUSDT', '-0.00002')]
    expect(answered(rounds, NOW_MS, rows)).toEqual([
      { kind: 'settledFunding', symbol: 'BTCUSDT', rate: 1e-4, atMs: NOW_MS - 5, receivedMs: NOW_MS },
      { kind: 'settledFunding', symbol: 'ETHUSDT', rate: -2e-5, atMs: NOW_MS - 4, receivedMs: NOW_MS },
    ])
    expect(answered(rounds, rounds.dueMs, [...rows, row(NOW_MS + 3)])).toMatchObject([{ atMs: NOW_MS + 3 }])
  })

  it('come 5 and 20 seconds after each full hour of the exchange, and by their period between', () => {
    const rounds = following()
    const asked: number[] = []
    for (let i = 0; i < 8; i++) {
      const { dueMs } = rounds
      asked.push((dueMs - NOW_MS) / 1_000)
      answered(rounds, dueMs, [])
    }
    expect(asked).toEqual([0, 600, 605, 620, 1_220, 1_820, 2_420, 3_020])
  })

  it('ask at once for what did not fit into an answer, from where it ended', () => {
    const rounds = following()
    answered(
      rounds,
      NOW_MS,
      Array.from({ length: 1_000 }, (_, i) => row(NOW_MS + i, `A${i}USDT`)),
    )
    expect(rounds.due(at(NOW_MS))!.params.startTime).toBe(String(NOW_MS + 999))
  })

  it('wait for the exchange’s clock, and for an answer', () => {
    const rounds = following()
    expect(rounds.due({ nowMs: NOW_MS, exchangeMs: undefined })).toBeUndefined()
    expect(rounds.dueMs).toBe(NOW_MS + 1_000)
    expect(rounds.due(at(NOW_MS + 1_000))).toBeDefined()
    expect(rounds.dueMs).toBe(Number.POSITIVE_INFINITY)
  })

  it('go on after an answer that never came or cannot be read', () => {
    const rounds = following()
    expect(answered(rounds, NOW_MS, undefined, 'unknown')).toEqual([])
    for (const value of [{}, [7], [row(1.5)], [{ ...row(1), fundingRate: 1 }]])
      expect(answered(rounds, rounds.dueMs, value)).toBe('malformed')
    expect(answered(rounds, rounds.dueMs, [row(NOW_MS)])).toHaveLength(1)
  })

  it('ask for nothing where nothing is wanted', () => {
    const rounds = following()
    rounds.follow(SYMBOLS, undefined, NOW_MS)
    expect([rounds.dueMs, rounds.due(at(NOW_MS))]).toEqual([Number.POSITIVE_INFINITY, undefined])
  })
})
