import { describe, expect, it } from 'vitest'
import type { Clock } from '../../../../src/ports/clock.js'
import type { BarObservation } from '../../../../src/ports/vocabulary/observation.js'
import { LiveObservations } from '../../../../src/runtime/services/trader/live-observations.js'
import { FakeClock } from '../../../support/fake-clock.js'

const AT_MS = Date.UTC(2026, 0, 1)
const NEVER = new AbortController().signal

function observation(ms: number, status: BarObservation['status'] = 'UNINITIALIZED'): BarObservation {
  return { status, timestampMs: AT_MS + ms, symbols: {} }
}

function observations(clock: Clock = new FakeClock()) {
  const notices: string[] = []
  return { live: new LiveObservations({ clock, notice: (text) => notices.push(text) }), notices }
}

/** A clock on which no time passes. */
const STANDING: Clock = { nowMs: () => 0, epochMs: () => AT_MS, sleep: () => new Promise(() => {}) }

describe('the observation of a bar', () => {
  it('is that of the last advance at or before its end, also when others came after it', async () => {
    const { live } = observations()
    for (const ms of [4_000, 5_000, 6_000]) live.advanced(observation(ms))
    expect((await live.at(AT_MS + 5_000, NEVER))?.timestampMs).toBe(AT_MS + 5_000)
    expect((await live.at(AT_MS + 5_999, NEVER))?.timestampMs).toBe(AT_MS + 5_000)
  })

  it('is waited for where it is on its way', async () => {
    const { live } = observations(STANDING)
    live.advanced(observation(4_000))
    const asked = live.at(AT_MS + 5_000, NEVER)
    live.advanced(observation(5_000))
    expect((await asked)?.timestampMs).toBe(AT_MS + 5_000)
  })

  it('is the one before it where the one that is waited for does not come', async () => {
    const { live } = observations()
    live.advanced(observation(4_000))
    expect((await live.at(AT_MS + 5_000, NEVER))?.timestampMs).toBe(AT_MS + 4_000)
  })

  it('is none before the first, and none of more than five seconds before, which is said once', async () => {
    const { live, notices } = observations()
    expect(await live.at(AT_MS, NEVER)).toBeUndefined()
    expect(await live.at(AT_MS + 5_000, NEVER)).toBeUndefined()
    live.advanced(observation(10_000))
    expect(await live.at(AT_MS + 15_000, NEVER)).toBeDefined()
    expect(await live.at(AT_MS + 15_001, NEVER)).toBeUndefined()
    expect(notices).toEqual([
      'The market is not observed at this bar: positions are managed, nothing is entered.',
      'The market is observed again.',
      'The market is not observed at this bar: positions are managed, nothing is entered.',
    ])
  })

  it('that has failed is that of every bar from then on', async () => {
    const { live } = observations(STANDING)
    live.advanced(observation(4_000))
    live.advanced(observation(4_000, 'FAILED'))
    for (const ms of [5_000, 3_600_000]) expect((await live.at(AT_MS + ms, NEVER))?.status).toBe('FAILED')
  })
})
