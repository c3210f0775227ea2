import type { Clock } from '../../src/ports/clock.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'

/** A machine's clock on virtual time: durations are true, and the time of day may be set. */
export class LiveClock implements Clock {
  /** By how much the time of day is wrong, ms. */
  setBy = 0

  constructor(private readonly time: VirtualTime) {}

  nowMs(): number {
    return this.time.nowMs()
  }

  epochMs(): number {
    return this.time.epochMs() + this.setBy
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.time.sleep(ms, signal)
  }
}
