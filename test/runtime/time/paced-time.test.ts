import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../../src/ports/clock.js'
import { OWED_REAL_MS, PacedTime, TURN_MS } from '../../../src/runtime/time/paced-time.js'
import { StallingClock } from '../../support/stalling-clock.js'

const STARTED_AT_MS = Date.UTC(2025, 4, 9)

function paced(speed: number, clock: Clock = new StallingClock()): PacedTime {
  return new PacedTime({ startedAtMs: STARTED_AT_MS, speed, clock })
}

describe('paced time', () => {
  it('begins when it is first asked for, and passes as many times faster as is asked for', async () => {
    const clock = new StallingClock()
    const time = paced(50, clock)
    clock.stall(60_000)
    expect(time.epochMs()).toBe(STARTED_AT_MS)
    await time.sleep(60_000)
    expect(time.epochMs()).toBe(STARTED_AT_MS + 60_000)
    expect(time.kept).toEqual({ speed: 50, lostMs: 0, keptSpeed: expect.closeTo(50, 0) })
  })

  it('stands while the process does not run for long, makes up for a second of it, and counts the rest', async () => {
    const clock = new StallingClock([30_000])
    const told: number[] = []
    const time = new PacedTime({
      startedAtMs: STARTED_AT_MS,
      speed: 10,
      clock,
      fellBehind: ({ lostMs }) => told.push(lostMs),
    })
    await time.sleep(3_600_000)
    expect(told).toEqual([time.kept.lostMs])
    expect(time.kept.lostMs).toBeGreaterThan(289_000)
    expect(time.kept.lostMs).toBeLessThanOrEqual(300_000 - 10 * OWED_REAL_MS + 10 * TURN_MS)
    expect(time.kept.keptSpeed).toBeCloseTo((10 * 360) / 389, 1)
  })

  it('shows one time as long as something happens', async () => {
    const clock = new StallingClock()
    const time = paced(50, clock)
    const seen: number[] = []
    await new Promise<void>((resolve) => {
      time.at(STARTED_AT_MS + 500, () => {
        clock.stall(100)
        seen.push(time.epochMs(), time.epochMs())
        resolve()
      })
    })
    expect(seen).toEqual([STARTED_AT_MS + 500, STARTED_AT_MS + 500])
  })

  it('does not call back during `at`, nor when it was called off', async () => {
    const time = paced(50)
    let calls = 0
    time.at(0, () => calls++)
    time.at(0, () => calls++)()
    expect(calls).toBe(0)
    await time.sleep(1)
    expect(calls).toBe(1)
  })

  it('passes as slowly as real time while it is held', async () => {
    const clock = new StallingClock()
    const time = paced(50, clock)
    await time.sleep(1_000)
    const realMs = clock.nowMs()
    const release = time.hold()
    await time.sleep(400)
    expect(clock.nowMs() - realMs).toBeGreaterThanOrEqual(399)
    release()
    release()
    await time.sleep(40_000)
    expect(clock.nowMs() - realMs).toBeLessThan(400 + 900)
  })

  it('rejects a sleep with the reason of its signal', async () => {
    const ended = new AbortController()
    const sleep = paced(1).sleep(60_000, ended.signal)
    ended.abort(new Error('enough'))
    await expect(sleep).rejects.toThrow('enough')
  })

  it('calls everything back in order and at its own time, and lets no message wait longer than a turn, whatever stalls', async () => {
    const stalls = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20_000 })), { maxLength: 40 })
    const dues = fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(stalls, dues, fc.constantFrom(0.5, 1, 10, 50), async (stallMs, dueMs, speed) => {
        const clock = new StallingClock(stallMs)
        const time = paced(speed, clock)
        const happened: number[] = []
        const waitedMs: number[] = []
        for (const ms of dueMs) {
          time.at(STARTED_AT_MS + ms, () => {
            const sentMs = time.epochMs()
            happened.push(sentMs - STARTED_AT_MS)
            clock.stall(stallMs[happened.length] ?? 0)
            setImmediate(() => waitedMs.push(time.epochMs() - sentMs))
          })
        }
        await time.sleep(20_001)
        expect(happened).toEqual([...dueMs].sort((a, b) => a - b))
        expect(waitedMs).toHaveLength(dueMs.length)
        for (const ms of waitedMs) expect(ms).toBeLessThanOrEqual(TURN_MS)
      }),
      { numRuns: 60 },
    )
  })
})
