import { step as stepStall } from '../../../core/orderbook/bar-stall.js'
import type { Clock } from '../../../ports/clock.js'

export interface BarWatchSettings {
  readonly what: 'bar' | 'snapshot'
  /** From one to the next. */
  readonly stepMs: number
  readonly time: Pick<Clock, 'nowMs'>
  warn(text: string): void
}

/**
 * Whether bars are being closed, by a clock that never goes back: while one is overdue there is no progress, and no heartbeat;
 * when none has been closed for three steps and 15 s, people are told, once, and once when bars are back.
 */
export class BarWatch {
  private closedMs: number
  private lookedMs = Number.NEGATIVE_INFINITY
  private isStalled = false

  constructor(private readonly settings: BarWatchSettings) {
    this.closedMs = settings.time.nowMs()
  }

  closed(): void {
    this.closedMs = this.settings.time.nowMs()
    this.judge()
  }

  /** True once a second while no bar is overdue. */
  look(): boolean {
    const nowMs = this.settings.time.nowMs()
    if (nowMs - this.lookedMs < LOOK_EVERY_MS) return false
    this.lookedMs = nowMs
    this.judge()
    return nowMs - this.closedMs <= this.settings.stepMs + OVERDUE_MS
  }

  private judge(): void {
    const { what, stepMs, time, warn } = this.settings
    const silentMs = time.nowMs() - this.closedMs
    const { isStalled, signal } = stepStall({ isStalled: this.isStalled, silentMs, stepMs })
    this.isStalled = isStalled
    if (signal === 'BARS_STALLED') warn(`${signal}: no ${what} for ${Math.round(silentMs / 1000)} s`)
    else if (signal === 'BARS_BACK') warn(`${signal}: there is a ${what} again`)
  }
}

const LOOK_EVERY_MS = 1_000
/** So late no timer is. */
const OVERDUE_MS = 1_000
