import { assert } from '../../base/assert.js'
import type { IsoDate } from '../../base/utc-date.js'
import {
  type BarStep,
  type KlineArchive,
  KlineError,
  type KlineFile,
  type PassedOverFile,
  type SymbolDay,
} from '../../ports/klines.js'
import { readArchiveCsv } from './archive-csv.js'
import { type ArchiveName, parseArchiveName } from './archive-name.js'
import { verifyChecksum } from './checksum.js'
import { openCsv } from './csv-source.js'
import { findInputFiles, type InputFile } from './input-files.js'
import { type DayPart, mergeDay } from './merge-day.js'
import { type FileRows, type KeptDays, ROW_BYTES, RowStore } from './row-store.js'
import { readTidyCsv } from './tidy-csv.js'
import { readTidyParquet } from './tidy-parquet.js'
import { TimeGrid } from './time-grid.js'
import { DAY_MS, isoDateOf } from './times.js'

export interface OpenKlinesOptions {
  readonly signal?: AbortSignal
  /** Bytes of decoded rows that may stay in memory; more go to temporary files. */
  readonly memoryBytes?: number
  /** Where to; made when needed. Default: the system's temporary folder, which may itself be memory. */
  readonly spillFolder?: string
  /** Bytes that may be there at a time. Default: no limit. */
  readonly spillBytesMax?: number
  /** No day after this one will be read: its rows are checked, and not kept. */
  readonly until?: IsoDate
  /** Hold every file that is read against the `.CHECKSUM` beside it. Default: true. */
  readonly checksums?: boolean
}

const MEMORY_BYTES = 256 * 1024 * 1024

/**
 * Opens price files: Binance's public kline archives (`BTCUSDT-1m-2025-05-10.zip`, `BTCUSDT-1m-2025-05.csv`) and tidy
 * tables (`.csv`, `.zip`, `.parquet` with the columns `timestamp, symbol, close[, volume, taker_buy_volume]`), as files or
 * folders, mixed.
 *
 * Tidy tables are read when they are opened, archives when their first day is asked for, and each whole: only then are
 * a ZIP's checksum and a table's every row known to be good. Decoded rows take 40 bytes; `memoryBytes` (default 256 MiB)
 * of them stay in memory and the rest waits in temporary files until the symbol has gone past the file's last day. Of an
 * archive only the days from the first one read are kept; an earlier one decodes the file once more. On top come one chunk of text (256 KiB), a Parquet table's row group, and the day that is given out.
 *
 * Throws KlineError for a path, a name or a table that cannot be used, and SpillLimitError.
 */
export async function openKlines(inputs: readonly string[], options: OpenKlinesOptions = {}): Promise<KlineArchive> {
  const {
    signal,
    memoryBytes = MEMORY_BYTES,
    spillFolder,
    spillBytesMax = Number.POSITIVE_INFINITY,
    until,
    checksums = true,
  } = options
  signal?.throwIfAborted()
  const { files, ignored } = await findInputFiles(inputs, signal)
  const store = new RowStore({ memoryBytes, spillBytesMax, spillFolder })
  const untilMs = until === undefined ? Number.POSITIVE_INFINITY : endOf(until)
  const archive = new OpenArchive(files, ignored, store, { memoryBytes, untilMs, checksums, signal })
  try {
    await archive.open()
  } catch (error) {
    await archive.close()
    throw error
  }
  return archive
}

/** One file of Binance's archive: decoded when needed, forgotten when passed. */
interface ArchivePart {
  readonly file: KlineFile
  readonly name: ArchiveName
  decoded?: { readonly rows: FileRows; readonly label: string; readonly fromMs: number }
}

interface TidyPart {
  readonly file: InputFile & { readonly kind: 'tidy-csv' | 'tidy-parquet' }
  readonly label: string
  readonly rows: FileRows
}

interface ReadingLimits {
  readonly memoryBytes: number
  /** The midnight after the last day that may be read. */
  readonly untilMs: number
  readonly checksums: boolean
  readonly signal: AbortSignal | undefined
}

class OpenArchive implements KlineArchive {
  symbols: readonly string[] = []
  from: IsoDate = ''
  to: IsoDate = ''
  steps: readonly BarStep[] = []
  readonly files: readonly KlineFile[]
  private readonly archives = new Map<string, ArchivePart[]>()
  private readonly tidy: TidyPart[] = []
  private readonly verified = new Set<string>()
  /** Reads wait for one another: decoding is work of this thread anyway, and one file at a time bounds the memory. */
  private last: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly inputs: readonly InputFile[],
    readonly ignored: readonly PassedOverFile[],
    private readonly store: RowStore,
    private readonly limits: ReadingLimits,
  ) {
    this.files = inputs.map(({ path, bytes, modifiedMs }) => ({ path, bytes, modifiedMs }))
  }

  async open(): Promise<void> {
    let [fromMs, untilMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    const cover = (from: number, until: number) => {
      fromMs = Math.min(fromMs, from)
      untilMs = Math.max(untilMs, until)
    }
    for (const input of this.inputs) {
      if (input.kind === 'archive') {
        this.addArchive(input, input.name)
        cover(input.name.fromMs, input.name.untilMs)
      } else {
        const part = await this.openTidy(input)
        for (const dayMs of part.rows.dayStarts()) cover(dayMs, dayMs + DAY_MS)
      }
    }
    if (fromMs > untilMs) throw new KlineError(this.inputs[0]!.path, 'a table with at least one price', 'none')
    this.symbols = [...new Set([...this.archives.keys(), ...this.tidy.flatMap(({ rows }) => rows.symbols)])].sort()
    this.from = isoDateOf(fromMs)
    this.to = isoDateOf(untilMs - 1)
    this.steps = this.findSteps()
  }

  read(symbol: string, date: IsoDate): Promise<SymbolDay | undefined> {
    const reading = this.last.then(() => this.readNow(symbol, date))
    this.last = reading.catch(() => undefined)
    return reading
  }

  spillBytes(symbols: readonly string[], from: IsoDate, to: IsoDate): number {
    const [fromMs, untilMs] = [Date.parse(from), endOf(to)]
    const changes: { readonly atMs: number; readonly rows: number }[] = []
    for (const { name } of symbols.flatMap((symbol) => this.archives.get(symbol) ?? [])) {
      const [first, end] = [Math.max(name.fromMs, fromMs), Math.min(name.untilMs, untilMs)]
      if (first >= end) continue
      const rows = (end - first) / name.intervalMs
      changes.push({ atMs: first, rows }, { atMs: end, rows: -rows })
    }
    changes.sort((a, b) => a.atMs - b.atMs || a.rows - b.rows)
    let [rows, most] = [0, 0]
    for (const change of changes) {
      rows += change.rows
      most = Math.max(most, rows)
    }
    return most * ROW_BYTES <= this.limits.memoryBytes ? 0 : most * ROW_BYTES
  }

  async close(): Promise<void> {
    await this.last
    this.store.close()
  }

  private async readNow(symbol: string, date: IsoDate): Promise<SymbolDay | undefined> {
    this.limits.signal?.throwIfAborted()
    const dayMs = Date.parse(`${date}T00:00:00Z`)
    assert(dayMs < this.limits.untilMs, 'no day after the last one announced is read')
    const parts: { path: string; part: DayPart }[] = []
    for (const archive of this.archives.get(symbol) ?? []) {
      const { name, file } = archive
      if (dayMs >= name.untilMs) this.forget(archive)
      if (!(dayMs >= name.fromMs && dayMs < name.untilMs)) continue
      archive.decoded = await this.decodedFrom(archive, dayMs)
      const rows = archive.decoded.rows.read(symbol, dayMs)
      const { label } = archive.decoded
      if (rows) parts.push({ path: file.path, part: { label, rows, hasVolume: true, hasTakerBuyVolume: true } })
    }
    for (const { file, label, rows: decoded } of this.tidy) {
      const rows = decoded.read(symbol, dayMs)
      const [hasVolume, hasTakerBuyVolume] = [
        file.columns.volume !== undefined,
        file.columns.takerBuyVolume !== undefined,
      ]
      if (rows) parts.push({ path: file.path, part: { label, rows, hasVolume, hasTakerBuyVolume } })
    }
    // In path order, so that the order of the inputs shows nowhere.
    parts.sort((a, b) => (a.path < b.path ? -1 : 1))
    return mergeDay(
      symbol,
      parts.map(({ part }) => part),
    )
  }

  private findSteps(): BarStep[] {
    const steps = new Map<number, BarStep>()
    for (const { file, name } of [...this.archives.values()].flat()) {
      const { intervalMs: ms } = name
      if (!steps.has(ms)) steps.set(ms, { ms, source: 'archive', place: file.path })
    }
    const grid = new TimeGrid()
    for (const { rows } of this.tidy) grid.join(rows.grid)
    const table: BarStep[] = grid.used ? [{ ms: grid.ms, source: 'table', place: grid.place }] : []
    return [...steps.values(), ...table]
  }

  private addArchive(file: KlineFile, name: ArchiveName): void {
    const parts = this.archives.get(name.symbol) ?? []
    const other = parts.find((part) => part.name.interval !== name.interval)
    if (other !== undefined) {
      throw new KlineError(
        file.path,
        `one interval per symbol (${other.name.interval} as in ${other.file.path})`,
        name.interval,
      )
    }
    parts.push({ file, name })
    this.archives.set(name.symbol, parts)
  }

  private async openTidy(input: InputFile & { kind: 'tidy-csv' | 'tidy-parquet' }): Promise<TidyPart> {
    await this.verify(input.path)
    const rows = this.store.add({ fromMs: Number.NEGATIVE_INFINITY, untilMs: this.limits.untilMs })
    const label = input.kind === 'tidy-csv' ? input.source.label : input.path
    if (input.kind === 'tidy-csv') await readTidyCsv(input.source, input.columns, rows, this.onBlock)
    else await readTidyParquet(input.path, input.columns, rows, this.onBlock)
    const part = { file: input, label, rows }
    this.tidy.push(part)
    return part
  }

  /** Reading goes forward, so the days before are not kept; where it goes back after all, it may go back further. */
  private async decodedFrom(archive: ArchivePart, dayMs: number): Promise<NonNullable<ArchivePart['decoded']>> {
    const { decoded, name } = archive
    if (decoded !== undefined && dayMs >= decoded.fromMs) return decoded
    this.forget(archive)
    return this.decodeArchive(archive, {
      fromMs: decoded === undefined ? dayMs : name.fromMs,
      untilMs: this.limits.untilMs,
    })
  }

  private async decodeArchive(
    { file, name }: ArchivePart,
    kept: KeptDays,
  ): Promise<NonNullable<ArchivePart['decoded']>> {
    await this.verify(file.path)
    const source = await openCsv(file.path, this.limits.signal)
    const entryName = parseArchiveName(source.entryName)
    // A ZIP that was renamed would give its prices to another symbol or day.
    if (entryName !== undefined && !isSame(entryName, name)) {
      throw new KlineError(file.path, 'the CSV that the name of the ZIP announces', source.entryName)
    }
    const rows = this.store.add(kept)
    try {
      await readArchiveCsv(source, name, rows, this.onBlock)
    } catch (error) {
      this.store.remove(rows)
      throw error
    }
    return { rows, label: source.label, fromMs: kept.fromMs }
  }

  /** Once a file: of an archive when its first day is asked for. */
  private async verify(path: string): Promise<void> {
    if (!this.limits.checksums || this.verified.has(path)) return
    await verifyChecksum(path, this.limits.signal)
    this.verified.add(path)
  }

  private forget(archive: ArchivePart): void {
    if (archive.decoded !== undefined) this.store.remove(archive.decoded.rows)
    delete archive.decoded
  }

  private readonly onBlock = (): void => {
    this.limits.signal?.throwIfAborted()
    this.store.keepWithinBudget()
  }
}

function endOf(date: IsoDate): number {
  return Date.parse(date) + DAY_MS
}

function isSame(a: ArchiveName, b: ArchiveName): boolean {
  return a.symbol === b.symbol && a.interval === b.interval && a.fromMs === b.fromMs && a.untilMs === b.untilMs
}
