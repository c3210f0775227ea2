import { NS_PER_DAY } from '../../base/utc-date.js'
import { MISSING_INT64, type PlannedColumn } from './day-schema.js'
import { widenDecimals } from './exact-values.js'
import type { PhysicalType } from './footer.js'
import type { Kernels } from './kernels.js'
import { Refusal } from './refusal.js'

/** Bytes of one plain value of a type that a planned column can have; of text and other values of any length, the least. */
export function storedWidth({ source }: PlannedColumn): number {
  return source.type === 'FIXED_LEN_BYTE_ARRAY' ? source.fixedBytes : (WIDTHS[source.type] ?? 8)
}

const WIDTHS: Readonly<Partial<Record<PhysicalType, number>>> = {
  INT32: 4,
  FLOAT: 4,
  INT64: 8,
  DOUBLE: 8,
  INT96: 12,
  BYTE_ARRAY: 4, // the length of an empty one
}

/** Whether the plain stored values of a column are, byte for byte, what is read of them. */
export function isStoredAsRead(column: PlannedColumn): boolean {
  const { source, target, scale } = column
  if (source.type === 'DOUBLE') return target === 'float64'
  return source.type === 'INT64' && target === 'int64' && scale === 1 && !isUnsigned(column)
}

const INT64_BOUND = 2n ** 63n - 1n

/**
 * Converts `count` plain stored values at `src` into the column's 8-byte values at `out`; `src` may be `out` for types of
 * 8 bytes. The types that day files have go through the kernels or a copy, the others value by value.
 */
export function widen(kernels: Kernels, column: PlannedColumn, src: number, count: number, out: number): void {
  const { source, target, scale } = column
  const unsigned = isUnsigned(column)
  if (source.meaning.type === 'decimal') {
    widenDecimals(kernels, column, src, count, out)
    return
  }
  if (isStoredAsRead(column)) kernels.bytes.copyWithin(out, src, src + count * 8)
  else if (source.type === 'INT64' && !(unsigned && target === 'int64')) {
    if (src !== out) kernels.bytes.copyWithin(out, src, src + count * 8)
    if (target === 'float64') kernels.run.float(out, count, unsigned ? 1 : 0)
    else if (scale !== 1) scaleTimes(kernels, BigInt(scale), count, out)
  } else {
    const read = readerOf(column)
    const width = storedWidth(column)
    const { view } = kernels
    if (target === 'float64') {
      const output = new Float64Array(view.buffer, out, count)
      for (let i = 0; i < count; i++) output[i] = Number(read(view, src + i * width))
    } else {
      const output = new BigInt64Array(view.buffer, out, count)
      for (let i = 0; i < count; i++) output[i] = wholeNumber(read(view, src + i * width))
    }
  }
}

function isUnsigned({ source: { meaning } }: PlannedColumn): boolean {
  return meaning.type === 'integer' && !meaning.signed
}

function scaleTimes(kernels: Kernels, factor: bigint, count: number, at: number): void {
  const valid = kernels.run.scale(at, count, factor, INT64_BOUND / factor)
  if (valid !== count) throw new Refusal('times within int64 nanoseconds', 'one beyond')
}

type ValueReader = (view: DataView, at: number) => number | bigint

function readerOf(column: PlannedColumn): ValueReader {
  const unsigned = isUnsigned(column)
  switch (column.source.type) {
    case 'FLOAT':
      return (view, at) => view.getFloat32(at, true)
    case 'DOUBLE':
      return (view, at) => view.getFloat64(at, true)
    case 'INT32':
      return unsigned ? (view, at) => view.getUint32(at, true) : (view, at) => view.getInt32(at, true)
    case 'INT64':
      return unsigned ? (view, at) => view.getBigUint64(at, true) : (view, at) => view.getBigInt64(at, true)
    case 'INT96':
      return int96Time
    case 'FIXED_LEN_BYTE_ARRAY':
      return float16
    default:
      throw new Refusal('a column of numbers', column.source.type)
  }
}

/** 1970-01-01 as a Julian day. */
const EPOCH_JULIAN_DAY = 2_440_588

/** The time of Impala and of Spark before 3: nanoseconds of the day, then the Julian day. */
function int96Time(view: DataView, at: number): bigint {
  const day = view.getInt32(at + 8, true) - EPOCH_JULIAN_DAY
  return BigInt(day) * NS_PER_DAY + view.getBigInt64(at, true)
}

function float16(view: DataView, at: number): number {
  const bits = view.getUint16(at, true)
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  const sign = bits < 0x8000 ? 1 : -1
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
}

/** Counters that were written as floats because some were missing come back as they were. */
function wholeNumber(value: number | bigint): bigint {
  if (typeof value === 'bigint') {
    if (value >= MISSING_INT64 && value <= INT64_BOUND) return value
  } else {
    if (Number.isNaN(value)) return MISSING_INT64
    if (Number.isSafeInteger(value)) return BigInt(value)
  }
  throw new Refusal('whole numbers within int64', `${value}`)
}
