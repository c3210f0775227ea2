import { DataRefused } from '../base/mistakes.js'
import type { IsoDate } from '../base/utc-date.js'

/** The signal and eigen columns of a day file, in file order. A column named like a symbol is an asset's close price (`isSymbolName`). */
export const META_COLUMNS = [
  'timestamp',
  'scan_number',
  'vel_div',
  'v50_lambda_max_velocity',
  'v150_lambda_max_velocity',
  'v300_lambda_max_velocity',
  'v750_lambda_max_velocity',
  'instability_50',
  'instability_150',
] as const

/** Whether a day file has a column of that name which is no asset's, so that no symbol can be called so. */
export function isMetaColumn(name: string): boolean {
  return (META_COLUMNS as readonly string[]).includes(name)
}

/** The float64 meta columns that the engine itself does not read. */
export type EigenColumn = Exclude<(typeof META_COLUMNS)[number], 'timestamp' | 'scan_number' | 'vel_div'>

/**
 * One UTC day of bars, column by column. A missing value is NaN in every float column.
 * All arrays have length `bars`; arrays may be views over one shared buffer and must not be written to.
 */
export interface DayColumns {
  readonly date: IsoDate
  /** The file that the columns were read from, for messages; absent when they are of none. */
  readonly path?: string
  /** Rows of the day. */
  readonly bars: number
  /** Bar time, UTC nanoseconds since the epoch; absent when the file has none. */
  readonly timestampNs?: BigInt64Array
  /** Scan counter; absent when the file has none. A missing value is −2^63. */
  readonly scanNumber?: BigInt64Array
  /** The signal: `v50_lambda_max_velocity − v750_lambda_max_velocity`. */
  readonly velDiv: Float64Array
  /** The other eigen columns, when they were asked for and the file has them. */
  readonly eigen: Readonly<Partial<Record<EigenColumn, Float64Array>>>
  /** Asset symbols in file order. */
  readonly assets: readonly string[]
  /** Close prices, one array per asset in the order of `assets`. */
  readonly prices: readonly Float64Array[]
  /** Numeric columns of the file whose names are no symbols, which nobody reads: row counters, times, volumes. Absent: none. */
  readonly otherColumns?: readonly string[]
}

/** A symbol that was renamed: until the day before `date` its prices stand under `from`, and are read as those of `to`. */
export interface Rename {
  readonly from: string
  readonly to: string
  /** The first day on which it has its new name. */
  readonly date: IsoDate
}

/** A day file that has been found but not read. */
export interface DayFile {
  readonly date: IsoDate
  readonly path: string
  readonly bytes: number
}

export interface LoadedDay {
  readonly file: DayFile
  readonly columns: DayColumns
  /** SHA-256 of the file's bytes, lower-case hex. */
  readonly sha256: string
  /** Whether the columns came from the decoded-column cache. */
  readonly cached: boolean
}

/** Where a day is wrong: its file, or its date when it is of none, and where in it. */
export type DayPlace = DayOrigin & {
  readonly column?: string
  /** Of a Parquet file, counted from 0. */
  readonly rowGroup?: number
  /** Of the day, counted from 0. */
  readonly row?: number
}

export type DayOrigin = { readonly file: string } | { readonly date: IsoDate }

/** What a message about a day names it by. */
export function dayPlace({ date, path }: Pick<DayColumns, 'date' | 'path'>): DayOrigin {
  return path === undefined ? { date } : { file: path }
}

/** Why a day could not be used. The message names file, column, row group or row, what was expected and what was found. */
export class DayError extends DataRefused {
  override readonly name: string = 'DayError'
  constructor(
    readonly where: DayPlace,
    readonly expected: string,
    readonly found: string,
  ) {
    const place = [
      where.column === undefined ? '' : `, column '${where.column}'`,
      where.rowGroup === undefined ? '' : `, row group ${where.rowGroup}`,
      where.row === undefined ? '' : `, row ${where.row}`,
    ].join('')
    super(`${'file' in where ? where.file : `day ${where.date}`}${place}: expected ${expected}, found ${found}`)
  }
}

export type DayOutcome =
  | { readonly file: DayFile; readonly day: LoadedDay }
  | { readonly file: DayFile; readonly error: DayError }

export interface ReadDaysOptions {
  /** Decoding threads; 0 decodes on the calling thread. */
  readonly workers: number
  /** Also read the eigen columns the engine does not use (`DayColumns.eigen`, `scanNumber`). */
  readonly eigenColumns?: boolean
  /** Folder of the decoded-column cache; absent: no cache. */
  readonly cacheDir?: string
  /** Bytes of columns that the cache may hold, 10 GB when absent: those that were used longest ago go, none that is in use. */
  readonly cacheBytesMax?: number
  readonly signal?: AbortSignal
}

/**
 * Day files through a port. Outcomes come in the order of `files`, one per file, whatever the number of workers;
 * at most a fixed number of days is decoded ahead of the consumer, so memory does not grow with the number of files.
 * A file that cannot be read is an outcome with an error, never a throw; aborting the signal ends the iteration with the abort reason.
 */
export interface DaySource {
  read(files: readonly DayFile[], options: ReadDaysOptions): AsyncIterable<DayOutcome>
}

/** Writes one day file atomically: to a temporary name, fsynced, then renamed. The same columns give the same bytes. */
export interface DaySink {
  write(path: string, columns: DayColumns): Promise<{ readonly bytes: number; readonly sha256: string }>
}
