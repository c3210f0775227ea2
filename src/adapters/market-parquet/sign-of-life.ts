import { type FileHandle, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from '../../files/folder.js'

/** What a recording process last said of itself. Times are UTC ms. */
export interface Life {
  readonly startedMs: number
  readonly atMs: number
  /** The last row's number. */
  readonly n: number
  /** Whether it ended by itself, with everything written. */
  readonly ended: boolean
}

/** How often a process says that it lives. */
export const BEAT_MS = 2_000

/** A sign is of this many bytes, whatever it says: one that is written over another needs no room on a disk that is full. */
const BYTES = 160

/**
 * The file that tells until when a process lived that was killed. Written over in place and never waited for; a sign that a power
 * cut tore is as good as none.
 */
export class SignOfLife {
  private writing: Promise<void> | undefined

  /** The file is there, durably, before anything is recorded. */
  static async open(path: string, life: Life): Promise<SignOfLife> {
    const file = await open(path, 'a+').then(async (made) => {
      await made.close()
      return open(path, 'r+')
    })
    await write(file, life)
    await syncFolder(dirname(path))
    return new SignOfLife(file)
  }

  private constructor(private readonly file: FileHandle) {}

  /** A sign that is still being written is enough; one that fails leaves the last one standing. */
  show(life: Life): void {
    this.writing ??= write(this.file, life)
      .catch(() => undefined)
      .finally(() => {
        this.writing = undefined
      })
  }

  /** The last sign, if there is one to give, and no more. */
  async close(last: Life | undefined): Promise<void> {
    await this.writing
    try {
      if (last !== undefined) await write(this.file, last)
    } finally {
      await this.file.close()
    }
  }
}

/** What an earlier process left; undefined where nothing can be read of it. */
export async function readLife(path: string): Promise<Life | undefined> {
  try {
    const { startedMs, atMs, n, ended } = JSON.parse(await readFile(path, 'utf8')) as Life
    return [startedMs, atMs, n].every(Number.isFinite) ? { startedMs, atMs, n, ended: ended === true } : undefined
  } catch {
    return undefined
  }
}

async function write(file: FileHandle, { startedMs, atMs, n, ended }: Life): Promise<void> {
  await file.write(`${JSON.stringify({ startedMs, atMs, n, ended }).padEnd(BYTES - 1)}\n`, 0)
  await file.datasync()
}
