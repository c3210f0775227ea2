import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Checkpoint, JournalEnd, JournalFormat, JournalReader, SegmentOpening } from '../../ports/journal.js'
import { type SegmentName, segmentNames } from './segment-files.js'

/** Where reading begins: behind a checkpoint, or at the first record. */
export interface StartPlace {
  /** Undefined: at the first record. */
  readonly before: JournalEnd | undefined
  /** Name of the first segment that is read. */
  readonly segment: string
  /** Later checkpoints that could not be used. */
  readonly refused: readonly RefusedCheckpoint[]
}

export interface RefusedCheckpoint {
  /** Of its file. */
  readonly name: string
  readonly reason: string
}

/** Checkpoints beyond these are passed over. */
export interface StartLimits {
  /** Behind this record. */
  readonly recordsMax?: number
  /** Taken later, UTC ms: whoever looks at records wants those since then, whatever state they led to. */
  readonly atMsMax?: number
}

type Formats = Pick<
  JournalFormat<unknown>,
  'isSegmentName' | 'segmentName' | 'checkpointName' | 'opening' | 'readCheckpoint' | 'continued'
>

/**
 * Finds the last checkpoint that a reader can begin at, and lets it begin there. The segments before it are not read; a
 * journal of which one is gone is read from its first record on, and refused then.
 *
 * A checkpoint counts when the header of the segment behind it names it, when the segment before that was left for good,
 * and when the reader takes it.
 */
export async function beginReading(
  folder: string,
  format: Formats,
  reader: Pick<JournalReader<unknown>, 'begin'>,
  { recordsMax = Number.POSITIVE_INFINITY, atMsMax = Number.POSITIVE_INFINITY }: StartLimits = {},
): Promise<StartPlace> {
  if (reader.begin === undefined) return { before: undefined, segment: '', refused: [] }
  const segments = await segmentNames(folder, format)
  const refused: RefusedCheckpoint[] = []
  const isWhole = segments.every(({ name }, i) => name === format.segmentName(i + 1))
  for (let i = segments.length - 1; isWhole && i > 0; i--) {
    const segment = segments[i]!
    const opening = segment.isArchived ? undefined : await openingOf(join(folder, segment.name), format)
    if (opening?.stateHash === undefined || opening.before.records > recordsMax) continue
    if (!(await isLeft(folder, segments[i - 1]!, format.continued(i + 1)))) continue
    const name = format.checkpointName(i + 1)
    const checkpoint = await readCheckpoint(join(folder, name), format, opening)
    if (typeof checkpoint !== 'string' && checkpoint.atMs > atMsMax) continue
    const reason = typeof checkpoint === 'string' ? checkpoint : reader.begin(checkpoint)
    if (reason === undefined) return { before: opening.before, segment: segment.name, refused }
    refused.push({ name, reason })
  }
  reader.begin(undefined)
  return { before: undefined, segment: '', refused }
}

/** What a segment's header says; undefined when there is none. */
export async function openingOf(
  path: string,
  format: Pick<JournalFormat<unknown>, 'opening'>,
): Promise<SegmentOpening | undefined> {
  const file = await open(path, 'r')
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEADER_BYTES_MAX), 0, HEADER_BYTES_MAX, 0)
    const end = buffer.subarray(0, bytesRead).indexOf('\n')
    return end < 0 ? undefined : format.opening(buffer.subarray(0, end))
  } finally {
    await file.close()
  }
}

/** Many times what a header takes. */
const HEADER_BYTES_MAX = 4096

/** Its continuation is there, whole: one that a crash tore is to be cut, and so has to be read. An archived one had it. */
async function isLeft(folder: string, { name, isArchived }: SegmentName, continuation: string): Promise<boolean> {
  if (isArchived) return true
  const expected = `\n${continuation}`
  const path = join(folder, name)
  const { size } = await stat(path)
  if (size < expected.length) return false
  const file = await open(path, 'r')
  try {
    const { buffer } = await file.read(Buffer.alloc(expected.length), 0, expected.length, size - expected.length)
    return buffer.toString('latin1') === expected
  } finally {
    await file.close()
  }
}

/** The checkpoint that a segment's header names, or what is wrong with it. */
export async function readCheckpoint(
  path: string,
  format: Pick<JournalFormat<unknown>, 'readCheckpoint'>,
  opening: SegmentOpening,
): Promise<Checkpoint | string> {
  try {
    return format.readCheckpoint(await readFile(path), opening)
  } catch (error) {
    return (error as Error).message
  }
}
