import type { Timer } from '../../ports/clock.js'
import type { Wire, WireCommand, WireEvent } from './wire.js'

/**
 * A part of the adapter that decides: it has no socket and no clock, so the same inputs at the same times have the same
 * effects. Every input says the time, UTC ms of this machine, which never goes back.
 */
export interface Machine<Input, Effect> {
  /** What is to be done because of it, in this order. */
  handle(input: Input, nowMs: number): readonly Effect[]
  /** When it next wants `{ kind: 'time' }`; undefined when nothing is waiting. It may come earlier, and later. */
  nextDueMs(): number | undefined
}

/** Time passed. */
export interface TimeInput {
  readonly kind: 'time'
}

/** A machine over a wire and a timer: what it commands is carried, what is left of its effects is told. */
export class Driven<Input extends { readonly kind: string }, Told extends { readonly kind: string }> {
  private readonly machine: Machine<Input | WireEvent | TimeInput, WireCommand | Told>
  private readonly wire: Wire
  private readonly timer: Timer
  private readonly tell: (told: Told) => void
  private readonly waiting: Told[] = []
  private wake: { readonly dueMs: number; readonly callOff: () => void } | undefined
  private lastMs = 0
  private closed = false

  constructor({ machine, wire, timer, tell }: DrivenParts<Input, Told>) {
    this.machine = machine
    this.wire = wire
    this.timer = timer
    this.tell = tell
    wire.listen((event) => this.take(event))
  }

  /** Nothing is told during the call. */
  put(input: Input): void {
    if (this.closed) return
    this.waiting.push(...this.done(input))
    if (this.waiting.length > 0) this.wakeAt(this.nowMs())
    else this.setWake()
  }

  /** Everything of the wire ends; nothing is told any more. */
  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    this.wake?.callOff()
    await this.wire.close()
  }

  /** UTC; the system's clock may be set back, the machine's may not. */
  nowMs(): number {
    this.lastMs = Math.max(this.lastMs, this.timer.epochMs())
    return this.lastMs
  }

  private take(input: WireEvent | TimeInput): void {
    if (this.closed) return
    this.waiting.push(...this.done(input))
    this.flush()
    this.setWake()
  }

  private done(input: Input | WireEvent | TimeInput): readonly Told[] {
    const told: Told[] = []
    for (const effect of this.machine.handle(input, this.nowMs())) {
      if (isCommand(effect)) this.wire.carry(effect)
      else told.push(effect)
    }
    return told
  }

  /** Whoever is told may put something in, or close: what was told before comes first. */
  private flush(): void {
    for (let told = this.waiting.shift(); told !== undefined && !this.closed; told = this.waiting.shift())
      this.tell(told)
  }

  private setWake(): void {
    const dueMs = this.machine.nextDueMs()
    if (dueMs !== undefined) this.wakeAt(dueMs)
  }

  private wakeAt(dueMs: number): void {
    if (this.closed || (this.wake !== undefined && this.wake.dueMs <= dueMs)) return
    this.wake?.callOff()
    const wake = {
      dueMs,
      callOff: this.timer.at(dueMs, () => {
        if (this.wake !== wake) return
        this.wake = undefined
        this.take({ kind: 'time' })
      }),
    }
    this.wake = wake
  }
}

export interface DrivenParts<Input, Told> {
  readonly machine: Machine<Input | WireEvent | TimeInput, WireCommand | Told>
  readonly wire: Wire
  readonly timer: Timer
  /** What the machine says beside its commands, in order; never during `put`. */
  tell(told: Told): void
}

/** Machines tell nothing of these kinds. */
const COMMANDS: ReadonlySet<string> = new Set<WireCommand['kind']>(['http', 'open', 'text', 'close'])

function isCommand(effect: { readonly kind: string }): effect is WireCommand {
  return COMMANDS.has(effect.kind)
}
