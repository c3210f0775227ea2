import type { RateLimit } from '../../ports/vocabulary/paper.js'
import type { Rejection } from './admission.js'

/** One limit's window: when it began and what has come in it. */
export interface RateWindow {
  readonly startMs: number
  /** Counted since its start. */
  readonly requests: number
}

/** Counts requests in fixed windows from the epoch, as exchanges do. */
export class RateWindows {
  private readonly limits: readonly RateLimit[]
  private windows: RateWindow[]

  constructor(limits: readonly RateLimit[]) {
    this.limits = limits
    this.windows = limits.map(() => ({ startMs: 0, requests: 0 }))
  }

  /** Counts one request in every window; refuses it when one is full. */
  refuse(nowMs: number): Rejection | undefined {
    this.windows = this.limits.map(({ intervalMs }, i) => {
      const startMs = Math.floor(nowMs / intervalMs) * intervalMs
      const window = this.windows[i]!
      return { startMs, requests: window.startMs === startMs ? window.requests + 1 : 1 }
    })
    const full = this.limits.find(({ requests }, i) => this.windows[i]!.requests > requests)
    if (full === undefined) return undefined
    return { code: 'RATE_LIMITED', message: `more than ${full.requests} requests in ${full.intervalMs} ms` }
  }

  snapshot(): readonly RateWindow[] {
    return this.windows
  }

  restore(windows: readonly RateWindow[]): void {
    this.windows = [...windows]
  }
}
