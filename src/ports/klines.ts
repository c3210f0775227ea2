import type { IsoDate } from '../base/utc-date.js'

/** One symbol's bars of one UTC day, in time order, each time once. All arrays have the same length. */
export interface SymbolDay {
  /** Open time of each bar, UTC milliseconds since the epoch, strictly increasing. */
  readonly openTimesMs: Float64Array
  readonly closes: Float64Array
  /** Base volume and the part of it that takers bought; absent where the input has no such columns, NaN where a value is missing. */
  readonly volume?: Float64Array
  readonly takerBuyVolume?: Float64Array
  /** Rows that repeated another with the same values and were dropped. */
  readonly duplicates: number
}

/** One input file that has been found. */
export interface KlineFile {
  readonly path: string
  readonly bytes: number
  readonly modifiedMs: number
}

/** A file of the input that holds no prices in a known form: what would be one, and what it is. */
export interface PassedOverFile {
  readonly path: string
  /** The path, and the line where there is one. */
  readonly place: string
  readonly expected: string
  readonly found: string
}

/** How far apart an input's bars are: all lie on multiples of `ms` from midnight. */
export interface BarStep {
  /** An archive's interval, or the largest step that holds all times of all tables; a table's may be any, down to 0.001. */
  readonly ms: number
  readonly source: 'archive' | 'table'
  /** A file with that step, or the row of a table that makes it so small. */
  readonly place: string
}

/** Why a price input cannot be used: the place (`archive.zip!entry.csv:12`), what was expected, what was found. */
export class KlineError extends Error {
  override readonly name = 'KlineError'
  constructor(
    readonly place: string,
    readonly expected: string,
    readonly found: string,
  ) {
    super(`${place}: expected ${expected}, found ${found}`)
  }
}

/** Decoded prices take more room on disk than they were allowed. Nothing of them is left there. */
export class SpillLimitError extends Error {
  override readonly name = 'SpillLimitError'
  constructor(
    /** What would be on disk with the next part; the whole input may need more. */
    readonly neededBytes: number,
    readonly limitBytes: number,
  ) {
    super(`decoded prices: expected at most ${limitBytes} bytes on disk, found at least ${neededBytes}`)
  }
}

/**
 * Prices of many symbols over many days, whatever files they came in. `read` may be called for any symbol and day; calls
 * that go forward in time per symbol are cheap, and memory stays bounded by a few symbol-days per symbol.
 */
export interface KlineArchive {
  /** Every symbol found, alphabetical. */
  readonly symbols: readonly string[]
  /** First and last UTC day that any file may hold. */
  readonly from: IsoDate
  readonly to: IsoDate
  /** The steps of the input: one for each interval of its archives, one for all its tables together. */
  readonly steps: readonly BarStep[]
  /** The input files, in path order. */
  readonly files: readonly KlineFile[]
  /** Files met in folders that hold no prices in a known form, in path order. */
  readonly ignored: readonly PassedOverFile[]
  /**
   * Bytes on disk that reading these symbols day by day will take at its peak, as far as names of files tell: what is in
   * tables is not counted. 0 where it fits in memory.
   */
  spillBytes(symbols: readonly string[], from: IsoDate, to: IsoDate): number
  /**
   * The bars of a symbol on a day; undefined when the input has none. Throws KlineError, and SpillLimitError where memory
   * and the room on disk are used up.
   */
  read(symbol: string, date: IsoDate): Promise<SymbolDay | undefined>
  close(): Promise<void>
}
