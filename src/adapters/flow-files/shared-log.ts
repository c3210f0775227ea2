import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DataRefused } from '../../base/mistakes.js'
import { syncFolder } from '../../files/folder.js'
import { atPath } from '../../files/reason.js'

/** What a log is made of: JSON objects, a line each. */
export type LogEntry = Readonly<Record<string, unknown>>

/**
 * A file of lines that several processes append to and read at the same time: each line is one write at the end of the file, so that
 * all processes see the same lines in the same order, and a line that a crash has cut off is closed by whoever writes next.
 */
export class SharedLog {
  private file: FileHandle | undefined
  private readTo = 0
  private line = 0
  private work: Promise<unknown> = Promise.resolve()

  /** @param take is told of every line once, in the order of the file. */
  constructor(
    private readonly path: string,
    private readonly take: (entry: LogEntry) => void,
  ) {}

  /** Reads what was appended since, by whomever. A log that was never written is empty. @throws DataRefused for a line that is none. */
  async refresh(): Promise<void> {
    await this.inTurn(() => this.read())
  }

  /** Appends lines; durable, and read, when it resolves. */
  async append(entries: readonly LogEntry[]): Promise<void> {
    await this.inTurn(async () => {
      const isWhole = await this.read()
      const file = await this.opened()
      const lines = isWhole ? entries : [REPAIRED, ...entries]
      const text = `${isWhole ? '' : '\n'}${lines.map((entry) => `${JSON.stringify(entry)}\n`).join('')}`
      try {
        await writeAtOnce(file, text)
        await file.datasync()
      } catch (error) {
        throw atPath(this.path, error)
      }
      await this.read()
    })
  }

  async close(): Promise<void> {
    await this.inTurn(async () => {
      await this.file?.close()
      this.file = undefined
    })
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.work.then(work)
    this.work = turn.catch(() => undefined)
    return turn
  }

  /** False: it ends within a line. */
  private async read(): Promise<boolean> {
    let file: FileHandle
    try {
      file = await open(this.path, 'r')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true
      throw error
    }
    try {
      const { size } = await file.stat()
      if (size < this.readTo) throw this.refused('expected a file that only grows, found a shorter one than before')
      const bytes = Buffer.alloc(size - this.readTo)
      const { bytesRead } = await file.read(bytes, 0, bytes.length, this.readTo)
      const whole = bytes.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1
      this.takeLines(bytes.toString('utf8', 0, whole).split('\n').slice(0, -1))
      this.readTo += whole
      return whole === bytesRead
    } finally {
      await file.close()
    }
  }

  private takeLines(lines: readonly string[]): void {
    for (const [at, text] of lines.entries()) {
      this.line++
      if (text === '') continue
      const entry = entryIn(text)
      if (entry !== undefined) this.take(entry)
      else if (lines[at + 1] !== REPAIRED_LINE) {
        throw this.refused('expected a JSON object in one line, found something else: restore it, or take it out')
      }
    }
  }

  private refused(message: string): DataRefused {
    return new DataRefused({ place: { file: this.path, ...(this.line > 0 ? { line: this.line } : {}) }, message })
  }

  private async opened(): Promise<FileHandle> {
    if (this.file !== undefined) return this.file
    const folder = dirname(this.path)
    await mkdir(folder, { recursive: true })
    this.file = await open(this.path, 'a')
    await syncFolder(folder)
    return this.file
  }
}

const NEWLINE = 0x0a
/** Says that the line before it was cut off by a crash, and never counted. */
const REPAIRED: LogEntry = { kind: 'repaired' }
const REPAIRED_LINE = JSON.stringify(REPAIRED)

function entryIn(text: string): LogEntry | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as LogEntry) : undefined
  } catch {
    return undefined
  }
}

/** In one call: what other processes append comes before it or after it, never within. */
async function writeAtOnce(file: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text)
  const { bytesWritten } = await file.write(bytes)
  if (bytesWritten < bytes.length) {
    throw Object.assign(new Error('only a part of it could be written'), { code: 'ENOSPC', syscall: 'write' })
  }
}
