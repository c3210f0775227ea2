import type { Timer } from '../ports/clock.js'
import type { ExchangeEffect, ExchangeInput } from './exchange-events.js'

/** An exchange as a machine: inputs at a time that never goes back, and what it does because of them. */
export interface ExchangeMachine {
  handle(input: ExchangeInput, nowMs: number): readonly ExchangeEffect[]
  /** When it next wants `{ kind: 'time' }`; undefined when nothing is waiting. It may come earlier, and later. */
  nextDueMs(): number | undefined
}

/** Runs an exchange on a timer: what it does is carried at once, in order, and it is woken when something is due. */
export class ExchangeDrive {
  private readonly exchange: ExchangeMachine
  private readonly timer: Timer
  private readonly carry: (effect: ExchangeEffect) => void
  private wake: { readonly dueMs: number; readonly callOff: () => void } | undefined
  private lastMs = 0
  private stopped = false

  constructor({ exchange, timer, carry }: ExchangeDriveParts) {
    this.exchange = exchange
    this.timer = timer
    this.carry = carry
    this.setWake()
  }

  /** Time as the exchange is told it, UTC ms: the machine's may be set back, the exchange's may not. */
  nowMs(): number {
    this.lastMs = Math.max(this.lastMs, this.timer.epochMs())
    return this.lastMs
  }

  put(input: ExchangeInput): void {
    if (this.stopped) return
    for (const effect of this.exchange.handle(input, this.nowMs())) this.carry(effect)
    this.setWake()
  }

  /** Nothing happens any more. */
  stop(): void {
    this.stopped = true
    this.wake?.callOff()
  }

  private setWake(): void {
    const dueMs = this.exchange.nextDueMs()
    if (dueMs === undefined || this.stopped || (this.wake !== undefined && this.wake.dueMs <= dueMs)) return
    this.wake?.callOff()
    const wake = {
      dueMs,
      callOff: this.timer.at(dueMs, () => {
        if (this.wake !== wake) return
        this.wake = undefined
        this.put({ kind: 'time' })
      }),
    }
    this.wake = wake
  }
}

export interface ExchangeDriveParts {
  readonly exchange: ExchangeMachine
  readonly timer: Timer
  /** Carries what the exchange does; puts nothing in during the call. */
  carry(effect: ExchangeEffect): void
}
