import { describe, expect, it } from 'vitest'
import type { Clock } from '../../../src/ports/clock.js'
import { PacedTime } from '../../../src/runtime/time/paced-time.js'
import { playingTime } from '../../../src/runtime/time/playing-time.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'

const STARTED_AT_MS = Date.UTC(2025, 4, 9)

/** A real clock that is set by hand. */
function realClock() {
  const at = { epochMs: 5_000 }
  const clock: Clock = { nowMs: () => at.epochMs, epochMs: () => at.epochMs, sleep: async () => {} }
  return { at, clock }
}

describe('the time of a market that is played', () => {
  it('is virtual without a speed, and does not pass by itself', () => {
    const { at, clock } = realClock()
    const { time, timer } = playingTime({ startedAtMs: STARTED_AT_MS, clock })
    at.epochMs += 60_000
    expect(time).toBeInstanceOf(VirtualTime)
    expect(timer).toBe(time)
    expect(timer.epochMs()).toBe(STARTED_AT_MS)
  })

  it('is paced with a speed: it passes so many times faster than the real clock', () => {
    const { at, clock } = realClock()
    const { time, timer } = playingTime({ startedAtMs: STARTED_AT_MS, speed: 50, clock })
    expect(time).toBeInstanceOf(PacedTime)
    expect(timer.epochMs()).toBe(STARTED_AT_MS)
    at.epochMs += 1_000
    expect([time.epochMs(), timer.epochMs()]).toEqual([STARTED_AT_MS + 50_000, STARTED_AT_MS + 50_000])
  })
})
