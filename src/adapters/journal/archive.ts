import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { stageWith, targetOfTemporary } from '../../files/whole-file.js'
import type { JournalEnd, JournalFormat, JournalRecord, SegmentName, SegmentOpening } from '../../ports/journal.js'
import { ARCHIVED, archivedParts } from './archived-segment.js'
import { segmentNames } from './segment-files.js'
import { beginReading } from './start-place.js'

/** A plain segment that is over: the journal has gone on in another. */
export interface PlainSegment {
  readonly name: string
  /** Where the journal ends that far, as the next segment says. */
  readonly end: JournalEnd
  /** Of the first record behind it, UTC ms; undefined when there is none yet. */
  readonly untilMs: number | undefined
  readonly bytes: number
  /** A start reads it, and a writer may be at work in it: it is not behind the last whole checkpoint. */
  readonly isNeeded: boolean
}

export interface ArchivedSegment {
  readonly name: string
  readonly bytes: number
  /** Of its compressed copy. */
  readonly archivedBytes: number
}

/** A segment that is not what its journal says it is. It is left as it is. */
export class DamagedSegment extends Error {
  override readonly name = 'DamagedSegment'
}

/** In order; the last segment is never among them. */
export async function plainSegments<R extends JournalRecord>(
  folder: string,
  format: JournalFormat<R>,
): Promise<readonly PlainSegment[]> {
  const { segment: start } = await beginReading(folder, format, { begin: () => undefined })
  const segments = await segmentNames(folder, format)
  const found: PlainSegment[] = []
  for (const [i, { name, isArchived }] of segments.entries()) {
    const next = segments[i + 1]
    if (isArchived || next === undefined) continue
    const behind = await beginningOf(folder, next, format)
    if (behind === undefined) continue
    const { size: bytes } = await stat(join(folder, name))
    found.push({ name, end: behind.before, untilMs: behind.firstAtMs, bytes, isNeeded: name >= start })
  }
  return found
}

/** What a segment's first lines say. */
async function beginningOf<R extends JournalRecord>(folder: string, segment: SegmentName, format: JournalFormat<R>) {
  const opening = await openingOf(folder, segment, format)
  if (opening === undefined) return undefined
  const { before } = opening
  const check = format.check(before)
  check.begin(segment.name)
  for await (const part of partsOf(folder, segment)) {
    const [first] = check.feed(part)
    if (first !== undefined) return { before, firstAtMs: first.atMs }
  }
  return { before, firstAtMs: undefined }
}

async function openingOf<R>(
  folder: string,
  segment: SegmentName,
  format: JournalFormat<R>,
): Promise<SegmentOpening | undefined> {
  for await (const part of partsOf(folder, segment)) {
    const end = part.indexOf(NEWLINE)
    return end < 0 ? undefined : format.opening(part.subarray(0, end))
  }
  return undefined
}

const NEWLINE = 0x0a

function partsOf(folder: string, { name, isArchived }: SegmentName): AsyncIterable<Uint8Array> {
  const path = join(folder, name)
  return isArchived ? archivedParts(path + ARCHIVED) : createReadStream(path, READ)
}

/** Removes what an archiving that was killed left half done. One that is at work writes its copy without a pause. */
export async function removeHalfDone(folder: string, format: JournalFormat<unknown>): Promise<void> {
  for (const file of await readdir(folder)) {
    const target = targetOfTemporary(file)
    if (target === undefined || !target.endsWith(ARCHIVED)) continue
    if (!format.isSegmentName(target.slice(0, -ARCHIVED.length))) continue
    const { mtimeMs } = await stat(join(folder, file))
    if (Date.now() - mtimeMs > HALF_DONE_MS) await unlink(join(folder, file))
  }
}

const HALF_DONE_MS = 60_000

/**
 * Puts a compressed copy in a segment's place. The copy is complete, checked against the segment and on disk before the
 * segment goes: a kill at any moment leaves one of them whole, and another call carries on.
 *
 * @param read is told of the bytes as they are read.
 * @throws DamagedSegment; errors of the file system, and the signal's reason when it is aborted, as they are.
 */
export async function archiveSegment<R>(
  folder: string,
  format: JournalFormat<R>,
  segment: PlainSegment,
  { signal, read }: { readonly signal: AbortSignal; read(bytes: number): void },
): Promise<ArchivedSegment> {
  const { name, bytes } = segment
  const path = join(folder, name)
  let archivedBytes = 0
  const staged = await stageWith(path + ARCHIVED, async (temporary) => {
    const sum = createHash('sha256')
    const check = await checkOf(folder, format, segment)
    const looked = async function* (parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
      for await (const part of parts) {
        sum.update(part)
        check.feed(part)
        read(part.length)
        yield part
      }
    }
    await pipeline(createReadStream(path, READ), looked, createGzip(), createWriteStream(temporary), { signal })
    check.finish()
    await sync(temporary)
    if ((await sumOfArchive(temporary)) !== sum.digest('hex')) throw new Error(`${temporary}: not what was copied`)
    archivedBytes = (await stat(temporary)).size
  })
  await staged.commit()
  // Whoever archives at the same time has the same copy.
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  return { name, bytes, archivedBytes }
}

const READ = { highWaterMark: 1 << 20 }

/** A check of one segment alone, against what the next says of it. */
async function checkOf<R>(folder: string, format: JournalFormat<R>, { name, end }: PlainSegment) {
  const path = join(folder, name)
  const opening = await openingOf(folder, { name, isArchived: false }, format)
  if (opening === undefined) throw new DamagedSegment(`${path}: expected a header`)
  const check = format.check(opening.before)
  check.begin(name)
  return {
    feed: (part: Uint8Array) => void check.feed(part),
    finish() {
      const { id, records, sum } = check.end
      if (id === end.id && records === end.records && sum === end.sum) return
      throw new DamagedSegment(`${path}: expected records up to ${end.records}, found what is whole up to ${records}`)
    },
  }
}

async function sumOfArchive(path: string): Promise<string> {
  const sum = createHash('sha256')
  for await (const part of archivedParts(path)) sum.update(part)
  return sum.digest('hex')
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r')
  await file.sync().finally(() => file.close())
}
