import { assert, unreachable } from '../../base/assert.js'
import type {
  CorruptJournal,
  DurableEnd,
  JournalCheck,
  JournalEnd,
  JournalKind,
  JournalRecord,
  JournalSegment,
  JournalVerdict,
  SegmentOpening,
  TornTail,
} from '../../ports/journal.js'
import {
  decodeLine,
  EMPTY_JOURNAL,
  FORMAT_VERSION,
  type JournalLine,
  NEWLINE,
  type SegmentHeader,
  segmentName,
} from './frame.js'

/** Reads a journal that is in memory. */
export function scanJournal<R extends JournalRecord>(
  kind: JournalKind,
  segments: readonly JournalSegment[],
): { readonly records: readonly R[]; readonly verdict: JournalVerdict; readonly end: JournalEnd } {
  const scan = new JournalScan<R>(kind)
  const records: R[] = []
  for (const { name, bytes } of segments) {
    scan.begin(name)
    for (const record of scan.feed(bytes)) records.push(record)
  }
  const verdict = scan.finish()
  return { records, verdict, end: scan.end }
}

type SoundLine = Exclude<JournalLine, { readonly kind: 'bad' | 'foreign' }>

/** The first place that cannot be read, before it is known whether a crash left it. */
interface Doubt {
  readonly place: CorruptJournal
  readonly segment: number
  /** To the end of its segment. */
  bytes: number
}

/**
 * Tells what a crash leaves from what it cannot leave.
 *
 * Writes follow one another: the next begins when the one before is on disk, and begins with a mark that says so. So a
 * place that cannot be read is the torn last write when nothing that was written later stands behind it, that is no
 * mark, no continuation and no record in a later segment. Records of the same write may well stand behind it: the pages of
 * one write reach the disk in any order. They have not been reported durable, and are cut with the rest.
 */
export class JournalScan<R extends JournalRecord> implements JournalCheck<R> {
  private expectedKind: JournalKind | undefined
  private state: JournalEnd
  private readonly durable: DurableEnd | undefined
  /** Of the segment at hand. */
  private name = ''
  private headed = false
  private opened: SegmentOpening | undefined
  private continues = false
  private offset = 0
  private proven = 0
  /** The beginning of a line whose newline has not come. */
  private rest: Uint8Array[] = []
  private restBytes = 0
  private doubt: Doubt | undefined
  private corrupt: CorruptJournal | undefined

  /**
   * `kind`: whose journal is expected; without it, whosever the first segment says it is. `before`: where the segments
   * end that are not looked at. `durable`: how far the journal has to go at least, where that is known.
   */
  constructor(kind?: JournalKind, before = EMPTY_JOURNAL, durable?: DurableEnd) {
    this.expectedKind = kind
    this.state = before
    this.durable = durable
  }

  /** Whose journal it is, as far as that is known. */
  get kind(): JournalKind | undefined {
    return this.expectedKind
  }

  get end(): JournalEnd {
    return this.state
  }

  /** What the header of the segment at hand says; undefined before it was read. */
  get opening(): SegmentOpening | undefined {
    return this.opened
  }

  get provenBytes(): number {
    return this.proven
  }

  begin(segmentName: string): void {
    if (this.name !== '') this.leaveSegment()
    this.name = segmentName
    this.headed = false
    this.opened = undefined
    this.continues = false
    this.offset = 0
  }

  feed(bytes: Uint8Array): readonly R[] {
    assert(this.name !== '', 'a segment was begun')
    const records: R[] = []
    let start = 0
    for (let close = bytes.indexOf(NEWLINE); close >= 0; close = bytes.indexOf(NEWLINE, start)) {
      const line = this.whole(bytes.subarray(start, close))
      const { headed } = this
      this.take(decodeLine(line), records)
      this.offset += line.length + 1
      if (this.headed !== headed) this.proven = this.offset
      start = close + 1
    }
    if (start < bytes.length) {
      // A copy: the caller may read the next part into the same buffer.
      this.rest.push(bytes.slice(start))
      this.restBytes += bytes.length - start
    }
    return records
  }

  unreadable(reason: string): void {
    this.rest = []
    this.restBytes = 0
    // What stands before it was written long before: a doubt about that is damage, too.
    this.corrupt ??= this.doubt?.place
    this.refuse(this.headed ? `record ${this.next}` : 'a header', reason)
  }

  finish(): JournalVerdict {
    if (this.name === '') return this.missingAltogether() ?? { kind: 'whole' }
    const { continues } = this
    this.leaveSegment()
    this.holdToDurable()
    if (continues) this.refuse(`segment ${segmentName(this.state.segment + 1)}`, 'no such file')
    if (this.corrupt !== undefined) return this.corrupt
    if (this.doubt === undefined) return { kind: 'whole' }
    const { place, bytes } = this.doubt
    const { segment, offset, found } = place
    return { kind: 'tornTail', segment, offset, bytes, reason: found } satisfies TornTail
  }

  /** A cut leaves no trace where it falls between two lines, and that of a torn write elsewhere: only the length tells. */
  private holdToDurable(): void {
    const { durable, doubt, state } = this
    if (durable === undefined || durable.records === 0 || !this.headed) return
    if (state.id !== durable.id) this.refuse(`journal ${durable.id}`, `journal ${state.id}`)
    const expected = lastDurable(durable)
    if (state.records < durable.records) {
      this.corrupt ??=
        doubt === undefined ? this.placeOf(expected, 'the end of the journal') : { ...doubt.place, expected }
    } else if (state.records === durable.records && state.sum !== durable.sum) {
      this.refuse(`sum ${durable.sum} of ${expected}`, `sum ${state.sum}`)
    }
  }

  private missingAltogether(): CorruptJournal | undefined {
    const { durable } = this
    if (durable === undefined || durable.records === 0) return undefined
    const [segment, expected] = [segmentName(1), lastDurable(durable)]
    return { kind: 'corrupt', segment, record: 1, offset: 0, expected, found: 'no such file' }
  }

  private whole(end: Uint8Array): Uint8Array {
    if (this.restBytes === 0) return end
    const line = new Uint8Array(this.restBytes + end.length)
    let at = 0
    for (const part of [...this.rest, end]) {
      line.set(part, at)
      at += part.length
    }
    this.rest = []
    this.restBytes = 0
    return line
  }

  /** What is left without a newline is a bad line, the last of its segment. */
  private leaveSegment(): void {
    if (this.restBytes > 0) {
      const bytes = this.restBytes
      this.rest = []
      this.restBytes = 0
      this.bad(this.headed ? `an incomplete line of ${bytes} bytes` : `an incomplete header of ${bytes} bytes`, false)
      this.offset += bytes
    }
    if (!this.headed) this.refuse('a header', 'an empty file')
    if (this.doubt?.place.segment === this.name) this.doubt.bytes = this.offset - this.doubt.place.offset
  }

  private take(line: JournalLine, records: R[]): void {
    if (this.corrupt !== undefined) return
    if (line.kind === 'bad') this.bad(line.reason, line.hidesMark)
    else if (line.kind === 'foreign') this.refuse(this.headed ? `record ${this.next}` : 'a header', line.reason)
    else if (!this.headed) this.takeHeader(line)
    else if (this.continues) this.refuse('nothing behind the continuation', `a ${line.kind}`)
    else if (this.doubt !== undefined) this.takeInDoubt(line, this.doubt)
    else this.takeInOrder(line, records)
  }

  private takeInOrder(line: SoundLine, records: R[]): void {
    switch (line.kind) {
      case 'record':
        if (line.n === this.next) {
          this.state = { ...this.state, records: line.n, sum: line.sum }
          records.push(line.record as R)
        } else this.refuse(`record ${this.next}`, `record ${line.n}`)
        break
      case 'mark':
        this.expect('a mark after record', this.next - 1, line.records)
        this.proven = this.offset
        break
      case 'continued':
        this.expect('a continuation in segment', this.state.segment + 1, line.segment)
        this.continues = true
        break
      case 'header':
        this.refuse(`record ${this.next}`, 'a second header')
        break
      case 'checkpoint':
      case 'durable':
        this.refuse(`record ${this.next}`, `a ${line.kind} line`)
        break
      default:
        unreachable(line)
    }
  }

  /** A record of the same write proves nothing; everything else was written when what stands before it was durable. */
  private takeInDoubt(line: SoundLine, doubt: Doubt): void {
    if (line.kind !== 'record' || doubt.segment !== this.state.segment) this.corrupt = doubt.place
  }

  private takeHeader(line: SoundLine): void {
    if (line.kind !== 'header') {
      this.refuse('a header', `a ${line.kind}`)
      return
    }
    const { header } = line
    const misfit = this.misfitOf(header)
    const late = this.doubt !== undefined && this.doubt.segment + 1 !== header.segment
    if (misfit !== undefined || late) {
      // The header tells how many records the segment before it had: one that cannot be read there was durable.
      this.corrupt = this.doubt?.place
      if (misfit !== undefined) this.refuse(misfit.expected, misfit.found)
      return
    }
    this.headed = true
    this.opened = { before: this.state, stateHash: header.state }
    this.expectedKind = header.kind
    this.state = { ...this.state, id: header.id, segment: header.segment, build: header.build }
  }

  /** The first thing about a header that does not follow from what was read so far. */
  private misfitOf(header: SegmentHeader): { readonly expected: string; readonly found: string } | undefined {
    const { id, segment, sum } = this.state
    const rows: readonly (readonly [what: string, expected: string | number, found: unknown])[] = [
      ['format', 'dolphin-journal', header.format],
      ['version', FORMAT_VERSION, header.version],
      ['kind', this.expectedKind ?? header.kind, header.kind],
      ['segment', segment + 1, header.segment],
      ['file name', segmentName(header.segment), this.name],
      ['journal', segment === 0 ? header.id : id, header.id],
      ['first record', this.next, header.first],
      ['sum of the record before it', sum, header.previous],
    ]
    const row = rows.find(([, expected, found]) => expected !== found)
    if (row === undefined) return undefined
    const [what, expected, found] = row
    return { expected: `${what} ${expected}`, found: `${what} ${String(found)}` }
  }

  private bad(reason: string, hidesMark: boolean): void {
    if (this.corrupt !== undefined) return
    // A segment appears under its name with its header on disk, and a continuation is the last that is written to one.
    if (!this.headed) this.refuse('a header', reason)
    else if (this.continues) this.refuse('nothing behind the continuation', reason)
    else {
      this.doubt ??= { place: this.placeOf(`record ${this.next}`, reason), segment: this.state.segment, bytes: 0 }
      if (hidesMark || this.doubt.segment !== this.state.segment) this.corrupt = this.doubt.place
    }
  }

  private expect(what: string, expected: number, found: number): void {
    if (expected !== found) this.refuse(`${what} ${expected}`, `${what} ${found}`)
  }

  private refuse(expected: string, found: string): void {
    this.corrupt ??= this.placeOf(expected, found)
  }

  private placeOf(expected: string, found: string): CorruptJournal {
    return { kind: 'corrupt', segment: this.name, record: this.next, offset: this.offset, expected, found }
  }

  private get next(): number {
    return this.state.records + 1
  }
}

function lastDurable({ records }: DurableEnd): string {
  return `record ${records}, which was durable`
}
