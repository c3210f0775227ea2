import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../src/ports/clock.js'

/** A clock that moves only when `settle` lets it: to each sleeper's time in turn, until nobody sleeps. */
export class VirtualClock implements Clock {
  private ms = 0
  private readonly sleepers = new Set<{ readonly dueMs: number; wake(): void }>()

  nowMs(): number {
    return this.ms
  }

  epochMs(): number {
    return 1_700_000_000_000 + this.ms
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { dueMs: this.ms + Math.max(ms, 0), wake: resolve }
      this.sleepers.add(sleeper)
      signal?.addEventListener('abort', () => {
        this.sleepers.delete(sleeper)
        reject(signal.reason)
      })
    })
  }

  /** Wakes everybody who sleeps now or falls asleep meanwhile, in order of time. */
  async settle(): Promise<void> {
    for (;;) {
      await setImmediate()
      const [next] = [...this.sleepers].toSorted((a, b) => a.dueMs - b.dueMs)
      if (next === undefined) return
      this.sleepers.delete(next)
      this.ms = Math.max(this.ms, next.dueMs)
      next.wake()
    }
  }
}
