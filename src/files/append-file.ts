import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from './folder.js'
import { atPath } from './reason.js'

/** The first line of every file of a kind. */
export interface FileHeader {
  readonly line: string
  refuse(found: string): Error
}

export interface OpenedAppendFile {
  readonly file: AppendFile
  /** What the file holds, after its header where it has one. */
  readonly lines: readonly string[]
  /** A last line without its end, which a crash cut off, and which is gone. */
  readonly torn: string | undefined
}

/**
 * A text file that only grows, a line at a time. `append` never waits; lines become durable in order, several with one
 * fsync. The first failure is kept: from then on nothing is written, and `flush` and `close` reject with it.
 */
export class AppendFile {
  private readonly path: string
  private readonly file: FileHandle
  private end: number
  private waiting: string[] = []
  private writing: Promise<void> | undefined
  private failure: Error | undefined

  private constructor(path: string, file: FileHandle, end: number) {
    this.path = path
    this.file = file
    this.end = end
  }

  /** Opens or creates the file. Rejects with what its header's `refuse` makes of the first line where that is another. */
  static async open(path: string, header?: FileHeader): Promise<OpenedAppendFile> {
    // Not 'a+': appending ignores positions, and a torn line must go.
    await (await open(path, 'a')).close()
    const handle = await open(path, 'r+')
    try {
      const bytes = await handle.readFile()
      const whole = bytes.lastIndexOf(NEWLINE) + 1
      const torn = bytes.toString('utf8', whole)
      const lines = bytes.toString('utf8', 0, whole).split('\n').slice(0, -1)
      const isBegun = header === undefined || lines.length > 0
      if (header !== undefined) {
        const first = lines.shift() ?? torn
        if (isBegun ? first !== header.line : !header.line.startsWith(first)) throw header.refuse(first)
      }
      const file = new AppendFile(path, handle, whole)
      await handle.truncate(whole)
      if (!isBegun) file.append(header.line)
      await file.flush()
      await handle.sync()
      await syncFolder(dirname(path))
      return { file, lines, torn: torn === '' || !isBegun ? undefined : torn }
    } catch (error) {
      await handle.close()
      throw atPath(path, error)
    }
  }

  append(line: string): void {
    if (this.failure !== undefined) return
    this.waiting.push(`${line}\n`)
    this.writing ??= this.drain()
  }

  /** Resolves when everything appended so far is on disk. */
  async flush(): Promise<void> {
    await this.writing
    if (this.failure !== undefined) throw this.failure
  }

  async close(): Promise<void> {
    try {
      await this.flush()
    } finally {
      await this.file.close()
    }
  }

  private async drain(): Promise<void> {
    try {
      while (this.waiting.length > 0 && this.failure === undefined) {
        const bytes = Buffer.from(this.waiting.join(''))
        this.waiting = []
        await this.write(bytes)
        await this.file.datasync()
      }
    } catch (error) {
      this.failure = atPath(this.path, error) as Error
    } finally {
      this.writing = undefined
    }
  }

  private async write(bytes: Buffer): Promise<void> {
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await this.file.write(bytes, written, bytes.length - written, this.end + written)
      written += bytesWritten
    }
    this.end += bytes.length
  }
}

const NEWLINE = 0x0a
