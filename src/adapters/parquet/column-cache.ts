import { createHash } from 'node:crypto'
import { type BigIntStats, closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import { writeAtomicallySync } from '../../files/whole-file.js'
import { makeRoom, markUsed } from './cache-eviction.js'
import type { ColumnChoice } from './day-schema.js'
import type { DecodedColumn, DecodedDay } from './decode-day.js'
import type { Kernels } from './kernels.js'
import { readFully } from './read-fully.js'

/**
 * Decoded columns on disk, by the SHA-256 of the file they came from, so that a moved or copied file is still known:
 *
 * - `columns/<sha256>-<engine|all>[-<hash of the price columns that were chosen>].bin`: a header and the raw columns;
 * - `files/<hash of path>.json`: which SHA-256 a path had at which size, inode, mtime and ctime, so that an unchanged
 *   file need not be hashed. An edit of equal size is noticed by ctime, which no program can set back.
 *
 * The columns stay below `bytesMax` (see `makeRoom`), except for those that several threads store at the same moment.
 * An entry that is damaged, cut short or of another version is as good as absent. Writes go to a temporary name first
 * and failures to write are ignored, so processes may share the folder, and it may be deleted at any time.
 */
export class ColumnCache {
  private shareBytes = 0

  constructor(
    private readonly folder: string,
    private readonly bytesMax: number,
  ) {}

  /** The SHA-256 of the file at `path`, if it is known and unchanged by its stat. */
  knownSha256(path: string, stat: BigIntStats): string | undefined {
    try {
      const index = this.indexPath(path)
      const [key, sha256] = JSON.parse(readFileSync(index, 'utf8')) as [string, string]
      if (key !== identityOf(path, stat) || !/^[0-9a-f]{64}$/.test(sha256)) return undefined
      markUsed(index)
      return sha256
    } catch {
      return undefined
    }
  }

  /** Remembers what `path` holds; `stat` must have been taken before its bytes were read. */
  remember(path: string, stat: BigIntStats, sha256: string): void {
    if (BigInt(Date.now()) - stat.ctimeMs < SETTLED_MS) return
    this.write(this.indexPath(path), [Buffer.from(JSON.stringify([identityOf(path, stat), sha256]))])
  }

  /** The columns of a file; undefined where there is no sound entry. */
  load(
    kernels: Kernels,
    sha256: string,
    choice: ColumnChoice,
    allocate: (bytes: number) => ArrayBuffer,
  ): DecodedDay | undefined {
    const mark = kernels.mark()
    let descriptor: number | undefined
    try {
      const path = this.entryPath(sha256, choice)
      descriptor = openSync(path, 'r')
      const size = Number(fstatSync(descriptor).size)
      const at = kernels.reserve(size)
      readFully(descriptor, kernels.bytes.subarray(at, at + size))
      const day = parseEntry(kernels, at, size, sha256, allocate)
      if (day !== undefined) markUsed(path)
      return day
    } catch {
      return undefined
    } finally {
      if (descriptor !== undefined) closeSync(descriptor)
      kernels.release(mark)
    }
  }

  /** Stores the columns of a file, where there is room for them. */
  async store(kernels: Kernels, sha256: string, choice: ColumnChoice, day: DecodedDay): Promise<void> {
    const { rows, columns, otherColumns, buffer } = day
    const size = rows * columns.length * 8
    const padded = (size + 15) & ~15
    const mark = kernels.mark()
    const at = kernels.reserve(padded)
    const room = kernels.bytes.subarray(at, at + padded)
    room.set(new Uint8Array(buffer, 0, size))
    room.fill(0, size)
    const checksum = kernels.run.checksum(at, padded).toString()
    const header = headerBytes({ sha256, rows, columns, otherColumns, checksum })
    if (await this.takesRoom(header.byteLength + padded)) this.write(this.entryPath(sha256, choice), [header, room])
    kernels.release(mark)
  }

  /**
   * A look at the whole cache takes 10 ms for a thousand entries, as long as decoding a day. So each look gives this thread
   * a share of what is free, small enough that all threads and processes together stay below the limit.
   */
  private async takesRoom(bytes: number): Promise<boolean> {
    if (bytes > this.shareBytes) {
      const freeBytes = await makeRoom(this.folder, bytes, this.bytesMax)
      if (freeBytes < bytes) return false
      this.shareBytes = bytes + (freeBytes - bytes) / SHARES
    }
    this.shareBytes -= bytes
    return true
  }

  private entryPath(sha256: string, { eigen, assets }: ColumnChoice): string {
    const chosen =
      assets === undefined ? '' : `-${createHash('sha256').update(JSON.stringify(assets)).digest('hex').slice(0, 16)}`
    return join(this.folder, 'columns', `${sha256}-${eigen ? 'all' : 'engine'}${chosen}.bin`)
  }

  private indexPath(path: string): string {
    return join(this.folder, 'files', `${createHash('sha256').update(resolve(path)).digest('hex').slice(0, 32)}.json`)
  }

  /** A cache that cannot be written (read-only, disk full) slows the next run down and is no reason to end this one. */
  private write(path: string, parts: readonly Uint8Array[]): void {
    try {
      mkdirSync(dirname(path), { recursive: true })
      writeAtomicallySync(path, parts)
    } catch {
      // The next run decodes the file again.
    }
  }
}

/** Raised whenever the same file would decode to other columns; entries of other versions are passed over. */
const VERSION = 2
const MAGIC = 0x4c4f4344 // 'DCOL'
/** magic, version, header bytes, CRC-32 of the header; then the header as JSON, padded to 16 bytes; then the columns. */
const PREFIX_BYTES = 16
const HEADER_BYTES_MAX = 1 << 20
/** Threads that may fill a cache at once and still stay below its limit. */
const SHARES = 32
/** A file touched within this time of being hashed could change once more without its times changing. */
const SETTLED_MS = 2_000n

interface EntryHeader {
  readonly sha256: string
  readonly rows: number
  readonly columns: readonly DecodedColumn[]
  readonly otherColumns: readonly string[]
  /** `checksum` of the column bytes, zero-padded to a multiple of 16; decimal, because JSON has no 64-bit integers. */
  readonly checksum: string
}

function identityOf(path: string, { size, dev, ino, mtimeNs, ctimeNs }: BigIntStats): string {
  return [resolve(path), size, dev, ino, mtimeNs, ctimeNs].join('|')
}

function headerBytes(header: EntryHeader): Uint8Array {
  const json = Buffer.from(JSON.stringify(header))
  const bytes = Buffer.alloc(PREFIX_BYTES + ((json.byteLength + 15) & ~15), ' ')
  json.copy(bytes, PREFIX_BYTES)
  bytes.writeUInt32LE(MAGIC, 0)
  bytes.writeUInt32LE(VERSION, 4)
  bytes.writeUInt32LE(bytes.byteLength - PREFIX_BYTES, 8)
  bytes.writeUInt32LE(crc32(bytes.subarray(PREFIX_BYTES)), 12)
  return bytes
}

function parseEntry(
  { view, bytes, run }: Kernels,
  at: number,
  size: number,
  sha256: string,
  allocate: (bytes: number) => ArrayBuffer,
): DecodedDay | undefined {
  if (size < PREFIX_BYTES || view.getUint32(at, true) !== MAGIC || view.getUint32(at + 4, true) !== VERSION)
    return undefined
  const headerSize = PREFIX_BYTES + view.getUint32(at + 8, true)
  if (headerSize > Math.min(size, HEADER_BYTES_MAX)) return undefined
  const json = bytes.subarray(at + PREFIX_BYTES, at + headerSize)
  if (crc32(json) !== view.getUint32(at + 12, true)) return undefined
  const { rows, columns, otherColumns, ...header } = JSON.parse(Buffer.from(json).toString()) as EntryHeader
  const dataBytes = rows * columns.length * 8
  const padded = (dataBytes + 15) & ~15
  const data = at + headerSize
  if (header.sha256 !== sha256 || size !== headerSize + padded) return undefined
  if (run.checksum(data, padded).toString() !== header.checksum) return undefined
  const buffer = allocate(dataBytes)
  new Uint8Array(buffer, 0, dataBytes).set(bytes.subarray(data, data + dataBytes))
  return { rows, columns, otherColumns, buffer }
}
