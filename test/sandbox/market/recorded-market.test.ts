import { describe, expect, test } from 'vitest'
import { RecordedMarket } from '../../../src/sandbox/market/recorded-market.js'
import { instrument } from '../../support/instruments.js'
import { SANDBOX_START_MS } from '../../support/sandbox-exchange.js'

const HOUR_MS = 3_600_000
const ETH = instrument({ tickSize: '0.01' }, 'ETHUSDT')

describe('a recorded market', () => {
  const rows = 2 * 720
  const fromMs = Date.UTC(2025, 4, 10)
  const timesMs = Float64Array.from({ length: rows }, (_, row) => fromMs - HOUR_MS + row * 5_000)
  const prices = new Map([
    ['BTCUSDT', Float64Array.from({ length: rows }, (_, row) => 100_000 + row)],
    ['ETHUSDT', Float64Array.from({ length: rows }, (_, row) => (row < 722 ? Number.NaN : 2_000))],
  ])
  const played = () =>
    new RecordedMarket({
      recorded: { timesMs, prices },
      instruments: [instrument(), ETH],
      seed: 1,
      startMs: SANDBOX_START_MS,
      fromMs,
    })

  test('is played from where it is entered, as if it came now', () => {
    const market = played()
    expect(market.nextDueMs()).toBe(SANDBOX_START_MS)
    const events = market.play(SANDBOX_START_MS + 10_000)
    expect(events.flatMap((event) => (event.kind === 'quote' ? [[event.quote.symbol, event.quote.bid]] : []))).toEqual([
      ['BTCUSDT', '100720'],
      ['BTCUSDT', '100721'],
      ['BTCUSDT', '100722'],
      ['ETHUSDT', '2000'],
    ])
  })

  test('what was recorded before is its past, and what comes later is not known', () => {
    const market = played()
    const minutes = market.minutes('BTCUSDT', SANDBOX_START_MS - HOUR_MS, SANDBOX_START_MS + HOUR_MS)
    expect(minutes).toHaveLength(60)
    expect(minutes[0]!.openMs).toBe(SANDBOX_START_MS - HOUR_MS)
    expect(market.sinceMs('BTCUSDT')).toBe(SANDBOX_START_MS - HOUR_MS)
    expect(market.priceAt('ETHUSDT', SANDBOX_START_MS)).toBeUndefined()
  })

  test('ends, and prices stand still', () => {
    const market = played()
    market.play(SANDBOX_START_MS + HOUR_MS)
    expect(market.nextDueMs()).toBeUndefined()
    expect(market.play(SANDBOX_START_MS + 2 * HOUR_MS)).toEqual([])
  })
})
