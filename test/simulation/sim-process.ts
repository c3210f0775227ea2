import { recordLine } from '../../src/core/journal/frame.js'
import type { Journal, JournalRecord } from '../../src/ports/journal.js'
import type { Link } from '../../src/ports/link.js'
import type {
  CommonEvent,
  CommonInput,
  ExecutionEvent,
  OperatorCommand,
  Side,
  SideEffect,
  Timed,
} from '../../src/ports/sides.js'
import type { Alert } from '../../src/ports/vocabulary/alerts.js'
import type { HostedVenue } from '../../src/runtime/host/side-host.js'
import { type Beginning, SideProcess } from '../support/side-process.js'
import type { SideName } from './fault-plan.js'
import type { SideClock } from './side-clock.js'
import type { Recovery } from './sides.js'
import type { SimDisk } from './sim-disk.js'
import { Violation } from './violation.js'

type CommandEvent = Extract<CommonEvent, { readonly kind: 'command' }>

/** What a process is connected to. */
export interface SimPorts<Input, Record extends JournalRecord> {
  readonly clock: SideClock
  readonly disk: SimDisk<Record>
  readonly link: Link
  readonly venue?: HostedVenue<Input>
}

/** Who watches. */
export interface ProcessWatch<Record> {
  alerted(alert: Alert): void
  /** A command that the side is about to handle. */
  commanded(command: OperatorCommand): void
  /** A record of this process, with its line in the journal. */
  recorded(record: Record, line: string): void
  /** Its journal was read, from behind a checkpoint or from its first record on (0); so many checkpoints were refused. */
  recovered(begunBehind: number, refused: number): void
  /** The process is up, or down. */
  started(): void
  /** Was every record that it had appended on the plate? */
  stopped(everythingDurable: boolean): void
  /** The side is about to handle an event. */
  handles(): void
  /** For the trace: everything that goes in and comes out. */
  traced(what: string): void
}

export interface SideMaker<Input, Record, S> {
  /** For its journal to be read into. */
  recovery(): Recovery<Record, S>
  /** As it is driven: with a bug in it, or as it is. */
  driven(side: S, restarts: number): Side<Timed<CommonInput | Input>, Record>
}

/** The process of one side, which dies and starts again, with everything that passes in and out of it traced. */
export class SimProcess<
  Input extends { readonly kind: string },
  Record extends JournalRecord,
  S extends Side<Timed<CommonInput | Input>, Record>,
> {
  private readonly process: SideProcess<Input, Record, S>
  private records: Record[] = []
  private lives = 0
  private tornShare = 0
  private line = ''

  constructor(
    readonly name: SideName,
    private readonly maker: SideMaker<Input, Record, S>,
    private readonly ports: SimPorts<Input, Record>,
    private readonly watch: ProcessWatch<Record>,
  ) {
    this.process = new SideProcess<Input, Record, S>({
      begin: () => this.begin(),
      died: (side, lost) => this.died(side, lost),
    })
  }

  /** Undefined while the process is down. */
  get side(): S | undefined {
    return this.process.side
  }

  get up(): boolean {
    return this.process.up
  }

  get clock(): SideClock {
    return this.ports.clock
  }

  get disk(): SimDisk<Record> {
    return this.ports.disk
  }

  /** Opens the journal, recovers and starts. */
  start(): void {
    this.process.start()
  }

  post(input: CommonInput | Input): void {
    this.process.post(input)
  }

  /** Power off: what the disk had not kept is gone, but for a torn part. */
  crash(tornShare: number): void {
    this.tornShare = tornShare
    this.process.kill()
  }

  /** Dies in the middle of carrying out effects, that many later. */
  crashAfterEffects(effects: number, tornShare: number): void {
    this.tornShare = tornShare
    this.process.killAfter(effects)
  }

  /** It lives on after all. */
  spare(): void {
    this.process.spare()
  }

  /** The journal that this process wrote says the same as its memory. */
  checkReplay(): void {
    if (this.side !== undefined) this.compareReplay(this.side, [])
  }

  private begin(): Beginning<Input, Record, S> {
    const { reader, side: recovered } = this.maker.recovery()
    const { records, begunBehind, refused } = this.disk.open(reader)
    this.records = [...records]
    const side = recovered()
    this.compareRecovery(side, begunBehind)
    this.watch.recovered(begunBehind, refused)
    const machine = this.maker.driven(side, this.lives++)
    this.watch.started()
    const driven: typeof machine = {
      handle: (event) => {
        this.watch.handles()
        this.watch.traced(describe(event))
        if (event.kind === 'command') this.watch.commanded((event as CommandEvent).command)
        return machine.handle(event)
      },
      nextDueMs: () => machine.nextDueMs(),
      stateHash: () => machine.stateHash(),
      checkpoint: () => machine.checkpoint(),
    }
    const { clock, link, venue } = this.ports
    return {
      side,
      driven,
      ports: {
        timer: clock,
        journal: this.journal(),
        link: {
          ...link,
          send: (text) => {
            this.watch.traced(text)
            link.send(text)
          },
        },
        ...(venue !== undefined && {
          venue: {
            ...venue,
            send: (request) => {
              this.watch.traced(request.requestId)
              venue.send(request)
            },
          },
        }),
        format: recordLine,
        recorded: (record) => {
          this.records.push(record)
          this.watch.recorded(record, this.line)
        },
        alerted: (alert) => {
          this.watch.traced(alert.alertId)
          this.watch.alerted(alert)
        },
      },
    }
  }

  private journal(): Journal {
    const { disk, watch } = this
    return {
      append: (line) => {
        this.line = line
        watch.traced(line)
        disk.append(line)
      },
      get depth() {
        return disk.depth
      },
      capacity: disk.capacity,
      listen: (listener) => disk.listen(listener),
      close: () => disk.close(),
    }
  }

  /** Its memory is ahead of its journal by what it will not write any more. */
  private died(side: S, lost: readonly SideEffect<Record>[]): void {
    const unwritten = lost.flatMap((effect) => (effect.kind === 'append' ? [effect.record] : []))
    this.compareReplay(side, unwritten)
    const everythingDurable = this.disk.depth === 0 && unwritten.length === 0
    this.disk.crash(this.tornShare)
    this.watch.stopped(everythingDurable)
  }

  /** Whatever checkpoint a start begins at, it comes to the state that all records lead to. */
  private compareRecovery(side: S, begunBehind: number): void {
    if (begunBehind === 0 || this.replayed(this.records).stateHash() === side.stateHash()) return
    throw new Violation(
      'a-checkpoint-says-what-its-records-say',
      `${this.name}: from the checkpoint behind record ${begunBehind} on, ${this.records.length} records lead to another state`,
    )
  }

  private replayed(records: readonly Record[]): S {
    const { reader, side } = this.maker.recovery()
    for (const record of records) reader.take(record)
    return side()
  }

  private compareReplay(side: S, unwritten: readonly Record[]): void {
    const records = JSON.parse(JSON.stringify([...this.records, ...unwritten])) as Record[]
    if (this.replayed(records).stateHash() === side.stateHash()) return
    throw new Violation(
      'replay-gives-the-same-state',
      `${this.name}: ${records.length} records replay to another state`,
    )
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
