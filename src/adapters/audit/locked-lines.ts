import { dirname } from 'node:path'
import { SurroundingsFailed } from '../../base/mistakes.js'
import { AppendFile } from '../../files/append-file.js'
import { makeFolder } from '../../files/folder.js'
import { displayPath } from '../../files/package-files.js'
import { LockHeldError, takeWriterLock, type WriterLock } from '../../files/writer-lock.js'

export interface OpenedLockedLines {
  readonly file: LockedLines
  readonly lines: readonly string[]
  /** A last line that a crash cut off, and that is gone. */
  readonly torn: string | undefined
}

/** Opens or creates a file of lines that this process alone writes: `<path>.lock` lies beside it meanwhile. `what` it is, for people. */
export async function openLockedLines(path: string, what: string): Promise<OpenedLockedLines> {
  await makeFolder(dirname(path))
  let isLost = false
  const lock = await takeWriterLock(`${path}.lock`, () => {
    isLost = true
  }).catch((error: unknown) => {
    if (!(error instanceof LockHeldError)) throw error
    throw new SurroundingsFailed({
      place: displayPath(path),
      message: `another process${error.who} writes this ${what}`,
    })
  })
  try {
    const { file, ...found } = await AppendFile.open(path)
    const check = (): void => {
      if (!isLost) return
      const message = `another process has taken this ${what} over; nothing more is written to it`
      throw new SurroundingsFailed({ place: displayPath(path), message })
    }
    return { file: new LockedLines(file, lock, check), ...found }
  } catch (error) {
    await lock.release()
    throw error
  }
}

export class LockedLines {
  constructor(
    private readonly file: AppendFile,
    private readonly lock: WriterLock,
    /** Throws when another process has taken the file over. */
    private readonly check: () => void,
  ) {}

  /** Resolves when the line and all before it are on disk; lines that come at the same time share an fsync. */
  async append(line: string): Promise<void> {
    this.check()
    this.file.append(line)
    await this.file.flush()
  }

  async flush(): Promise<void> {
    await this.file.flush()
  }

  async close(): Promise<void> {
    try {
      await this.file.close()
    } finally {
      await this.lock.release()
    }
  }
}
