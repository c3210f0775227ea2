import { dirname } from 'node:path'
import { found, InputMistake, SurroundingsFailed } from '../../../base/mistakes.js'
import { type IsoDate, isDate } from '../../../base/utc-date.js'
import { FACTORS_HEADER, type FactorsRow, factorsLine } from '../../../core/factors/day-row.js'
import { AppendFile } from '../../../files/append-file.js'
import { makeFolder } from '../../../files/folder.js'
import { LockHeldError, takeWriterLock, type WriterLock } from '../../../files/writer-lock.js'

/** Rows of days that only grow, one a date: what `dolphin backtest --factors` reads. One process writes it. */
export class FactorsFile {
  private newest: IsoDate | undefined
  private isLost = false

  private constructor(
    readonly path: string,
    private readonly lock: WriterLock,
  ) {}

  /**
   * Opens the file, or begins it with its header.
   *
   * @throws InputMistake when it is a file of other columns; SurroundingsFailed when another process writes it; errors of the
   * file system as they are.
   */
  static async open(path: string): Promise<FactorsFile> {
    await makeFolder(dirname(path))
    const holder: { file?: FactorsFile } = {}
    const lock = await lockOf(path, () => {
      if (holder.file !== undefined) holder.file.isLost = true
    })
    const file = new FactorsFile(path, lock)
    holder.file = file
    try {
      const { lines, file: opened } = await file.opened()
      await opened.close()
      file.newest = newestDate(lines)
      return file
    } catch (error) {
      await lock.release()
      throw error
    }
  }

  /** Date of the newest row; undefined while there is none. */
  get newestDate(): IsoDate | undefined {
    return this.newest
  }

  /**
   * Appends a row; it is on disk when this resolves. False when there is one of this date or a later one, and none was written.
   *
   * @throws what the file system says; nothing that counts was written then, and it may be tried again.
   */
  async append(row: FactorsRow, w750: number | null): Promise<boolean> {
    if (this.isLost) {
      throw new SurroundingsFailed({ place: this.path, message: 'another process writes it now: nothing is appended' })
    }
    // A line that a crash cut off goes with this, before anything is written behind it.
    const { lines, file } = await this.opened()
    try {
      const newest = newestDate(lines)
      if (newest === undefined || newest < row.date) file.append(factorsLine(row, w750))
      else return false
    } finally {
      await file.close()
    }
    this.newest = row.date
    return true
  }

  async close(): Promise<void> {
    await this.lock.release()
  }

  private opened(): ReturnType<typeof AppendFile.open> {
    const refuse = (first: string): InputMistake => {
      const place = { file: this.path, line: 1, column: 1 }
      const message = `expected ${FACTORS_HEADER}, found ${found(first)}`
      return new InputMistake({ place, message }, { hint: 'Name another file: rows of other columns are not mixed.' })
    }
    return AppendFile.open(this.path, { line: FACTORS_HEADER, refuse })
  }
}

async function lockOf(path: string, lost: () => void): Promise<WriterLock> {
  try {
    return await takeWriterLock(`${path}.lock`, lost)
  } catch (error) {
    if (!(error instanceof LockHeldError)) throw error
    throw new SurroundingsFailed({ place: path, message: `another process writes it${error.who}` })
  }
}

function newestDate(lines: readonly string[]): IsoDate | undefined {
  let newest: IsoDate | undefined
  for (const line of lines) {
    const date = line.split(',', 1)[0]!
    if (isDate(date) && (newest === undefined || date > newest)) newest = date
  }
  return newest
}
