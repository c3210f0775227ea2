import type {
  Checkpoint,
  JournalFormat,
  JournalReader,
  RefusedCheckpoint,
  SegmentName,
  SegmentOpening,
  StartLimits,
  StartPlace,
  StartQuestion,
} from '../../ports/journal.js'
import { NEWLINE } from './frame.js'

/** The parts of the format that the search looks with. */
export interface StartFormat
  extends Pick<JournalFormat<unknown>, 'segmentName' | 'checkpointName' | 'opening' | 'continued'> {
  /** The checkpoint in a file, which must be the one of that opening; else what is wrong, as a text. */
  readCheckpoint(bytes: Uint8Array, opening: SegmentOpening): Checkpoint | string
}

type Answer = Uint8Array | string

/**
 * Finds the last checkpoint that a reader can begin at, and lets it begin there. The segments before it are not read; a
 * journal of which one is gone is read from its first record on, and refused then.
 *
 * A checkpoint counts when the header of the segment behind it names it, when the segment before that was left for good,
 * and when the reader takes it. Whoever runs this answers its questions from wherever the journal is.
 */
export function* startPlace(
  segments: readonly SegmentName[],
  format: StartFormat,
  reader: Pick<JournalReader<unknown>, 'begin'>,
  { recordsMax = Number.POSITIVE_INFINITY, atMsMax = Number.POSITIVE_INFINITY }: StartLimits = {},
): Generator<StartQuestion, StartPlace, Answer> {
  const refused: RefusedCheckpoint[] = []
  const first = { before: undefined, segment: '', refused }
  if (reader.begin === undefined) return first
  const isWhole = segments.every(({ name }, i) => name === format.segmentName(i + 1))
  for (let i = segments.length - 1; isWhole && i > 0; i--) {
    const segment = segments[i]!
    const opening = segment.isArchived ? undefined : openingIn(yield headerOf(segment.name), format)
    if (opening?.stateHash === undefined || opening.before.records > recordsMax) continue
    if (!(yield* isLeft(segments[i - 1]!, format.continued(i + 1)))) continue
    const name = format.checkpointName(i + 1)
    const bytes = yield { file: name, part: 'whole' }
    const checkpoint: Checkpoint | string = typeof bytes === 'string' ? bytes : format.readCheckpoint(bytes, opening)
    if (typeof checkpoint !== 'string' && checkpoint.atMs > atMsMax) continue
    const reason = typeof checkpoint === 'string' ? checkpoint : reader.begin(checkpoint)
    if (reason === undefined) return { before: opening.before, segment: segment.name, refused }
    refused.push({ name, reason })
  }
  reader.begin(undefined)
  return first
}

/** The part of a segment that its header is in. */
function headerOf(segment: string): StartQuestion {
  return { file: segment, part: { first: HEADER_BYTES_MAX } }
}

/** Many times what a header takes. */
const HEADER_BYTES_MAX = 4096

/** What the header says that an answer begins with; undefined when there is none. */
function openingIn(answer: Answer, format: StartFormat): SegmentOpening | undefined {
  if (typeof answer === 'string') return undefined
  const end = answer.indexOf(NEWLINE)
  return end < 0 ? undefined : format.opening(answer.subarray(0, end))
}

/** Its continuation is there, whole: one that a crash tore is to be cut, and so has to be read. An archived one had it. */
function* isLeft({ name, isArchived }: SegmentName, continuation: string): Generator<StartQuestion, boolean, Answer> {
  if (isArchived) return true
  const expected = `\n${continuation}`
  const tail = yield { file: name, part: { last: expected.length } }
  return typeof tail !== 'string' && String.fromCharCode(...tail) === expected
}
