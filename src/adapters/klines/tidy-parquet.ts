import { type FileHandle, open } from 'node:fs/promises'
import type { AsyncBuffer, CompressionCodec, DecodedArray, FileMetaData, RowGroup } from 'hyparquet'
import { KlineError } from '../../ports/klines.js'
import { decimalScales, storedNumber, undividedDecimals } from './parquet-numbers.js'
import { type ChunkShape, unpackPages } from './parquet-pages.js'
import { asKlineError, shown } from './refusal.js'
import type { FileRows } from './row-store.js'
import { findTidyColumns, type TidyColumns } from './tidy-columns.js'
import { TidyRows } from './tidy-rows.js'
import { millisecondsOfNanoseconds, TIME_EXPECTED, timeOfInteger, timeOfNumber, timeOfText } from './times.js'

/** The columns of a Parquet file that is a tidy table, absent for another, and the names of all. Throws KlineError for a damaged one. */
export async function tidyParquetColumns(
  path: string,
): Promise<{ readonly columns: TidyColumns | undefined; readonly names: readonly string[] }> {
  return withParquet(path, async (_, metadata) => {
    const names = columnNames(metadata)
    return { columns: findTidyColumns(names), names }
  })
}

const READABLE = 'a readable Parquet file'
const MAX_GROUP_ROWS = 1 << 26

/** Times as float64 milliseconds: the library's own parsers give `Date`, which loses microseconds. */
const PARSERS = {
  timestampFromMilliseconds: (value: bigint) => Number(value),
  timestampFromMicroseconds: (value: bigint) => Number(value) / 1e3,
  timestampFromNanoseconds: millisecondsOfNanoseconds,
  dateFromDays: (days: number) => days * 86_400_000,
  // Decimals come as bytes, see `undividedDecimals`.
  uuidFromBytes: (bytes: Uint8Array | undefined) => bytes,
}

/** Decodes a tidy Parquet table into `rows`, one row group at a time. Throws KlineError. */
export async function readTidyParquet(
  path: string,
  columns: TidyColumns,
  rows: FileRows,
  onBlock: () => void,
): Promise<void> {
  await withParquet(path, async (file, metadata) => {
    const tidy = new TidyRows(rows)
    let first = 0
    for (const group of metadata.row_groups) {
      const count = Number(group.num_rows)
      if (!(count >= 0 && count <= MAX_GROUP_ROWS)) {
        throw new KlineError(path, `a row group of at most ${MAX_GROUP_ROWS} rows`, `${count}`)
      }
      if (count > 0) {
        takeGroup(tidy, await readGroup({ path, file, metadata, columns, group, first, count }), columns, {
          path,
          first,
          count,
        })
      }
      first += count
      onBlock()
    }
  })
}

interface Chunk extends ChunkShape {
  readonly codec: CompressionCodec
  readonly start: number
  readonly end: number
}

/**
 * Each column must have one plain chunk inside the file. The library would start reading every chunk that claims to be
 * of the column and wait for one of them: a failure of another would end the process as an unhandled rejection.
 */
function findChunk(path: string, file: AsyncBuffer, { schema }: FileMetaData, group: RowGroup, name: string): Chunk {
  const chunks = group.columns.filter(({ meta_data: meta }) => meta?.path_in_schema[0] === name)
  const meta = chunks[0]?.meta_data
  const elements = schema.filter((element) => element.name === name)
  const repetition = elements[0]?.repetition_type ?? 'REQUIRED'
  const plain = elements.length === 1 && !elements[0]!.num_children && repetition !== 'REPEATED'
  if (meta === undefined || chunks.length !== 1 || meta.path_in_schema.length !== 1 || !plain) {
    throw new KlineError(path, `one plain column chunk of ${name} in a row group`, `${chunks.length} or a nested one`)
  }
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset)
  const end = start + Number(meta.total_compressed_size)
  if (!(start >= 4 && start <= end && end <= file.byteLength)) {
    throw new KlineError(path, `a column chunk of ${name} within ${file.byteLength} bytes`, `bytes ${start} to ${end}`)
  }
  const { codec } = meta
  const optional = repetition === 'OPTIONAL'
  return { codec, start, end, rows: Number(group.num_rows), compressed: codec !== 'UNCOMPRESSED', optional }
}

interface Group {
  readonly timestamp: DecodedArray
  readonly symbol: DecodedArray
  readonly close: DecodedArray
  readonly volume: DecodedArray | undefined
  readonly takerBuyVolume: DecodedArray | undefined
  /** Digits behind the point of a column of decimals. */
  scaleOf(column: number | undefined): number | undefined
}

async function readGroup(from: {
  readonly path: string
  readonly file: AsyncBuffer
  readonly metadata: FileMetaData
  readonly columns: TidyColumns
  readonly group: RowGroup
  readonly first: number
  readonly count: number
}): Promise<Group> {
  const { path, file, metadata, columns, group, first, count } = from
  const [{ parquetScan }, { compressors: codecs }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ])
  // The library gets the pages that have been checked, in the order in which it comes to them.
  let pages: Uint8Array[] = []
  const nextPage = () => {
    const page = pages.shift()
    if (page === undefined) throw new Error('more pages than rows')
    return page
  }
  const compressors = Object.fromEntries(Object.keys(codecs).map((codec) => [codec, nextPage]))
  const names = columnNames(metadata)
  const scales = decimalScales(metadata)
  const numbers = [columns.close, columns.volume, columns.takerBuyVolume].flatMap((column) => names[column ?? -1] ?? [])
  const range = { rowStart: first, rowEnd: first + count }
  const scan = await parquetScan({
    file,
    metadata: undividedDecimals(metadata, numbers),
    ...range,
    compressors,
    parsers: PARSERS,
    useOffsetIndex: false,
  })
  const read = async (column: number): Promise<DecodedArray> => {
    const name = names[column]!
    const chunk = findChunk(path, file, metadata, group, name)
    const decompress = codecs[chunk.codec]
    if (chunk.compressed && decompress === undefined) throw new Error(`compression codec ${chunk.codec}`)
    const bytes = new Uint8Array(await file.slice(chunk.start, chunk.end))
    pages = await unpackPages(bytes, chunk, (input, length) => decompress!(input, length))
    const values = await scan.readColumn({ ...range, column: name })
    if (values.length !== count) throw new KlineError(path, `${count} rows of ${name}`, `${values.length}`)
    return values
  }
  const readOptional = async (column: number | undefined) => (column === undefined ? undefined : await read(column))
  return {
    timestamp: await read(columns.timestamp),
    symbol: await read(columns.symbol),
    close: await read(columns.close),
    volume: await readOptional(columns.volume),
    takerBuyVolume: await readOptional(columns.takerBuyVolume),
    scaleOf: (column) => scales.get(names[column ?? -1] ?? ''),
  }
}

function takeGroup(
  tidy: TidyRows,
  group: Group,
  columns: TidyColumns,
  { path, first, count }: { readonly path: string; readonly first: number; readonly count: number },
): void {
  const closeScale = group.scaleOf(columns.close)
  const volumeScale = group.scaleOf(columns.volume)
  const takerScale = group.scaleOf(columns.takerBuyVolume)
  for (let i = 0; i < count; i++) {
    const row = first + i + 1
    const place = () => `${path}:${row}`
    const timeMs = timeOf(group.timestamp[i])
    if (Number.isNaN(timeMs)) throw new KlineError(place(), TIME_EXPECTED, shown(String(group.timestamp[i])))
    const symbol: unknown = group.symbol[i]
    if (symbol !== tidy.symbol) {
      if (typeof symbol !== 'string') throw new KlineError(place(), 'a symbol such as BTCUSDT', shown(String(symbol)))
      tidy.checkSymbol(symbol, place)
    }
    tidy.at(symbol as string, timeMs)
    const close = storedNumber(group.close[i], closeScale, 'close', place)
    if (Number.isNaN(close)) continue
    const volume = storedNumber(group.volume?.[i], volumeScale, 'volume', place)
    const taker = storedNumber(group.takerBuyVolume?.[i], takerScale, 'taker_buy_volume', place)
    tidy.push(timeMs, close, volume, taker, row, place)
  }
}

function timeOf(value: unknown): number {
  if (typeof value === 'number') return timeOfNumber(value)
  if (typeof value === 'bigint') return timeOfInteger(value)
  return typeof value === 'string' ? timeOfText(value) : Number.NaN
}

/** Top-level columns in file order. */
function columnNames({ schema }: FileMetaData): string[] {
  const names: string[] = []
  let at = 1
  const skip = () => {
    const children = schema[at++]?.num_children ?? 0
    for (let i = 0; i < children && at < schema.length; i++) skip()
  }
  while (at < schema.length) {
    names.push(schema[at]!.name)
    skip()
  }
  return names
}

async function withParquet<T>(
  path: string,
  use: (file: AsyncBuffer, metadata: FileMetaData) => Promise<T>,
): Promise<T> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path)
    const { size } = await handle.stat()
    const file = { byteLength: size, slice: sliceOf(handle, size) }
    const { parquetMetadataAsync } = await import('hyparquet')
    return await use(file, await parquetMetadataAsync(file, { parsers: PARSERS, geoparquet: false }))
  } catch (error) {
    throw asKlineError(error, path, READABLE)
  } finally {
    await handle?.close()
  }
}

/** Reads within the file only: a hostile footer may ask for any range. */
function sliceOf(handle: FileHandle, size: number): AsyncBuffer['slice'] {
  return (start, end = size) => {
    const bytes = bytesBetween(handle, size, start, end)
    // The library reads ahead and may fail before it looks at the result; that must not end the process.
    bytes.catch(() => undefined)
    return bytes
  }
}

async function bytesBetween(handle: FileHandle, size: number, start: number, end: number): Promise<ArrayBuffer> {
  if (!(start >= 0 && start <= end && end <= size)) throw new Error(`bytes ${start} to ${end} of ${size}`)
  const bytes = new Uint8Array(end - start)
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done)
    if (bytesRead === 0) throw new Error('the file ends early')
    done += bytesRead
  }
  return bytes.buffer
}
