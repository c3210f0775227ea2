import { Refusal, refusalAt } from './refusal.js'
import { ThriftReader, WIRE } from './thrift.js'

export type PhysicalType =
  | 'BOOLEAN'
  | 'INT32'
  | 'INT64'
  | 'INT96'
  | 'FLOAT'
  | 'DOUBLE'
  | 'BYTE_ARRAY'
  | 'FIXED_LEN_BYTE_ARRAY'
const PHYSICAL_TYPES: readonly PhysicalType[] = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
]

export type Codec = 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP' | 'LZO' | 'BROTLI' | 'LZ4' | 'ZSTD' | 'LZ4_RAW'
const CODECS: readonly Codec[] = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW']

/** What the numbers of a column mean, as far as a day file cares; everything else is `other`. */
export type Meaning =
  | { readonly type: 'none' }
  | { readonly type: 'integer'; readonly bits: number; readonly signed: boolean }
  | { readonly type: 'timestamp'; readonly unit: 'ns' | 'us' | 'ms' }
  | { readonly type: 'float16' }
  | { readonly type: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly type: 'text' }
  | { readonly type: 'other'; readonly name: string }

/** A leaf column directly under the root. */
export interface FlatColumn {
  readonly name: string
  /** Position among all leaves, which is the position of its chunk in every row group. */
  readonly leaf: number
  readonly type: PhysicalType
  readonly meaning: Meaning
  readonly optional: boolean
  /** Bytes of a value of FIXED_LEN_BYTE_ARRAY; 0 for other types. */
  readonly fixedBytes: number
}

export interface ColumnChunk {
  readonly type: PhysicalType
  readonly codec: Codec
  readonly values: number
  /** First byte of the chunk's pages and the byte after its last, as the file claims; a chunk without rows may claim anything. */
  readonly start: number
  readonly end: number
}

export interface RowGroup {
  readonly rows: number
  /** One per leaf; undefined where the chunk is encrypted, in another file or not described. */
  readonly chunks: readonly (ColumnChunk | undefined)[]
}

export interface Footer {
  readonly rows: number
  /** Top-level columns that are plain values (not lists, maps, structs or repeated). */
  readonly columns: readonly FlatColumn[]
  /** Names of the other top-level columns. */
  readonly nested: readonly string[]
  readonly rowGroups: readonly RowGroup[]
  /** Where the footer begins: pages lie before it. */
  readonly dataEnd: number
  /** What wrote the file, as it says; empty where it does not. */
  readonly createdBy: string
}

const MAGIC = 0x31524150 // 'PAR1'
const MAGIC_ENCRYPTED = 0x45524150 // 'PARE'

/** Parses the footer of a whole Parquet file. Statistics, indexes and key-value metadata are skipped. */
export function parseFooter(bytes: Uint8Array): Footer {
  const size = bytes.byteLength
  const view = new DataView(bytes.buffer, bytes.byteOffset, size)
  if (size < 12) throw new Refusal('a Parquet file', `${size} bytes`)
  const magic = view.getUint32(size - 4, true)
  if (magic === MAGIC_ENCRYPTED) throw new Refusal('an unencrypted Parquet file', 'an encrypted footer (PARE)')
  if (view.getUint32(0, true) !== MAGIC) throw new Refusal("'PAR1' at the start of the file", hexOf(bytes, 0))
  if (magic !== MAGIC) throw new Refusal("'PAR1' at the end of the file", `${hexOf(bytes, size - 4)} (truncated?)`)
  const length = view.getUint32(size - 8, true)
  if (length > size - 12) throw new Refusal(`a footer of at most ${size - 12} bytes`, `${length}`)
  const start = size - 8 - length
  try {
    return readFileMetadata(new ThriftReader(bytes, start, size - 8), start)
  } catch (error) {
    const refusal = refusalAt(error, {})
    throw new Refusal(`${refusal.expected} in the footer`, refusal.found, refusal.place)
  }
}

function hexOf(bytes: Uint8Array, at: number): string {
  return `0x${[...bytes.subarray(at, at + 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

interface SchemaElement {
  name: string
  type: PhysicalType | undefined
  children: number
  repetition: number
  converted: number
  typeLength: number
  scale: number
  precision: number
  meaning: Meaning | undefined
}

interface RawRowGroup {
  rows: number
  chunks: (ColumnChunk | undefined)[]
}

function readFileMetadata(reader: ThriftReader, dataEnd: number): Footer {
  const schema: SchemaElement[] = []
  const rowGroups: RawRowGroup[] = []
  let rows = -1
  let createdBy = ''
  reader.struct((field, wire) => {
    if (field === 2 && wire === WIRE.list) reader.list(() => schema.push(readSchemaElement(reader)))
    else if (field === 3 && wire === WIRE.i64) rows = reader.integer()
    else if (field === 4 && wire === WIRE.list) reader.list(() => rowGroups.push(readRowGroup(reader)))
    else if (field === 6 && wire === WIRE.binary) createdBy = reader.string()
    else return false
    return true
  })
  const { columns, nested, leaves } = flatColumns(schema)
  let rowsInGroups = 0
  for (const [i, group] of rowGroups.entries()) {
    if (group.chunks.length !== leaves) {
      throw new Refusal(`${leaves} column chunks`, `${group.chunks.length}`, { rowGroup: i })
    }
    if (!(group.rows >= 0)) throw new Refusal('a number of rows', `${group.rows}`, { rowGroup: i })
    rowsInGroups += group.rows
  }
  if (rows !== rowsInGroups) throw new Refusal(`${rows} rows as the file says`, `${rowsInGroups} in its row groups`)
  return { rows, columns, nested, rowGroups, dataEnd, createdBy }
}

/** Walks the schema tree (stored depth first) and keeps the leaves directly under the root. */
function flatColumns(schema: readonly SchemaElement[]): { columns: FlatColumn[]; nested: string[]; leaves: number } {
  const root = schema[0]
  if (root === undefined) throw new Refusal('a schema', 'none')
  const columns: FlatColumn[] = []
  const nested: string[] = []
  let leaves = 0
  let next = 1
  const walk = (children: number, depth: number): void => {
    if (depth > 64) throw new Refusal('a schema', 'nesting deeper than 64')
    for (let i = 0; i < children; i++) {
      const element = schema[next++]
      if (element === undefined) throw new Refusal('a complete schema', `${schema.length} elements`)
      if (depth === 0 && (element.children > 0 || element.repetition === 2)) nested.push(element.name)
      if (element.children > 0) walk(element.children, depth + 1)
      else if (element.type !== undefined) {
        if (depth === 0 && element.repetition !== 2) columns.push(flatColumn(element, element.type, leaves))
        leaves++
      }
    }
  }
  walk(root.children, 0)
  if (next !== schema.length) throw new Refusal(`a schema of ${next} elements`, `${schema.length}`)
  return { columns, nested, leaves }
}

function flatColumn(element: SchemaElement, type: PhysicalType, leaf: number): FlatColumn {
  let meaning = element.meaning ?? meaningOfConvertedType(element)
  if (meaning.type === 'float16' && element.typeLength !== 2) meaning = { type: 'other', name: 'FLOAT16' }
  const fixedBytes = type === 'FIXED_LEN_BYTE_ARRAY' ? element.typeLength : 0
  return { name: element.name, leaf, type, meaning, optional: element.repetition === 1, fixedBytes }
}

function readSchemaElement(reader: ThriftReader): SchemaElement {
  const element: SchemaElement = {
    name: '',
    type: undefined,
    children: 0,
    repetition: 0,
    converted: -1,
    typeLength: 0,
    scale: 0,
    precision: 0,
    meaning: undefined,
  }
  reader.struct((field, wire) => {
    if (field === 1 && wire === WIRE.i32) element.type = named(PHYSICAL_TYPES, reader.integer(), 'physical type')
    else if (field === 2 && wire === WIRE.i32) element.typeLength = reader.integer()
    else if (field === 3 && wire === WIRE.i32) element.repetition = reader.integer()
    else if (field === 4 && wire === WIRE.binary) element.name = reader.string()
    else if (field === 5 && wire === WIRE.i32) element.children = reader.integer()
    else if (field === 6 && wire === WIRE.i32) element.converted = reader.integer()
    else if (field === 7 && wire === WIRE.i32) element.scale = reader.integer()
    else if (field === 8 && wire === WIRE.i32) element.precision = reader.integer()
    else if (field === 10 && wire === WIRE.struct) element.meaning = readLogicalType(reader)
    else return false
    return true
  })
  return element
}

const LOGICAL_NAMES: Readonly<Record<number, string>> = {
  2: 'MAP',
  3: 'LIST',
  4: 'ENUM',
  6: 'DATE',
  7: 'TIME',
  11: 'NULL',
  12: 'JSON',
  13: 'BSON',
  14: 'UUID',
}

function readLogicalType(reader: ThriftReader): Meaning {
  let meaning: Meaning = { type: 'other', name: 'unknown logical type' }
  reader.struct((field, wire) => {
    if (wire !== WIRE.struct) return false
    if (field === 5) meaning = readDecimalType(reader)
    else if (field === 8) meaning = readTimestampType(reader)
    else if (field === 10) meaning = readIntegerType(reader)
    else {
      meaning =
        field === 15
          ? { type: 'float16' }
          : field === 1
            ? { type: 'text' }
            : { type: 'other', name: LOGICAL_NAMES[field] ?? `logical type ${field}` }
      return false
    }
    return true
  })
  return meaning
}

const TIME_UNITS = ['ms', 'us', 'ns'] as const

function readTimestampType(reader: ThriftReader): Meaning {
  let unit: (typeof TIME_UNITS)[number] | undefined
  reader.struct((field, wire) => {
    if (field !== 2 || wire !== WIRE.struct) return false
    reader.struct((unitField) => {
      unit = TIME_UNITS[unitField - 1]
      return false
    })
    return true
  })
  return unit === undefined ? { type: 'other', name: 'TIMESTAMP without unit' } : { type: 'timestamp', unit }
}

function readDecimalType(reader: ThriftReader): Meaning {
  let scale = 0
  let precision = 0
  reader.struct((field, wire) => {
    if (wire !== WIRE.i32) return false
    if (field === 1) scale = reader.integer()
    else if (field === 2) precision = reader.integer()
    else return false
    return true
  })
  return { type: 'decimal', precision, scale }
}

function readIntegerType(reader: ThriftReader): Meaning {
  let bits = 64
  let signed = true
  reader.struct((field, wire) => {
    if (field === 2) signed = wire === WIRE.true
    if (field !== 1 || wire !== WIRE.byte) return false
    bits = reader.byte()
    return true
  })
  return { type: 'integer', bits, signed }
}

/** The pre-2.4 annotation, for writers that give no logical type. */
function meaningOfConvertedType({ converted, precision, scale }: SchemaElement): Meaning {
  if (converted === -1) return { type: 'none' }
  if (converted === 0) return { type: 'text' }
  if (converted === 5) return { type: 'decimal', precision, scale }
  if (converted === 9) return { type: 'timestamp', unit: 'ms' }
  if (converted === 10) return { type: 'timestamp', unit: 'us' }
  if (converted >= 11 && converted <= 14) return { type: 'integer', bits: 8 << (converted - 11), signed: false }
  if (converted >= 15 && converted <= 18) return { type: 'integer', bits: 8 << (converted - 15), signed: true }
  return { type: 'other', name: `converted type ${converted}` }
}

function readRowGroup(reader: ThriftReader): RawRowGroup {
  const group: RawRowGroup = { rows: -1, chunks: [] }
  reader.struct((field, wire) => {
    if (field === 1 && wire === WIRE.list) reader.list(() => group.chunks.push(readColumnChunk(reader)))
    else if (field === 3 && wire === WIRE.i64) group.rows = reader.integer()
    else return false
    return true
  })
  return group
}

function readColumnChunk(reader: ThriftReader): ColumnChunk | undefined {
  let chunk: ColumnChunk | undefined
  let elsewhere = false
  reader.struct((field, wire) => {
    if (field === 3 && wire === WIRE.struct) {
      chunk = readColumnMetadata(reader)
      return true
    }
    if (field === 1 && wire === WIRE.binary) {
      if (reader.string() !== '') elsewhere = true
      return true
    }
    if (field === 8) elsewhere = true
    return false
  })
  return elsewhere ? undefined : chunk
}

function readColumnMetadata(reader: ThriftReader): ColumnChunk {
  let type: PhysicalType | undefined
  let codec: Codec | undefined
  let values = -1
  let length = -1
  let dataPage = -1
  let dictionaryPage = 0
  reader.struct((field, wire) => {
    if (field === 1 && wire === WIRE.i32) type = named(PHYSICAL_TYPES, reader.integer(), 'physical type')
    else if (field === 4 && wire === WIRE.i32) codec = named(CODECS, reader.integer(), 'codec')
    else if (field === 5 && wire === WIRE.i64) values = reader.integer()
    else if (field === 7 && wire === WIRE.i64) length = reader.integer()
    else if (field === 9 && wire === WIRE.i64) dataPage = reader.integer()
    else if (field === 11 && wire === WIRE.i64) dictionaryPage = reader.integer()
    else return false
    return true
  })
  if (type === undefined || codec === undefined) throw new Refusal('a column chunk with type and codec', 'none')
  // Some writers record 0 for "no dictionary".
  const start = dictionaryPage > 0 && dictionaryPage < dataPage ? dictionaryPage : dataPage
  return { type, codec, values, start, end: start + length }
}

function named<T>(names: readonly T[], index: number, what: string): T {
  const name = names[index]
  if (name === undefined) throw new Refusal(`a known ${what}`, `${index}`)
  return name
}
