import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../../ports/clock.js'

/** A timer waits at most this long; the platform takes a longer one for 1 ms. */
const TIMER_MS_MAX = 2 ** 31 - 1

/** The machine's own clocks. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  epochMs: () => Date.now(),
  async sleep(ms, signal) {
    signal?.throwIfAborted()
    for (let left = ms; left > 0; left -= TIMER_MS_MAX) {
      try {
        await setTimeout(Math.min(left, TIMER_MS_MAX), undefined, signal === undefined ? {} : { signal })
      } catch (error) {
        signal?.throwIfAborted()
        throw error
      }
    }
  },
}
