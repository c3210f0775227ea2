import { describe, expect, it } from 'vitest'
import { TradeWindows } from '../../../../src/core/observation/internal/trade-windows.js'
import { AAA, observe, observing, T0, trade } from '../../../support/observed-market.js'

/** So many seconds, each with one trade, of 10 and 12 USD by turns: mean 11, deviation 1. */
function windowsOf(seconds: number): TradeWindows {
  const windows = new TradeWindows()
  for (let second = 0; second < seconds; second++) windows.trade(second * 1_000, second % 2 === 0 ? 10 : 12)
  return windows
}

describe('a trade', () => {
  it('more than two deviations above the baseline is promoted, and by how many', () => {
    expect(windowsOf(10).trade(10_000, 13.01)).toBeCloseTo(2.01, 12)
  })

  it('of exactly two deviations is not', () => {
    expect(windowsOf(10).trade(10_000, 13)).toBe(Number.NaN)
  })

  it('is not judged before ten windows were closed', () => {
    expect(windowsOf(9).trade(9_000, 1_000)).toBe(Number.NaN)
    expect(windowsOf(10).trade(9_500, 1_000)).toBe(Number.NaN)
  })

  it('is not judged where all windows were alike', () => {
    const windows = new TradeWindows()
    for (let second = 0; second < 20; second++) windows.trade(second * 1_000, 10)
    expect(windows.trade(20_000, 1_000)).toBe(Number.NaN)
  })

  it('is judged by windows before its own second alone, however many trades that has', () => {
    const windows = windowsOf(10)
    const sigmas = Array.from({ length: 5 }, () => windows.trade(10_500, 14))
    expect(sigmas).toEqual([3, 3, 3, 3, 3])
  })

  it('of a second that is closed enters no window, and is judged by those before that second', () => {
    const [late, never] = [windowsOf(12), windowsOf(12)]
    late.closeUntil(12_000)
    never.closeUntil(12_000)
    expect(late.trade(10_900, 14)).toBe(3)
    expect(late.trade(12_000, 14)).toBe(never.trade(12_000, 14))
  })

  it('is judged by the last sixty windows that had trades', () => {
    const windows = windowsOf(10)
    for (let i = 0; i < 60; i++) windows.trade(100_000 + i * 5_000, i % 2 === 0 ? 100 : 102)
    windows.closeUntil(1_000_000)
    expect(windows.trade(1_000_000, 104)).toBe(3)
  })
})

describe('promoted trades of a snapshot', () => {
  /** With a warm baseline for each symbol at the time of the answer. */
  function warm(...symbols: string[]): { observation: ReturnType<typeof observing>; tMs: number } {
    const observation = observing(...symbols)
    for (let second = 0; second < 10; second++) {
      const tsMs = T0 + second * 1_000
      const baseQty = second % 2 === 0 ? 0.1 : 0.12
      observe(
        observation,
        symbols.map((symbol) => trade({ symbol, tsMs, baseQty })),
        tsMs + 1_000,
      )
    }
    return { observation, tMs: T0 + 10_000 }
  }

  it('are those of the last advance, by symbol, then by time, frozen, with the number that each was accepted under', () => {
    const { observation, tMs } = warm(AAA, 'BBBUSDT')
    const large = [
      trade({ symbol: 'BBBUSDT', tsMs: tMs + 1 }),
      trade({ tsMs: tMs + 3 }),
      trade({ tsMs: tMs + 2, side: 'SELL' }),
    ]
    observe(observation, large, tMs + 10)
    const { promotedEvents } = observation.snapshot()
    expect(promotedEvents.map(({ symbol, tsMs, seq, side }) => [symbol, tsMs - tMs, seq, side])).toEqual([
      [AAA, 2, 23, 'SELL'],
      [AAA, 3, 22, 'BUY'],
      ['BBBUSDT', 1, 21, 'BUY'],
    ])
    expect(promotedEvents[0]).toMatchObject({ price: 100, quoteQty: 100, sigmaDistance: 89 })
    expect(Object.isFrozen(promotedEvents) && Object.isFrozen(promotedEvents[0])).toBe(true)
    observation.advanceTime(tMs + 11)
    expect(observation.snapshot().promotedEvents).toEqual([])
  })

  it('are a thousand at most, and what is beyond is counted', () => {
    const { observation, tMs } = warm(AAA)
    observe(
      observation,
      Array.from({ length: 1_003 }, (_, i) => trade({ tsMs: tMs + i })),
      tMs + 2_000,
    )
    const { promotedEvents, counters } = observation.snapshot()
    expect(promotedEvents.length).toBe(1_000)
    expect(counters.noted).toMatchObject({ promotedDropped: 3 })
  })
})
