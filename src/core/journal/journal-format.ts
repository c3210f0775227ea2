import { present } from '../../base/present.js'
import type { JournalFormat, JournalKind, JournalRecord } from '../../ports/journal.js'
import { checkpointText, openingOf, readCheckpoint } from './checkpoint.js'
import { DURABLE_NAME, durableText, readDurable } from './durable-end.js'
import {
  checkpointName,
  continuedLine,
  FORMAT_VERSION,
  headerLine,
  isCheckpointName,
  isSegmentName,
  markLine,
  numberOf,
  segmentName,
  sumOf,
} from './frame.js'
import { JournalScan } from './scan.js'
import { startPlace } from './start-place.js'

/** The one format there is, for a journal of `kind` that the running `build` writes. */
export function journalFormat<R extends JournalRecord>(kind: JournalKind, build: string): JournalFormat<R> {
  const format: JournalFormat<R> = {
    build,
    segmentName,
    isSegmentName,
    checkpointName,
    isCheckpointName,
    header: ({ id, segment, records, sum }, stateHash) =>
      headerLine({
        format: 'dolphin-journal',
        version: FORMAT_VERSION,
        kind,
        id,
        build,
        segment: segment + 1,
        first: records + 1,
        previous: sum,
        ...present({ state: stateHash }),
      }),
    opening: (line) => openingOf(kind, line),
    checkpoint: (checkpoint, end) => checkpointText({ kind, build }, checkpoint, end),
    startPlace: (segments, reader, limits) =>
      startPlace(
        segments,
        { ...format, readCheckpoint: (bytes, opening) => readCheckpoint(kind, bytes, opening) },
        reader,
        limits,
      ),
    mark: markLine,
    durableName: DURABLE_NAME,
    durable: durableText,
    readDurable,
    continued: continuedLine,
    numberOf,
    sumOf,
    check: (before, durable) => new JournalScan<R>(kind, before, durable),
  }
  return format
}
