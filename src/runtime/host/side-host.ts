import { unreachable } from '../../base/assert.js'
import type { Journal } from '../../ports/journal.js'
import type { Link } from '../../ports/link.js'
import type { CommonEvent, Side, SideEffect } from '../../ports/sides.js'
import type { Venue, VenueEvent } from '../../ports/venue.js'
import type { Alert } from '../../ports/vocabulary/alerts.js'
import type { Timer } from '../time/scaled-clock.js'

/** An event as it comes in: when, the host says. */
export type Untimed<Event> = Event extends { readonly nowMs: number } ? Omit<Event, 'nowMs'> : never

export interface SideHostPorts<Record> {
  readonly timer: Timer
  readonly journal: Journal
  readonly link: Link
  /** The execution side has one. */
  readonly venue?: Venue
  /** A record as its line in the journal. */
  line(record: Record): string
  alerted(alert: Alert): void
  /** The side threw, which it does when an invariant is broken: nothing of that event was carried out, and nothing more is handled. */
  broken(error: unknown): void
}

/** The journal has drained when no more than this share of its capacity waits. */
const DRAINED_SHARE = 0.5

/**
 * Drives one side: turns what links, venues, journals and timers call into events, one after the other in the order in
 * which they came, and carries out their effects in the order in which the side gave them. While one event is handled the next
 * waits; none is lost.
 */
export class SideHost<Event extends CommonEvent | { readonly kind: string; readonly nowMs: number }, Record> {
  readonly side: Side<Event, Record>
  private readonly ports: SideHostPorts<Record>
  private readonly waiting: Untimed<Event>[] = []
  private handling = false
  private stopped = false
  private lastMs = Number.NEGATIVE_INFINITY
  private full = false
  private wake: { readonly atMs: number; readonly callOff: () => void } | undefined

  constructor(side: Side<Event, Record>, ports: SideHostPorts<Record>) {
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
        this.post({ kind: 'durable', records } as Untimed<Event>)
        this.watchJournal()
      },
      failed: (message) => this.post({ kind: 'journalFailed', message } as Untimed<Event>),
    })
    this.post({ kind: 'start' } as Untimed<Event>)
    link.listen((text) => this.post({ kind: 'message', text } as Untimed<Event>))
    venue?.listen((event: VenueEvent) => this.post({ kind: 'venue', event } as unknown as Untimed<Event>))
  }

  /** Takes an event; it is handled at once, or after those before it. */
  post(event: Untimed<Event>): void {
    if (this.stopped) return
    this.waiting.push(event)
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

  private handle(event: Untimed<Event>): void {
    // A machine's clock may be set back; a side's never goes back.
    this.lastMs = Math.max(this.lastMs, this.ports.timer.epochMs())
    // Stamped in place: the event is the host's own, and a copy of each is what a session of days would mostly be busy with.
    const timed = Object.assign(event, { nowMs: this.lastMs }) as unknown as Event
    for (const effect of this.side.handle(timed)) this.carryOut(effect)
  }

  private carryOut(effect: SideEffect<Record>): void {
    switch (effect.kind) {
      case 'append':
        this.ports.journal.append(this.ports.line(effect.record))
        this.watchJournal()
        return
      case 'send':
        this.ports.link.send(effect.text)
        return
      case 'request':
        this.ports.venue?.send(effect.request)
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
    this.post({ kind: 'journalPressure', full } as Untimed<Event>)
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
        this.post({ kind: 'time' } as Untimed<Event>)
      }),
    }
    this.wake = wake
  }
}
