import type { Checkpoint, JournalEnd, JournalKind, SegmentOpening } from '../../ports/journal.js'
import { checkpointLine, decodeLine, FORMAT_VERSION, NEWLINE } from './frame.js'

/** The file of a checkpoint that was taken where a journal ended. */
export function checkpointText(
  { kind, build }: { readonly kind: JournalKind; readonly build: string },
  checkpoint: Checkpoint,
  end: JournalEnd,
): string {
  return checkpointLine({ ...checkpoint, ...placeOf(kind, end), build } satisfies CheckpointDocument)
}

/** What a checkpoint's file says besides the checkpoint: which journal it is of, and where in it. */
interface Place {
  readonly format: 'dolphin-checkpoint'
  readonly version: number
  readonly kind: JournalKind
  readonly id: string
  /** Number of the segment that begins behind it. */
  readonly segment: number
  /** Sum of the last record before it. */
  readonly previous: string
}

type CheckpointDocument = Place & Checkpoint & { readonly build: string }

/** What a segment's first line says, given without its newline; undefined when it is no header of such a journal. */
export function openingOf(kind: JournalKind | undefined, bytes: Uint8Array): SegmentOpening | undefined {
  const line = decodeLine(bytes)
  if (line.kind !== 'header') return undefined
  const { header } = line
  const isOurs = header.format === 'dolphin-journal' && header.version === FORMAT_VERSION
  if (!isOurs || (kind !== undefined && header.kind !== kind)) return undefined
  const { id, segment, first, previous, state } = header
  return { before: { id, segment: segment - 1, records: first - 1, sum: previous, build: '' }, stateHash: state }
}

/**
 * The checkpoint in a file, or what is wrong with it. The segment's header names the hash of the state that it was begun
 * with: a file that was changed, or put in another's place, is known by that, however right its own sum is.
 */
export function readCheckpoint(
  kind: JournalKind,
  bytes: Uint8Array,
  { before, stateHash }: SegmentOpening,
): Checkpoint | string {
  const end = bytes.indexOf(NEWLINE)
  if (end < 0) return `an incomplete line of ${bytes.length} bytes`
  if (end !== bytes.length - 1) return `${bytes.length - end - 1} bytes behind its line`
  const line = decodeLine(bytes.subarray(0, end))
  if (line.kind === 'bad' || line.kind === 'foreign') return line.reason
  if (line.kind !== 'checkpoint') return `a ${line.kind} instead of a checkpoint`
  const document = line.document as CheckpointDocument
  const expected = { ...placeOf(kind, before), records: before.records, stateHash }
  for (const [key, value] of Object.entries(expected)) {
    const found = document[key as keyof typeof expected]
    if (found !== value) return `${key}: expected ${value}, found ${String(found)}`
  }
  const { records, atMs, shape, state } = document
  return { records, atMs, shape, stateHash: document.stateHash, state }
}

function placeOf(kind: JournalKind, { id, segment, sum }: JournalEnd): Place {
  return { format: 'dolphin-checkpoint', version: FORMAT_VERSION, kind, id, segment: segment + 1, previous: sum }
}
