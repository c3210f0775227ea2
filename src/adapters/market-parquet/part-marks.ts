import { PartRefused } from './part-refused.js'

/** Keys in the metadata of a part. */
export const SCHEMA_KEY = 'dolphin.schema'
export const TABLE_KEY = 'dolphin.table'
/** First and last `n` of its rows. */
const NUMBERS_KEY = 'dolphin.n'
const CHECKSUM_KEY = 'dolphin.crc32'

/** The checksum of a whole file is taken with this in its own place. */
export const CHECKSUM_OPEN = '00000000'
const NUMBER_DIGITS = 16

/** The marks stand behind all that a file's metadata says of its columns. */
export const MARKS_BYTES_MAX = 1024

/** First and last `n` of a part. */
export interface NumberRange {
  readonly firstN: number
  readonly lastN: number
}

/** The marks that can be found without reading the metadata: of a damaged one, a reader fills arrays of billions before it notices. */
export function findableMarks({
  firstN,
  lastN,
}: NumberRange): readonly { readonly key: string; readonly value: string }[] {
  const numbers = [firstN, lastN].map((n) => String(n).padStart(NUMBER_DIGITS, '0')).join('-')
  return [
    { key: NUMBERS_KEY, value: numbers },
    { key: CHECKSUM_KEY, value: CHECKSUM_OPEN },
  ]
}

/** Where the checksum stands in a file. */
export function checksumAt(file: Uint8Array): number {
  return valueAt(file, CHECKSUM_KEY, CHECKSUM_OPEN.length)
}

/** The range of a part, of the whole file or of its last {@link MARKS_BYTES_MAX} bytes. */
export function numbersOf(tail: Uint8Array): NumberRange {
  const length = NUMBER_DIGITS * 2 + 1
  const at = valueAt(tail, NUMBERS_KEY, length)
  const text = Buffer.from(tail.buffer, tail.byteOffset + at, length).toString('latin1')
  const [first, last] = /^\d+-\d+$/.test(text) ? text.split('-').map(Number) : []
  if (first === undefined || last === undefined) throw new PartRefused(`numbers in the place of ${NUMBERS_KEY}`, 'none')
  return { firstN: first, lastN: last }
}

function valueAt(file: Uint8Array, key: string, length: number): number {
  const found = Buffer.from(file.buffer, file.byteOffset, file.byteLength).lastIndexOf(key, undefined, 'latin1')
  // Behind the key come the head of the value's field and its length, a byte each.
  const at = found + key.length + 2
  if (found < 0 || at + length > file.byteLength) {
    throw new PartRefused(`the mark ${key} near the end of a part`, 'none: it is cut short, or of another writer')
  }
  return at
}
