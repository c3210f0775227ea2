import { bigEndianInteger, decimalNumber, MISSING_WORDS, scaledDecimal } from '../../base/decimal.js'
import { found } from '../../base/mistakes.js'
import type { PlannedColumn } from './day-schema.js'
import type { Kernels } from './kernels.js'
import { Refusal } from './refusal.js'

/**
 * Prices that are stored as decimals or as text, each read as the float64 nearest to it: what DuckDB, Spark and polars make of
 * a DECIMAL column, and whoever read a CSV without telling types.
 */

/** Decimals of a fixed width: integers, or big-endian two's complement of `storedWidth` bytes. */
export function widenDecimals(
  kernels: Kernels,
  { source }: PlannedColumn,
  src: number,
  count: number,
  out: number,
): void {
  const { type, meaning, fixedBytes } = source
  const scale = meaning.type === 'decimal' ? meaning.scale : 0
  const { view, bytes } = kernels
  const unscaled = (i: number): bigint | number => {
    if (type === 'INT32') return view.getInt32(src + i * 4, true)
    if (type === 'INT64') return view.getBigInt64(src + i * 8, true)
    const at = src + i * fixedBytes
    return bigEndianInteger(bytes.subarray(at, at + fixedBytes))
  }
  for (let i = 0; i < count; i++) view.setFloat64(out + i * 8, scaledDecimal(unscaled(i), scale), true)
}

/** Where values of any length lie, one after the other, each behind its length. */
export interface Lengths {
  readonly at: number
  readonly end: number
  readonly count: number
}

/** The texts of a chunk that are no numbers, each known in the column by a bit pattern of its own. */
export class Unread {
  private readonly texts: string[] = []

  /** A NaN that says which text stands there; entries of a dictionary that no row refers to do no harm. */
  mark(text: string): bigint {
    this.texts.push(text)
    return MARK | BigInt(this.texts.length - 1)
  }

  /** Refuses the first row of the values at `at` that holds such a text; otherwise gives `at`. */
  refuse(view: DataView, at: number, { rows, first }: RowSpan): number {
    for (let row = 0; row < rows && this.texts.length > 0; row++) {
      const bits = view.getBigUint64(at + row * 8, true)
      if ((bits & MARK_BITS) !== MARK) continue
      throw new Refusal('a price as decimal text, or nothing', found(this.texts[Number(bits & ~MARK_BITS)]), {
        row: first + row,
      })
    }
    return at
  }
}

/** So many rows from this one of the file on, counted from 0. */
export interface RowSpan {
  readonly rows: number
  readonly first: number
}

/** The payload of a NaN that no arithmetic makes; its low 32 bits number the text. */
const MARK = 0x7ff8_d01f_0000_0000n
const MARK_BITS = 0xffff_ffff_0000_0000n
/** The bit pattern of NaN as it stands in a float64 column. */
const NAN_BITS = 0x7ff8_0000_0000_0000n
/** No number is written longer. */
const VALUE_BYTES_MAX = 1_024

/** Reads `count` values of any length into 8 bytes each at `out`: decimals, or text. */
export function readByteArrays(
  kernels: Kernels,
  { source }: PlannedColumn,
  from: Lengths,
  out: number,
  unread: Unread,
): void {
  const { view, bytes } = kernels
  const { meaning } = source
  let { at } = from
  for (let i = 0; i < from.count; i++) {
    const length = at + 4 <= from.end ? view.getUint32(at, true) : -1
    if (length < 0 || length > from.end - at - 4) throw new Refusal(`${from.count} values`, `their end after ${i}`)
    at += 4
    if (meaning.type === 'decimal') {
      if (length > VALUE_BYTES_MAX) throw new Refusal('a decimal', `one of ${length} bytes`)
      view.setFloat64(
        out + i * 8,
        scaledDecimal(bigEndianInteger(bytes.subarray(at, at + length)), meaning.scale),
        true,
      )
    } else {
      const text = TEXT.decode(bytes.subarray(at, at + Math.min(length, VALUE_BYTES_MAX))).trim()
      const value = decimalNumber(text)
      if (Number.isFinite(value)) view.setFloat64(out + i * 8, value, true)
      else view.setBigUint64(out + i * 8, MISSING_WORDS.has(text.toLowerCase()) ? NAN_BITS : unread.mark(text), true)
    }
    at += length
  }
}

const TEXT = new TextDecoder()
