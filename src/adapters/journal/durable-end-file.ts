import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withPath } from '../../files/reason.js'
import type { DurableEnd, JournalFormat } from '../../ports/journal.js'
import { createWhole, type OpenSegmentFile, type SegmentFile, writeFully } from './segment-files.js'

/**
 * The small file that says how far a journal was durable. It is written over itself behind each fdatasync of the journal,
 * so it is never ahead of it; it is synced itself where a start, or a close, waits for the disk anyway.
 */
export class DurableEndFile {
  private readonly file: SegmentFile
  private readonly format: DurableFormat

  private constructor(file: SegmentFile, format: DurableFormat) {
    this.file = file
    this.format = format
  }

  /** Makes it anew, durably: whatever an earlier one said has been looked at. */
  static async create(
    folder: string,
    format: DurableFormat,
    end: DurableEnd,
    openFile: OpenSegmentFile,
  ): Promise<DurableEndFile> {
    const path = join(folder, format.durableName)
    await createWhole(path, Buffer.from(format.durable(end)), openFile)
    return new DurableEndFile(await openFile(path, 'r+'), format)
  }

  async write(end: DurableEnd): Promise<void> {
    await writeFully(this.file, Buffer.from(this.format.durable(end)), 0)
  }

  async close(): Promise<void> {
    try {
      await this.file.datasync()
    } finally {
      await this.file.close()
    }
  }
}

type DurableFormat = Pick<JournalFormat<unknown>, 'durableName' | 'durable'>

/** What a folder's file says, or why it says nothing. Rejects with errors of the file system but that there is none. */
export async function readDurableEnd(
  folder: string,
  { durableName, readDurable }: Pick<JournalFormat<unknown>, 'durableName' | 'readDurable'>,
): Promise<DurableEnd | string> {
  const path = join(folder, durableName)
  try {
    return readDurable(await withPath(path, readFile(path)))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return NO_DURABLE_END
  }
}

/** Of a journal of an earlier build, or a copy of its segments alone. */
export const NO_DURABLE_END = 'no such file'
