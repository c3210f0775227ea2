import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { assert } from '../../base/assert.js'
import { makeFolder } from '../../files/folder.js'
import { LockHeldError, takeWriterLock, type WriterLock } from '../../files/writer-lock.js'
import {
  type Checkpoint,
  type Journal,
  type JournalCheck,
  type JournalEnd,
  JournalError,
  type JournalFormat,
  type JournalListener,
  type JournalReader,
  type RefusedCheckpoint,
  type TornTail,
} from '../../ports/journal.js'
import { DurableEndFile, NO_DURABLE_END, readDurableEnd } from './durable-end-file.js'
import { checkJournalArguments, type FileJournalOptions } from './file-journal-options.js'
import {
  createWhole,
  cutTail,
  LOCK_FILE,
  type OpenSegmentFile,
  openSegmentFile,
  readSegments,
  readTail,
  removeTemporaries,
  type SegmentFile,
  writeFully,
} from './segment-files.js'
import { beginReading } from './start-place.js'

export interface OpenedFileJournal {
  /** All that there are. */
  readonly records: number
  /** Those that were read: what lies behind the checkpoint that reading began at. */
  readonly recordsRead: number
  /** Checkpoints that reading could not begin at: they are damaged, or not what the reader takes. */
  readonly refused: readonly RefusedCheckpoint[]
  /** What a crash left and opening cut off, and the file that it is kept in. */
  readonly tornTail: (TornTail & { readonly keptAs: string }) | undefined
  /**
   * Why it could not be checked that the journal goes as far as it was durable; undefined when it was. Then what was cut
   * may have been reported durable. Of an older build, or of segments that were copied alone: `no such file`.
   */
  readonly durableFault: string | undefined
  readonly journal: Journal
}

/** What a start reads at most: of the decision side most of a day, and a few tenths of a second. */
const SEGMENT_BYTES_MAX = 8 << 20
const CAPACITY_LINES = 4096

/**
 * Opens the journal in `folder`, or begins one: reads and checks every record behind the last checkpoint that the reader
 * takes, cuts a torn tail, and goes on behind it. A segment holds records of one build only.
 *
 * @throws InputMistake when it is called with something else; JournalError when the journal is damaged or another process
 *   writes it; errors of the file system, and what the reader throws, as they are.
 */
export async function openFileJournal<R>(
  folder: string,
  format: JournalFormat<R>,
  reader: JournalReader<R>,
  options: FileJournalOptions = {},
): Promise<OpenedFileJournal> {
  checkJournalArguments(folder, format, reader, options)
  await makeFolder(folder)
  let journal: FileJournal | undefined
  const lock = await lockFolder(folder, () => journal?.fail(`${folder} was taken over by another process`))
  try {
    await removeTemporaries(folder, format)
    const { before, segment, refused } = await beginReading(folder, format, reader, options.start)
    const durable = await readDurableEnd(folder, format)
    const check = format.check(before, typeof durable === 'string' ? undefined : durable)
    for await (const part of readSegments(folder, format, check, segment)) {
      for (const record of part.records) reader.take(record)
    }
    const verdict = check.finish()
    if (verdict.kind === 'corrupt') throw new JournalError(`the journal in ${folder} is damaged`, verdict)
    const keptAs = verdict.kind === 'tornTail' ? await cutTail(folder, verdict) : ''
    journal = new FileJournal(folder, format, lock, options)
    await journal.start(check, () => reader.checkpoint?.())
    const { records } = check.end
    const tornTail = verdict.kind === 'tornTail' ? { ...verdict, keptAs } : undefined
    // A journal that is begun now has nothing to be held to.
    const isNew = durable === NO_DURABLE_END && records === 0 && tornTail === undefined
    const durableFault = typeof durable === 'string' && !isNew ? durable : undefined
    return { records, recordsRead: records - (before?.records ?? 0), refused, tornTail, durableFault, journal }
  } catch (error) {
    await journal?.close()
    await lock.release()
    throw error
  }
}

async function lockFolder(folder: string, lost: () => void): Promise<WriterLock> {
  return await takeWriterLock(join(folder, LOCK_FILE), lost).catch((error: unknown) => {
    if (!(error instanceof LockHeldError)) throw error
    const who = error.who
    throw new JournalError(`another process${who} writes the journal in ${folder}; stop it or use another folder`)
  })
}

interface EncodedCheckpoint {
  readonly text: string
  readonly stateHash: string
}

/**
 * Group commit: what was appended while one write was on its way to the disk goes with the next, in one write and one
 * fdatasync. Each write begins with a mark that the one before is durable; where nothing waits, the mark is written alone,
 * and not waited for.
 */
class FileJournal implements Journal {
  readonly capacity: number
  private readonly folder: string
  private readonly format: JournalFormat<unknown>
  private readonly lock: WriterLock
  private readonly segmentBytesMax: number
  private readonly openFile: OpenSegmentFile
  private listener: JournalListener | undefined
  private file: SegmentFile | undefined
  private durableEnd: DurableEndFile | undefined
  private position = 0
  private end: JournalEnd | undefined
  private lastNumber = 0
  private queue: string[] = []
  private waiting = 0
  private durableLines = 0
  private toldLines = 0
  private toldFailure = false
  private markDue = false
  private pumping: Promise<void> | undefined
  private failure: string | undefined
  private closed: Promise<void> | undefined

  constructor(folder: string, format: JournalFormat<unknown>, lock: WriterLock, options: FileJournalOptions) {
    this.folder = folder
    this.format = format
    this.lock = lock
    this.capacity = options.capacity ?? CAPACITY_LINES
    this.segmentBytesMax = options.segmentBytesMax ?? SEGMENT_BYTES_MAX
    this.openFile = options.openFile ?? openSegmentFile
  }

  get depth(): number {
    return this.waiting
  }

  /** Not part of the port: called once, before anything else. `checkpoint`: of the state that was read. */
  async start({ end, provenBytes }: JournalCheck<unknown>, checkpoint: () => Checkpoint | undefined): Promise<void> {
    if (end.segment === 0) {
      await this.begin({ ...end, id: randomBytes(8).toString('hex') })
      await this.beginDurableEnd()
      return
    }
    const path = this.pathOf(end.segment)
    this.end = end
    this.lastNumber = end.records
    this.position = (await stat(path)).size
    this.file = await this.openFile(path, 'r+')
    await this.writeAgain(path, provenBytes)
    await this.beginDurableEnd()
    if (end.build !== this.format.build) await this.goOn(this.encoded(checkpoint(), end))
    else this.markDue = end.records > 0
    this.pump()
  }

  append(line: string): void {
    assert(this.closed === undefined, 'nothing is appended to a closed journal')
    const number = this.format.numberOf(line)
    assert(number === this.lastNumber + 1, `records are appended in order: ${number} after ${this.lastNumber}`)
    this.lastNumber = number
    this.waiting++
    if (this.failure !== undefined) return
    this.queue.push(line)
    this.pump()
  }

  listen(listener: JournalListener): void {
    this.listener = listener
    this.tell()
  }

  close(): Promise<void> {
    this.closed ??= this.shut()
    return this.closed
  }

  fail(message: string): void {
    if (this.failure !== undefined) return
    this.failure = message
    this.queue = []
    this.tell()
  }

  private pump(): void {
    this.pumping ??= this.writeAll()
  }

  private async writeAll(): Promise<void> {
    // What is appended in one go goes to the disk in one go.
    await Promise.resolve()
    try {
      while (this.failure === undefined && (this.queue.length > 0 || this.markDue)) await this.writeOnce()
    } catch (error) {
      this.fail(`${this.pathOf(this.end!.segment)}: ${(error as Error).message}`)
    }
    this.pumping = undefined
  }

  private async writeOnce(): Promise<void> {
    const isFull = this.queue.length > 0 && this.position >= this.segmentBytesMax
    // It is of the state behind all lines that wait: they go into this segment, whatever their number.
    const checkpoint = isFull ? this.encoded(this.listener?.checkpoint?.(), this.endBehind(this.queue)) : undefined
    if (isFull && checkpoint === undefined) await this.goOn()
    const lines = this.queue
    this.queue = []
    await this.put((this.markDue ? this.format.mark(this.end!.records) : '') + lines.join(''))
    this.markDue = false
    if (lines.length === 0) return
    await this.file!.datasync()
    if (this.failure !== undefined) return
    this.end = this.endBehind(lines)
    await this.durableEnd!.write(this.end)
    this.markDue = true
    this.waiting -= lines.length
    this.durableLines += lines.length
    this.tell()
    if (checkpoint !== undefined) await this.goOn(checkpoint)
  }

  private endBehind(lines: readonly string[]): JournalEnd {
    const end = this.end!
    return { ...end, records: end.records + lines.length, sum: this.format.sumOf(lines.at(-1)!) }
  }

  /** At once: the state that it is of changes with the next event. */
  private encoded(checkpoint: Checkpoint | undefined, end: JournalEnd): EncodedCheckpoint | undefined {
    if (checkpoint === undefined) return undefined
    const { records, stateHash } = checkpoint
    assert(records === end.records, `a checkpoint is of record ${end.records}, the last: ${records}`)
    return { text: this.format.checkpoint(checkpoint, end), stateHash }
  }

  private async put(text: string): Promise<void> {
    const bytes = Buffer.from(text)
    await writeFully(this.file!, bytes, this.position)
    this.position += bytes.length
  }

  /**
   * In the next segment. It is on disk before the old one says that it goes on there, and that is on disk before a record
   * comes: whatever is there after a crash, it shows which of the two is the last, and a last segment that was taken away.
   * A checkpoint is on disk before the header that names it.
   */
  private async goOn(checkpoint?: EncodedCheckpoint): Promise<void> {
    const old = this.file!
    const end = this.end!
    const segment = end.segment + 1
    if (checkpoint !== undefined) {
      const path = join(this.folder, this.format.checkpointName(segment))
      await createWhole(path, Buffer.from(checkpoint.text), this.openFile)
    }
    const header = this.format.header(end, checkpoint?.stateHash)
    await createWhole(this.pathOf(segment), Buffer.from(header), this.openFile)
    // The mark that nobody waited for: a continuation behind a broken one would be taken for damage.
    await old.datasync()
    await this.put(this.format.continued(segment))
    await old.datasync()
    await old.close()
    await this.take(segment)
  }

  /**
   * What a killed writer left can be read and may be on no disk; and where its fsync failed, another fsync alone would
   * succeed without writing anything, since the system takes the pages for clean.
   */
  private async writeAgain(path: string, from: number): Promise<void> {
    const bytes = await readTail(path, from)
    await writeFully(this.file!, bytes, from)
    await this.file!.datasync()
  }

  private async begin(end: JournalEnd): Promise<void> {
    this.end = end
    await createWhole(this.pathOf(1), Buffer.from(this.format.header(end)), this.openFile)
    await this.take(1)
  }

  private async beginDurableEnd(): Promise<void> {
    this.durableEnd = await DurableEndFile.create(this.folder, this.format, this.end!, this.openFile)
  }

  private async take(segment: number): Promise<void> {
    const path = this.pathOf(segment)
    this.file = await this.openFile(path, 'r+')
    this.position = (await stat(path)).size
    this.end = { ...this.end!, segment, build: this.format.build }
    this.markDue = false
  }

  private async shut(): Promise<void> {
    await this.pumping
    try {
      if (this.failure === undefined) await this.file?.datasync()
    } catch (error) {
      this.fail(`${this.pathOf(this.end!.segment)}: ${(error as Error).message}`)
    }
    await this.file?.close().catch(() => undefined)
    // It is a lower bound: the journal itself is on disk, whatever becomes of this.
    await this.durableEnd?.close().catch(() => undefined)
    await this.lock.release()
  }

  /** Later, and with no way to make a failure of the listener look like one of the disk. */
  private tell(): void {
    queueMicrotask(() => {
      const { listener, durableLines, failure } = this
      if (listener === undefined) return
      if (durableLines > this.toldLines) {
        this.toldLines = durableLines
        listener.durable(durableLines)
      }
      if (failure !== undefined && !this.toldFailure) {
        this.toldFailure = true
        listener.failed(failure)
      }
    })
  }

  private pathOf(segment: number): string {
    return join(this.folder, this.format.segmentName(segment))
  }
}
