import type { AsyncBuffer, DecodedArray } from 'hyparquet'
import { MISSING_INT64, type PlannedColumn } from '../../../src/adapters/parquet/day-schema.js'
import { Refusal } from '../../../src/adapters/parquet/refusal.js'

const identity = (value: bigint): bigint => value
/** Times as the integers they are stored as: hyparquet's own parsers give `Date`, which loses nanoseconds. */
const RAW_TIMES = {
  timestampFromMilliseconds: identity,
  timestampFromMicroseconds: identity,
  timestampFromNanoseconds: identity,
}

/**
 * Decodes one column with hyparquet into `output`: the oracle, whose code shares nothing with
 * `decodeColumn`. Float64 columns miss values as NaN, int64 columns as `MISSING_INT64`.
 */
export async function decodeWithHyparquet(
  bytes: Uint8Array,
  rowsExpected: number,
  column: PlannedColumn,
  output: Float64Array | BigInt64Array,
): Promise<void> {
  const [{ parquetRead }, { compressors }] = await Promise.all([import('hyparquet'), import('hyparquet-compressors')])
  const file: AsyncBuffer = {
    byteLength: bytes.byteLength,
    // A Buffer's own `slice` would be a view of the whole.
    slice: (start, end) => Uint8Array.prototype.slice.call(bytes, start, end).buffer as ArrayBuffer,
  }
  let rows = 0
  let failure: unknown
  await parquetRead({
    file,
    columns: [column.source.name],
    compressors,
    parsers: RAW_TIMES,
    onChunk: ({ columnData, rowStart }: { columnData: DecodedArray; rowStart: number }) => {
      try {
        storeValues(column, columnData, output, rowStart)
      } catch (error) {
        failure ??= error // hyparquet swallows what this callback throws
      }
      rows += columnData.length
    },
  })
  if (failure !== undefined) throw failure
  if (rows !== rowsExpected) throw new Refusal(`${rowsExpected} values`, `${rows}`)
}

const INT64_MAX = 2n ** 63n - 1n

/** Stores decoded values (numbers, bigints, null for missing) at `row` and after, converted to the column's target. */
function storeValues(
  column: PlannedColumn,
  values: ArrayLike<unknown>,
  output: Float64Array | BigInt64Array,
  row: number,
): void {
  if (values.length > output.length - row) {
    throw new Refusal(`${output.length} values`, `at least ${row + values.length}`, { column: column.source.name })
  }
  if (output instanceof Float64Array) {
    for (let i = 0; i < values.length; i++) output[row + i] = toFloat64(column, values[i])
  } else {
    for (let i = 0; i < values.length; i++) output[row + i] = toInt64(column, values[i], row + i)
  }
}

function toFloat64(column: PlannedColumn, value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value === null || value === undefined) return Number.NaN
  throw new Refusal('numbers', typeof value, { column: column.source.name })
}

function toInt64(column: PlannedColumn, value: unknown, row: number): bigint {
  const columnName = column.source.name
  if (value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value))) return MISSING_INT64
  if (typeof value === 'bigint') {
    const scaled = value * BigInt(column.scale)
    if (scaled > MISSING_INT64 && scaled <= INT64_MAX) return scaled
  } else if (typeof value === 'number' && Number.isSafeInteger(value)) {
    return BigInt(value) * BigInt(column.scale)
  }
  throw new Refusal('a whole number within int64', `${String(value)}`, { column: columnName, row })
}
