import { type FileHandle, open, readdir, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncFolder } from '../../files/folder.js'
import type { JournalCheck, JournalFormat, TornTail } from '../../ports/journal.js'

/** What a journal does with a file that it writes: all of it can fail. */
export interface SegmentFile {
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesWritten: number }>
  datasync(): Promise<void>
  close(): Promise<void>
}

/** `wx` makes a file that was not there. */
export type OpenSegmentFile = (path: string, flags: 'r+' | 'wx') => Promise<SegmentFile>

export const openSegmentFile: OpenSegmentFile = (path, flags) => open(path, flags)

/** What was made of a part of a segment. */
export interface SegmentPart<R> {
  readonly segment: string
  readonly records: readonly R[]
  readonly bytes: number
}

/** The lock of a folder's one writer. */
export const LOCK_FILE = '.journal.lock'

const READ_BYTES = 1 << 20
const TEMPORARY = /^\.(.+)\.tmp$/

export type SegmentNames = Pick<JournalFormat<unknown>, 'isSegmentName'>

/**
 * Feeds a folder's segments to a check, and answers what it made of each part. A journal that is being written may be
 * read: it ends where the file ended when it was looked at.
 */
export async function* readSegments<R>(
  folder: string,
  format: SegmentNames,
  check: JournalCheck<R>,
): AsyncGenerator<SegmentPart<R>, void, void> {
  const buffer = new Uint8Array(READ_BYTES)
  let names = await segmentNames(folder, format)
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!
    check.begin(name)
    const file = await open(join(folder, name), 'r')
    try {
      for (;;) {
        for (let bytes = await readPart(file, buffer); bytes > 0; bytes = await readPart(file, buffer)) {
          yield { segment: name, records: check.feed(buffer.subarray(0, bytes)), bytes }
        }
        if (i < names.length - 1) break
        // Where the journal went on meanwhile, this segment may have grown before it did.
        names = await segmentNames(folder, format)
        if (i === names.length - 1) break
      }
    } finally {
      await file.close()
    }
  }
}

/** In order. */
export async function segmentNames(folder: string, format: SegmentNames): Promise<string[]> {
  const names = await readdir(folder)
  return names.filter((name) => format.isSegmentName(name)).sort()
}

export async function writeFully(file: SegmentFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written)
    if (bytesWritten === 0) throw new Error(`nothing was written of ${bytes.length - written} bytes`)
    written += bytesWritten
  }
}

/** Makes a segment of a header. It appears under its name when it is on disk, never as a part of itself. */
export async function createSegment(path: string, header: Uint8Array, openFile: OpenSegmentFile): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.tmp`)
  const file = await openFile(temporary, 'wx')
  try {
    await writeFully(file, header, 0)
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
  await syncFolder(dirname(path))
}

/** Files that a killed writer had not given their name yet. */
export async function removeTemporaries(folder: string, format: SegmentNames): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, segment] = TEMPORARY.exec(name) ?? []
    if (segment !== undefined && format.isSegmentName(segment)) await unlink(join(folder, name))
  }
}

/** Cuts a torn tail off, after its bytes are safe in a file of their own. Answers that file's name. */
export async function cutTail(folder: string, { segment, offset }: TornTail): Promise<string> {
  const path = join(folder, segment)
  const name = await keep(folder, `${segment}.torn-${offset}`, await readTail(path, offset))
  const file = await open(path, 'r+')
  try {
    await file.truncate(offset)
    await file.sync()
  } finally {
    await file.close()
  }
  return name
}

/** A file's bytes from `offset` to its end. */
export async function readTail(path: string, offset: number): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const tail = new Uint8Array((await file.stat()).size - offset)
    for (let at = 0; at < tail.length; ) {
      const { bytesRead } = await file.read(tail, at, tail.length - at, offset + at)
      if (bytesRead === 0) throw new Error(`${path} shrank while it was read`)
      at += bytesRead
    }
    return tail
  } finally {
    await file.close()
  }
}

/** Under `name`, or beside an earlier file of that name. */
async function keep(folder: string, name: string, bytes: Uint8Array): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const free = attempt === 1 ? name : `${name}-${attempt}`
    try {
      const file = await open(join(folder, free), 'wx')
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await syncFolder(folder)
      return free
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

async function readPart(file: FileHandle, buffer: Uint8Array): Promise<number> {
  return (await file.read(buffer, 0, buffer.length, null)).bytesRead
}
