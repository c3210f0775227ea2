import { prepareCodec } from './codecs.js'
import { decodeColumn } from './column-decoder.js'
import { type ColumnChoice, type PlannedColumn, planDay, type Role } from './day-schema.js'
import { type Codec, type Footer, parseFooter } from './footer.js'
import type { Kernels } from './kernels.js'
import { Refusal, refusalAt } from './refusal.js'

/** A decoded day as it travels between threads and into the cache: all columns one after another in one buffer. */
export interface DecodedDay {
  readonly rows: number
  readonly columns: readonly DecodedColumn[]
  /** Numeric columns that are no prices by their names, and were not read. */
  readonly otherColumns: readonly string[]
  /** At least `rows × columns × 8` bytes. */
  readonly buffer: ArrayBuffer
}

export interface DecodedColumn {
  readonly name: string
  readonly role: Role
}

/**
 * Decodes the file of `size` bytes in `kernels.fileRoom(size)`. `allocate` gives the buffer for the columns, with any
 * content. Throws a `Refusal` for anything that is not a usable day.
 */
export async function decodeDay(
  kernels: Kernels,
  size: number,
  choice: ColumnChoice,
  allocate: (bytes: number) => ArrayBuffer,
): Promise<DecodedDay> {
  const footer = parseFooter(kernels.bytes.subarray(0, size))
  const { rows, columns, otherColumns } = planDay(footer, choice)
  for (const codec of codecsOf(footer)) await prepareCodec(codec)
  const bytes = rows * columns.length * 8
  let buffer: ArrayBuffer | undefined
  for (const [i, column] of columns.entries()) {
    const at = i * rows * 8
    const store = (row: number, values: Uint8Array) => {
      // Only once a first chunk has proved good: hostile row counts mostly fail before they cost memory.
      buffer ??= allocate(bytes)
      new Uint8Array(buffer, at + row * 8, values.byteLength).set(values)
    }
    decodeChunks(kernels, footer, column, store)
  }
  buffer ??= allocate(bytes)
  return { rows, columns: columns.map(({ name, role }) => ({ name, role })), otherColumns, buffer }
}

function codecsOf({ rowGroups }: Footer): Set<Codec> {
  const codecs = new Set<Codec>()
  for (const { chunks } of rowGroups) for (const chunk of chunks) if (chunk !== undefined) codecs.add(chunk.codec)
  return codecs
}

/** Decodes a column's chunks one after another into `store`. */
function decodeChunks(
  kernels: Kernels,
  { rowGroups, dataEnd }: Footer,
  column: PlannedColumn,
  store: (row: number, values: Uint8Array) => void,
): void {
  let row = 0
  for (const [rowGroup, { rows, chunks }] of rowGroups.entries()) {
    const mark = kernels.mark()
    try {
      const chunk = chunks[column.source.leaf]
      if (chunk === undefined) throw new Refusal('an unencrypted column chunk in this file', 'none')
      if (rows > 0) {
        if (!(chunk.start >= 4 && chunk.start <= chunk.end && chunk.end <= dataEnd)) {
          throw new Refusal(`a column chunk within bytes 4 to ${dataEnd}`, `${chunk.start} to ${chunk.end}`)
        }
        const at = decodeColumn(kernels, chunk, column, { rows, first: row })
        store(row, kernels.bytes.subarray(at, at + rows * 8))
      }
    } catch (error) {
      throw refusalAt(error, { column: column.source.name, rowGroup })
    } finally {
      kernels.release(mark)
    }
    row += rows
  }
}
