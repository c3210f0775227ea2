import { crc32 } from 'node:zlib'
import type { AsyncBuffer, FileMetaData, SchemaElement } from 'hyparquet'
import type { ZSTDDecoder } from 'zstddec'
import type { MarketRows, MarketTable } from '../../ports/market-recording.js'
import { CHECKSUM_OPEN, checksumAt, SCHEMA_KEY, TABLE_KEY } from './part-marks.js'
import { PartRefused } from './part-refused.js'
import { RECORDING_SCHEMA, TABLES, type TableColumn } from './table-columns.js'

/** Which rows of a part are wanted; absent: all. */
export interface PartChoice {
  /** Their time is at or after this and before `toMs`, UTC ms. */
  readonly fromMs?: number
  readonly toMs?: number
  readonly symbols?: ReadonlySet<string>
}

/** The rows of a part, a row group at a time. Throws {@link PartRefused} for bytes that are not what a recorder of this format has written. */
export async function* rowsOfPart<Table extends MarketTable>(
  bytes: Uint8Array,
  table: Table,
  choice: PartChoice = {},
): AsyncGenerator<MarketRows[Table][]> {
  refuseChangedBytes(bytes)
  const { parquetMetadata, parquetReadObjects } = await import('hyparquet')
  const metadata = parquetMetadata(asArrayBuffer(bytes))
  refuseForeignPart(metadata, table)
  const columns = checkedColumns(metadata, table)
  const decoder = await zstd()
  const read = {
    file: inMemory(bytes),
    metadata,
    columns: columns.map(({ name }) => name),
    compressors: { ZSTD: (input: Uint8Array, length: number) => decoder.decode(input, length) },
  }
  let first = 0
  for (const group of metadata.row_groups) {
    const rowEnd = first + Number(group.num_rows)
    const stored = await parquetReadObjects({ ...read, rowStart: first, rowEnd })
    first = rowEnd
    const rows = rowsOf(stored, table, columns, choice)
    if (rows.length > 0) yield rows
  }
}

/** Anything but the file that was written: no other check is needed of what is in it, which a reader would have to believe. */
function refuseChangedBytes(bytes: Uint8Array): void {
  const begins = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(4, bytes.byteLength)).toString('latin1')
  if (begins !== 'PAR1') throw new PartRefused('a Parquet file', begins === '' ? 'an empty file' : 'none')
  const at = checksumAt(bytes)
  const said = Buffer.from(bytes.buffer, bytes.byteOffset + at, CHECKSUM_OPEN.length).toString('latin1')
  const before = crc32(bytes.subarray(0, at))
  const whole = crc32(bytes.subarray(at + CHECKSUM_OPEN.length), crc32(CHECKSUM_OPEN, before))
  const found = whole.toString(16).padStart(8, '0')
  if (found !== said) throw new PartRefused(`bytes of the CRC-32 ${said}`, found)
}

function refuseForeignPart({ key_value_metadata = [] }: FileMetaData, table: MarketTable): void {
  const marks = new Map(key_value_metadata.map(({ key, value }) => [key, value]))
  const schema = marks.get(SCHEMA_KEY)
  if (schema !== RECORDING_SCHEMA) throw new PartRefused(`the schema ${RECORDING_SCHEMA}`, schema ?? 'none')
  const found = marks.get(TABLE_KEY)
  if (found !== table) throw new PartRefused(`rows of ${table}`, `rows of ${found ?? 'no table'}`)
}

/** The table's columns, then those of figures. */
function checkedColumns({ schema }: FileMetaData, table: MarketTable): readonly TableColumn[] {
  const { columns, hasFigures } = TABLES[table]
  const stored = new Map(schema.slice(1).map((element) => [element.name, element]))
  for (const column of columns) {
    const element = stored.get(column.name)
    if (element === undefined && column.isLater) continue
    if (element === undefined) throw new PartRefused('this column', 'none', column.name)
    stored.delete(column.name)
    const expected = typeText(column)
    const found = storedText(element)
    if (found !== expected) throw new PartRefused(expected, found, column.name)
  }
  const figures = [...stored.values()].map((element): TableColumn => {
    if (!hasFigures) throw new PartRefused(`no column of ${table} of this name`, storedText(element), element.name)
    const figure = { name: element.name, kind: 'figure', optional: true } as const
    if (storedText(element) !== typeText(figure))
      throw new PartRefused(typeText(figure), storedText(element), figure.name)
    return figure
  })
  return [...columns.filter(({ name, isLater }) => !isLater || isStored(schema, name)), ...figures]
}

function isStored(schema: readonly SchemaElement[], column: string): boolean {
  return schema.slice(1).some(({ name }) => name === column)
}

const TYPES = { whole: 'INT64', figure: 'DOUBLE', flag: 'BOOLEAN', name: 'BYTE_ARRAY', text: 'BYTE_ARRAY' } as const

function typeText({ kind, optional }: TableColumn): string {
  return `${TYPES[kind]}, ${optional ? 'optional' : 'required'}`
}

function storedText({ type, repetition_type }: SchemaElement): string {
  return `${type ?? 'a group'}, ${(repetition_type ?? 'REQUIRED').toLowerCase()}`
}

function rowsOf<Table extends MarketTable>(
  stored: readonly Record<string, unknown>[],
  table: Table,
  columns: readonly TableColumn[],
  { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY, symbols }: PartChoice,
): MarketRows[Table][] {
  const { time, columns: all, hasFigures } = TABLES[table]
  const own = columns.filter((column) => all.includes(column))
  const figures = columns.slice(own.length)
  const rows: MarketRows[Table][] = []
  for (const values of stored) {
    const atMs = Number(values[time])
    if (atMs < fromMs || atMs >= toMs) continue
    if (symbols !== undefined && 'symbol' in values && !symbols.has(values.symbol as string)) continue
    const row: Record<string, unknown> = {}
    for (const column of own) {
      const value = fromStored(values[column.name], column)
      if (value !== null || !column.isLater) row[column.name] = value
    }
    if (hasFigures) {
      row.figures = Object.fromEntries(figures.map(({ name }) => [name, values[name] ?? null]))
    }
    rows.push(row as unknown as MarketRows[Table])
  }
  return rows
}

function fromStored(stored: unknown, column: TableColumn): unknown {
  if (stored === null || stored === undefined) return null
  if (column.kind === 'text') return JSON.parse(stored as string)
  return column.kind === 'whole' ? Number(stored) : stored
}

let loading: Promise<ZSTDDecoder> | undefined

function zstd(): Promise<ZSTDDecoder> {
  loading ??= import('zstddec').then(async ({ ZSTDDecoder: Decoder }) => {
    const decoder = new Decoder()
    await decoder.init()
    return decoder
  })
  return loading
}

function inMemory(bytes: Uint8Array): AsyncBuffer {
  const buffer = asArrayBuffer(bytes)
  return { byteLength: buffer.byteLength, slice: (start, end) => buffer.slice(start, end) }
}

/** A small file is read into a piece of a shared buffer. */
function asArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes
  if (byteOffset === 0 && byteLength === buffer.byteLength) return buffer as ArrayBuffer
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer
}
