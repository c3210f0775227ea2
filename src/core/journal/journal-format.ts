import type { JournalFormat, JournalKind, JournalRecord } from '../../ports/journal.js'
import {
  continuedLine,
  FORMAT_VERSION,
  headerLine,
  isSegmentName,
  markLine,
  numberOf,
  segmentName,
  sumOf,
} from './frame.js'
import { JournalScan } from './scan.js'

/** The one format there is, for a journal of `kind` that the running `build` writes. */
export function journalFormat<R extends JournalRecord>(kind: JournalKind, build: string): JournalFormat<R> {
  return {
    build,
    segmentName,
    isSegmentName,
    header: ({ id, segment, records, sum }) =>
      headerLine({
        format: 'dolphin-journal',
        version: FORMAT_VERSION,
        kind,
        id,
        build,
        segment: segment + 1,
        first: records + 1,
        previous: sum,
      }),
    mark: markLine,
    continued: continuedLine,
    numberOf,
    sumOf,
    check: () => new JournalScan<R>(kind),
  }
}
