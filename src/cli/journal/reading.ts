import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LOCK_FILE, readSegments, segmentNames } from '../../adapters/journal/segment-files.js'
import { DataRefused, InputMistake, Interrupted } from '../../base/mistakes.js'
import { isSegmentName } from '../../core/journal/frame.js'
import { JournalScan } from '../../core/journal/scan.js'
import { displayPath } from '../../files/package-files.js'
import { isWriterAtWork } from '../../files/writer-lock.js'
import type { JournalKind, JournalRecord, JournalVerdict } from '../../ports/journal.js'
import { corruptProblem, tornTailText } from '../compose/journals.js'
import { startProgress } from '../shell/progress.js'
import { watchInterrupt } from '../shell/signals.js'
import { notice } from '../shell/terminal.js'

/** A record of either side, as far as all of them are alike. */
export type AnyRecord = JournalRecord & Readonly<Record<string, unknown>>

/** What was found in a segment. */
export interface SegmentSummary {
  readonly name: string
  readonly build: string
  readonly records: number
  readonly bytes: number
}

export interface JournalReading {
  /** Absent when the reading was ended before the journal's end. */
  readonly verdict: JournalVerdict | undefined
  readonly kind: JournalKind | undefined
  readonly id: string
  readonly records: number
  readonly segments: readonly SegmentSummary[]
  /** Somebody writes it at this moment: the last write may be half done. */
  readonly isWritten: boolean
}

export interface ReadingOptions {
  readonly quiet: boolean
  /** What is going on, for the progress bar. */
  readonly label: string
  /** Called with records in order; false ends the reading, and what comes behind is not looked at. */
  readonly take: (records: readonly AnyRecord[]) => boolean | Promise<boolean>
}

const PROGRESS_UNIT_BYTES = 1 << 20

/**
 * Reads a folder's journal without touching it, while it is written, too.
 *
 * @throws Mistake when there is no journal; Interrupted on Ctrl-C.
 */
export async function readJournal(folder: string, options: ReadingOptions): Promise<JournalReading> {
  const names = await existingSegments(folder)
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0)
  const isWritten = await isWriterAtWork(join(folder, LOCK_FILE))
  const scan = new JournalScan<AnyRecord>()
  const segments = new Map<string, SegmentSummary>()
  let ended = false
  let doneBytes = 0
  const interrupt = watchInterrupt('block')
  const progress = startProgress({
    total: Math.floor(totalBytes / PROGRESS_UNIT_BYTES),
    unit: 'MiB',
    label: options.label,
    quiet: options.quiet,
  })
  try {
    for await (const { segment, records, bytes } of readSegments(folder, { isSegmentName }, scan)) {
      const before = segments.get(segment) ?? { name: segment, build: '', records: 0, bytes: 0 }
      segments.set(segment, {
        name: segment,
        build: scan.end.build,
        records: before.records + records.length,
        bytes: before.bytes + bytes,
      })
      const doneUnits = Math.floor(doneBytes / PROGRESS_UNIT_BYTES)
      doneBytes += bytes
      progress.advance(Math.floor(doneBytes / PROGRESS_UNIT_BYTES) - doneUnits)
      if (records.length > 0 && !(await options.take(records))) {
        ended = true
        break
      }
      if (interrupt.signal.aborted) throw new Interrupted(`Interrupted behind record ${scan.end.records}.`)
    }
  } finally {
    progress.stop()
    interrupt.stop()
  }
  const verdict = ended ? undefined : scan.finish()
  const { id, records } = scan.end
  return { verdict, kind: scan.kind, id, records, segments: [...segments.values()], isWritten }
}

/** Refuses a damaged journal and tells of a torn tail, after everything that stands before was used. */
export function judge(folder: string, { verdict, isWritten }: JournalReading): void {
  if (verdict?.kind === 'corrupt') {
    throw new DataRefused(corruptProblem(folder, verdict))
  }
  if (verdict?.kind === 'tornTail') {
    const why = isWritten ? 'it is being written at this moment' : 'the next opening cuts it off and keeps it'
    notice(`${tornTailText(folder, verdict)}; ${why}`)
  }
}

async function existingSegments(folder: string): Promise<readonly string[]> {
  const names = await segmentNames(folder, { isSegmentName }).catch((error: NodeJS.ErrnoException) => {
    throw new InputMistake({
      place: displayPath(folder),
      message: `expected a folder with a journal, found ${error.message}`,
    })
  })
  if (names.length > 0) return names
  const below: string[] = []
  for (const name of ['execution', 'decision', 'journal/execution', 'journal/decision']) {
    const found = await segmentNames(join(folder, name), { isSegmentName }).catch(() => [])
    if (found.length > 0) below.push(displayPath(join(folder, name)))
  }
  throw new InputMistake(
    { place: displayPath(folder), message: 'expected a folder with a journal, found no journal-00000001.log in it' },
    below.length === 0 ? {} : { hint: `There are journals below it: ${below.join(', ')}` },
  )
}
