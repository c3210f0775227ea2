import { Refusal } from './refusal.js'
import { ThriftReader, WIRE } from './thrift.js'

export type PageKind = 'data' | 'dataV2' | 'dictionary' | 'other'

/** Parquet encodings, by their number in the format. */
export const ENCODING = {
  plain: 0,
  plainDictionary: 2,
  rle: 3,
  delta: 5,
  rleDictionary: 8,
  byteStreamSplit: 9,
} as const

/** A page's header, with what differs between the kinds of page brought together. */
export interface PageHeader {
  readonly kind: PageKind
  /** First byte of the page's body, and the byte after it. */
  readonly start: number
  readonly end: number
  readonly unpackedBytes: number
  /** CRC-32 of the body as stored, when the writer gave one. */
  readonly crc: number | undefined
  /** Rows of a flat data page (nulls included), or entries of a dictionary. */
  readonly values: number
  readonly encoding: number
  /** Data page v1: how definition levels are encoded. */
  readonly levelEncoding: number
  /** Data page v2: bytes of repetition and definition levels before the values, and whether the values are compressed. */
  readonly repetitionBytes: number
  readonly definitionBytes: number
  readonly compressed: boolean
}

const KINDS: readonly PageKind[] = ['data', 'other', 'dictionary', 'dataV2']

/** Reads the page header at `position`; header and body must end at or before `end`. */
export function readPageHeader(bytes: Uint8Array, position: number, end: number): PageHeader {
  const reader = new ThriftReader(bytes, position, end)
  let type = -1
  let unpackedBytes = -1
  let packedBytes = -1
  let crc: number | undefined
  let values = 0
  let encoding = -1
  let levelEncoding: number = ENCODING.rle
  let definitionBytes = 0
  let repetitionBytes = 0
  let compressed = true
  reader.struct((field, wire) => {
    if (wire === WIRE.i32) {
      if (field === 1) type = reader.integer()
      else if (field === 2) unpackedBytes = reader.integer()
      else if (field === 3) packedBytes = reader.integer()
      else if (field === 4) crc = reader.integer()
      else return false
      return true
    }
    if (wire !== WIRE.struct || (field !== 5 && field !== 7 && field !== 8)) return false
    // 5 data page, 7 dictionary page, 8 data page v2
    reader.struct((inner, innerWire) => {
      if (field === 8 && inner === 7) {
        compressed = innerWire === WIRE.true
        return false
      }
      if (innerWire !== WIRE.i32) return false
      if (inner === 1) values = reader.integer()
      else if (inner === (field === 8 ? 4 : 2)) encoding = reader.integer()
      else if (field === 5 && inner === 3) levelEncoding = reader.integer()
      else if (field === 8 && inner === 5) definitionBytes = reader.integer()
      else if (field === 8 && inner === 6) repetitionBytes = reader.integer()
      else return false
      return true
    })
    return true
  })
  const start = reader.position
  if (!(packedBytes >= 0 && packedBytes <= end - start)) {
    throw new Refusal(`a page of at most ${end - start} bytes`, `${packedBytes}`)
  }
  if (unpackedBytes < 0) throw new Refusal('a page with a size', `${unpackedBytes}`)
  if (values < 0) throw new Refusal('a page with a number of values', `${values}`)
  if (definitionBytes < 0 || repetitionBytes < 0 || definitionBytes + repetitionBytes > packedBytes) {
    throw new Refusal(`levels within the page's ${packedBytes} bytes`, `${definitionBytes} + ${repetitionBytes}`)
  }
  return {
    kind: KINDS[type] ?? 'other',
    start,
    end: start + packedBytes,
    unpackedBytes,
    crc,
    values,
    encoding,
    levelEncoding,
    repetitionBytes,
    definitionBytes,
    compressed,
  }
}
