import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import {
  crcText,
  findZipDirectory,
  readZipEntries,
  ZIP_HEADER_BYTES,
  ZIP_TAIL_BYTES,
  ZipFault,
  type ZipEntry as ZipFileEntry,
  zipDataStart,
} from '../../files/zip-archive.js'
import { KlineError } from '../../ports/klines.js'
import { asKlineError, shown } from './refusal.js'

/** The one file in a ZIP. */
export interface ZipEntry extends ZipFileEntry {
  /** Where the compressed bytes start. */
  readonly start: number
}

/** A sound ZIP that holds something else. */
export class OtherZip extends KlineError {}

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
    const tail = await bytesAt(file, Math.max(0, size - ZIP_TAIL_BYTES), ZIP_TAIL_BYTES)
    const { entries, start, end } = findZipDirectory(tail, size)
    if (entries !== 1) throw new OtherZip(path, 'one CSV in the ZIP', `${entries} entries`)
    const entry = readZipEntries(await bytesAt(file, start, end - start), 1)[0]!
    if (!isPlainName(entry.name)) throw new OtherZip(path, 'a CSV with a plain name in the ZIP', shown(entry.name))
    const header = await bytesAt(file, entry.localStart, ZIP_HEADER_BYTES)
    return { ...entry, start: zipDataStart(entry, header, start) }
  } catch (error) {
    if (error instanceof ZipFault) throw new KlineError(path, error.expected, error.found)
    throw asKlineError(error, path, 'a readable ZIP')
  } finally {
    await file?.close()
  }
}

/** Nothing is written under this name; one that tries to lead elsewhere still says that the file is not what it seems. */
function isPlainName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\\:\u0000-\u001f]|^\//.test(name) || name.split('/').includes('..')) return false
  return /\.csv$/i.test(name)
}

/** No directory of one entry, and no header, is longer. */
const READ_BYTES_MAX = 4 * 65_535

async function bytesAt(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(Math.min(length, READ_BYTES_MAX))
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
  if (crc !== entry.crc32) throw new KlineError(label, `CRC-32 ${crcText(entry.crc32)}`, crcText(crc))
}

function entryStream(path: string, entry: ZipEntry, chunkBytes: number): AsyncIterable<Uint8Array> {
  const { start, compressedBytes } = entry
  const stored = createReadStream(path, { start, end: start + compressedBytes - 1, highWaterMark: chunkBytes })
  if (!entry.deflated) return stored
  // The consumer sees every error through the stream it reads.
  return pipeline(stored, createInflateRaw({ chunkSize: chunkBytes }), () => undefined)
}
