import { createHash } from 'node:crypto'
import { type BigIntStats, closeSync, fstatSync, openSync } from 'node:fs'
import { CACHE_BYTES_MAX } from './cache-eviction.js'
import { ColumnCache } from './column-cache.js'
import { type DecodedDay, decodeDay } from './decode-day.js'
import { Kernels } from './kernels.js'
import { readFully } from './read-fully.js'
import { Refusal } from './refusal.js'

export interface ReadDay extends DecodedDay {
  readonly sha256: string
  readonly cached: boolean
}

export interface DayReaderOptions {
  /** Also read the eigen columns and the scan counter. */
  readonly eigen: boolean
  /** The price columns, whatever they are called; absent: those whose names are symbols. */
  readonly assets?: readonly string[] | undefined
  readonly cacheDir: string | undefined
  /** What the cache may hold; absent: {@link CACHE_BYTES_MAX}. */
  readonly cacheBytesMax?: number | undefined
}

const FILE_BYTES_MAX = 1 << 29
/** Buffers kept for reuse; more than are ever under way. */
const SPARE_MAX = 8

/** Reads days on one thread: its memory is reused from file to file, and so are buffers handed back to it. */
export class DayReader {
  private readonly kernels: Kernels
  private readonly cache: ColumnCache | undefined
  private readonly spare: ArrayBuffer[] = []
  private last: Promise<unknown> = Promise.resolve()
  private readonly allocate = (bytes: number): ArrayBuffer => {
    const fitting = this.spare.findIndex(({ byteLength }) => byteLength >= bytes && byteLength <= bytes * 2)
    return fitting < 0 ? new ArrayBuffer(bytes) : this.spare.splice(fitting, 1)[0]!
  }

  constructor(
    private readonly options: DayReaderOptions,
    module?: WebAssembly.Module,
  ) {
    this.kernels = new Kernels(module)
    const { cacheDir, cacheBytesMax = CACHE_BYTES_MAX } = options
    this.cache = cacheDir === undefined ? undefined : new ColumnCache(cacheDir, cacheBytesMax)
  }

  /**
   * Reads, hashes and decodes a file, or takes its columns from the cache; one file after another, in the order of the
   * calls. Rejects with a `Refusal` or an error of the file system.
   */
  read(path: string): Promise<ReadDay> {
    const reading = this.last.then(() => this.readNow(path))
    this.last = reading.catch(() => undefined)
    return reading
  }

  private async readNow(path: string): Promise<ReadDay> {
    const { kernels, cache, allocate } = this
    const choice = this.options
    const descriptor = openSync(path, 'r')
    try {
      const stat = fstatSync(descriptor, { bigint: true })
      const known = cache?.knownSha256(path, stat)
      const unread = known === undefined ? undefined : cache?.load(kernels, known, choice, allocate)
      if (known !== undefined && unread !== undefined) return { ...unread, sha256: known, cached: true }
      const file = this.load(descriptor, stat)
      const sha256 = createHash('sha256').update(file).digest('hex')
      const moved = cache?.load(kernels, sha256, choice, allocate)
      const day = moved ?? (await decodeDay(kernels, Number(stat.size), choice, allocate))
      if (moved === undefined) await cache?.store(kernels, sha256, choice, day)
      cache?.remember(path, stat, sha256)
      return { ...day, sha256, cached: moved !== undefined }
    } finally {
      closeSync(descriptor)
    }
  }

  /** Takes a buffer back. Fresh memory costs a page fault every 4 KiB, as much as decoding what it then holds. */
  recycle(buffer: ArrayBuffer): void {
    if (buffer.byteLength > 0 && this.spare.length < SPARE_MAX) this.spare.push(buffer)
  }

  /** The whole file at the start of the kernels' memory, which is where `decodeDay` looks for it. */
  private load(descriptor: number, stat: BigIntStats): Uint8Array {
    const size = Number(stat.size)
    if (!stat.isFile()) throw new Refusal('a file', 'something else')
    if (size > FILE_BYTES_MAX) throw new Refusal(`a file of at most ${FILE_BYTES_MAX} bytes`, `${size}`)
    const room = this.kernels.fileRoom(size)
    readFully(descriptor, room)
    return room
  }
}
