import type { Scan, WindowScan } from './vocabulary/scan.js'

/** What of a window is kept. */
export type WindowRecord = Pick<WindowScan, 'lambdaMax' | 'velocity' | 'rotation' | 'instability'>

/** What of a scan is kept: the 27 fields of its file say this and nothing else. Every {@link Scan} is one. */
export interface ScanRecord
  extends Pick<
    Scan,
    | 'scanNumber'
    | 'timestampNs'
    | 'velDiv'
    | 'regimeSignal'
    | 'instabilityComposite'
    | 'dataQuality'
    | 'assets'
    | 'prices'
    | 'loadings'
  > {
  /** In the order of `SCAN_WINDOWS`. */
  readonly windows: readonly [WindowRecord, WindowRecord, WindowRecord, WindowRecord]
}

export interface ArchivedScan {
  readonly path: string
  readonly record: ScanRecord
}

/**
 * Where scans are kept, one file each. Between opening and closing it has this one writer.
 *
 * A file is there whole or not at all, and durable once `write` resolves. Writing a number that is not above
 * `lastNumber` is a bug and throws: no scan number ever has two files.
 */
export interface ScanArchive {
  /** Highest scan number there is; 0 when there is none. */
  readonly lastNumber: number
  /** @returns the file's path. */
  write(scan: ScanRecord): Promise<string>
  /** Scans with numbers above `number`, in the order of their numbers. A file that cannot be read throws {@link ScanFileError}. */
  after(number: number): AsyncIterable<ArchivedScan>
  /** The scan with the highest number. */
  last(): Promise<ArchivedScan | undefined>
  close(): Promise<void>
}

/** Why a scan's file could not be used: what was expected, what was found, and where. */
export class ScanFileError extends Error {
  override readonly name = 'ScanFileError'
  constructor(
    readonly where: { readonly file: string; readonly field?: string },
    readonly expected: string,
    readonly found: string,
  ) {
    const place = where.field === undefined ? '' : `, field '${where.field}'`
    super(`${where.file}${place}: expected ${expected}, found ${found}`)
  }
}

/** Why an archive could not be opened; the message is for the person who named the folder. */
export class ScanArchiveError extends Error {
  override readonly name = 'ScanArchiveError'
}
