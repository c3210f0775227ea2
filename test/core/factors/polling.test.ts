import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterAsking, POLL_RETRY, POLL_SCHEDULES, POLLING_START } from '../../../src/core/factors/polling.js'
import { FACTOR_SOURCES } from '../../../src/ports/factor-source.js'

const MIDNIGHT = Date.UTC(2026, 0, 6)
const anySchedule = fc.constantFrom(...FACTOR_SOURCES).map((source) => POLL_SCHEDULES[source])
const anyRandom = fc.double({ min: 0, max: 1, noNaN: true })

describe('asking a source', () => {
  it.each([
    ['funding', MIDNIGHT, MIDNIGHT + 5_000],
    ['dvol', MIDNIGHT + 10_000, MIDNIGHT + 70_000],
    ['taker', MIDNIGHT + 14_999, MIDNIGHT + 15_000],
    ['fng', MIDNIGHT - 1, MIDNIGHT + 120_000],
    ['fng', MIDNIGHT + 120_001, MIDNIGHT + 3_720_000],
  ] as const)('%s goes on at its next place of the clock after an answer', (source, nowMs, nextMs) => {
    const next = afterAsking({ failures: 7 }, { schedule: POLL_SCHEDULES[source], nowMs, random: 0.5 })
    expect(next).toEqual({ polling: POLLING_START, pauseMs: nextMs - nowMs })
  })

  it.each([
    ['at 00:04 after an answer at 00:02', 120_000, 240_000],
    ['at 00:04 after an answer at 00:03', 180_000, 240_000],
    ['at 01:02 after an answer at 00:04', 240_000, 3_720_000],
    ['at 00:02 after an answer of the evening before', -60_000, 120_000],
  ])('Fear & Greed of a date that is awaited is asked for again %s', (_, atMs, nextMs) => {
    const of = { schedule: POLL_SCHEDULES.fng, nowMs: MIDNIGHT + atMs, random: 0.5 }
    expect(afterAsking(POLLING_START, { ...of, isAwaited: true }).pauseMs).toBe(nextMs - atMs)
  })

  it('Fear & Greed is asked for between 00:00 and 00:05, whenever it was before', () => {
    fc.assert(
      fc.property(fc.integer({ min: MIDNIGHT - 3_600_000, max: MIDNIGHT - 1 }), (startMs) => {
        let nowMs = startMs
        while (nowMs < MIDNIGHT)
          nowMs += afterAsking(POLLING_START, { schedule: POLL_SCHEDULES.fng, nowMs, random: 0 }).pauseMs
        expect(nowMs - MIDNIGHT).toBeLessThan(300_000)
      }),
    )
  })

  it('waits longer after each failure, by a second at least and by ten minutes at most', () => {
    fc.assert(
      fc.property(anySchedule, fc.nat(2_000), anyRandom, (schedule, failures, random) => {
        const { pauseMs, polling } = afterAsking({ failures }, { schedule, nowMs: MIDNIGHT, random, failed: {} })
        expect(polling.failures).toBe(failures + 1)
        expect(pauseMs).toBeGreaterThanOrEqual(1_000)
        expect(pauseMs).toBeLessThanOrEqual(POLL_RETRY.maxMs)
      }),
    )
  })

  it('never comes back before the time that the source asks for, of a day at most', () => {
    fc.assert(
      fc.property(anySchedule, fc.nat(2 ** 31), anyRandom, (schedule, retryAfterMs, random) => {
        const { pauseMs } = afterAsking(POLLING_START, { schedule, nowMs: MIDNIGHT, random, failed: { retryAfterMs } })
        expect(pauseMs).toBeGreaterThanOrEqual(Math.min(retryAfterMs, POLL_RETRY.retryAfterMaxMs))
        expect(pauseMs).toBeLessThanOrEqual(Math.ceil(1.1 * POLL_RETRY.retryAfterMaxMs) + 1)
      }),
    )
  })
})
