import {
  type Data,
  type DataType,
  Field,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Utf8,
} from 'apache-arrow'
import type { ScanRecord } from '../../ports/scan-archive.js'
import { batchBlockOf } from './ipc-row.js'
import { type FieldType, SCAN_FIELDS, SCHEMA_VERSION, WINDOW_FIELDS } from './scan-fields.js'

/**
 * A scan as an Arrow IPC file (the random-access form that `pyarrow.ipc.open_file` opens), uncompressed, one batch of one
 * row. Undefined values are NaN. About 7 kB for 50 symbols.
 */
export function encodeScan(scan: ScanRecord): Uint8Array {
  const values: (bigint | number | string)[] = [
    BigInt(scan.scanNumber),
    scan.timestampNs,
    isoTime(scan.timestampNs),
    ...scan.windows.flatMap((window) => WINDOW_FIELDS.map(([, key]) => window[key])),
    scan.velDiv,
    scan.regimeSignal,
    scan.instabilityComposite,
    scan.dataQuality,
    JSON.stringify(scan.assets),
    numbersJson(scan.prices),
    numbersJson(scan.loadings),
    SCHEMA_VERSION,
  ]
  const row = makeData({
    type: new Struct(SCAN_SCHEMA.fields),
    length: 1,
    nullCount: 0,
    children: SCAN_SCHEMA.fields.map((field, i) => columnOfOne(field.type, values[i]!)),
  })
  return withLeadingSchema(tableToIPC(new Table(SCAN_SCHEMA, [new RecordBatch(SCAN_SCHEMA, row)]), 'file'))
}

const ARROW_TYPES: Readonly<Record<FieldType, DataType>> = {
  int64: new Int64(),
  float64: new Float64(),
  utf8: new Utf8(),
}

/** Nullable without metadata: what `pa.schema([(name, type), …])` makes, so that both are equal. */
const SCAN_SCHEMA = new Schema(SCAN_FIELDS.map(([name, type]) => new Field(name, ARROW_TYPES[type], true)))

/** UTC with milliseconds and `Z`, cut off rather than rounded: never later than the time, never in the next day. */
export function isoTime(timestampNs: bigint): string {
  return new Date(Number(timestampNs / 1_000_000n)).toISOString()
}

const encoder = new TextEncoder()

function columnOfOne(type: DataType, value: bigint | number | string): Data {
  const shape = { type, length: 1, nullCount: 0 }
  if (typeof value === 'bigint') return makeData({ ...shape, data: BigInt64Array.of(value) } as never)
  if (typeof value === 'number') return makeData({ ...shape, data: Float64Array.of(value) } as never)
  const data = encoder.encode(value)
  return makeData({ ...shape, valueOffsets: Int32Array.of(0, data.length), data } as never)
}

/** JSON knows no NaN: a missing value is null. */
function numbersJson(values: Float64Array): string {
  return JSON.stringify(Array.from(values))
}

/** After the magic, padded to 8 bytes. */
const HEAD_BYTES = 8
/** Behind the footer: its length and the magic. */
const TAIL_BYTES = 10

let schemaMessage: Uint8Array | undefined

/**
 * The format wants a whole stream between a file's magics, its schema first; the library (21.2) leaves the schema out,
 * and readers that begin at the start see none. It is put there, and the footer's one offset moved on by its length.
 */
function withLeadingSchema(file: Uint8Array): Uint8Array {
  schemaMessage ??= schemaMessageBytes()
  const out = new Uint8Array(file.length + schemaMessage.length)
  out.set(file.subarray(0, HEAD_BYTES))
  out.set(schemaMessage, HEAD_BYTES)
  out.set(file.subarray(HEAD_BYTES), HEAD_BYTES + schemaMessage.length)
  const view = new DataView(out.buffer)
  const end = out.length - TAIL_BYTES
  const start = end - view.getInt32(end, true)
  const block = start + batchBlockOf(new DataView(out.buffer, start, end - start))
  view.setBigInt64(block, view.getBigInt64(block, true) + BigInt(schemaMessage.length), true)
  return out
}

/** What an empty stream begins with: a marker, the message's length, the message. */
function schemaMessageBytes(): Uint8Array {
  const stream = tableToIPC(new Table(SCAN_SCHEMA), 'stream')
  const length = new DataView(stream.buffer, stream.byteOffset).getInt32(4, true)
  return stream.slice(0, 8 + length)
}
