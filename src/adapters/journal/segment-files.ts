import { type FileHandle, open, readdir, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncFolder } from '../../files/folder.js'
import { withPath } from '../../files/reason.js'
import type { JournalCheck, JournalFormat, SegmentName, TornTail } from '../../ports/journal.js'
import { ARCHIVED, archivedParts, UnreadableArchive } from './archived-segment.js'

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
  readonly segment: SegmentName
  readonly records: readonly R[]
  /** Of the segment. */
  readonly bytes: number
}

/** The lock of a folder's one writer. */
export const LOCK_FILE = '.journal.lock'

const READ_BYTES = 1 << 20
const TEMPORARY = /^\.(.+)\.tmp$/

export type SegmentNames = Pick<JournalFormat<unknown>, 'isSegmentName'>

/**
 * Feeds a folder's segments to a check, from `first` on, and answers what it made of each part. A journal that is being
 * written or archived may be read: it ends where the file ended when it was looked at.
 */
export async function* readSegments<R>(
  folder: string,
  format: SegmentNames,
  check: JournalCheck<R>,
  first = '',
): AsyncGenerator<SegmentPart<R>, void, void> {
  const buffer = new Uint8Array(READ_BYTES)
  const names = async () => (await segmentNames(folder, format)).filter(({ name }) => name >= first)
  let segments = await names()
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i]!
    check.begin(segment.name)
    const file = segment.isArchived ? undefined : await openUnlessArchived(join(folder, segment.name))
    if (file === undefined) {
      yield* archived(folder, { ...segment, isArchived: true }, check)
      continue
    }
    try {
      for (;;) {
        const path = join(folder, segment.name)
        const next = () => withPath(path, readPart(file, buffer))
        for (let bytes = await next(); bytes > 0; bytes = await next()) {
          yield { segment, records: check.feed(buffer.subarray(0, bytes)), bytes }
        }
        if (i < segments.length - 1) break
        // Where the journal went on meanwhile, this segment may have grown before it did.
        segments = await names()
        if (i === segments.length - 1) break
      }
    } finally {
      await file.close()
    }
  }
}

async function* archived<R>(
  folder: string,
  segment: SegmentName,
  check: JournalCheck<R>,
): AsyncGenerator<SegmentPart<R>, void, void> {
  try {
    for await (const bytes of archivedParts(join(folder, segment.name + ARCHIVED)))
      yield { segment, records: check.feed(bytes), bytes: bytes.length }
  } catch (error) {
    if (!(error instanceof UnreadableArchive)) throw error
    check.unreadable(error.message)
  }
}

/** Undefined when it has been archived since the folder was looked at. */
async function openUnlessArchived(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  }
}

/** In order. A segment that is there both ways counts as not archived: whoever archived it was killed. */
export async function segmentNames(folder: string, format: SegmentNames): Promise<SegmentName[]> {
  const isArchived = new Map<string, boolean>()
  for (const file of await readdir(folder)) {
    const name = file.endsWith(ARCHIVED) ? file.slice(0, -ARCHIVED.length) : file
    if (format.isSegmentName(name)) isArchived.set(name, file !== name && (isArchived.get(name) ?? true))
  }
  return [...isArchived]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, archived]) => ({ name, isArchived: archived }))
}

export async function writeFully(file: SegmentFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written)
    if (bytesWritten === 0) throw new Error(`nothing was written of ${bytes.length - written} bytes`)
    written += bytesWritten
  }
}

/** A segment with its header, or a checkpoint: it appears under its name when it is on disk, never as a part of itself. */
export async function createWhole(path: string, bytes: Uint8Array, openFile: OpenSegmentFile): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.tmp`)
  const file = await openFile(temporary, 'wx')
  try {
    await writeFully(file, bytes, 0)
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
  await syncFolder(dirname(path))
}

/** Files that a killed writer had not given their name yet. */
export async function removeTemporaries(
  folder: string,
  format: Pick<JournalFormat<unknown>, 'isSegmentName' | 'isCheckpointName' | 'durableName'>,
): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, whole] = TEMPORARY.exec(name) ?? []
    if (whole === undefined) continue
    const isOurs = format.isSegmentName(whole) || format.isCheckpointName(whole) || whole === format.durableName
    if (isOurs) await unlink(join(folder, name))
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
