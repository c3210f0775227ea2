/**
 * CRC-32C (Castagnoli, reflected 0x82f63b78): the checksum of envelopes and journal records. Check value of "123456789": e3069283.
 * `before`: the sum of the bytes that stand before these, for one sum over both.
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length, before = 0): number {
  let crc = before ^ -1
  let i = start
  for (; i + 4 <= end; i += 4) crc = fourBytes(crc, bytes[i]!, bytes[i + 1]!, bytes[i + 2]!, bytes[i + 3]!)
  for (; i < end; i++) crc = oneByte(crc, bytes[i]!)
  return (crc ^ -1) >>> 0
}

/** Of the text's UTF-8 bytes, as 8 lower-case hex digits. */
export function crc32cHex(text: string): string {
  return crc32cHexOf(crc32cOfText(text, 0, text.length))
}

/** The same of a text without what stands from `start` to `end`. */
export function crc32cHexWithout(text: string, start: number, end: number): string {
  return crc32cHexOf(crc32cOfText(text, end, text.length, crc32cOfText(text, 0, start)))
}

/** Two digits at a time from a table: `toString(16)` takes four times as long. */
export function crc32cHexOf(sum: number): string {
  return `${BYTES[sum >>> 24]}${BYTES[(sum >>> 16) & 0xff]}${BYTES[(sum >>> 8) & 0xff]}${BYTES[sum & 0xff]}`
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Without encoding first: messages are ASCII nearly always, and an encoder call costs more than the sum. */
function crc32cOfText(text: string, start: number, end: number, before = 0): number {
  let crc = before ^ -1
  let i = start
  let units = 0
  for (; i + 4 <= end; i += 4) {
    const a = text.charCodeAt(i)
    const b = text.charCodeAt(i + 1)
    const c = text.charCodeAt(i + 2)
    const d = text.charCodeAt(i + 3)
    units |= a | b | c | d
    crc = fourBytes(crc, a, b, c, d)
  }
  for (; i < end; i++) {
    const unit = text.charCodeAt(i)
    units |= unit
    crc = oneByte(crc, unit)
  }
  if (units <= 0x7f) return (crc ^ -1) >>> 0
  const bytes = new TextEncoder().encode(text.slice(start, end))
  return crc32c(bytes, 0, bytes.length, before)
}

/**
 * Four bytes at a time, each by a table of its own ("slicing"): they do not wait for one another, and a text of 900
 * characters takes 1.2 µs instead of 9.
 */
function fourBytes(crc: number, a: number, b: number, c: number, d: number): number {
  return (
    TABLES[768 + ((crc ^ a) & 0xff)]! ^
    TABLES[512 + (((crc >>> 8) ^ b) & 0xff)]! ^
    TABLES[256 + (((crc >>> 16) ^ c) & 0xff)]! ^
    TABLES[((crc >>> 24) ^ d) & 0xff]!
  )
}

function oneByte(crc: number, byte: number): number {
  return TABLES[(crc ^ byte) & 0xff]! ^ (crc >>> 8)
}

/** What a byte becomes after none, one, two and three zero bytes more: 256 entries each. */
const TABLES = slicingTables()

function slicingTables(): Int32Array {
  const tables = new Int32Array(1024)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    tables[byte] = crc
  }
  for (let i = 256; i < 1024; i++) {
    const before = tables[i - 256]!
    tables[i] = tables[before & 0xff]! ^ (before >>> 8)
  }
  return tables
}
