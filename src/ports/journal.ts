/** Whose journal it is: a side's, or that of a paper exchange. */
export type JournalKind = SideKind | 'exchange'

/** The two sides. */
export type SideKind = 'execution' | 'decision'

/** What every record has; the rest is its writer's own (`core/execution/records.ts`, `core/decision/records.ts`). */
export interface JournalRecord {
  /** 1, 2, 3, … over the whole journal. */
  readonly n: number
  /** The side's clock, UTC ms. */
  readonly atMs: number
  /** Hash of the event that caused it. */
  readonly inputs: string
  readonly type: string
}

/**
 * An append-only sequence of lines that survives a crash. Lines are whole records, each with its newline; the core frames,
 * numbers and checks them (`core/journal`), the adapter keeps bytes.
 *
 * - Order: lines become durable in the order in which they were appended; `durable(n)` says the first n lines appended
 *   since opening are on disk (fsynced), and is called with rising n.
 * - `append` never blocks and never loses a line silently: `depth` counts lines not yet durable, and beyond `capacity`
 *   the caller stops opening risk. Exits are still appended.
 * - A write or fsync that fails is `failed`, once, and nothing appended from then on becomes durable: a journal is never
 *   written again after an fsync error, since what the disk holds is then unknown.
 */
export interface Journal {
  /** Throws after `close`, and may where the line does not follow the last one: bugs of the caller's. */
  append(line: string): void
  /** Records that are appended and not durable yet. */
  readonly depth: number
  /** Records at which it is full: nothing that may wait should be appended then. */
  readonly capacity: number
  /** One listener. It is never called during `append` or `listen`; what happened before it came is told to it. */
  listen(listener: JournalListener): void
  /** Makes everything appended durable, then lets go of the files. Resolves after a failure, too: that has been told. */
  close(): Promise<void>
}

export interface JournalListener {
  durable(lines: number): void
  failed(message: string): void
  /**
   * A segment is full: the state behind the last line appended, for a start to begin at. Undefined, or without such a
   * listener: the next segment begins without one. Never called during `append` or `listen` either; does not throw.
   */
  checkpoint?(): Checkpoint | undefined
}

/**
 * A side's whole durable state behind a record. It says nothing that the records before it do not lead to: a start that
 * cannot use it replays those.
 */
export interface Checkpoint {
  /** Number of the record. */
  readonly records: number
  /** The side's clock, UTC ms, when it was taken. */
  readonly atMs: number
  /** Name and version of the state's shape: a state of another shape is not read. */
  readonly shape: string
  /** As `Side.stateHash` tells. */
  readonly stateHash: string
  /** Plain JSON. */
  readonly state: unknown
}

/** What a journal is read into when it is opened. */
export interface JournalReader<R> {
  /**
   * Before any record: where they begin. Answers what is wrong with a checkpoint; then one before it is offered, and none
   * at last, which is never refused. A reader without it takes every record that there is.
   */
  begin?(checkpoint: Checkpoint | undefined): string | undefined
  take(record: R): void
  /** Of the state that the records led to, when all are taken. */
  checkpoint?(): Checkpoint | undefined
}

/** Where a journal ends: what the next segment's header repeats, so that no other can stand in its place. */
export interface JournalEnd {
  /** Of the whole journal, 16 hex digits, drawn when it was begun. */
  readonly id: string
  /** Number of the last segment, from 1; 0 before the first. */
  readonly segment: number
  /** Records so far. */
  readonly records: number
  /** Sum of the last record's line, 8 hex digits; zeros before the first record. */
  readonly sum: string
  /** Build that wrote the last segment. */
  readonly build: string
}

/**
 * How far a journal was durable, as its own small file says (`journal.durable`): a lower bound, which is never ahead of the
 * journal. What ends before it has lost records that were reported durable.
 */
export type DurableEnd = Pick<JournalEnd, 'id' | 'records' | 'sum'>

/** The end of the last write before a crash. None of it had been reported durable. */
export interface TornTail {
  readonly kind: 'tornTail'
  /** File name. */
  readonly segment: string
  /** Where the file has to be cut, and how many bytes go. */
  readonly offset: number
  readonly bytes: number
  readonly reason: string
}

/** Something that no crash leaves. The journal is refused: a person must look. */
export interface CorruptJournal {
  readonly kind: 'corrupt'
  readonly segment: string
  /** Number of the first record that cannot be trusted. */
  readonly record: number
  /** Bytes from the start of the file. */
  readonly offset: number
  readonly expected: string
  readonly found: string
}

export type JournalVerdict = { readonly kind: 'whole' } | TornTail | CorruptJournal

/** A journal that cannot be opened: damaged, being written by another process, or not there. */
export class JournalError extends Error {
  override readonly name = 'JournalError'
  /** Where it is damaged, when that is why. */
  readonly corrupt: CorruptJournal | undefined

  constructor(message: string, corrupt?: CorruptJournal) {
    super(message)
    this.corrupt = corrupt
  }
}

/** Reads a journal to its last byte: `begin` and `feed` segment by segment in order, then `finish`. */
export interface JournalCheck<R> {
  begin(segmentName: string): void
  /** Any part of the segment's bytes, in order. Answers the records completed by it; none after the first bad place. */
  feed(bytes: Uint8Array): readonly R[]
  /** The rest of the segment cannot be had, and no crash is why. */
  unreadable(reason: string): void
  finish(): JournalVerdict
  /** Where the good part ends. */
  readonly end: JournalEnd
  /** Bytes of the last segment that are known to have been durable: those before its last mark, and its header. */
  readonly provenBytes: number
}

/** One file of a journal. */
export interface JournalSegment {
  /** File name, for messages. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** What the first line of a segment says. */
export interface SegmentOpening {
  /** Where the journal ended before it. */
  readonly before: JournalEnd
  /** Of the checkpoint that was taken there; undefined when none was. */
  readonly stateHash: string | undefined
}

/** Where reading begins: behind a checkpoint, or at the first record. */
export interface StartPlace {
  /** Undefined: at the first record. */
  readonly before: JournalEnd | undefined
  /** Name of the first segment that is read; empty: the first there is. */
  readonly segment: string
  /** Later checkpoints that could not be used. */
  readonly refused: readonly RefusedCheckpoint[]
}

export interface RefusedCheckpoint {
  /** Of its file. */
  readonly name: string
  readonly reason: string
}

/** Checkpoints beyond these are passed over. */
export interface StartLimits {
  /** Behind this record. */
  readonly recordsMax?: number
  /** Taken later, UTC ms: whoever looks at records wants those since then, whatever state they led to. */
  readonly atMsMax?: number
}

/** One of a journal's segments, as a folder shows it. */
export interface SegmentName {
  readonly name: string
  /** There is only its compressed copy. */
  readonly isArchived: boolean
}

/** What has to be read to find the place. The answer is bytes, or why there are none. */
export interface StartQuestion {
  readonly file: string
  /** The whole file, its beginning, or its end of so many bytes; fewer where it has fewer. */
  readonly part: 'whole' | { readonly first: number } | { readonly last: number }
}

/** How a journal's lines look. The core has the only one (`core/journal/frame.ts`); adapters are given it. */
export interface JournalFormat<R> {
  readonly build: string
  segmentName(segment: number): string
  isSegmentName(fileName: string): boolean
  /** File name of the checkpoint that was taken when the segment began. */
  checkpointName(segment: number): string
  isCheckpointName(fileName: string): boolean
  /** First line of the segment that follows `end`; with the hash of the state that its checkpoint holds. */
  header(end: JournalEnd, stateHash?: string): string
  /** What a header says; undefined for any other line. */
  opening(line: Uint8Array): SegmentOpening | undefined
  /** The file of a checkpoint that was taken at `end`. */
  checkpoint(checkpoint: Checkpoint, end: JournalEnd): string
  /**
   * Looks for the last checkpoint that the reader takes, and lets it begin there, or at the first record. Whoever runs this
   * answers its questions with bytes, or with why there are none.
   */
  startPlace(
    segments: readonly SegmentName[],
    reader: Pick<JournalReader<R>, 'begin'>,
    limits?: StartLimits,
  ): Generator<StartQuestion, StartPlace, Uint8Array | string>
  /** Says that everything before it, up to this record, was durable before it was written. */
  mark(records: number): string
  /** Name and contents of the file that says how far a journal was durable; its length is always the same. */
  readonly durableName: string
  durable(end: DurableEnd): string
  /** What that file says, or what is wrong with it. */
  readDurable(bytes: Uint8Array): DurableEnd | string
  /** Last line of a segment: the journal goes on in the next. */
  continued(segment: number): string
  /** The number and the sum of a record's line. */
  numberOf(line: string): number
  sumOf(line: string): string
  /**
   * Of everything behind `before`, which is where a segment ends; of the whole journal without it. `durable`: how far it
   * has to go at least, where that is known.
   */
  check(before?: JournalEnd, durable?: DurableEnd): JournalCheck<R>
}
