import { assert, unreachable } from '../../base/assert.js'
import type { Timer } from '../../ports/clock.js'
import type { Journal } from '../../ports/journal.js'
import type { Link } from '../../ports/link.js'
import type { CommonInput, Side, SideEffect, Timed } from '../../ports/sides.js'
import type { VenueRequest } from '../../ports/venue.js'
import type { Alert } from '../../ports/vocabulary/alerts.js'

/** A venue whose events come as inputs of its side. */
export interface HostedVenue<Input> {
  send(request: VenueRequest): void
  listen(listener: (input: Input) => void): void
  close(): Promise<void>
}

export interface SideHostPorts<Input, Record> {
  readonly timer: Timer
  readonly journal: Journal
  readonly link: Link
  /** The execution side has one. */
  readonly venue?: HostedVenue<Input>
  /** A record as its line in the journal. Nothing else happens by it. */
  format(record: Record): string
  /** The record's line has been appended; it is not durable yet. For books and views. */
  recorded(record: Record): void
  alerted(alert: Alert): void
  /**
   * Called once, after which nothing more is handled: the side threw, which it does when an invariant is broken, and nothing
   * of that input was carried out; or a port threw, and the effects before that call were carried out, those after it not.
   */
  broken(error: unknown): void
}

/** The journal has drained when no more than this share of its capacity waits. */
const DRAINED_SHARE = 0.5

/**
 * Drives one side: turns what links, venues, journals and timers call into inputs, handles one after the other in the order in
 * which they came, and carries out their effects in the order in which the side gave them. None is lost while it runs.
 *
 * What its callers owe it:
 * - `start` is called once, before any other input is posted; listeners of link and venue are the host's from then on.
 * - Anyone on the host's thread may `post`, at any time: a port while the host calls it, `recorded`, `alerted` and `broken`
 *   included. An input that is posted while another is handled waits until that one's effects are carried out.
 * - An input belongs to the host once it is posted: it is stamped in place, so the same object is never posted twice.
 * - `post` throws only what `broken` throws. Whoever has to know whether an input was handled looks at `isRunning` after it.
 * - A port reports what the outside does by its listener and never throws for it: what a port throws stops the host.
 */
export class SideHost<Input extends { readonly kind: string }, Record> {
  readonly side: Side<Timed<CommonInput | Input>, Record>
  private readonly ports: SideHostPorts<Input, Record>
  private readonly waiting: (CommonInput | Input)[] = []
  private handling = false
  private stopped = false
  private lastMs = Number.NEGATIVE_INFINITY
  private full = false
  private wake: { atMs: number; readonly callOff: () => void } | undefined

  constructor(side: Side<Timed<CommonInput | Input>, Record>, ports: SideHostPorts<Input, Record>) {
    this.side = side
    this.ports = ports
  }

  /** False once it has stopped, or the side broke: then nothing that is posted is handled. */
  get isRunning(): boolean {
    return !this.stopped
  }

  /** Listens to everything, then starts the side. */
  start(): void {
    const { journal, link, venue } = this.ports
    journal.listen({
      durable: (records) => {
        this.post({ kind: 'durable', records })
        this.watchJournal()
      },
      failed: (message) => this.post({ kind: 'journalFailed', message }),
      // A side that broke may be ahead of its journal.
      checkpoint: () => (this.stopped ? undefined : this.side.checkpoint()),
    })
    this.post({ kind: 'start' })
    link.listen((text) => this.post({ kind: 'message', text }))
    venue?.listen((input) => this.post(input))
  }

  /** Takes an input; it is handled at once, or after those before it. */
  post(input: CommonInput | Input): void {
    if (this.stopped) return
    this.waiting.push(input)
    if (this.handling) return
    this.handling = true
    try {
      for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) this.handle(next)
      this.setWake()
    } catch (error) {
      this.halt()
      this.ports.broken(error)
    } finally {
      this.handling = false
    }
  }

  /** The one timer that it has asked for; none while nothing is due. */
  get hasWake(): boolean {
    return this.wake !== undefined
  }

  /** The timer's time has been moved on by so much, the wake with it, and the side knows. */
  passOver(ms: number): void {
    if (this.wake !== undefined) this.wake.atMs += ms
    this.setWake()
  }

  /** Handles nothing any more; link and venue are let go, then the journal, with everything in it durable. */
  async stop(): Promise<void> {
    this.halt()
    await this.ports.link.close()
    await this.ports.venue?.close()
    await this.ports.journal.close()
  }

  private halt(): void {
    this.stopped = true
    this.waiting.length = 0
    this.wake?.callOff()
    this.wake = undefined
  }

  private handle(input: CommonInput | Input): void {
    // A machine's clock may be set back; a side's never goes back.
    this.lastMs = Math.max(this.lastMs, this.ports.timer.epochMs())
    // Stamped in place: the input is the host's own, and a copy of each is what a session of days would mostly be busy with.
    const event = Object.assign(input, { nowMs: this.lastMs })
    for (const effect of this.side.handle(event)) this.carryOut(effect)
  }

  private carryOut(effect: SideEffect<Record>): void {
    const { journal, link, venue } = this.ports
    switch (effect.kind) {
      case 'append':
        journal.append(this.ports.format(effect.record))
        this.ports.recorded(effect.record)
        this.watchJournal()
        return
      case 'send':
        link.send(effect.text)
        return
      case 'request':
        assert(venue !== undefined, 'a side that asks a venue has one')
        venue.send(effect.request)
        return
      case 'alert':
        this.ports.alerted(effect.alert)
        return
      default:
        unreachable(effect)
    }
  }

  private watchJournal(): void {
    const { depth, capacity } = this.ports.journal
    const full = this.full ? depth > capacity * DRAINED_SHARE : depth >= capacity
    if (full === this.full) return
    this.full = full
    this.post({ kind: 'journalPressure', full })
  }

  /** A wake that is set for an earlier time stays: it costs less to be woken for nothing than to set it anew each time. */
  private setWake(): void {
    const dueMs = this.side.nextDueMs()
    if (dueMs === undefined) return
    // What is due now has been done; a side that says otherwise must not be asked for ever at one moment.
    const atMs = Math.max(dueMs, this.lastMs + 1)
    if (this.wake !== undefined && this.wake.atMs <= atMs) return
    this.wake?.callOff()
    const wake = {
      atMs,
      callOff: this.ports.timer.at(atMs, () => {
        if (this.wake !== wake) return
        this.wake = undefined
        this.post({ kind: 'time' })
      }),
    }
    this.wake = wake
  }
}
