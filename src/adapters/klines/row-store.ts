import { closeSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SpillLimitError } from '../../ports/klines.js'
import { TimeGrid } from './time-grid.js'

/** Numbers of a row in the store: open time in ms, close, volume, taker buy volume, line of its file. */
export const ROW = 5

const FIRST_ROWS = 64

/** The rows of one file for one symbol and day, in file order. */
export class RowList {
  private rows = new Float64Array(0)
  private used = 0
  private readonly spilled: { readonly at: number; readonly length: number }[] = []

  constructor(private readonly grown: (bytes: number) => void) {}

  push(timeMs: number, close: number, volume: number, takerBuyVolume: number, line: number): void {
    if (this.used === this.rows.length) this.grow()
    const { rows, used } = this
    rows[used] = timeMs
    rows[used + 1] = close
    rows[used + 2] = volume
    rows[used + 3] = takerBuyVolume
    rows[used + 4] = line
    this.used = used + ROW
  }

  private grow(): void {
    const larger = new Float64Array(Math.max(FIRST_ROWS * ROW, this.rows.length * 2))
    larger.set(this.rows)
    this.grown((larger.length - this.rows.length) * 8)
    this.rows = larger
  }

  /** Bytes of the rows in memory. */
  get heldBytes(): number {
    return this.used * 8
  }

  /** Moves the rows to the end of a file; returns how many bytes were written. */
  spill(descriptor: number, at: number): number {
    if (this.used === 0) return 0
    const bytes = new Uint8Array(this.rows.buffer, 0, this.used * 8)
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done, bytes.length - done, at + done)
    this.spilled.push({ at, length: this.used })
    this.forget()
    return bytes.length
  }

  forget(): void {
    this.grown(-this.rows.length * 8)
    this.rows = new Float64Array(0)
    this.used = 0
  }

  /** All rows, `ROW` numbers each. */
  read(descriptor: number | undefined): Float64Array {
    if (this.spilled.length === 0) return this.rows.subarray(0, this.used)
    let length = this.used
    for (const part of this.spilled) length += part.length
    const rows = new Float64Array(length)
    let to = 0
    for (const part of this.spilled) {
      const bytes = new Uint8Array(rows.buffer, to * 8, part.length * 8)
      for (let done = 0; done < bytes.length; ) {
        const read = readSync(descriptor!, bytes, done, bytes.length - done, part.at + done)
        if (read === 0) throw new Error('the temporary file of decoded prices was cut short')
        done += read
      }
      to += part.length
    }
    rows.set(this.rows.subarray(0, this.used), to)
    return rows
  }
}

/** Takes the rows of a day that nobody will ask for. */
class NoRows extends RowList {
  constructor() {
    super(() => undefined)
  }

  override push(): void {}
}

/** The midnights of the days whose rows are kept: the first, and the one after the last. */
export interface KeptDays {
  readonly fromMs: number
  readonly untilMs: number
}

/** Bytes of a row, in memory and on disk. */
export const ROW_BYTES = ROW * 8

/** The decoded rows of one input file, by symbol and day. */
export class FileRows {
  /** What the times of a table's rows lie on. */
  readonly grid = new TimeGrid()
  private readonly days = new Map<string, Map<number, RowList>>()
  private descriptor: number | undefined
  private onDisk = 0

  constructor(
    private readonly kept: KeptDays,
    private readonly grown: (bytes: number) => void,
    private readonly openSpill: () => number,
  ) {}

  /** Bytes on disk, when what is in memory has gone there, too. */
  bytesWhenSpilled(): number {
    let bytes = this.onDisk
    for (const days of this.days.values()) for (const rows of days.values()) bytes += rows.heldBytes
    return bytes
  }

  get symbols(): string[] {
    return [...this.days.keys()]
  }

  /** The midnights of the days there are rows of. */
  *dayStarts(): Generator<number> {
    for (const days of this.days.values()) yield* days.keys()
  }

  /** The list that rows of a symbol and day are added to. */
  list(symbol: string, dayMs: number): RowList {
    const days = this.days.get(symbol) ?? new Map<number, RowList>()
    if (days.size === 0) this.days.set(symbol, days)
    const isKept = dayMs >= this.kept.fromMs && dayMs < this.kept.untilMs
    const rows = days.get(dayMs) ?? (isKept ? new RowList(this.grown) : new NoRows())
    days.set(dayMs, rows)
    return rows
  }

  read(symbol: string, dayMs: number): Float64Array | undefined {
    return this.days.get(symbol)?.get(dayMs)?.read(this.descriptor)
  }

  spill(): void {
    this.descriptor ??= this.openSpill()
    for (const days of this.days.values()) {
      for (const rows of days.values()) this.onDisk += rows.spill(this.descriptor, this.onDisk)
    }
  }

  close(): void {
    for (const days of this.days.values()) for (const rows of days.values()) rows.forget()
    this.days.clear()
    if (this.descriptor !== undefined) closeSync(this.descriptor)
    this.descriptor = undefined
  }
}

export interface RowStoreLimits {
  readonly memoryBytes: number
  /** What may be on disk at a time. */
  readonly spillBytesMax: number
  /** Where to; default: the system's temporary folder. */
  readonly spillFolder: string | undefined
}

/**
 * Decoded rows of all files in use. Up to `memoryBytes` stay in memory (each list may be half empty, and one more block
 * of lines may come on top); beyond that everything moves to temporary files, 40 bytes a row, from which a symbol's day
 * is read back in a few pieces.
 */
export class RowStore {
  private bytes = 0
  private folder: string | undefined
  private spills = 0
  private readonly files = new Set<FileRows>()

  constructor(private readonly limits: RowStoreLimits) {}

  add(kept: KeptDays): FileRows {
    const rows = new FileRows(
      kept,
      (bytes) => {
        this.bytes += bytes
      },
      () => this.openSpill(),
    )
    this.files.add(rows)
    return rows
  }

  /** To be called now and then while rows are added. Throws SpillLimitError. */
  keepWithinBudget(): void {
    const { memoryBytes, spillBytesMax } = this.limits
    if (this.bytes <= memoryBytes) return
    let neededBytes = 0
    for (const rows of this.files) neededBytes += rows.bytesWhenSpilled()
    if (neededBytes > spillBytesMax) throw new SpillLimitError(neededBytes, spillBytesMax)
    for (const rows of this.files) rows.spill()
  }

  remove(rows: FileRows): void {
    rows.close()
    this.files.delete(rows)
  }

  close(): void {
    for (const rows of this.files) this.remove(rows)
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true })
    this.folder = undefined
  }

  private openSpill(): number {
    const { spillFolder = tmpdir() } = this.limits
    mkdirSync(spillFolder, { recursive: true })
    this.folder ??= mkdtempSync(join(spillFolder, '.dolphin-klines-'))
    const path = join(this.folder, `${this.spills++}.rows`)
    const descriptor = openSync(path, 'wx+')
    // Where the system allows it, the file has no name from now on, so that nothing is left behind by a killed process.
    try {
      rmSync(path)
    } catch {}
    return descriptor
  }
}
