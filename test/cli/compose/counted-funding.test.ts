import { describe, expect, test } from 'vitest'
import { CountedFunding } from '../../../src/cli/compose/counted-funding.js'

const DAY_MS = 86_400_000
const NOW_MS = 1_800_000_000_000

/** A session whose journal has a truth of its start, and a dollar a day since. */
function counted(days: number, missing: (day: number) => boolean = () => false): CountedFunding {
  const funding = new CountedFunding()
  const startedAtMs = NOW_MS - days * DAY_MS
  funding.take({ type: 'fundingTruth', fundingUsd: '0', venueAtMs: startedAtMs } as never)
  for (let day = 1; day < days; day++) {
    const settledAtMs = startedAtMs + day * DAY_MS
    if (!missing(day)) funding.take({ type: 'funding', fundingId: day, amountUsd: '1', settledAtMs } as never)
  }
  return funding
}

function base(funding: CountedFunding, days: number) {
  return funding.base({ startedAtMs: NOW_MS - days * DAY_MS, nowMs: NOW_MS })
}

describe('the fundings of a session', () => {
  test('that is younger than three months are all asked for', () => {
    expect(base(counted(80), 80)).toEqual({ fundingSinceMs: NOW_MS - 80 * DAY_MS, fundingBeforeUsd: '0' })
  })

  test.each([90, 200, 700])(
    'that began %i days ago are what was counted, and what the exchange lists since',
    (days) => {
      const { fundingSinceMs, fundingBeforeUsd } = base(counted(days), days)
      expect(fundingSinceMs).toBeGreaterThan(NOW_MS - 89 * DAY_MS)
      const listed = Array.from({ length: days - 1 }, (_, i) => NOW_MS - (i + 1) * DAY_MS).filter(
        (ms) => ms >= fundingSinceMs,
      )
      expect(Number(fundingBeforeUsd) + listed.length).toBe(days - 1)
    },
  )

  test('missed by a process that was away are in the truth after it, and counted once', () => {
    const funding = counted(200, (day) => day >= 160)
    const dayMs = (day: number) => NOW_MS - (200 - day) * DAY_MS
    funding.take({ type: 'fundingTruth', fundingUsd: '168', venueAtMs: dayMs(168.5) } as never)
    for (let day = 169; day < 200; day++)
      funding.take({ type: 'funding', fundingId: day, amountUsd: '1', settledAtMs: dayMs(day) } as never)
    const { fundingSinceMs, fundingBeforeUsd } = base(funding, 200)
    const listed = Array.from({ length: 199 }, (_, i) => NOW_MS - (i + 1) * DAY_MS).filter((ms) => ms >= fundingSinceMs)
    expect(Number(fundingBeforeUsd) + listed.length).toBe(199)
  })

  test('of months in which nothing was held come to what was counted before them', () => {
    const { fundingSinceMs, fundingBeforeUsd } = base(
      counted(300, (day) => day > 100),
      300,
    )
    expect(fundingSinceMs).toBeGreaterThan(NOW_MS - 89 * DAY_MS)
    expect(fundingBeforeUsd).toBe('100')
  })
})
