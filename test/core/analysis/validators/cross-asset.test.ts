import { describe, expect, test } from 'vitest'
import type { CountedCascade } from '../../../../src/core/analysis/validators/cascade-hypotheses.js'
import { baseOf, crossAsset } from '../../../../src/core/analysis/validators/cross-asset.js'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

describe('crossAsset', () => {
  const observed = { coins: ['BTCUSDT', 'ETHUSDT'], fromMs: 0, untilMs: DAY_MS }
  const leaders = Array.from({ length: 40 }, (_, i) => cascade('BTCUSDT', i * 30 * MINUTE_MS))

  test.each([
    [29_999, 0],
    [30_000, 40],
    [90_000, 40],
    [90_001, 0],
  ])('a cascade of ETH %d ms after one of BTC supports it 0 or 40 times of 40: %d', (afterMs, supporting) => {
    const followers = leaders.map(({ startTsMs }) => cascade('ETHUSDT', startTsMs + afterMs))
    const tested = crossAsset([...leaders, ...followers], observed)
    expect(tested).toMatchObject({ totalEvents: 40, counts: { supportingEvents: supporting } })
    expect(tested.details.baseRate).toBeCloseTo(1 - Math.exp((-40 * 60_000) / DAY_MS), 12)
  })

  test('leaders without a market that could follow are no events, nor are those whose followers come after the end', () => {
    expect(crossAsset(leaders, { ...observed, coins: ['BTCUSDT'] }).totalEvents).toBe(0)
    expect(crossAsset(leaders, { ...observed, untilMs: 39 * 30 * MINUTE_MS }).totalEvents).toBe(39)
  })

  test('any other coin follows ETH, within one to three minutes', () => {
    const ofEth = leaders.map(({ startTsMs }) => cascade('ETHUSDT', startTsMs))
    const others = leaders.map(({ startTsMs }, i) => cascade(i % 2 === 0 ? 'SOLUSDT' : 'XRPUSDT', startTsMs + 100_000))
    const tested = crossAsset([...ofEth, ...others], { ...observed, coins: ['ETHUSDT', 'SOLUSDT', 'XRPUSDT'] })
    expect(tested).toMatchObject({ totalEvents: 40, counts: { supportingEvents: 40 } })
  })

  test.each([
    ['BTCUSDT', 'BTC'],
    ['ETH', 'ETH'],
    ['BTC-USD-PERP', 'BTC'],
    ['ETHUSDC_260327', 'ETH'],
    ['1000PEPEUSDT', '1000PEPE'],
    ['USDCUSDT', 'USDC'],
  ])('the base of %s is %s', (coin, base) => {
    expect(baseOf(coin)).toBe(base)
  })
})

function cascade(coin: string, startTsMs: number): CountedCascade {
  return { coin, startTsMs, endTsMs: startTsMs, oiDropPct: 12, waveCount: 1 }
}
