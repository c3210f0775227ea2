import { CIRCUIT_START, type CircuitBreaker, isRefusing, step } from '../../core/grid/circuit-breaker.js'
import type { Clock, Timer } from '../../ports/clock.js'
import type { Grid, GridConnection } from '../../ports/grid.js'

/** Time as the parts of this folder need it: durations by a clock that never goes back, and a way to be called later. */
export type GridTime = Timer & Pick<Clock, 'nowMs'>

export interface GridCircuitSettings {
  readonly grid: Pick<Grid, 'connection'>
  readonly time: GridTime
  /** 0 … 1, for jitter. */
  readonly random: () => number
  /** Told when writing stops and when it goes on, in a sentence. */
  readonly report?: (text: string) => void
}

/**
 * What stands between everybody who writes and one connection of the grid: nothing is tried while the connection is lost or
 * the circuit breaker is open. A connection that comes back begins with a closed breaker: what the one before did says nothing
 * about it.
 */
export class GridCircuit {
  private breaker: CircuitBreaker = CIRCUIT_START
  private readonly waiting = new Set<() => void>()
  private callOff: (() => void) | undefined
  private readonly stopListening: () => void

  constructor(private readonly settings: GridCircuitSettings) {
    this.stopListening = settings.grid.connection.listen(() => this.connectionChanged())
  }

  get state(): CircuitBreaker['state'] {
    return this.breaker.state
  }

  get connection(): GridConnection {
    return this.settings.grid.connection
  }

  /** Whether an attempt would be refused now. */
  isRefusing(): boolean {
    return this.connection.state !== 'CONNECTED' || isRefusing(this.breaker, this.settings.time.nowMs())
  }

  /** Makes the call, whose rejection is a value here; undefined, and no call, where it is refused. */
  attempt(call: () => Promise<unknown>): Promise<Attempted> | undefined {
    if (this.connection.state !== 'CONNECTED') return undefined
    const { breaker, verdict } = step(this.breaker, { type: 'attempt', nowMs: this.settings.time.nowMs() })
    this.breaker = breaker
    return verdict === 'refuse' ? undefined : this.answered(call, breaker.era)
  }

  /** Calls back once, as soon as an attempt may be let through; never during this call. The same callback waits once. */
  whenReady(callback: () => void): void {
    this.waiting.add(callback)
    this.arm()
  }

  stop(): void {
    this.stopListening()
    this.callOff?.()
    this.waiting.clear()
  }

  private async answered(call: () => Promise<unknown>, era: number): Promise<Attempted> {
    try {
      await call()
    } catch (error) {
      const { time, random } = this.settings
      this.moved(step(this.breaker, { type: 'fail', era, nowMs: time.nowMs(), jitter: random() }).breaker)
      return { ok: false, reason: error instanceof Error ? error.message : String(error) }
    }
    this.moved(step(this.breaker, { type: 'ok', era }).breaker)
    return { ok: true }
  }

  private connectionChanged(): void {
    if (this.connection.state === 'CONNECTED') this.moved({ ...CIRCUIT_START, era: this.breaker.era + 1 })
  }

  private moved(breaker: CircuitBreaker): void {
    const before = this.breaker
    this.breaker = breaker
    if (breaker.state === 'OPEN' && before.state === 'CLOSED')
      this.settings.report?.('writes to the grid fail: none is made until a probe gets through')
    else if (breaker.state === 'CLOSED' && before.state !== 'CLOSED') this.settings.report?.('writes to the grid go on')
    this.arm()
  }

  /** Sees to it that whoever waits is called when the time has come: at once, when it is no longer open, or by the next change. */
  private arm(): void {
    this.callOff?.()
    this.callOff = undefined
    if (this.waiting.size === 0 || this.connection.state !== 'CONNECTED' || this.breaker.state === 'HALF_OPEN') return
    const { time } = this.settings
    const waitMs = this.breaker.state === 'OPEN' ? Math.max(0, this.breaker.openUntilMs - time.nowMs()) : 0
    this.callOff = time.at(time.epochMs() + Math.ceil(waitMs), () => this.ready())
  }

  private ready(): void {
    this.callOff = undefined
    // A timer may be early by a fraction of a millisecond.
    if (this.isRefusing()) {
      this.arm()
      return
    }
    const callbacks = [...this.waiting]
    this.waiting.clear()
    for (const callback of callbacks) callback()
  }
}

export type Attempted = { readonly ok: true } | { readonly ok: false; readonly reason: string }
