import { crc32 } from 'node:zlib'
import type { SchemaElement } from 'hyparquet'
import type { ColumnSource } from 'hyparquet-writer'
import { checksumAt, findableMarks, SCHEMA_KEY, TABLE_KEY } from './part-marks.js'
import type { PartColumns, SealedColumn } from './row-columns.js'
import { RECORDING_SCHEMA } from './table-columns.js'

/** Makes the bytes of a Parquet file of columns, which are as they were after it. */
export type PartEncoder = (columns: PartColumns) => Promise<Uint8Array>

/** Readers hold one row group: of frames with twenty changes each, some ten megabytes. */
const GROUP_ROWS = 10_000

/** Level 1 is as small as level 3 on the levels of books, and not slower. */
const ZSTD_LEVEL = 1

/** Makes them on the calling thread: a second for a hundred thousand frames. */
export const encodePart: PartEncoder = async (part) => {
  const [{ parquetWriteBuffer }, compress] = await Promise.all([import('hyparquet-writer'), zstd()])
  const schema: SchemaElement[] = [{ name: 'schema', num_children: part.columns.length }]
  const buffer = parquetWriteBuffer({
    schema: [...schema, ...part.columns.map(schemaElement)],
    columnData: part.columns.map(columnData),
    codec: 'ZSTD',
    compressors: { ZSTD: (input) => compress(input, ZSTD_LEVEL) },
    rowGroupSize: GROUP_ROWS,
    createdBy: 'dolphin-engine',
    kvMetadata: [
      { key: SCHEMA_KEY, value: RECORDING_SCHEMA },
      { key: TABLE_KEY, value: part.table },
      ...findableMarks(part),
    ],
  })
  return withChecksum(new Uint8Array(buffer))
}

let compressor: Promise<(input: Uint8Array, level: number) => Uint8Array> | undefined

/** The module is loaded by the first file. */
function zstd(): Promise<(input: Uint8Array, level: number) => Uint8Array> {
  compressor ??= import('@bokuweb/zstd-wasm').then(async (module) => {
    await module.init()
    return module.compress
  })
  return compressor
}

function withChecksum(file: Uint8Array): Uint8Array {
  file.set(new TextEncoder().encode(crc32(file).toString(16).padStart(8, '0')), checksumAt(file))
  return file
}

function schemaElement(column: SealedColumn): SchemaElement {
  const isOptional = column.kind === 'text' || ('optional' in column && column.optional)
  const element = { name: column.name, repetition_type: isOptional ? 'OPTIONAL' : 'REQUIRED' } as const
  switch (column.kind) {
    case 'whole':
      return { ...element, type: 'INT64' }
    case 'figure':
      return { ...element, type: 'DOUBLE' }
    case 'flag':
      return { ...element, type: 'BOOLEAN' }
    default:
      return { ...element, type: 'BYTE_ARRAY', converted_type: 'UTF8' }
  }
}

function columnData(column: SealedColumn): ColumnSource {
  const { name } = column
  switch (column.kind) {
    case 'whole':
      return { name, data: withNulls(column), encoding: 'DELTA_BINARY_PACKED' }
    case 'figure':
      // Plain, since the writer's dictionary takes −0 for 0.
      return { name, data: withNulls(column), encoding: 'PLAIN' }
    case 'flag':
      return { name, data: Array.from(column.values, Boolean) }
    case 'name':
      return { name, data: Array.from(column.indexes, (index) => column.names[index]!) }
    case 'text':
      // The least and the greatest text say nothing, and no two are the same.
      return { name, data: textsOf(column), encoding: 'PLAIN', statistics: false }
  }
}

function withNulls({ values, optional }: Extract<SealedColumn, { kind: 'whole' | 'figure' }>): (number | null)[] {
  return Array.from(values, (value) => (optional && Number.isNaN(value) ? null : value))
}

function textsOf({ bytes, lengths }: Extract<SealedColumn, { kind: 'text' }>): (Uint8Array | null)[] {
  let at = 0
  return Array.from(lengths, (length) => {
    if (length < 0) return null
    at += length
    return bytes.subarray(at - length, at)
  })
}
