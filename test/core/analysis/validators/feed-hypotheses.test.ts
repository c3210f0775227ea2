import { describe, expect, test } from 'vitest'
import { BasisMinutes, basis } from '../../../../src/core/analysis/validators/basis.js'
import type { CountedCascade } from '../../../../src/core/analysis/validators/cascade-hypotheses.js'
import { baseOf, crossAsset } from '../../../../src/core/analysis/validators/cross-asset.js'
import { fundingLead, RateMinutes } from '../../../../src/core/analysis/validators/funding-lead.js'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

function cascade(coin: string, startTsMs: number): CountedCascade {
  return { coin, startTsMs, endTsMs: startTsMs, oiDropPct: 12, waveCount: 1 }
}

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

describe('basis', () => {
  /** An hour of minutes at par, but for those given. */
  function minutesWith(discounts: Readonly<Record<number, number>>, minutes = 60): BasisMinutes {
    const kept = new BasisMinutes()
    for (let minute = 0; minute < minutes; minute++)
      kept.add({ tsMs: minute * MINUTE_MS + 1_000, mark: 100 + (discounts[minute] ?? 0), index: 100 })
    return kept
  }

  test.each([
    [10, false],
    [11, true],
    [15, true],
    [16, false],
  ])('a discount in minute 10 is before minute %d: %s', (minute, isBefore) => {
    expect(minutesWith({ 10: -0.6 }).wasFarBelow(minute * MINUTE_MS + 59_999)).toBe(isBefore)
  })

  test('half a percent is not more than half a percent', () => {
    expect(minutesWith({ 10: -0.5 }).wasFarBelow(11 * MINUTE_MS)).toBe(false)
  })

  test('is not known where no minute before is', () => {
    expect(new BasisMinutes().wasFarBelow(11 * MINUTE_MS)).toBeUndefined()
    expect(minutesWith({}).wasFarBelow(0)).toBeUndefined()
    expect(minutesWith({}).wasFarBelow(66 * MINUTE_MS)).toBeUndefined()
  })

  test('holds cascades against the share of minutes of which the same can be said', () => {
    const minutes = minutesWith(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [i * 10, -1])), 1_000)
    const cascades = Array.from({ length: 40 }, (_, i) => cascade('BTCUSDT', (i * 10 + 3) * MINUTE_MS))
    const tested = basis(cascades, new Map([['BTCUSDT', minutes]]))
    expect(tested).toMatchObject({ totalEvents: 40, counts: { supportingEvents: 40 } })
    expect(tested.details.baseRate).toBeCloseTo(0.5, 2)
    expect(tested.details.spot).toBe('index price of the marks')
  })

  test('without spot prices has no events', () => {
    expect(basis([cascade('BTCUSDT', 0)])).toMatchObject({ totalEvents: 0 })
  })
})

describe('fundingLead', () => {
  /** Rates each minute; the leader's jumps away each hour for half an hour, the follower's is then as `follow` says. */
  function venues(follow: (minuteOfHour: number) => number) {
    const [leader, follower] = [new RateMinutes(), new RateMinutes()]
    for (let minute = 0; minute < 40 * 60; minute++) {
      leader.add(minute * MINUTE_MS, minute % 60 < 30 ? 0.001 : 0.0001)
      follower.add(minute * MINUTE_MS, follow(minute % 60))
    }
    return { leader: new Map([['BTCUSDT', leader]]), follower: new Map([['BTCUSDT', follower]]) }
  }

  test('counts a coming apart once, supported where the follower has come nearer by the thirtieth minute', () => {
    const followed = fundingLead(venues((minute) => (minute >= 10 && minute < 35 ? 0.0004 : 0.0001)))
    expect(followed).toMatchObject({ totalEvents: 40, counts: { supportingEvents: 40 }, details: { baseRate: 0.5 } })
  })

  test('a follower that came nearer and went back again has not followed', () => {
    const wentBack = fundingLead(venues((minute) => (minute >= 10 && minute < 20 ? 0.0004 : 0.0001)))
    expect(wentBack).toMatchObject({ totalEvents: 40, counts: { supportingEvents: 0 } })
  })

  test('rates that differ by less than 0.0005 have not come apart', () => {
    expect(fundingLead(venues(() => 0.000501))).toMatchObject({ totalEvents: 0 })
  })

  test('of one venue there is no event, and the reason is told', () => {
    expect(fundingLead()).toMatchObject({ totalEvents: 0, details: { reason: expect.stringContaining('one venue') } })
  })

  test('of a minute the last rate stands, in whatever order they come', () => {
    const rates = new RateMinutes()
    rates.add(30_000, 0.2)
    rates.add(10_000, 0.1)
    expect(rates.at(0)).toBe(0.2)
  })
})
