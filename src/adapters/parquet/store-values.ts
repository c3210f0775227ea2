import type { PlannedColumn } from './day-schema.js'
import { Refusal } from './refusal.js'

/** A missing counter; the smallest int64, which no counter and no time is. */
export const MISSING_INT64 = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n

/** What a null becomes. */
export function missingOf(column: PlannedColumn): number | bigint {
  return column.target === 'float64' ? Number.NaN : MISSING_INT64
}

/** Stores decoded values (numbers, bigints, null for missing) at `row` and after, converted to the column's target. */
export function storeValues(
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
  const column_ = column.source.name
  if (value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value))) return MISSING_INT64
  if (typeof value === 'bigint') {
    const scaled = value * BigInt(column.scale)
    if (scaled > MISSING_INT64 && scaled <= INT64_MAX) return scaled
  } else if (typeof value === 'number' && Number.isSafeInteger(value)) {
    return BigInt(value) * BigInt(column.scale)
  }
  throw new Refusal('a whole number within int64', `${String(value)}`, { column: column_, row })
}
