import { setImmediate as nextTurn } from 'node:timers/promises'
import { assert } from '../../base/assert.js'
import type { Clock, Timer } from '../../ports/clock.js'
import { sleepOn } from './sleep-on.js'
import { VirtualTime } from './virtual-time.js'

/**
 * Time of a session whose parts are all in this process: as fast as a real clock times `speed`, and no faster than the process
 * keeps up with. Everything that is due happens in order, each at its own moment, and between two turns of the event loop
 * `TURN_MS` pass at most: a message that waits for its turn is never late by more. So time stands while the process does
 * not run, and a stall is no silence of the other side. A stall of up to `OWED_REAL_MS` is made up for; time beyond that is
 * lost, and counted in {@link kept}.
 *
 * The disk is as fast as it is: while something is {@link hold held} for it, time passes as slowly as real time.
 */
export class PacedTime implements Clock, Timer {
  private readonly time: VirtualTime
  private readonly speed: number
  private readonly real: Clock
  private readonly fellBehind: ((kept: KeptPace) => void) | undefined
  private readonly startedAtMs: number
  /** Real ms at which time was last measured; undefined until somebody asks for the time. */
  private measuredMs: number | undefined
  private realPassedMs = 0
  /** Has passed by the real clock, and not yet here. */
  private owedMs = 0
  private lostMs = 0
  private leftOfTurnMs = TURN_MS
  private holds = 0
  /** May pass while held. */
  private heldMs = 0
  private isHappening = false
  private isDriven = false
  private asleep: { readonly untilMs: number; readonly end: AbortController } | undefined

  constructor({ startedAtMs, speed, clock, fellBehind }: PacedTimeSettings) {
    assert(speed > 0, 'time goes forward')
    this.time = new VirtualTime(startedAtMs)
    this.startedAtMs = startedAtMs
    this.speed = speed
    this.real = clock
    this.fellBehind = fellBehind
  }

  epochMs(): number {
    if (!this.isHappening) this.letPass((this.time.nextDueMs() ?? Number.POSITIVE_INFINITY) - 1)
    return this.time.epochMs()
  }

  nowMs(): number {
    return this.epochMs()
  }

  at(epochMs: number, callback: () => void): () => void {
    this.epochMs()
    const callOff = this.time.at(epochMs, callback)
    if (this.asleep !== undefined && epochMs < this.asleep.untilMs) this.asleep.end.abort()
    if (!this.isDriven) void this.drive()
    return callOff
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal)
  }

  /** Until it is released time passes no faster than real time: something in the real world is waited for. */
  hold(): () => void {
    this.measure()
    if (this.holds++ === 0) this.heldMs = 0
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.measure()
      if (--this.holds === 0) this.asleep?.end.abort()
    }
  }

  /** What was asked for, and what came of it so far. */
  get kept(): KeptPace {
    const { speed, lostMs, realPassedMs } = this
    const passedMs = this.time.epochMs() - this.startedAtMs
    return { speed, lostMs: Math.round(lostMs), keptSpeed: realPassedMs > 0 ? passedMs / realPassedMs : speed }
  }

  /** Runs for as long as something is waited for. */
  private async drive(): Promise<void> {
    this.isDriven = true
    // A callback never comes during `at`.
    await nextTurn()
    for (let dueMs = this.time.nextDueMs(); dueMs !== undefined; dueMs = this.time.nextDueMs()) {
      this.leftOfTurnMs = TURN_MS
      if (this.take(dueMs)) await nextTurn()
      else await this.wait(dueMs)
    }
    this.isDriven = false
  }

  /** One turn: the next thing that is due happens, or time passes up to it. False when the real clock has to go on first. */
  private take(dueMs: number): boolean {
    this.letPass(dueMs - 1)
    const nowMs = this.time.epochMs()
    const toDueMs = Math.max(0, dueMs - nowMs)
    if (toDueMs > this.passableMs()) return this.leftOfTurnMs < 1 && this.owedMs >= 1 && this.holds === 0
    this.count(toDueMs)
    this.isHappening = true
    try {
      this.time.step(nowMs + toDueMs)
    } finally {
      this.isHappening = false
    }
    return true
  }

  private async wait(dueMs: number): Promise<void> {
    const rate = this.holds > 0 ? Math.min(1, this.speed) : this.speed
    const ms = Math.min(dueMs - this.time.epochMs(), TURN_MS) / rate
    const end = new AbortController()
    this.asleep = { untilMs: dueMs, end }
    await this.real.sleep(Math.max(1, ms), end.signal).catch(() => undefined)
    this.asleep = undefined
  }

  /** As much of what is owed as may, up to `untilMs`: nothing is due by then. */
  private letPass(untilMs: number): void {
    this.measure()
    const nowMs = this.time.epochMs()
    const ms = Math.min(untilMs - nowMs, this.passableMs())
    if (ms < 1) return
    this.count(ms)
    this.time.step(nowMs + ms)
  }

  private passableMs(): number {
    // Where nothing is waited for, nothing can come late.
    const ofTurnMs = this.isDriven ? this.leftOfTurnMs : this.owedMs
    return Math.floor(Math.min(this.owedMs, ofTurnMs, this.holds > 0 ? this.heldMs : this.owedMs))
  }

  private count(ms: number): void {
    this.owedMs -= ms
    this.heldMs -= ms
    this.leftOfTurnMs -= ms
  }

  private measure(): void {
    const realMs = this.real.nowMs()
    const passedMs = realMs - (this.measuredMs ?? realMs)
    this.measuredMs = realMs
    this.realPassedMs += passedMs
    this.owedMs += passedMs * this.speed
    this.heldMs += passedMs * Math.min(1, this.speed)
    const tooMuchMs = this.owedMs - OWED_REAL_MS * this.speed
    if (tooMuchMs <= 0 || !this.isDriven) return
    this.owedMs -= tooMuchMs
    this.lostMs += tooMuchMs
    this.fellBehind?.(this.kept)
  }
}

export interface PacedTimeSettings {
  /** UTC ms that it shows at first. */
  readonly startedAtMs: number
  /** Times faster than real time, above zero. */
  readonly speed: number
  /** The real clock. */
  readonly clock: Clock
  /** Time was lost, again and again while the process does not keep up. */
  fellBehind?(kept: KeptPace): void
}

/** How a clock that was asked to run fast has run. */
export interface KeptPace {
  /** As it was asked for: times faster than real time. */
  readonly speed: number
  /** As it was kept so far: times faster than real time. */
  readonly keptSpeed: number
  /** Of the session's time: by how much it is behind what was asked for, and will not make up, ms. */
  readonly lostMs: number
}

/** The most that passes between two turns of the event loop, ms: a fifth of the shortest limit of the link. */
export const TURN_MS = 90
/** Real ms that a process may be behind and make up for. */
export const OWED_REAL_MS = 1_000
