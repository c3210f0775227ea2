import { setTimeout as sleep } from 'node:timers/promises'
import { present } from '../../base/present.js'
import type { Clock } from '../../ports/clock.js'

/**
 * UTC by a wall clock that may be set back: then time goes on at half the pace of the monotonic one until the wall has
 * caught up, since whoever waits for a moment must not be left waiting.
 */
export function steadyEpoch(wallMs: () => number, monotonicMs: () => number): () => number {
  let epochMs = wallMs()
  let atMs = monotonicMs()
  return () => {
    const nowMs = monotonicMs()
    epochMs = Math.max(wallMs(), epochMs + (nowMs - atMs) / 2)
    atMs = nowMs
    return Math.floor(epochMs)
  }
}

/** A timer waits at most this long; the platform takes a longer one for 1 ms. */
const TIMER_MS_MAX = 2 ** 31 - 1

/** The machine's own clocks. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  epochMs: steadyEpoch(
    () => Date.now(),
    () => performance.now(),
  ),
  async sleep(ms, signal) {
    signal?.throwIfAborted()
    for (let left = ms; left > 0; left -= TIMER_MS_MAX) {
      try {
        await sleep(Math.min(left, TIMER_MS_MAX), undefined, present({ signal }))
      } catch (error) {
        signal?.throwIfAborted()
        throw error
      }
    }
  },
  after(ms, callback) {
    let timeout: NodeJS.Timeout
    const wait = (left: number): void => {
      timeout = setTimeout(
        () => (left > TIMER_MS_MAX ? wait(left - TIMER_MS_MAX) : callback()),
        Math.min(left, TIMER_MS_MAX),
      )
    }
    wait(ms)
    return () => clearTimeout(timeout)
  },
}
