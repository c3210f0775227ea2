import type { PageHeader } from 'hyparquet'

/** What the file says of a column chunk. */
export interface ChunkShape {
  readonly rows: number
  readonly compressed: boolean
  /** Whether values may be null, so that pages begin with definition levels of one bit. */
  readonly optional: boolean
}

type Unpack = (input: Uint8Array, length: number) => Uint8Array

/** A page beyond this is damage or a bomb: writers make pages of about 1 MB, a few of a whole row group. */
const MAX_PAGE_BYTES = 512 * 1024 * 1024
/** Bit-packed runs are filled up, to 8 values by most writers, to 504 by some. */
const MAX_PADDING = 504

/**
 * Walks the pages of a flat column chunk and unpacks them, before the library decodes them: it believes the counts of
 * headers and runs, and a flipped bit in one makes it fill an array of a billion values. Returns the unpacked contents
 * in the order in which the library will ask for them. Throws for a count that the chunk's rows do not allow.
 */
export async function unpackPages(chunk: Uint8Array, shape: ChunkShape, unpack: Unpack): Promise<Uint8Array[]> {
  const { parquetHeader } = await import('hyparquet/src/column.js')
  const reader = { view: new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength), offset: 0 }
  const unpacked: Uint8Array[] = []
  const contentOf = (bytes: Uint8Array, length: number): Uint8Array => {
    if (!(length >= 0 && length <= MAX_PAGE_BYTES)) throw new Error(`a page of ${length} bytes`)
    if (!shape.compressed) return bytes
    const content = unpack(bytes, length)
    unpacked.push(content)
    return content
  }
  let rows = 0
  while (rows < shape.rows && reader.offset < chunk.length - 1) {
    const header = parquetHeader(reader)
    const length = header.compressed_page_size
    if (!(length >= 0 && length <= chunk.length - reader.offset)) throw new Error(`a page of ${length} bytes`)
    const bytes = chunk.subarray(reader.offset, reader.offset + length)
    reader.offset += length
    rows += checkPage(header, bytes, shape.optional, shape.rows - rows, contentOf)
  }
  return unpacked
}

/** Returns the rows of the page. */
function checkPage(
  header: PageHeader,
  bytes: Uint8Array,
  optional: boolean,
  rowsLeft: number,
  contentOf: Unpack,
): number {
  const { dictionary_page_header: dictionary, data_page_header: v1, data_page_header_v2: v2 } = header
  const size = header.uncompressed_page_size
  if (header.type === 'DICTIONARY_PAGE' && dictionary) {
    const content = contentOf(bytes, size)
    checkCount(dictionary.num_values, content.length)
    return 0
  }
  if (header.type === 'DATA_PAGE' && v1) {
    checkCount(v1.num_values, rowsLeft)
    const content = contentOf(bytes, size)
    const values = optional ? 4 + viewOf(content).getUint32(0, true) : 0
    if (optional) checkRuns(content, 4, values, 1, v1.num_values)
    checkValues(content, values, v1.encoding, v1.num_values)
    return v1.num_values
  }
  if (header.type === 'DATA_PAGE_V2' && v2) {
    checkCount(v2.num_values, rowsLeft)
    checkCount(v2.num_nulls, v2.num_values)
    const levels = v2.definition_levels_byte_length
    checkCount(levels, bytes.length)
    if (v2.repetition_levels_byte_length !== 0) throw new Error('repetition levels in a plain column')
    if (optional) checkRuns(bytes, 0, levels, 1, v2.num_values)
    const packed = bytes.subarray(levels)
    const content = v2.is_compressed === false ? packed : contentOf(packed, size - levels)
    checkValues(content, 0, v2.encoding, v2.num_values)
    return v2.num_values
  }
  throw new Error(`a page of type ${header.type}`)
}

function checkValues(content: Uint8Array, at: number, encoding: string, count: number): void {
  if (encoding === 'RLE') throw new Error('run-length encoded values in a column that is not boolean')
  if (encoding.endsWith('_DICTIONARY') && at < content.length) {
    checkRuns(content, at + 1, content.length, content[at]!, count)
  }
}

/** No run of the RLE and bit-packing hybrid may be longer than there are values. */
function checkRuns(bytes: Uint8Array, start: number, end: number, width: number, count: number): void {
  if (end > bytes.length) throw new Error(`runs of ${end - start} bytes in ${bytes.length}`)
  let at = start
  for (let seen = 0; seen < count && at < end; ) {
    let header = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0
      header |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    const packed = (header & 1) === 1
    const values = packed ? (header >>> 1) * 8 : header >>> 1
    if (values > count - seen + MAX_PADDING) throw new Error(`a run of ${values} values where ${count - seen} are left`)
    at += packed ? (values / 8) * width : Math.ceil(width / 8)
    seen += values
  }
}

function checkCount(count: number, most: number): void {
  if (!(count >= 0 && count <= most)) throw new Error(`${count} values where at most ${most} can be`)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
