import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type DecodedDay, decodeDay } from './decode-day.js'
import { Kernels } from './kernels.js'
import { Refusal } from './refusal.js'

export interface ReadDay extends DecodedDay {
  readonly sha256: string
  readonly cached: boolean
}

const FILE_BYTES_MAX = 1 << 29
/** Buffers kept for reuse; more than are ever under way. */
const SPARE_MAX = 8

/** Reads days on one thread: its memory is reused from file to file, and so are buffers handed back to it. */
export class DayReader {
  private readonly kernels: Kernels
  private readonly spare: ArrayBuffer[] = []

  constructor(module?: WebAssembly.Module) {
    this.kernels = new Kernels(module)
  }

  /** Reads, hashes and decodes a file. Throws a `Refusal` or an error of the file system. */
  async read(path: string, eigen: boolean): Promise<ReadDay> {
    const file = this.load(path)
    const sha256 = createHash('sha256').update(file).digest('hex')
    const day = await decodeDay(this.kernels, file.byteLength, eigen, (bytes) => this.allocate(bytes))
    return { ...day, sha256, cached: false }
  }

  /** Takes a buffer back. Fresh memory costs a page fault every 4 KiB, about as much as decoding what it then holds. */
  recycle(buffer: ArrayBuffer): void {
    if (buffer.byteLength > 0 && this.spare.length < SPARE_MAX) this.spare.push(buffer)
  }

  private load(path: string): Uint8Array {
    const descriptor = openSync(path, 'r')
    try {
      const { size } = fstatSync(descriptor)
      if (size > FILE_BYTES_MAX) throw new Refusal(`a file of at most ${FILE_BYTES_MAX} bytes`, `${size}`)
      const room = this.kernels.fileRoom(size)
      let at = 0
      while (at < size) {
        const count = readSync(descriptor, room, at, size - at, at)
        if (count === 0) throw new Refusal(`${size} bytes`, `the file's end at ${at}: it is being written to`)
        at += count
      }
      return room
    } finally {
      closeSync(descriptor)
    }
  }

  private allocate(bytes: number): ArrayBuffer {
    const fitting = this.spare.findIndex(({ byteLength }) => byteLength >= bytes && byteLength <= bytes * 2)
    return fitting < 0 ? new ArrayBuffer(bytes) : this.spare.splice(fitting, 1)[0]!
  }
}
