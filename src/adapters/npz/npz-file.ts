import { crc32, inflateRawSync } from 'node:zlib'
import {
  crcText,
  findZipDirectory,
  readZipEntries,
  ZIP_HEADER_BYTES,
  type ZipEntry,
  ZipFault,
  zipDataStart,
} from '../../files/zip-archive.js'

/**
 * The arrays of an NPZ, a ZIP of `<name>.npy` files, stored or deflated: opened one by one, so that what nobody asks for may be
 * of any type and size. Throws {@link ZipFault} where the file is none.
 */
export class NpzFile {
  private readonly entries = new Map<string, ZipEntry>()
  private readonly directoryStart: number

  constructor(private readonly bytes: Buffer) {
    const { entries, start, end } = findZipDirectory(bytes, bytes.length)
    this.directoryStart = start
    for (const entry of readZipEntries(bytes.subarray(start, end), entries)) {
      const name = /^(.+)\.npy$/.exec(entry.name)?.[1]
      if (name === undefined) continue
      if (this.entries.has(name)) throw new ZipFault('every array once', `${name} twice`)
      this.entries.set(name, entry)
    }
  }

  get names(): readonly string[] {
    return [...this.entries.keys()]
  }

  /** The bytes of an array file; undefined where there is none of that name. Throws {@link ZipFault}. */
  member(name: string): Buffer | undefined {
    const entry = this.entries.get(name)
    if (entry === undefined) return undefined
    if (entry.bytes > MEMBER_BYTES_MAX) throw new ZipFault(`at most ${MEMBER_BYTES_MAX} bytes`, `${entry.bytes}`)
    const header = this.bytes.subarray(entry.localStart, entry.localStart + ZIP_HEADER_BYTES)
    const start = zipDataStart(entry, header, this.directoryStart)
    const data = this.bytes.subarray(start, start + entry.compressedBytes)
    const bytes = entry.deflated ? inflated(data, entry.bytes) : data
    if (bytes.length !== entry.bytes) throw new ZipFault(`${entry.bytes} bytes as the ZIP declares`, `${bytes.length}`)
    const crc = crc32(bytes)
    if (crc !== entry.crc32) throw new ZipFault(`CRC-32 ${crcText(entry.crc32)}`, crcText(crc))
    return bytes
  }
}

/** A scan's file has some kB; what is larger is none, and would only fill the memory. */
const MEMBER_BYTES_MAX = 1 << 20

function inflated(data: Buffer, bytes: number): Buffer {
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(bytes, 1) })
  } catch (error) {
    throw new ZipFault('readable compressed data', (error as Error).message)
  }
}
