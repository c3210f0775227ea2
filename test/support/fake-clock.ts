import type { Clock } from '../../src/ports/clock.js'

/** A clock that only moves when somebody sleeps or says so. */
export class FakeClock implements Clock {
  ms = 1_000
  readonly sleeps: number[] = []

  nowMs(): number {
    return this.ms
  }

  epochMs(): number {
    return 1_767_571_200_000 + this.ms
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.sleeps.push(ms)
    if (ms > 0) this.ms += ms
  }
}
