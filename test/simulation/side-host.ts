import type { JournalRecord } from '../../src/ports/journal.js'
import type { CommonEvent, ExecutionEvent, Side, SideEffect } from '../../src/ports/sides.js'
import type { VenueRequest } from '../../src/ports/venue.js'
import type { Alert } from '../../src/ports/vocabulary/alerts.js'
import type { EventQueue } from './event-queue.js'
import type { SideName } from './fault-plan.js'
import { SideClock } from './side-clock.js'
import type { SimDisk } from './sim-disk.js'
import { Violation } from './violation.js'

/** An event without its time: the host's clock says it. */
export type Timeless<Event> = Event extends unknown ? Omit<Event, 'nowMs'> : never

/** Where effects go, and who watches. */
export interface HostSurroundings {
  send(from: SideName, text: string): void
  request(request: VenueRequest): void
  alerted(side: SideName, alert: Alert): void
  /** A record, by its number in the journal and its line. */
  appended(side: SideName, n: number, line: string): void
  /** The process is up, or down. */
  started(side: SideName): void
  /** Was every record that it had appended on the plate? */
  stopped(side: SideName, everythingDurable: boolean): void
  /** For the trace: everything that goes in and comes out. */
  traced(side: SideName, what: string): void
}

export interface SideMaker<Event, Record, S extends Side<Event, Record>> {
  /** From its journal's records; none is a first start. */
  make(records: readonly Record[]): S
  /** As it is driven: with a bug in it, or as it is. */
  driven(side: S, restarts: number): Side<Event, Record>
}

/**
 * The process around a side: feeds it events with its own clock's time, carries out its effects, dies and starts again.
 * Between a crash and the next start nothing reaches it.
 */
export class SideHost<
  Event extends { readonly kind: string; readonly nowMs: number },
  Record extends JournalRecord,
  S extends Side<Event, Record>,
> {
  /** Undefined while the process is down. */
  side: S | undefined
  private machine: Side<Event, Record> | undefined
  readonly clock: SideClock
  private records: Record[] = []
  private life = 0
  private wakeAtMs = Number.POSITIVE_INFINITY
  private effectsLeft = Number.POSITIVE_INFINITY
  private tornShare = 0

  constructor(
    readonly name: SideName,
    private readonly maker: SideMaker<Event, Record, S>,
    readonly disk: SimDisk<Record>,
    private readonly queue: EventQueue,
    private readonly around: HostSurroundings,
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
    this.records = [
      ...this.disk.open({
        durable: (records) => this.ifAlive(life, { kind: 'durable', records }),
        failed: (message) => this.ifAlive(life, { kind: 'journalFailed', message }),
        pressure: (full) => this.ifAlive(life, { kind: 'journalPressure', full }),
      }),
    ]
    this.effectsLeft = Number.POSITIVE_INFINITY
    this.wakeAtMs = Number.POSITIVE_INFINITY
    this.side = this.maker.make(this.records)
    this.machine = this.maker.driven(this.side, life - 1)
    this.around.started(this.name)
    this.handle({ kind: 'start' })
  }

  /** Power off: what the disk had not kept is gone, but for a torn part. */
  crash(tornShare: number, notCarriedOut: readonly SideEffect<Record>[] = []): void {
    if (this.side === undefined) return
    this.checkReplay(notCarriedOut)
    this.side = undefined
    this.machine = undefined
    const everythingDurable = this.disk.depth === 0 && !notCarriedOut.some(({ kind }) => kind === 'append')
    this.disk.crash(tornShare)
    this.around.stopped(this.name, everythingDurable)
  }

  /** It lives on after all. */
  spare(): void {
    this.effectsLeft = Number.POSITIVE_INFINITY
  }

  /** Dies in the middle of carrying out effects, that many later. */
  crashAfterEffects(effects: number, tornShare: number): void {
    this.effectsLeft = effects
    this.tornShare = tornShare
    if (effects === 0) this.crash(tornShare)
  }

  handle(timeless: Timeless<Event> | Timeless<CommonEvent>): void {
    const { machine } = this
    if (machine === undefined) return
    const event = { ...timeless, nowMs: this.nowMs() } as unknown as Event
    this.around.traced(this.name, describe(event))
    const effects = machine.handle(event)
    for (const [index, effect] of effects.entries()) {
      if (this.effectsLeft-- <= 0) {
        // Its memory is ahead of its journal by what it will not write any more.
        this.crash(this.tornShare, effects.slice(index))
        return
      }
      this.carryOut(effect)
    }
    this.scheduleWake()
  }

  /** The journal that this process wrote says the same as its memory. */
  checkReplay(notCarriedOut: readonly SideEffect<Record>[] = []): void {
    if (this.side === undefined) return
    const unwritten = notCarriedOut.flatMap((effect) => (effect.kind === 'append' ? [effect.record] : []))
    const records = JSON.parse(JSON.stringify([...this.records, ...unwritten])) as Record[]
    const replayed = this.maker.make(records).stateHash()
    if (replayed !== this.side.stateHash()) {
      throw new Violation(
        'replay-gives-the-same-state',
        `${this.name}: ${records.length} records replay to another state`,
      )
    }
  }

  private carryOut(effect: SideEffect<Record>): void {
    switch (effect.kind) {
      case 'append': {
        this.records.push(effect.record)
        const line = this.disk.append(effect.record)
        this.around.traced(this.name, line)
        this.around.appended(this.name, effect.record.n, line)
        return
      }
      case 'send':
        this.around.traced(this.name, effect.text)
        this.around.send(this.name, effect.text)
        return
      case 'request':
        this.around.traced(this.name, effect.request.requestId)
        this.around.request(effect.request)
        return
      case 'alert':
        this.around.traced(this.name, effect.alert.alertId)
        this.around.alerted(this.name, effect.alert)
        return
    }
  }

  private scheduleWake(): void {
    const dueMs = this.machine?.nextDueMs()
    if (dueMs === undefined) return
    const atMs = this.clock.lookAtMs(this.queue.nowMs, dueMs)
    if (atMs >= this.wakeAtMs) return
    this.wakeAtMs = atMs
    const { life } = this
    this.queue.at(atMs, () => {
      if (this.life !== life || this.wakeAtMs !== atMs) return
      this.wakeAtMs = Number.POSITIVE_INFINITY
      const nowDueMs = this.machine?.nextDueMs()
      if (nowDueMs !== undefined && nowDueMs <= this.nowMs()) this.handle({ kind: 'time' })
      else this.scheduleWake()
    })
  }

  private ifAlive(life: number, event: Timeless<CommonEvent>): void {
    if (this.life === life) this.handle(event)
  }
}

/** In a few words, for the trace. */
function describe(event: { readonly kind: string }): string {
  if (event.kind !== 'venue') return event.kind
  const { event: venue } = event as Extract<ExecutionEvent, { kind: 'venue' }>
  switch (venue.kind) {
    case 'quote':
      return `quote ${venue.quote.symbol} ${venue.quote.bid} ${venue.quote.ask}`
    case 'fill':
      return `fill ${venue.fill.tradeId} ${venue.fill.clientOrderId} ${venue.fill.quantity} at ${venue.fill.price}`
    case 'order':
    case 'found':
    case 'acknowledged':
      return `${venue.kind} ${venue.report.clientOrderId} ${venue.report.status} ${venue.report.filledQuantity}`
    case 'rejected':
      return `rejected ${venue.clientOrderId} ${venue.code}`
    case 'snapshot':
      return `snapshot ${venue.requestId} ${JSON.stringify(venue.snapshot.positions)}`
    default:
      return JSON.stringify(venue)
  }
}
