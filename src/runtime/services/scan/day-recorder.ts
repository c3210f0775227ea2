import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InputMistake } from '../../../base/mistakes.js'
import { dateOfEpochMs, type IsoDate } from '../../../base/utc-date.js'
import { AppendFile } from '../../../files/append-file.js'
import { makeFolder } from '../../../files/folder.js'
import { displayPath } from '../../../files/package-files.js'
import { removeTemporaries, writeAtomically } from '../../../files/whole-file.js'
import { takeWriterLock, type WriterLock } from '../../../files/writer-lock.js'
import type { DaySink } from '../../../ports/days.js'
import type { PriceOrigin } from '../../../ports/prices.js'
import type { ScanRecord } from '../../../ports/scan-archive.js'
import { type OriginChanges, readRecordedDay } from './recorded-day.js'
import { headerOf, type RecordedOf, readRow, rowOf } from './recorded-row.js'
import { RECORDING_FILE, type RecordingManifest, readRecording } from './recording-manifest.js'

/** How a day is written once it is over, or the recording ends. */
export interface RecordingSinks {
  readonly days: DaySink
  /** Where prices came from: a row for each symbol whenever that changes. */
  origins(path: string, changes: OriginChanges): Promise<void>
}

export interface DayRecorderOptions {
  readonly folder: string
  readonly of: RecordedOf
  readonly sinks: RecordingSinks
  /** The first moment that will be recorded, UTC ms. */
  readonly fromMs: number
}

/**
 * Records scans as days of a backtest: `YYYY-MM-DD.parquet` in a folder, and beside them where each price came from. During the day
 * each step is a line of a file that only grows, so that a process that is killed loses at most what was not yet on disk (and that
 * can be made up from the scan files); its day is written when it is over, and whenever the recording ends.
 */
export class DayRecorder {
  private finishing: Promise<void> = Promise.resolve()
  private failure: unknown

  /**
   * Opens a folder for this process alone.
   *
   * @throws InputMistake when its day was begun with other symbols or another step; LockHeldError when another process records there.
   */
  static async open(options: DayRecorderOptions): Promise<DayRecorder> {
    const { folder } = options
    await makeFolder(join(folder, UNFINISHED))
    await makeFolder(join(folder, ORIGINS))
    const lock = await takeWriterLock(join(folder, LOCK_FILE), () => recorder?.lose())
    let recorder: DayRecorder | undefined
    try {
      for (const place of [folder, join(folder, ORIGINS)])
        await removeTemporaries(place, (name) => DAY_FILE.test(name) || name === RECORDING_FILE)
      const manifest = await readRecording(folder)
      await refuseForeignDays(folder, manifest)
      const part = await openPart(options, dateOfEpochMs(options.fromMs))
      refuseLostSteps(folder, manifest, part)
      recorder = new DayRecorder(options, lock, manifest, part)
      await recorder.finishOlder()
      return recorder
    } catch (error) {
      await lock.release()
      throw error
    }
  }

  private constructor(
    private readonly options: DayRecorderOptions,
    private readonly lock: WriterLock,
    private readonly manifest: RecordingManifest,
    private part: Part,
  ) {}

  /** Number of the last scan that was recorded into the day at hand; undefined where that has none yet. */
  get lastScan(): number | undefined {
    return this.part.last?.scanNumber
  }

  /**
   * Takes a step's scan; one that is not after the last one is there already. It is durable a moment later.
   *
   * @throws what keeps an earlier one from being written.
   */
  async record(scan: ScanRecord, origins?: readonly (PriceOrigin | null)[]): Promise<void> {
    if (this.failure !== undefined) throw this.failure
    if (this.part.last !== undefined && scan.timestampNs <= this.part.last.timestampNs) return
    const date = dateOfEpochMs(Number(scan.timestampNs / 1_000_000n))
    if (date !== this.part.date) {
      const over = this.part
      this.part = await openPart(this.options, date)
      this.finish(over)
    }
    const { file } = this.part
    file.append(rowOf(scan, origins))
    // Not waited for: a scan must not wait for a disk, and one that fails is heard of at the next.
    file.flush().catch((error: unknown) => {
      this.failure ??= error
    })
    this.part.last = { scanNumber: scan.scanNumber, timestampNs: scan.timestampNs }
  }

  /** Writes the day at hand as far as it is, and gives the folder back. */
  async close(): Promise<void> {
    try {
      await this.finishing
      if (this.failure !== undefined) throw this.failure
      await this.write(this.part, { isOver: false })
    } finally {
      await this.part.file.close().finally(() => this.lock.release())
    }
  }

  /** Another machine has taken the folder over. */
  private lose(): void {
    this.failure ??= new Error('another process has taken the recording over; nothing more is written')
  }

  /** Days whose process was killed before they were over. */
  private async finishOlder(): Promise<void> {
    const names = await readdir(join(this.options.folder, UNFINISHED))
    for (const name of names.sort()) {
      const date = PART_FILE.exec(name)?.[1]
      if (date === undefined || date >= this.part.date) continue
      await this.write(date, { isOver: true })
    }
  }

  /** While the next day goes on. */
  private finish(over: Part): void {
    this.finishing = this.finishing
      .then(() => over.file.close())
      .then(() => this.write(over.date, { isOver: true }))
      .catch((error: unknown) => {
        this.failure ??= error
      })
  }

  private async write(part: Part | IsoDate, { isOver }: { readonly isOver: boolean }): Promise<void> {
    const { folder, sinks } = this.options
    if (typeof part !== 'string') await part.file.flush()
    const date = typeof part === 'string' ? part : part.date
    const path = partPath(folder, date)
    const { columns, origins, lastMs, missingSteps } = await readRecordedDay(path)
    if (columns.bars > 0) {
      const { bytes, sha256 } = await sinks.days.write(join(folder, `${date}.parquet`), columns)
      await sinks.origins(join(folder, ORIGINS, `${date}.parquet`), origins)
      const until = isOver ? {} : { incomplete: new Date(lastMs).toISOString() }
      this.manifest.days[date] = { bytes, sha256, rows: columns.bars, missingSteps, ...until }
      await writeAtomically(join(folder, RECORDING_FILE), `${JSON.stringify(this.manifest, null, 1)}\n`)
    }
    if (isOver) await rm(path, { force: true })
  }
}

const UNFINISHED = 'unfinished'
const ORIGINS = 'origins'
const LOCK_FILE = '.dolphin-recording.lock'
const DAY_FILE = /^\d{4}-\d{2}-\d{2}\.parquet$/
const PART_FILE = /^(\d{4}-\d{2}-\d{2})\.jsonl$/

interface Part {
  readonly date: IsoDate
  readonly file: AppendFile
  last: { readonly scanNumber: number; readonly timestampNs: bigint } | undefined
}

function partPath(folder: string, date: IsoDate): string {
  return join(folder, UNFINISHED, `${date}.jsonl`)
}

/** Days that were made otherwise would pass for recorded ones. */
async function refuseForeignDays(folder: string, { days }: RecordingManifest): Promise<void> {
  const foreign = (await readdir(folder)).find((name) => DAY_FILE.test(name) && days[name.slice(0, 10)] === undefined)
  if (foreign === undefined) return
  throw new InputMistake(
    { place: displayPath(folder), message: `expected a folder of recorded days, found ${foreign} of another origin` },
    { hint: 'Record into a folder of its own.' },
  )
}

/** The rest of a day without its beginning would take the day's place. */
function refuseLostSteps(folder: string, { days }: RecordingManifest, { date, file, last }: Part): void {
  if (days[date] === undefined || last !== undefined) return
  void file.close()
  throw new InputMistake(
    { place: displayPath(partPath(folder, date)), message: 'expected the steps of the day so far, found none' },
    { hint: `Put the file back, or move ${date}.parquet away and record into another folder.` },
  )
}

async function openPart({ folder, of }: DayRecorderOptions, date: IsoDate): Promise<Part> {
  const path = partPath(folder, date)
  const refuse = (): Error =>
    new InputMistake(
      { place: displayPath(path), message: 'expected a day of the same symbols and step, found one of others' },
      { hint: 'Record into another folder, or go on with the symbols and the step that the day was begun with.' },
    )
  const { file, lines } = await AppendFile.open(path, { line: headerOf(of, date), refuse })
  const last = lines.at(-1)
  return { date, file, last: last === undefined ? undefined : readRow(last, { path, line: lines.length + 1 }) }
}
