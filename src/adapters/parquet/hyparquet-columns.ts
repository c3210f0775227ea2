import type { AsyncBuffer, DecodedArray } from 'hyparquet'
import type { DayPlan, PlannedColumn } from './day-schema.js'
import { Refusal } from './refusal.js'
import { missingOf, storeValues } from './store-values.js'

const identity = (value: bigint): bigint => value
/** Times as the integers they are stored as: hyparquet's own parsers give `Date`, which loses nanoseconds. */
const RAW_TIMES = {
  timestampFromMilliseconds: identity,
  timestampFromMicroseconds: identity,
  timestampFromNanoseconds: identity,
}

/**
 * Decodes columns with hyparquet: every encoding and codec there is, some twelve times slower than `decodeColumns`.
 * Writes into `outputs`, one view per planned column in `columns`.
 */
export async function decodeWithHyparquet(
  bytes: Uint8Array,
  plan: DayPlan,
  columns: readonly PlannedColumn[],
  outputs: readonly (Float64Array | BigInt64Array)[],
): Promise<void> {
  const [{ parquetRead }, { compressors }] = await Promise.all([import('hyparquet'), import('hyparquet-compressors')])
  const file: AsyncBuffer = {
    byteLength: bytes.byteLength,
    slice: (start, end) => Uint8Array.prototype.slice.call(bytes, start, end).buffer as ArrayBuffer,
  }
  for (const [i, column] of columns.entries()) {
    const output = outputs[i]!
    output.fill(missingOf(column) as never)
    const { name } = column.source
    let rows = 0
    await parquetRead({
      file,
      columns: [name],
      compressors,
      parsers: RAW_TIMES,
      onChunk: ({ columnData, rowStart }: { columnData: DecodedArray; rowStart: number }) => {
        storeValues(column, columnData, output, rowStart)
        rows += columnData.length
      },
    })
    if (rows !== plan.rows) throw new Refusal(`${plan.rows} values`, `${rows}`, { column: name })
  }
}
