import { clipped } from '../base/clipped.js'
/** Reading the directory of a ZIP (PKWARE APPNOTE 6.3.10, section 4.3), wherever its bytes come from. */

/** One file in a ZIP, as the central directory describes it. */
export interface ZipEntry {
  readonly name: string
  readonly deflated: boolean
  readonly crc32: number
  readonly compressedBytes: number
  readonly bytes: number
  /** Where the entry's own header is. */
  readonly localStart: number
}

/** A ZIP that cannot be used: what was expected, what was found. */
export class ZipFault extends Error {
  override readonly name = 'ZipFault'
  constructor(
    readonly expected: string,
    readonly found: string,
  ) {
    super(`expected ${expected}, found ${found}`)
  }
}

export interface ZipDirectory {
  readonly entries: number
  readonly start: number
  readonly end: number
}

const END_BYTES = 22
const MAX_COMMENT_BYTES = 65_535
/** The end of a ZIP that has its directory's place in it. */
export const ZIP_TAIL_BYTES = END_BYTES + MAX_COMMENT_BYTES
const LOCAL_BYTES = 30
/** The longest that an entry's own header and its name may be. */
export const ZIP_HEADER_BYTES = LOCAL_BYTES + 65_535
const CENTRAL_BYTES = 46
const [END, CENTRAL, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50] as const
const ENCRYPTED = 1 | (1 << 6) | (1 << 13)
/** Deflate cannot do better: 258 bytes from 2 bits. A directory that declares more is no archive but a bomb. */
const MAX_RATIO = 1032

/** Where the directory is, from the last bytes of a file of `size` bytes. Throws {@link ZipFault}; ZIP64 is refused. */
export function findZipDirectory(tail: Buffer, size: number): ZipDirectory {
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    // A signature inside a comment or in compressed data does not reach the file's end exactly.
    if (tail.readUInt32LE(at) !== END || at + END_BYTES + tail.readUInt16LE(at + 20) !== tail.length) continue
    const entries = tail.readUInt16LE(at + 10)
    const [bytes, start] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)]
    if (entries === 0xffff || start === 0xffffffff) throw new ZipFault('a ZIP below 4 GiB', 'ZIP64')
    if (tail.readUInt16LE(at + 4) !== 0 || tail.readUInt16LE(at + 8) !== entries) {
      throw new ZipFault('one disk', 'several')
    }
    const end = start + bytes
    if (end !== size - tail.length + at) {
      throw new ZipFault('a ZIP directory just before the end of the file', `bytes ${start} to ${end}`)
    }
    return { entries, start, end }
  }
  throw new ZipFault('a complete ZIP', 'no end of the ZIP directory')
}

/** The entries that the bytes of a directory describe. Throws {@link ZipFault}. */
export function readZipEntries(central: Buffer, entries: number): ZipEntry[] {
  const found: ZipEntry[] = []
  let at = 0
  for (let i = 0; i < entries; i++) {
    if (at + CENTRAL_BYTES > central.length || central.readUInt32LE(at) !== CENTRAL) {
      throw new ZipFault('a ZIP directory', 'other bytes')
    }
    const header = central.subarray(at)
    const nameBytes = header.readUInt16LE(28)
    found.push(readEntry(header, header.toString('utf8', CENTRAL_BYTES, CENTRAL_BYTES + nameBytes)))
    at += CENTRAL_BYTES + nameBytes + header.readUInt16LE(30) + header.readUInt16LE(32)
  }
  if (at !== central.length) throw new ZipFault(`a ZIP directory of ${at} bytes`, `${central.length}`)
  return found
}

function readEntry(header: Buffer, name: string): ZipEntry {
  const method = header.readUInt16LE(10)
  if ((header.readUInt16LE(8) & ENCRYPTED) !== 0) throw new ZipFault('a ZIP without encryption', 'an encrypted entry')
  if (method !== 0 && method !== 8) throw new ZipFault('a stored or deflated entry', `compression method ${method}`)
  const [compressedBytes, bytes, localStart] = [
    header.readUInt32LE(20),
    header.readUInt32LE(24),
    header.readUInt32LE(42),
  ]
  if (compressedBytes === 0xffffffff || bytes === 0xffffffff || localStart === 0xffffffff) {
    throw new ZipFault('an entry below 4 GiB', 'ZIP64')
  }
  const deflated = method === 8
  if (deflated ? bytes > compressedBytes * MAX_RATIO : bytes !== compressedBytes) {
    throw new ZipFault('a possible size in the ZIP directory', `${bytes} bytes from ${compressedBytes}`)
  }
  return { name, deflated, crc32: header.readUInt32LE(16), compressedBytes, bytes, localStart }
}

/**
 * Where an entry's data start. `header` are the {@link ZIP_HEADER_BYTES} from its `localStart` on, or what there is of them.
 * Throws {@link ZipFault} where they contradict the directory, which starts at `directoryStart`.
 */
export function zipDataStart(entry: ZipEntry, header: Buffer, directoryStart: number): number {
  if (header.length < LOCAL_BYTES || header.readUInt32LE(0) !== LOCAL) {
    throw new ZipFault(`an entry at byte ${entry.localStart}`, 'none')
  }
  const nameBytes = header.readUInt16LE(26)
  const name = header.toString('utf8', LOCAL_BYTES, LOCAL_BYTES + nameBytes)
  if (name !== entry.name || header.readUInt16LE(8) !== (entry.deflated ? 8 : 0)) {
    throw new ZipFault(`the entry ${shownName(entry.name)} of the ZIP directory`, shownName(name))
  }
  const start = entry.localStart + LOCAL_BYTES + nameBytes + header.readUInt16LE(28)
  if (start + entry.compressedBytes > directoryStart) {
    throw new ZipFault(`${entry.compressedBytes} bytes of data before the ZIP directory`, `${directoryStart - start}`)
  }
  return start
}

/** A CRC-32 as a message shows it. */
export function crcText(crc: number): string {
  return crc.toString(16).padStart(8, '0')
}

function shownName(name: string): string {
  return JSON.stringify(clipped(name, 40))
}
