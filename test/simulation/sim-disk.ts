import { assert } from '../../src/base/assert.js'
import { journalFormat } from '../../src/core/journal/journal-format.js'
import { scanJournal } from '../../src/core/journal/scan.js'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import type {
  Checkpoint,
  Journal,
  JournalEnd,
  JournalListener,
  JournalReader,
  JournalRecord,
  JournalSegment,
  SideKind,
  StartPlace,
  StartQuestion,
} from '../../src/ports/journal.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import type { FaultBoard } from './fault-board.js'
import { Violation } from './violation.js'

/** A file: what is on the plate, and what was given to the write under way. */
interface Segment {
  readonly name: string
  durable: string
  written: string
  /** Where the last finished write begins; the length of the header before the first. */
  lastWriteAt: number
}

/** What a disk is read into, and how. */
export interface OpenedDisk<R> {
  /** All that there are. */
  readonly records: readonly R[]
  /** The record behind which the reader was begun: 0, or where a checkpoint was taken. */
  readonly begunBehind: number
  /** Checkpoints that the reader could not begin at. */
  readonly refused: number
}

interface EncodedCheckpoint {
  readonly text: string
  readonly stateHash: string
}

/**
 * A journal on a simulated disk. Lines wait in a bounded queue, are written together, and count once the fsync that follows
 * returns. Power failure keeps what was fsynced and any part of the write under way. One process at a time has it open.
 */
export class SimDisk<R extends JournalRecord> implements Journal {
  private readonly format
  private readonly random: Xoshiro128
  private readonly segments: Segment[] = []
  /** File name → text. They are written whole, and only ever read when a process starts. */
  private readonly checkpoints = new Map<string, string>()
  /** For the segment that begins behind the write under way. */
  private checkpoint: EncodedCheckpoint | undefined
  private end: JournalEnd = EMPTY
  private waiting: string[] = []
  private writing: string[] = []
  private listener: JournalListener | undefined
  private durableSinceOpen = 0
  private failure: string | undefined
  private closing: (() => void)[] | undefined
  /** Every process that opens the disk is a life of its own: an fsync of the one before tells nobody. */
  private life = 0

  constructor(
    private readonly kind: SideKind,
    seed: number,
    private readonly time: VirtualTime,
    private readonly faults: FaultBoard,
    readonly capacity = CAPACITY,
  ) {
    this.format = journalFormat<R>(kind, 'simulated')
    this.random = new Xoshiro128(seed, DISK_STREAM, kind === 'decision' ? 1 : 2)
  }

  get depth(): number {
    return this.waiting.length + this.writing.length
  }

  /** Records on the plate, over all processes so far. */
  get durableRecords(): number {
    return this.end.records
  }

  /** Its writes have failed: nothing becomes durable until a process opens it again. */
  get failed(): boolean {
    return this.failure !== undefined
  }

  /** Reads the journal, cuts a torn tail, begins a segment. What nobody can repair is thrown as a violation. */
  open(reader: JournalReader<R> = { take() {} }): OpenedDisk<R> {
    const { records, verdict, end } = scanJournal<R>(this.kind, this.files())
    if (verdict.kind === 'corrupt') {
      throw new Violation(
        'journal-is-sound',
        `${verdict.segment}: expected ${verdict.expected}, found ${verdict.found}`,
      )
    }
    if (verdict.kind === 'tornTail') {
      const torn = this.segments.at(-1)!
      torn.durable = DECODER.decode(ENCODER.encode(torn.durable).subarray(0, verdict.offset))
    }
    this.life++
    this.end = end.id === '' ? { ...end, id: JOURNAL_ID } : end
    this.listener = undefined
    this.closing = undefined
    this.durableSinceOpen = 0
    this.failure = undefined
    const { before, refused } = this.startPlace(reader)
    const begunBehind = before?.records ?? 0
    for (const record of records.slice(begunBehind)) reader.take(record)
    this.goOn(this.encoded(reader.checkpoint?.(), this.end))
    return { records, begunBehind, refused: refused.length }
  }

  append(line: string): void {
    assert(this.closing === undefined, 'nothing is appended to a closed journal')
    this.waiting.push(line)
    if (this.writing.length === 0 && this.failure === undefined) this.later(0, () => this.write())
  }

  listen(listener: JournalListener): void {
    this.listener = listener
    const { durableSinceOpen, failure } = this
    if (durableSinceOpen > 0) this.later(0, () => listener.durable(durableSinceOpen))
    if (failure !== undefined) this.later(0, () => listener.failed(failure))
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.closing = [...(this.closing ?? []), resolve]
      this.letGo()
    })
  }

  /** Power off in the middle of the write under way: `tornShare` of it is on the plate. */
  crash(tornShare: number): void {
    this.life++
    this.listener = undefined
    const segment = this.segments.at(-1)!
    const text = segment.written
    segment.durable += text.slice(0, Math.floor(tornShare * text.length))
    segment.written = ''
    this.waiting = []
    this.writing = []
    this.checkpoint = undefined
    this.failure = undefined
  }

  /**
   * Flips a bit of what was durable before the last write, sees the journal refused, and puts back the copy: what a
   * person would do. The last write's own bits cannot be told from a torn write.
   */
  flipBit(random: Xoshiro128): void {
    if (this.checkpoints.size > 0 && random.integer(0, 1) === 0) {
      this.flipCheckpoint(random)
      return
    }
    const segment = this.segments[random.integer(0, this.segments.length - 1)]!
    const last = segment === this.segments.at(-1)
    const safe = last ? segment.lastWriteAt : segment.durable.length
    const copy = segment.durable
    const at = random.integer(0, safe - 1)
    segment.durable = withFlip(copy, at, random)
    const { verdict } = scanJournal<R>(this.kind, this.files())
    if (verdict.kind !== 'corrupt') {
      throw new Violation(
        'a-flipped-bit-is-refused',
        `${this.kind} ${segment.name}: byte ${at}: journal is ${verdict.kind}`,
      )
    }
    segment.durable = copy
  }

  /** It stays so: a start does without. */
  private flipCheckpoint(random: Xoshiro128): void {
    const [name, text] = [...this.checkpoints].at(-1)!
    this.checkpoints.set(name, withFlip(text, random.integer(0, text.length - 1), random))
  }

  private write(): void {
    if (this.waiting.length === 0 || this.writing.length > 0 || this.failure !== undefined) return
    if (this.faults.under('disk-full', this.kind)?.strikes()) {
      this.fail('no space left on device')
      return
    }
    const isFull = this.segments.at(-1)!.durable.length > SEGMENT_CHARACTERS
    if (isFull) this.checkpoint = this.encoded(this.listener?.checkpoint?.(), this.endBehind(this.waiting))
    if (isFull && this.checkpoint === undefined) this.goOn()
    const segment = this.segments.at(-1)!
    if (segment.durable.length > segment.lastWriteAt) segment.written = this.format.mark(this.end.records)
    this.writing = this.waiting
    this.waiting = []
    segment.written += this.writing.join('')
    const slow = this.faults.under('disk-slow-fsync', this.kind)
    const slowMs = slow?.strikes() ? slow.random.integer(0, slow.fault.amount) : 0
    this.later(this.random.integer(1, 3) + slowMs, () => this.synced(segment))
  }

  private synced(segment: Segment): void {
    if (this.faults.under('disk-fsync-failure', this.kind)?.strikes()) {
      this.fail('fsync: input/output error')
      return
    }
    segment.lastWriteAt = segment.durable.length
    segment.durable += segment.written
    segment.written = ''
    this.durableSinceOpen += this.writing.length
    this.end = this.endBehind(this.writing)
    this.writing = []
    if (this.checkpoint !== undefined) this.goOn(this.checkpoint)
    this.checkpoint = undefined
    if (this.waiting.length > 0) this.later(0, () => this.write())
    this.listener?.durable(this.durableSinceOpen)
    this.letGo()
  }

  private fail(message: string): void {
    this.failure = message
    this.listener?.failed(message)
    this.letGo()
  }

  /** Once it is closed, and everything is on the plate or never will be. */
  private letGo(): void {
    if (this.closing === undefined || (this.depth > 0 && this.failure === undefined)) return
    for (const resolve of this.closing) resolve()
  }

  private later(delayMs: number, action: () => void): void {
    const { life } = this
    this.time.after(delayMs, () => {
      if (this.life === life) action()
    })
  }

  private endBehind(lines: readonly string[]): JournalEnd {
    return { ...this.end, records: this.end.records + lines.length, sum: this.format.sumOf(lines.at(-1)!) }
  }

  /** At once: the state that it is of changes with the next event. */
  private encoded(checkpoint: Checkpoint | undefined, end: JournalEnd): EncodedCheckpoint | undefined {
    if (checkpoint === undefined) return undefined
    if (checkpoint.records !== end.records)
      throw new Violation('a-checkpoint-is-of-the-last-record', `${checkpoint.records} instead of ${end.records}`)
    return { text: this.format.checkpoint(checkpoint, end), stateHash: checkpoint.stateHash }
  }

  private startPlace(reader: JournalReader<R>): StartPlace {
    const names = this.segments.map(({ name }) => ({ name, isArchived: false }))
    const search = this.format.startPlace(names, reader)
    let next = search.next()
    while (!next.done) next = search.next(this.answerTo(next.value))
    return next.value
  }

  private answerTo({ file, part }: StartQuestion): Uint8Array | string {
    const text = this.checkpoints.get(file) ?? this.segments.find(({ name }) => name === file)?.durable
    if (text === undefined) return 'no such file'
    const bytes = ENCODER.encode(text)
    if (part === 'whole') return bytes
    return 'first' in part ? bytes.subarray(0, part.first) : bytes.subarray(-part.last)
  }

  /** In the next segment. */
  private goOn(checkpoint?: EncodedCheckpoint): void {
    const { end } = this
    const next = end.segment + 1
    if (checkpoint !== undefined) this.checkpoints.set(this.format.checkpointName(next), checkpoint.text)
    const before = this.segments.at(-1)
    if (before !== undefined) before.durable += this.format.continued(next)
    const durable = this.format.header(end, checkpoint?.stateHash)
    const name = this.format.segmentName(end.segment + 1)
    this.segments.push({ name, durable, written: '', lastWriteAt: durable.length })
    this.end = { ...end, segment: end.segment + 1 }
  }

  private files(): JournalSegment[] {
    return this.segments.map(({ name, durable }) => ({ name, bytes: ENCODER.encode(durable) }))
  }
}

function withFlip(text: string, at: number, random: Xoshiro128): string {
  const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << random.integer(0, 6)))
  return text.slice(0, at) + flipped + text.slice(at + 1)
}

const DISK_STREAM = 0xd15c
const JOURNAL_ID = '00000000000000d1'
const EMPTY: JournalEnd = { id: JOURNAL_ID, segment: 0, records: 0, sum: '00000000', build: '' }
const ENCODER = new TextEncoder()
const DECODER = new TextDecoder()
/** Lines not yet durable at which nothing may open any more: few, so that a slow disk fills the queue. */
const CAPACITY = 10
/** Few, so that most starts begin at a checkpoint. */
const SEGMENT_CHARACTERS = 15_000
