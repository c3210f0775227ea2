import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../src/ports/clock.js'

/** A machine that does not run for some real ms at times: `stalls` are added to its sleeps, one after the other. */
export class StallingClock implements Clock {
  private ms = 7

  constructor(private readonly stalls: number[] = []) {}

  nowMs(): number {
    return this.ms
  }

  epochMs(): number {
    return this.ms
  }

  /** Sleeps as long as asked, and then for as long as the machine does not run. */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await setImmediate()
    signal?.throwIfAborted()
    this.ms += ms + (this.stalls.shift() ?? 0)
  }

  stall(ms: number): void {
    this.ms += ms
  }
}
