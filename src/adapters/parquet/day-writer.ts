import { createHash } from 'node:crypto'
import type { SchemaElement } from 'hyparquet'
import { writeAtomically } from '../../files/whole-file.js'
import { type DayColumns, type DaySink, META_COLUMNS } from '../../ports/days.js'
import { CREATED_BY } from './created-by.js'
import { MISSING_INT64 } from './day-schema.js'

/** One column of a table to write. `null` and, in a float64 column, NaN are written as null, as pandas does. */
export type TableColumn =
  | { readonly name: string; readonly type: 'string'; readonly values: readonly (string | null)[] }
  | { readonly name: string; readonly type: 'boolean'; readonly values: readonly (boolean | null)[] }
  | { readonly name: string; readonly type: 'float64'; readonly values: Float64Array | readonly (number | null)[] }
  | { readonly name: string; readonly type: 'int64'; readonly values: BigInt64Array | readonly (bigint | null)[] }
  | { readonly name: string; readonly type: 'timestampNs'; readonly values: BigInt64Array }

/** Size and hash of what was written; the same columns give the same bytes. */
export interface WrittenFile {
  readonly bytes: number
  readonly sha256: string
}

/** Writes days as Parquet: Snappy, one row group, `timestamp` as UTC nanoseconds, missing values as null. */
export const parquetDayWriter: DaySink = {
  write: (path, columns) => writeTable(path, columnsOfDay(columns)),
}

/** Writes a table as Parquet, atomically. All columns must have the same length. */
export async function writeTable(path: string, columns: readonly TableColumn[]): Promise<WrittenFile> {
  const rows = columns[0]?.values.length ?? 0
  for (const { name, values } of columns) {
    if (values.length !== rows) throw new Error(`column '${name}': ${rows} values expected, found ${values.length}`)
  }
  const { parquetWriteBuffer } = await import('hyparquet-writer')
  const schema: SchemaElement[] = [{ name: 'schema', num_children: columns.length }]
  for (const column of columns) schema.push(schemaElement(column))
  const buffer = parquetWriteBuffer({
    schema,
    columnData: columns.map((column) => ({ name: column.name, ...columnData(column) })),
    codec: 'SNAPPY',
    rowGroupSize: Math.max(rows, 1),
    createdBy: CREATED_BY,
  })
  const bytes = new Uint8Array(buffer)
  await writeAtomically(path, bytes)
  return { bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') }
}

function columnsOfDay(day: DayColumns): TableColumn[] {
  const table: TableColumn[] = []
  const float = (name: string, values: Float64Array) => table.push({ name, type: 'float64', values })
  if (day.timestampNs !== undefined) table.push({ name: 'timestamp', type: 'timestampNs', values: day.timestampNs })
  if (day.scanNumber !== undefined) table.push({ name: 'scan_number', type: 'int64', values: day.scanNumber })
  float('vel_div', day.velDiv)
  for (const name of META_COLUMNS) {
    if (name === 'timestamp' || name === 'scan_number' || name === 'vel_div') continue
    const values = day.eigen[name]
    if (values !== undefined) float(name, values)
  }
  for (const [i, name] of day.assets.entries()) float(name, day.prices[i]!)
  return table
}

function schemaElement({ name, type }: TableColumn): SchemaElement {
  switch (type) {
    case 'string':
      return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }
    case 'boolean':
      return { name, type: 'BOOLEAN', repetition_type: 'OPTIONAL' }
    case 'float64':
      return { name, type: 'DOUBLE', repetition_type: 'OPTIONAL' }
    case 'int64':
      return { name, type: 'INT64', repetition_type: 'OPTIONAL' }
    case 'timestampNs':
      return {
        name,
        type: 'INT64',
        repetition_type: 'OPTIONAL',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' },
      }
  }
}

/** The writer's dictionary takes −0 for 0, so a column that holds a −0 is written plain. */
function columnData(column: TableColumn): { data: (string | boolean | number | bigint | null)[]; encoding?: 'PLAIN' } {
  switch (column.type) {
    case 'float64': {
      const data = Array.from(column.values, (value) => (value === null || Number.isNaN(value) ? null : value))
      return data.some((value) => Object.is(value, -0)) ? { data, encoding: 'PLAIN' } : { data }
    }
    case 'int64':
      return { data: Array.from(column.values, (value) => (value === MISSING_INT64 ? null : value)) }
    default:
      return { data: Array.from<string | boolean | bigint | null>(column.values) }
  }
}
