import { assert } from '../../src/base/assert.js'
import { journalFormat } from '../../src/core/journal/journal-format.js'
import { scanJournal } from '../../src/core/journal/scan.js'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import type {
  Journal,
  JournalEnd,
  JournalKind,
  JournalListener,
  JournalRecord,
  JournalSegment,
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

/**
 * A journal on a simulated disk. Lines wait in a bounded queue, are written together, and count once the fsync that follows
 * returns. Power failure keeps what was fsynced and any part of the write under way. One process at a time has it open.
 */
export class SimDisk<R extends JournalRecord> implements Journal {
  private readonly format
  private readonly random: Xoshiro128
  private readonly segments: Segment[] = []
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
    private readonly kind: JournalKind,
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
  open(): readonly R[] {
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
    this.beginSegment()
    return records
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
    this.failure = undefined
  }

  /**
   * Flips a bit of what was durable before the last write, sees the journal refused, and puts back the copy: what a
   * person would do. The last write's own bits cannot be told from a torn write.
   */
  flipBit(random: Xoshiro128): void {
    const segment = this.segments[random.integer(0, this.segments.length - 1)]!
    const last = segment === this.segments.at(-1)
    const safe = last ? segment.lastWriteAt : segment.durable.length
    const copy = segment.durable
    const at = random.integer(0, safe - 1)
    const flipped = String.fromCharCode(copy.charCodeAt(at) ^ (1 << random.integer(0, 6)))
    segment.durable = copy.slice(0, at) + flipped + copy.slice(at + 1)
    const { verdict } = scanJournal<R>(this.kind, this.files())
    if (verdict.kind !== 'corrupt') {
      throw new Violation(
        'a-flipped-bit-is-refused',
        `${this.kind} ${segment.name}: byte ${at}: journal is ${verdict.kind}`,
      )
    }
    segment.durable = copy
  }

  private write(): void {
    if (this.waiting.length === 0 || this.writing.length > 0 || this.failure !== undefined) return
    if (this.faults.under('disk-full', this.kind)?.strikes()) {
      this.fail('no space left on device')
      return
    }
    let segment = this.segments.at(-1)!
    if (segment.durable.length > SEGMENT_CHARACTERS) {
      segment.durable += this.format.continued(this.end.segment + 1)
      this.beginSegment()
      segment = this.segments.at(-1)!
    }
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
    const records = this.writing.length
    const sum = this.format.sumOf(this.writing.at(-1)!)
    this.end = { ...this.end, records: this.end.records + records, sum }
    this.writing = []
    this.durableSinceOpen += records
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

  private beginSegment(): void {
    const { end } = this
    const durable = this.format.header(end)
    const name = this.format.segmentName(end.segment + 1)
    this.segments.push({ name, durable, written: '', lastWriteAt: durable.length })
    this.end = { ...end, segment: end.segment + 1 }
  }

  private files(): JournalSegment[] {
    return this.segments.map(({ name, durable }) => ({ name, bytes: ENCODER.encode(durable) }))
  }
}

const DISK_STREAM = 0xd15c
const JOURNAL_ID = '00000000000000d1'
const EMPTY: JournalEnd = { id: JOURNAL_ID, segment: 0, records: 0, sum: '00000000', build: '' }
const ENCODER = new TextEncoder()
const DECODER = new TextDecoder()
/** Lines not yet durable at which nothing may open any more: few, so that a slow disk fills the queue. */
const CAPACITY = 10
const SEGMENT_CHARACTERS = 60_000
