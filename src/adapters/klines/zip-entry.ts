import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { KlineError } from '../../ports/klines.js'
import { asKlineError, shown } from './refusal.js'

/** The one file in a ZIP, as its central directory describes it (PKWARE APPNOTE 6.3.10, section 4.3). */
export interface ZipEntry {
  readonly name: string
  readonly deflated: boolean
  readonly crc32: number
  readonly compressedBytes: number
  readonly bytes: number
  /** Where the compressed bytes start. */
  readonly start: number
}

/** A sound ZIP that holds something else. */
export class OtherZip extends KlineError {}

const END_BYTES = 22
const MAX_COMMENT_BYTES = 65_535
const CENTRAL_BYTES = 46
const LOCAL_BYTES = 30
const [END, CENTRAL, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50] as const
const ENCRYPTED = 1 | (1 << 6) | (1 << 13)
/** Deflate cannot do better: 258 bytes from 2 bits. A directory that declares more is no archive but a bomb. */
const MAX_RATIO = 1032

/**
 * The entry of a ZIP that holds exactly one `.csv`. Refused with a KlineError: several entries, encryption, ZIP64 (a
 * CSV beyond 4 GiB), methods other than stored and deflate, names that lead out of a folder, and directories that
 * contradict the file.
 */
export async function readZipDirectory(path: string): Promise<ZipEntry> {
  let file: FileHandle | undefined
  try {
    file = await open(path)
    const { size } = await file.stat()
    const refuse = (expected: string, found: string) => new KlineError(path, expected, found)
    const { centralStart, centralEnd } = await readEnd(path, file, size, refuse)
    const central = await bytesAt(file, centralStart, centralEnd - centralStart)
    const entry = readCentral(path, central, refuse)
    return { ...entry, start: await readLocal(file, entry, centralStart, refuse) }
  } catch (error) {
    throw asKlineError(error, path, 'a readable ZIP')
  } finally {
    await file?.close()
  }
}

type Refuse = (expected: string, found: string) => KlineError

async function readEnd(
  path: string,
  file: FileHandle,
  size: number,
  refuse: Refuse,
): Promise<{ centralStart: number; centralEnd: number }> {
  const tail = await bytesAt(file, Math.max(0, size - END_BYTES - MAX_COMMENT_BYTES), size)
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    // A signature inside a comment or in compressed data does not reach the file's end exactly.
    if (tail.readUInt32LE(at) !== END || at + END_BYTES + tail.readUInt16LE(at + 20) !== tail.length) continue
    const entries = tail.readUInt16LE(at + 10)
    const [centralBytes, centralStart] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)]
    if (entries === 0xffff || centralStart === 0xffffffff) throw refuse('a ZIP below 4 GiB', 'ZIP64')
    if (tail.readUInt16LE(at + 4) !== 0 || tail.readUInt16LE(at + 8) !== entries) throw refuse('one disk', 'several')
    if (entries !== 1) throw new OtherZip(path, 'one CSV in the ZIP', `${entries} entries`)
    const centralEnd = centralStart + centralBytes
    if (centralEnd !== size - tail.length + at || centralBytes < CENTRAL_BYTES) {
      throw refuse('a ZIP directory just before the end of the file', `bytes ${centralStart} to ${centralEnd}`)
    }
    return { centralStart, centralEnd }
  }
  throw refuse('a complete ZIP', 'no end of the ZIP directory')
}

function readCentral(path: string, central: Buffer, refuse: Refuse): Omit<ZipEntry, 'start'> & { localStart: number } {
  if (central.readUInt32LE(0) !== CENTRAL) throw refuse('a ZIP directory', 'other bytes')
  const method = central.readUInt16LE(10)
  if ((central.readUInt16LE(8) & ENCRYPTED) !== 0) throw refuse('a ZIP without encryption', 'an encrypted entry')
  if (method !== 0 && method !== 8) throw refuse('a stored or deflated entry', `compression method ${method}`)
  const [compressedBytes, bytes] = [central.readUInt32LE(20), central.readUInt32LE(24)]
  const localStart = central.readUInt32LE(42)
  if (compressedBytes === 0xffffffff || bytes === 0xffffffff || localStart === 0xffffffff) {
    throw refuse('an entry below 4 GiB', 'ZIP64')
  }
  const nameBytes = central.readUInt16LE(28)
  const length = CENTRAL_BYTES + nameBytes + central.readUInt16LE(30) + central.readUInt16LE(32)
  if (length !== central.length) throw refuse(`a ZIP directory of ${length} bytes`, `${central.length}`)
  const name = central.toString('utf8', CENTRAL_BYTES, CENTRAL_BYTES + nameBytes)
  if (!isPlainName(name)) throw new OtherZip(path, 'a CSV with a plain name in the ZIP', shown(name))
  const deflated = method === 8
  if (deflated ? bytes > compressedBytes * MAX_RATIO : bytes !== compressedBytes) {
    throw refuse('a possible size in the ZIP directory', `${bytes} bytes from ${compressedBytes}`)
  }
  return { name, deflated, crc32: central.readUInt32LE(16), compressedBytes, bytes, localStart }
}

/** Nothing is written under this name; one that tries to lead elsewhere still says that the file is not what it seems. */
function isPlainName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\\:\u0000-\u001f]|^\//.test(name) || name.split('/').includes('..')) return false
  return /\.csv$/i.test(name)
}

async function readLocal(
  file: FileHandle,
  entry: Omit<ZipEntry, 'start'> & { localStart: number },
  centralStart: number,
  refuse: Refuse,
): Promise<number> {
  const header = await bytesAt(file, entry.localStart, LOCAL_BYTES)
  if (header.length < LOCAL_BYTES || header.readUInt32LE(0) !== LOCAL) {
    throw refuse(`an entry at byte ${entry.localStart}`, 'none')
  }
  const nameBytes = header.readUInt16LE(26)
  const name = await bytesAt(file, entry.localStart + LOCAL_BYTES, nameBytes)
  if (name.toString('utf8') !== entry.name || header.readUInt16LE(8) !== (entry.deflated ? 8 : 0)) {
    throw refuse(`the entry ${shown(entry.name)} of the ZIP directory`, shown(name.toString('utf8')))
  }
  const start = entry.localStart + LOCAL_BYTES + nameBytes + header.readUInt16LE(28)
  if (start + entry.compressedBytes > centralStart) {
    throw refuse(`${entry.compressedBytes} bytes of data before the ZIP directory`, `${centralStart - start}`)
  }
  return start
}

async function bytesAt(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(Math.min(length, MAX_COMMENT_BYTES * 4))
  const { bytesRead } = await file.read(buffer, 0, buffer.length, start)
  return buffer.subarray(0, bytesRead)
}

/** The entry's bytes. Ends with a KlineError unless they have the declared length and CRC-32; never yields more than declared. */
export async function* inflateEntry(
  path: string,
  entry: ZipEntry,
  chunkBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  const label = `${path}!${entry.name}`
  let [length, crc] = [0, 0]
  try {
    for await (const chunk of entry.compressedBytes > 0 ? entryStream(path, entry, chunkBytes) : []) {
      signal?.throwIfAborted()
      length += chunk.length
      if (length > entry.bytes) throw new KlineError(label, `${entry.bytes} bytes as the ZIP declares`, 'more')
      crc = crc32(chunk, crc)
      yield chunk
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw asKlineError(error, label, 'readable compressed data')
  }
  if (length !== entry.bytes) throw new KlineError(label, `${entry.bytes} bytes as the ZIP declares`, `${length}`)
  if (crc !== entry.crc32) throw new KlineError(label, `CRC-32 ${hex(entry.crc32)}`, hex(crc))
}

function entryStream(path: string, entry: ZipEntry, chunkBytes: number): AsyncIterable<Uint8Array> {
  const { start, compressedBytes } = entry
  const stored = createReadStream(path, { start, end: start + compressedBytes - 1, highWaterMark: chunkBytes })
  if (!entry.deflated) return stored
  // The consumer sees every error through the stream it reads.
  return pipeline(stored, createInflateRaw({ chunkSize: chunkBytes }), () => undefined)
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0')
}
