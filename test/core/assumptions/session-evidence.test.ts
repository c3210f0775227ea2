import { describe, expect, it } from 'vitest'
import { SessionEvidence } from '../../../src/core/assumptions/session-evidence.js'
import type { StrategyBar } from '../../../src/ports/strategy.js'
import type { BarObservation } from '../../../src/ports/vocabulary/observation.js'
import { tradeRecord } from '../../support/session.js'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

function barAt(timestampMs: number, price: number, observation?: BarObservation): StrategyBar {
  return {
    bar: 0,
    timestampMs,
    symbols: ['BTCUSDT'],
    prices: Float64Array.of(price),
    velDiv: 0,
    volOk: true,
    posture: 'APEX',
    ...(observation && { observation }),
  }
}

function observed(openInterest: number | undefined, isBurst: boolean): BarObservation {
  const primitives = { symbol: 'BTCUSDT', ...(isBurst && { liquidationBurst: {} }) }
  const market = { flow10s: { buyUsd: 0, sellUsd: 0 }, ...(openInterest !== undefined && { openInterest }) }
  return { status: 'UNINITIALIZED', timestampMs: 0, symbols: { BTCUSDT: { primitives, market } } } as never
}

const recorded = () => new SessionEvidence({ isNow: false, expectedWinRate: 0.55 })

describe('what a session knows of what it takes for granted', () => {
  it('is nothing of a feed, an exchange, fills or a market that it was not told of', () => {
    const evidence = recorded()
    evidence.bar(barAt(0, 100))
    const trades = [tradeRecord({ netPnl: '1' }), tradeRecord({ netPnl: '0' }), tradeRecord({ netPnl: '-1' })]
    expect(evidence.gathered(trades)).toEqual({
      timestampsMs: [0],
      tradesWon: { won: [true, false, false], expectedWinRate: 0.55 },
      returns: { before: [], recent: [] },
    })
  })

  it('is what fills cost only where somebody really fills, those before the session first', () => {
    const evidence = new SessionEvidence({ isNow: true, expectedWinRate: 0.5, earlierSlippageBps: [9] })
    const trades = [
      tradeRecord({ entrySlippageBps: 1, exitSlippageBps: 2 }),
      tradeRecord({ entrySlippageBps: 3, exitSlippageBps: null }),
    ]
    expect(evidence.gathered(trades).fillSlippageBps).toEqual([9, 1, 2, 3])
  })

  it('is the ages of frames, and how often the exchange had answered in time', () => {
    const evidence = recorded()
    for (const ms of [40, 50]) evidence.bar(barAt(ms, 100), ms)
    for (const inTime of [true, false, true]) evidence.answered(inTime)
    expect(evidence.gathered([])).toMatchObject({
      feedLatencyMs: [40, 50],
      exchangeAnswers: { asked: 3, inTime: 2 },
    })
  })

  it('is one return a minute, none over a gap or a price that is none, the older half apart', () => {
    const evidence = recorded()
    const prices = [100, 110, Number.NaN, 100, 120, 60, 90]
    for (const [minute, price] of prices.entries()) {
      evidence.bar(barAt(minute * MINUTE_MS, price))
      evidence.bar(barAt(minute * MINUTE_MS + 30_000, 1_000))
    }
    const { before, recent } = evidence.gathered([]).returns!
    // The third minute has its price half a minute late.
    expect([...before, ...recent].map((value) => Math.round(1_000 * value))).toEqual([95, 2207, -2303, 182, -693, 405])
    expect([before.length, recent.length]).toEqual([3, 3])
  })

  it('is of liquidations whether they come, and whether open interest falls with them', () => {
    const evidence = recorded()
    for (const [i, [openInterest, isBurst]] of (
      [
        [100, true],
        [90, true],
        [95, false],
        [99, true],
        [99, true],
        [undefined, true],
      ] as const
    ).entries())
      evidence.bar(barAt(i * MINUTE_MS, 100, observed(openInterest, isBurst)))
    expect(evidence.gathered([])).toMatchObject({
      liquidations: { events: 5, listenedMs: 5 * MINUTE_MS },
      openInterest: { moves: 2, fell: 1 },
    })
  })

  it('is of liquidations in the last day: a stream that has fallen silent since is noticed', () => {
    const evidence = recorded()
    evidence.bar(barAt(0, 100, observed(100, true)))
    evidence.bar(barAt(MINUTE_MS, 100, observed(90, true)))
    for (let hour = 1; hour <= 23; hour++) evidence.bar(barAt(hour * HOUR_MS, 100, observed(90, false)))
    expect(evidence.gathered([])).toMatchObject({ liquidations: { events: 2 }, openInterest: { moves: 1, fell: 1 } })
    evidence.bar(barAt(24 * HOUR_MS, 100, observed(90, false)))
    expect(evidence.gathered([])).toMatchObject({
      liquidations: { events: 0, listenedMs: 24 * HOUR_MS - MINUTE_MS },
      openInterest: { moves: 0, fell: 0 },
    })
  })

  it('is of a thousand bars at the most', () => {
    const evidence = recorded()
    for (let bar = 0; bar < 1_200; bar++) evidence.bar(barAt(bar, 100), 1)
    const { timestampsMs, feedLatencyMs } = evidence.gathered([])
    expect([timestampsMs!.length, timestampsMs![0], feedLatencyMs!.length]).toEqual([1_000, 200, 1_000])
  })
})
