import { describe, expect, it } from 'vitest'
import { MARKET_LIMITS, MarketWatch } from '../../../src/core/decision/market-watch.js'

/** Bars with these lags, five seconds apart; when the last one came. */
function fed(lagsMs: readonly number[]): { readonly watch: MarketWatch; readonly nowMs: number } {
  const watch = new MarketWatch(MARKET_LIMITS)
  lagsMs.forEach((lagMs, i) => {
    watch.bar(i * 5000, i * 5000 + lagMs)
  })
  return { watch, nowMs: (lagsMs.length - 1) * 5000 + lagsMs.at(-1)! }
}

describe('market data', () => {
  it.each`
    lagMs   | isStale
    ${0}    | ${false}
    ${2000} | ${false}
    ${2001} | ${true}
  `('with a lag of $lagMs ms is stale: $isStale', ({ lagMs, isStale }) => {
    const watch = new MarketWatch(MARKET_LIMITS)
    expect(watch.bar(1000, 1000 + lagMs) !== undefined).toBe(isStale)
    expect(watch.isStale).toBe(isStale)
  })

  it('is stale once the last bar is older than ten seconds, and says so once', () => {
    const { watch, nowMs } = fed([0, 0])
    expect(watch.time(nowMs + 10_000)).toBeUndefined()
    expect(watch.dueMs).toBe(nowMs + 10_001)
    expect(watch.time(nowMs + 10_001)).toBe('no bar for 10001 ms')
    expect(watch.isStale).toBe(true)
    expect(watch.time(nowMs + 10_002)).toBeUndefined()
    expect(watch.dueMs).toBe(Number.POSITIVE_INFINITY)
  })

  it('that has not begun is neither stale nor fresh', () => {
    const watch = new MarketWatch(MARKET_LIMITS)
    expect([watch.isStale, watch.isFresh(10 ** 9), watch.time(10 ** 9)]).toEqual([false, false, undefined])
  })

  it.each`
    lags                                                | isFresh
    ${Array(12).fill(500)}                              | ${false}
    ${Array(13).fill(500)}                              | ${true}
    ${[3000, ...Array(13).fill(0)]}                     | ${true}
    ${[...Array(6).fill(0), 501, ...Array(12).fill(0)]} | ${false}
    ${[...Array(20).fill(0), 501]}                      | ${false}
    ${[...Array(20).fill(0), 2001]}                     | ${false}
  `('is fresh after a minute of short lags in a row: $lags: $isFresh', ({ lags, isFresh }) => {
    const { watch, nowMs } = fed(lags)
    expect(watch.isFresh(nowMs)).toBe(isFresh)
  })

  it('is not fresh again a minute after a pause', () => {
    const { watch, nowMs } = fed(Array(20).fill(0))
    watch.time(nowMs + 20_000)
    watch.bar(nowMs + 20_000, nowMs + 20_000)
    expect(watch.isFresh(nowMs + 20_000)).toBe(false)
    expect(watch.isFresh(nowMs + 80_000)).toBe(true)
  })
})
