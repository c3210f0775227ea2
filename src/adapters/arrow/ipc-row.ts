import { decodeUtf8, FlatbufferError, FlatTable } from './flatbuffer.js'

/** A field of a schema, its type as people write it. */
export interface IpcField {
  readonly name: string
  readonly type: string
}

export type Cell = bigint | number | string | null

/** What is wrong with bytes as Arrow data. */
export class IpcError extends Error {
  override readonly name = 'IpcError'
  constructor(
    readonly expected: string,
    readonly found: string,
  ) {
    super(`expected ${expected}, found ${found}`)
  }
}

/**
 * The one row of Arrow IPC data, file or stream form, whose columns are int64, float64 and utf8; `check` sees the schema
 * before any value is read and throws if it is another.
 *
 * Written here because the library (apache-arrow 21.2) loops for minutes over damaged lengths: 18 of 3,000 changes of one
 * byte of a scan file. A scanner must not hang at its start on one bad file.
 *
 * @throws IpcError
 */
export function readIpcRow(bytes: Uint8Array, check: (fields: readonly IpcField[]) => void): Cell[] {
  try {
    const { schema, batches } = startsAsFile(bytes) ? partsOfFile(bytes) : partsOfStream(bytes)
    const fields = schema.tables(SCHEMA.fields).map(fieldOf)
    check(fields)
    if (schema.int16(SCHEMA.endianness) !== 0) throw new IpcError('little-endian values', 'big-endian ones')
    const [batch, ...more] = batches
    if (batch === undefined || more.length > 0) throw new IpcError('one batch', `${batches.length}`)
    if (batch.kind !== 'batch') throw new IpcError('a batch of rows', `a ${batch.kind}`)
    const rows = batch.header.int64(BATCH.length)
    if (rows !== 1) throw new IpcError('one row', `${rows}`)
    return cellsOf(batch, fields)
  } catch (error) {
    if (error instanceof FlatbufferError) throw new IpcError('Arrow data', `damaged bytes: ${error.message}`)
    throw error
  }
}

interface Parts {
  readonly schema: FlatTable
  readonly batches: readonly Message[]
}

/** A file's end says what is in it and where; not every writer puts a schema at its start as well. */
function partsOfFile(bytes: Uint8Array): Parts {
  const end = bytes.length - MAGIC.length - 4
  const length = viewOf(bytes).getInt32(end, true)
  if (!(length > 0 && length <= end - MAGIC_BYTES_PADDED)) throw new IpcError('a footer', `a length of ${length}`)
  const footer = FlatTable.root(viewOf(bytes.subarray(end - length, end)))
  const schema = footer.table(FOOTER.schema)
  if (schema === undefined) throw new IpcError('a footer with a schema', 'none in it')
  const blocks = footer.vector(FOOTER.batches, BLOCK_BYTES)
  const batches = Array.from({ length: blocks?.length ?? 0 }, (_, i) => {
    const at = footer.int64At(blocks!.start + BLOCK_BYTES * i)
    const message = at >= MAGIC_BYTES_PADDED && at < end ? messageAt(bytes, at) : undefined
    if (message === undefined) throw new IpcError('a batch where the footer says', 'nothing')
    return message
  })
  return { schema, batches }
}

/** Where in a footer of one batch that batch's offset stands, an int64. */
export function batchBlockOf(footer: DataView): number {
  const blocks = FlatTable.root(footer).vector(FOOTER.batches, BLOCK_BYTES)
  if (blocks?.length !== 1) throw new IpcError('a footer with one batch', `${blocks?.length ?? 0}`)
  return blocks.start
}

function partsOfStream(bytes: Uint8Array): Parts {
  const first = messageAt(bytes, 0)
  if (first?.kind !== 'schema')
    throw new IpcError('a schema first', first === undefined ? 'the end' : `a ${first.kind}`)
  const batches: Message[] = []
  let next = messageAt(bytes, first.end)
  while (next !== undefined) {
    batches.push(next)
    next = messageAt(bytes, next.end)
  }
  return { schema: first.header, batches }
}

/** Numbers of the fields in Arrow's FlatBuffers schemas (format/Message.fbs, Schema.fbs, File.fbs). */
const MESSAGE = { headerType: 1, header: 2, bodyLength: 3 } as const
const SCHEMA = { endianness: 0, fields: 1 } as const
const FIELD = { name: 0, typeType: 2, type: 3, dictionary: 4 } as const
const BATCH = { length: 0, nodes: 1, buffers: 2, compression: 3 } as const
const FOOTER = { schema: 1, batches: 3 } as const
/** offset int64, metaDataLength int32 and padding, bodyLength int64. */
const BLOCK_BYTES = 24
const TYPE_NAMES = [
  ...['none', 'null', 'int', 'float', 'binary', 'utf8', 'bool', 'decimal', 'date', 'time', 'timestamp', 'interval'],
  ...['list', 'struct', 'union', 'fixed_size_binary', 'fixed_size_list', 'map', 'duration', 'large_binary'],
  ...['large_utf8', 'large_list', 'run_end_encoded', 'binary_view', 'utf8_view', 'list_view', 'large_list_view'],
]

const MAGIC = 'ARROW1'
const MAGIC_BYTES_PADDED = 8
/** Stands before every message since format version 1.0. */
const CONTINUATION = 0xffffffff

function startsAsFile(bytes: Uint8Array): boolean {
  const text = (from: number) => String.fromCharCode(...bytes.subarray(from, from + MAGIC.length))
  if (bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === CONTINUATION) return false
  if (text(0) !== MAGIC) {
    const start = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const found = bytes.length === 0 ? 'an empty file' : `${bytes.length} bytes that start with ${start}`
    throw new IpcError('an Arrow IPC file or stream', found)
  }
  if (bytes.length < 2 * MAGIC.length || text(bytes.length - MAGIC.length) !== MAGIC) {
    throw new IpcError('a whole Arrow IPC file', `${bytes.length} bytes without its end`)
  }
  return true
}

interface Message {
  readonly kind: 'schema' | 'batch' | 'message of another kind'
  readonly header: FlatTable
  readonly body: Uint8Array
  readonly end: number
}

/** The message at a position; `undefined` at the end mark or the data's end. */
function messageAt(bytes: Uint8Array, start: number): Message | undefined {
  const view = viewOf(bytes)
  if (start === bytes.length) return undefined
  if (start + 8 > bytes.length) throw new IpcError('a whole Arrow message', 'its beginning only')
  if (view.getUint32(start, true) !== CONTINUATION) throw new IpcError('an Arrow message', 'something else')
  const length = view.getInt32(start + 4, true)
  if (length === 0) return undefined
  const bodyStart = start + 8 + length
  if (length < 0 || bodyStart > bytes.length) throw new IpcError('a whole Arrow message', 'its beginning only')
  const message = FlatTable.root(viewOf(bytes.subarray(start + 8, bodyStart)))
  const bodyLength = message.int64(MESSAGE.bodyLength)
  const end = bodyStart + bodyLength
  if (!(bodyLength >= 0 && end <= bytes.length)) throw new IpcError('a whole Arrow message', 'its beginning only')
  const header = message.table(MESSAGE.header)
  if (header === undefined) throw new IpcError('an Arrow message', 'an empty one')
  const headerType = message.uint8(MESSAGE.headerType)
  const kind = headerType === 1 ? 'schema' : headerType === 3 ? 'batch' : 'message of another kind'
  return { kind, header, body: bytes.subarray(bodyStart, end), end }
}

function fieldOf(field: FlatTable): IpcField {
  const name = field.string(FIELD.name) ?? ''
  const typeType = field.uint8(FIELD.typeType)
  const type = field.table(FIELD.type)
  let text = TYPE_NAMES[typeType] ?? `type ${typeType}`
  if (text === 'int') text = `${type?.uint8(1) === 1 ? '' : 'u'}int${type?.int32(0)}`
  if (text === 'float') text = `float${[16, 32, 64][type?.int16(0) ?? 0]}`
  if (field.table(FIELD.dictionary) !== undefined) text = `dictionary of ${text}`
  return { name, type: text }
}

function cellsOf({ header, body }: Message, fields: readonly IpcField[]): Cell[] {
  if (header.table(BATCH.compression) !== undefined) throw new IpcError('uncompressed values', 'compressed ones')
  const buffers = header.vector(BATCH.buffers, 16)
  let next = 0
  const buffer = (): Uint8Array => {
    if (buffers === undefined || next >= buffers.length) throw new FlatbufferError('too few buffers')
    const start = header.int64At(buffers.start + 16 * next)
    const length = header.int64At(buffers.start + 16 * next + 8)
    next++
    if (!(start >= 0 && length >= 0 && start + length <= body.length))
      throw new FlatbufferError('a buffer beyond its body')
    return body.subarray(start, start + length)
  }
  return fields.map(({ type }) => {
    const validity = buffer()
    // Without a missing value the bitmap may be left out.
    const isMissing = validity.length > 0 && (validity[0]! & 1) === 0
    const values = viewOf(buffer())
    const text = type === 'utf8' ? buffer() : undefined
    return isMissing ? null : cellOf(type, values, text)
  })
}

function cellOf(type: string, values: DataView, text: Uint8Array | undefined): Cell {
  if (values.byteLength < 8) throw new FlatbufferError('a buffer too short for one value')
  if (text === undefined) return type === 'int64' ? values.getBigInt64(0, true) : values.getFloat64(0, true)
  const from = values.getInt32(0, true)
  const to = values.getInt32(4, true)
  if (!(from >= 0 && from <= to && to <= text.length)) throw new FlatbufferError('a text beyond its buffer')
  return decodeUtf8(text.subarray(from, to))
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
