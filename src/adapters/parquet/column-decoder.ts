import { crc32 } from 'node:zlib'
import { decompress } from './codecs.js'
import { MISSING_INT64, type PlannedColumn } from './day-schema.js'
import { type RowSpan, readByteArrays, Unread } from './exact-values.js'
import type { ColumnChunk } from './footer.js'
import type { Kernels } from './kernels.js'
import { ENCODING, type PageHeader, readPageHeader } from './page-header.js'
import { Refusal } from './refusal.js'
import { isStoredAsRead, storedWidth, widen } from './stored-values.js'

/**
 * Decodes the chunk of one flat column and gives where its `rows` values of 8 bytes lie in the kernels' memory;
 * they stay there until the caller releases its mark. Throws a `Refusal` for bytes that are wrong.
 */
export function decodeColumn(kernels: Kernels, chunk: ColumnChunk, column: PlannedColumn, span: RowSpan): number {
  const { rows } = span
  if (chunk.type !== column.source.type) throw new Refusal(`${column.source.type} values`, chunk.type)
  if (chunk.values !== rows) throw new Refusal(`${rows} values`, `${chunk.values}`)
  const decoding: Decoding = {
    kernels,
    chunk,
    column,
    width: storedWidth(column),
    unread: new Unread(),
    dictionary: undefined,
  }
  const out = kernels.reserve(rows * 8)
  let position = chunk.start
  let row = 0
  while (row < rows) {
    if (position >= chunk.end) throw new Refusal(`${rows} values`, `${row} in all pages`)
    const header = readPageHeader(kernels.bytes, position, chunk.end)
    position = header.end
    checkCrc(kernels, header)
    if (header.kind === 'dictionary') {
      if (decoding.dictionary !== undefined) throw new Refusal('one dictionary page', 'two')
      decoding.dictionary = readDictionary(decoding, header)
    } else if (header.kind === 'data' || header.kind === 'dataV2') {
      if (header.values > rows - row) throw new Refusal(`${rows} values`, `at least ${row + header.values}`)
      const mark = kernels.mark()
      const at = readDataPage(decoding, header, out + row * 8)
      // A page that is the whole chunk stays where it is: a copy less, of 138 kB for each column of 17,280 prices.
      if (header.values === rows) return decoding.unread.refuse(kernels.view, at, span)
      if (at !== out + row * 8) kernels.bytes.copyWithin(out + row * 8, at, at + header.values * 8)
      kernels.release(mark)
      row += header.values
    }
  }
  return decoding.unread.refuse(kernels.view, out, span)
}

/** A part of the kernels' memory. */
interface Region {
  readonly at: number
  readonly end: number
}

interface Dictionary {
  readonly at: number
  readonly entries: number
}

/** What the pages of one chunk share while it is decoded. */
interface Decoding {
  readonly kernels: Kernels
  readonly chunk: ColumnChunk
  readonly column: PlannedColumn
  /** Bytes of one plain value. */
  readonly width: number
  readonly unread: Unread
  /** Of the dictionary page, once that has come. */
  dictionary: Dictionary | undefined
}

/** Stored values of one page, without those that are null. */
interface StoredValues extends Region {
  readonly encoding: number
  readonly count: number
}

/** The bit pattern of NaN as it stands in a float64 column. */
const NAN_BITS = 0x7ff8000000000000n
/** Wider indices than the rows of a day could need; the kernel's arithmetic relies on it. */
const INDEX_BITS_MAX = 24
const DICTIONARY_BYTES_MAX = 1 << 27
/** More than the average price that is written as text has. */
const TEXT_BYTES_MAX = 64

function checkCrc({ bytes }: Kernels, { crc, start, end }: PageHeader): void {
  if (crc === undefined) return
  const actual = crc32(bytes.subarray(start, end))
  if (actual !== crc >>> 0) throw new Refusal(`a page with CRC-32 ${crc >>> 0}`, `${actual}`)
}

function readDictionary(decoding: Decoding, header: PageHeader): Dictionary {
  const { kernels, width } = decoding
  const { values: entries, encoding } = header
  if (encoding !== ENCODING.plain && encoding !== ENCODING.plainDictionary) {
    throw new Refusal('a plain dictionary', `encoding ${encoding}`)
  }
  if (header.unpackedBytes > DICTIONARY_BYTES_MAX || entries * width > header.unpackedBytes) {
    throw new Refusal(`a dictionary of ${entries} × ${width} bytes`, `${header.unpackedBytes}`)
  }
  const at = kernels.reserve(entries * 8)
  const mark = kernels.mark()
  const page = unpack(decoding, header, header.start, header.unpackedBytes)
  if (entries * width > page.end - page.at) {
    throw new Refusal(`a dictionary of ${entries} × ${width} bytes`, `${page.end - page.at}`)
  }
  readPlain(decoding, { ...page, count: entries }, at)
  kernels.release(mark)
  return { at, entries }
}

/** Gives where the values of a page are, 8 bytes a row: at `out`, or in the page itself where that has them like that. */
function readDataPage(decoding: Decoding, header: PageHeader, out: number): number {
  const { kernels, column } = decoding
  const { values: rows, encoding } = header
  // Eight bytes a value, levels, and room for runs and blocks that hold few values: far more than any page of numbers has.
  const bytesMax =
    rows * (8 + Math.max(8, column.source.type === 'BYTE_ARRAY' ? TEXT_BYTES_MAX : decoding.width)) + 65_536
  if (header.unpackedBytes > bytesMax) {
    throw new Refusal(`at most ${bytesMax} bytes for ${rows} values`, `${header.unpackedBytes}`)
  }
  const { levels, values } = header.kind === 'data' ? splitPage(decoding, header) : splitPageV2(decoding, header)
  const { at, end } = values
  if (!column.source.optional || isAllOnes(kernels.bytes, levels, rows)) {
    if (encoding === ENCODING.plain && isStoredAsRead(column) && rows * 8 <= end - at) return at
    readValues(decoding, { at, end, encoding, count: rows }, out)
    return out
  }
  const present = kernels.reserve(rows)
  const ones = kernels.run.levels(levels.at, levels.end, rows, present)
  if (ones < 0) throw new Refusal(`definition levels of ${rows} rows`, 'their end before that')
  const dense = kernels.reserve(ones * 8)
  readValues(decoding, { at, end, encoding, count: ones }, dense)
  kernels.run.spread(present, rows, dense, out, column.target === 'float64' ? NAN_BITS : MISSING_INT64)
  return out
}

interface PageParts {
  readonly levels: Region
  readonly values: Region
}

/** Data page v1: levels and values are compressed together, the levels behind their length. */
function splitPage(decoding: Decoding, header: PageHeader): PageParts {
  const { kernels, column } = decoding
  const page = unpack(decoding, header, header.start, header.unpackedBytes)
  if (!column.source.optional) return { levels: { at: page.at, end: page.at }, values: page }
  if (header.levelEncoding !== ENCODING.rle) {
    throw new Refusal('RLE-encoded definition levels', `encoding ${header.levelEncoding}`)
  }
  const length = page.end - page.at < 4 ? -1 : kernels.view.getUint32(page.at, true)
  if (length < 0 || length > page.end - page.at - 4) {
    throw new Refusal(`definition levels within ${page.end - page.at} bytes`, `a length of ${length}`)
  }
  const at = page.at + 4
  return { levels: { at, end: at + length }, values: { at: at + length, end: page.end } }
}

/** Data page v2: levels lie uncompressed before the values. */
function splitPageV2(decoding: Decoding, header: PageHeader): PageParts {
  const at = header.start + header.repetitionBytes
  const valuesAt = at + header.definitionBytes
  const levelBytes = header.repetitionBytes + header.definitionBytes
  const values = header.compressed
    ? unpack(decoding, header, valuesAt, header.unpackedBytes - levelBytes)
    : { at: valuesAt, end: header.end }
  return { levels: { at, end: valuesAt }, values }
}

/** The page's bytes from `from` on, decompressed; `expected` is their size then. */
function unpack({ kernels, chunk }: Decoding, { end }: PageHeader, from: number, expected: number): Region {
  const { codec } = chunk
  if (codec === 'UNCOMPRESSED') return { at: from, end }
  if (expected < 0) throw new Refusal('a page that holds its levels', `${expected} bytes of values`)
  const to = kernels.reserve(expected)
  const region = { at: to, end: to + expected }
  if (expected === 0) return region
  if (codec !== 'SNAPPY') {
    decompress(codec, kernels.bytes.subarray(from, end), kernels.bytes.subarray(to, to + expected))
    return region
  }
  const { value: length, next } = readVarint(kernels.bytes, from, end)
  if (length !== expected) throw new Refusal(`${expected} bytes of Snappy data`, `${length}`)
  if (kernels.run.snappy(next, end, to, to + expected) !== 0) throw new Refusal('Snappy data', 'a broken block')
  return region
}

/** An unsigned varint of at most 32 bits. */
function readVarint(bytes: Uint8Array, from: number, end: number): { value: number; next: number } {
  let value = 0
  for (let i = 0; i < 5 && from + i < end; i++) {
    const byte = bytes[from + i]!
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return { value, next: from + i + 1 }
  }
  throw new Refusal('a length', 'none within 5 bytes')
}

/** Whether the levels are one run of ones, as they are for a column without nulls. */
function isAllOnes(bytes: Uint8Array, { at, end }: Region, rows: number): boolean {
  if (at >= end) return rows === 0
  const { value: header, next } = readVarint(bytes, at, end)
  return header % 2 === 0 && header / 2 >= rows && next < end && bytes[next] === 1
}

function readValues(decoding: Decoding, values: StoredValues, out: number): void {
  const { kernels, column, width } = decoding
  const { encoding, at, end, count } = values
  if (count === 0) return
  switch (encoding) {
    case ENCODING.plain:
      readPlain(decoding, values, out)
      return
    case ENCODING.rleDictionary:
    case ENCODING.plainDictionary:
      gather(decoding, values, out)
      return
    case ENCODING.byteStreamSplit: {
      if (column.source.type === 'BYTE_ARRAY')
        throw new Refusal('plain or dictionary-encoded text', `encoding ${encoding}`)
      if (count * width > end - at) throw new Refusal(`${count} × ${width} bytes of values`, `${end - at}`)
      const joined = kernels.reserve(count * width)
      kernels.run.unsplit(at, count, width, joined)
      widen(kernels, column, joined, count, out)
      return
    }
    case ENCODING.delta:
      readDelta(decoding, values, out)
      return
    default:
      throw new Refusal('an encoding of numbers', `encoding ${encoding}`)
  }
}

function readPlain(
  { kernels, column, width, unread }: Decoding,
  values: Omit<StoredValues, 'encoding'>,
  out: number,
): void {
  const { at, end, count } = values
  if (count * width > end - at) throw new Refusal(`${count} × ${width} bytes of values`, `${end - at}`)
  if (column.source.type === 'BYTE_ARRAY') readByteArrays(kernels, column, values, out, unread)
  else widen(kernels, column, at, count, out)
}

function gather({ kernels, dictionary }: Decoding, { at, end, count }: StoredValues, out: number): void {
  if (dictionary === undefined) throw new Refusal('a dictionary page before the data', 'none')
  const { entries } = dictionary
  if (at >= end) throw new Refusal('dictionary indices', 'none')
  const width = kernels.bytes[at]!
  if (width > INDEX_BITS_MAX) throw new Refusal(`dictionary indices of at most ${INDEX_BITS_MAX} bits`, `${width}`)
  if (entries === 0) throw new Refusal('a dictionary with entries', 'an empty one')
  const status = kernels.run.gather(at + 1, end, width, count, dictionary.at, entries, out)
  if (status === 1) throw new Refusal(`${count} dictionary indices`, 'their end before that')
  if (status === 2) throw new Refusal(`dictionary indices below ${entries}`, 'one beyond')
}

const DELTA_FAULTS = ['', 'their end before that', 'a header that cannot be', 'another number of them']

function readDelta({ kernels, column }: Decoding, { at, end, count }: StoredValues, out: number): void {
  const { type } = column.source
  if (type !== 'INT32' && type !== 'INT64') throw new Refusal('delta encoding of integers', type)
  const narrow = type === 'INT32' ? 1 : 0
  const status = kernels.run.delta(at, end, count, narrow, out)
  if (status !== 0) throw new Refusal(`${count} delta-encoded values`, DELTA_FAULTS[status]!)
  if (narrow === 1) {
    // Back to 4 bytes each, so that there is one conversion per stored type; delta-encoded INT32 prices are rare.
    for (let i = 0; i < count; i++) kernels.view.setInt32(out + i * 4, kernels.view.getInt32(out + i * 8, true), true)
    const stored = kernels.reserve(count * 4)
    kernels.bytes.copyWithin(stored, out, out + count * 4)
    widen(kernels, column, stored, count, out)
  } else {
    widen(kernels, column, out, count, out)
  }
}
