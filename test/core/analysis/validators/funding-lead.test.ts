import { describe, expect, test } from 'vitest'
import { fundingLead, RateMinutes } from '../../../../src/core/analysis/validators/funding-lead.js'

const MINUTE_MS = 60_000

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
