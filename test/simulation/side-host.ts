import type { Alert } from '../../src/ports/alerts.js'
import type { JournalRecord } from '../../src/ports/journal.js'
import type { CommonEvent, Side, SideEffect } from '../../src/ports/sides.js'
import type { VenueRequest } from '../../src/ports/venue.js'
import type { EventQueue } from './event-queue.js'
import type { SideName } from './fault-plan.js'
import type { SimDisk } from './sim-disk.js'
import { SideClock } from './side-clock.js'
import { Violation } from './violation.js'

/** An event without its time: the host's clock says it. */
export type Timeless<Event> = Event extends unknown ? Omit<Event, 'nowMs'> : never

/** Where effects go, and who watches. */
export interface HostSurroundings<Record> {
  send(from: SideName, text: string): void
  request(request: VenueRequest): void
  alerted(side: SideName, alert: Alert): void
  appended(side: SideName, record: Record): void
  /** The process is up, or down. */
  started(side: SideName): void
  stopped(side: SideName): void
  /** For the trace: everything that goes in and comes out. */
  traced(side: SideName, what: string): void
}

export interface SideMaker<Event, Record> {
  /** From its journal's records; none is a first start. */
  (records: readonly Record[]): Side<Event, Record>
}

/**
 * The process around a side: feeds it events with its own clock's time, carries out its effects, dies and starts again.
 * Between a crash and the next start nothing reaches it.
 */
export class SideHost<Event extends { readonly kind: string; readonly nowMs: number }, Record extends JournalRecord> {
  side: Side<Event, Record> | undefined
  readonly clock: SideClock
  private records: Record[] = []
  private life = 0
  private wakeAtMs = Number.POSITIVE_INFINITY
  private effectsLeft = Number.POSITIVE_INFINITY

  constructor(
    readonly name: SideName,
    private readonly make: SideMaker<Event, Record>,
    readonly disk: SimDisk<Record>,
    private readonly queue: EventQueue,
    private readonly around: HostSurroundings<Record>,
  ) {
    this.clock = new SideClock(queue.nowMs)
  }

  get up(): boolean {
    return this.side !== undefined
  }

  nowMs(): number {
    return this.clock.nowMs(this.queue.nowMs)
  }

  /** Opens the journal, recovers and starts. */
  start(): void {
    const life = ++this.life
    this.records = [...this.disk.open({
      durable: (records) => this.ifAlive(life, { kind: 'durable', records }),
      failed: (message) => this.ifAlive(life, { kind: 'journalFailed', message }),
      pressure: (full) => this.ifAlive(life, { kind: 'journalPressure', full }),
    })]
    this.effectsLeft = Number.POSITIVE_INFINITY
    this.wakeAtMs = Number.POSITIVE_INFINITY
    this.side = this.make(this.records)
    this.around.started(this.name)
    this.handle({ kind: 'start' })
  }

  /** Power off: what the disk had not kept is gone, but for a torn part. */
  crash(tornShare: number): void {
    if (this.side === undefined) return
    this.checkReplay()
    this.side = undefined
    this.disk.crash(tornShare)
    this.around.stopped(this.name)
  }

  /** Dies in the middle of carrying out effects, that many later. */
  crashAfterEffects(effects: number): void {
    this.effectsLeft = Math.min(this.effectsLeft, effects)
    if (effects <= 0) this.crash(0)
  }

  handle(timeless: Timeless<Event> | Timeless<CommonEvent>): void {
    const { side } = this
    if (side === undefined) return
    const event = { ...timeless, nowMs: this.nowMs() } as unknown as Event
    const effects = side.handle(event)
    this.around.traced(this.name, event.kind)
    for (const effect of effects) {
      if (this.effectsLeft-- <= 0) {
        this.crash(0)
        return
      }
      this.carryOut(effect)
    }
    this.scheduleWake()
  }

  /** The journal that this process wrote says the same as its memory. */
  checkReplay(): void {
    if (this.side === undefined) return
    const replayed = this.make(JSON.parse(JSON.stringify(this.records))).stateHash()
    if (replayed !== this.side.stateHash()) {
      throw new Violation('replay-gives-the-same-state', `${this.name}: ${this.records.length} records replay to another state`)
    }
  }

  private carryOut(effect: SideEffect<Record>): void {
    switch (effect.kind) {
      case 'append': {
        this.records.push(effect.record)
        this.around.traced(this.name, this.disk.append(effect.record))
        this.around.appended(this.name, effect.record)
        return
      }
      case 'send':
        this.around.traced(this.name, effect.text)
        return this.around.send(this.name, effect.text)
      case 'request':
        this.around.traced(this.name, effect.request.requestId)
        return this.around.request(effect.request)
      case 'alert':
        this.around.traced(this.name, effect.alert.alertId)
        return this.around.alerted(this.name, effect.alert)
    }
  }

  private scheduleWake(): void {
    const dueMs = this.side?.nextDueMs()
    if (dueMs === undefined) return
    const atMs = this.clock.lookAtMs(this.queue.nowMs, dueMs)
    if (atMs >= this.wakeAtMs) return
    this.wakeAtMs = atMs
    const { life } = this
    this.queue.at(atMs, () => {
      if (this.life !== life || this.wakeAtMs !== atMs) return
      this.wakeAtMs = Number.POSITIVE_INFINITY
      const nowDueMs = this.side?.nextDueMs()
      if (nowDueMs !== undefined && nowDueMs <= this.nowMs()) this.handle({ kind: 'time' })
      else this.scheduleWake()
    })
  }

  private ifAlive(life: number, event: Timeless<CommonEvent>): void {
    if (this.life === life) this.handle(event)
  }
}
