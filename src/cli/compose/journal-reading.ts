import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ARCHIVED } from '../../adapters/journal/archived-segment.js'
import { readDurableEnd } from '../../adapters/journal/durable-end-file.js'
import { LOCK_FILE, readSegments, type SegmentPart, segmentNames } from '../../adapters/journal/segment-files.js'
import { beginReading } from '../../adapters/journal/start-place.js'
import { DataRefused, InputMistake, Interrupted } from '../../base/mistakes.js'
import { readCheckpoint } from '../../core/journal/checkpoint.js'
import { DURABLE_NAME, readDurable } from '../../core/journal/durable-end.js'
import { checkpointName, isSegmentName } from '../../core/journal/frame.js'
import { journalFormat } from '../../core/journal/journal-format.js'
import { JournalScan } from '../../core/journal/scan.js'
import { displayPath } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import { isWriterAtWork } from '../../files/writer-lock.js'
import type {
  JournalKind,
  JournalReader,
  JournalRecord,
  JournalVerdict,
  RefusedCheckpoint,
  SegmentName,
  StartLimits,
  StartPlace,
} from '../../ports/journal.js'
import { startProgress } from '../shell/progress.js'
import { watchInterrupt } from '../shell/signals.js'
import { notice } from '../shell/terminal.js'
import { corruptProblem, tornTailText } from './journals.js'

/** A record of either side, as far as all of them are alike. */
export type AnyRecord = JournalRecord & Readonly<Record<string, unknown>>

/** What was found in a segment. */
export interface SegmentSummary {
  readonly name: string
  readonly build: string
  readonly records: number
  /** Of the segment itself, compressed or not. */
  readonly bytes: number
  readonly archived: boolean
  /** Hash of the state that it begins with, when a checkpoint of it was taken. */
  readonly stateHash: string | null
  /** What is wrong with that checkpoint; absent when nothing is, or none was taken. */
  readonly checkpointFault?: string
}

export interface JournalReading {
  /** Absent when the reading was ended before the journal's end. */
  readonly verdict: JournalVerdict | undefined
  readonly kind: JournalKind | undefined
  readonly id: string
  readonly records: number
  /** Those that were read. */
  readonly segments: readonly SegmentSummary[]
  /** The record behind which reading began: 0, or where a checkpoint was taken. */
  readonly begunBehind: number
  /** Checkpoints that it could not begin at. */
  readonly refused: readonly RefusedCheckpoint[]
  /** Why it could not be checked that the journal goes as far as it was durable; null when it does. */
  readonly durableFault: string | null
  /** Somebody writes it at this moment: the last write may be half done. */
  readonly isWritten: boolean
}

export interface ReadingOptions {
  readonly quiet: boolean
  /** What is going on, for the progress bar. */
  readonly label: string
  /** Where to begin, other than at the first record. */
  readonly begin?: { readonly at: NonNullable<JournalReader<unknown>['begin']>; readonly limits?: StartLimits }
  /** Whether checkpoints are to be read, too. */
  readonly checkpoints?: boolean
  /** A segment's header has been read, none of its records yet. */
  readonly opened?: (segment: SegmentSummary, recordsBefore: number) => void
  /** Called with records in order; false ends the reading, and what comes behind is not looked at. */
  readonly take: (records: readonly AnyRecord[]) => boolean | Promise<boolean>
}

/** A side as a journal leaves it. */
export interface Replayed {
  readonly state: object
  readonly stateHash: string
}

/** A side that records are replayed into, of which each knows where it does not follow. */
export interface Replay extends Required<JournalReader<AnyRecord>> {
  finish(): Replayed
}

const PROGRESS_UNIT_BYTES = 1 << 20

/**
 * Reads a folder's journal without touching it, while it is written or archived, too.
 *
 * @throws Mistake when there is no journal; Interrupted on Ctrl-C.
 */
export async function readJournal(folder: string, options: ReadingOptions): Promise<JournalReading> {
  await checkJournal(folder)
  const isWritten = await isWriterAtWork(join(folder, LOCK_FILE))
  const { before, segment, refused } = await startPlace(folder, options.begin)
  // Before the journal: it may be written meanwhile, and is then longer than this.
  const durable = await readDurableEnd(folder, { durableName: DURABLE_NAME, readDurable })
  const scan = new JournalScan<AnyRecord>(undefined, before, typeof durable === 'string' ? undefined : durable)
  const sizes = await segmentSizes(folder, segment)
  const segments = new Map<string, SegmentSummary>()
  let ended = false
  const interrupt = watchInterrupt('block')
  const progress = byteProgress(sizes, options)
  try {
    for await (const part of readSegments(folder, { isSegmentName }, scan, segment)) {
      const { name, isArchived } = part.segment
      let summary = segments.get(name)
      if (summary === undefined) {
        const { build } = scan.end
        summary = {
          name,
          build,
          records: 0,
          bytes: 0,
          archived: isArchived,
          stateHash: scan.opening?.stateHash ?? null,
        }
        if (options.checkpoints) summary = { ...summary, ...(await checkpointFault(folder, scan)) }
        options.opened?.(summary, scan.end.records - part.records.length)
      }
      const bytes = summary.bytes + part.bytes
      segments.set(name, { ...summary, records: summary.records + part.records.length, bytes })
      progress.passed(part)
      if (part.records.length > 0 && !(await options.take(part.records))) {
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
  const begunBehind = before?.records ?? 0
  const durableFault = typeof durable === 'string' ? durable : null
  const found = { verdict, kind: scan.kind, id, records, segments: [...segments.values()] }
  return { ...found, begunBehind, refused, durableFault, isWritten }
}

/** Of the checkpoint that the segment at hand begins with. */
async function checkpointFault(
  folder: string,
  scan: JournalScan<AnyRecord>,
): Promise<Pick<SegmentSummary, 'checkpointFault'>> {
  const { kind, opening } = scan
  if (kind === undefined || opening?.stateHash === undefined) return {}
  const path = join(folder, checkpointName(opening.before.segment + 1))
  const bytes = await readFile(path).catch((error: Error) => error.message)
  const found = typeof bytes === 'string' ? bytes : readCheckpoint(kind, bytes, opening)
  return typeof found === 'string' ? { checkpointFault: found } : {}
}

/** Of which side the journal is, and its first record; undefined before that was written. */
export async function firstRecord(folder: string): Promise<{ kind: JournalKind; record: AnyRecord } | undefined> {
  await checkJournal(folder)
  const scan = new JournalScan<AnyRecord>()
  for await (const { records } of readSegments(folder, { isSegmentName }, scan)) {
    const [record] = records
    if (record !== undefined && scan.kind !== undefined) return { kind: scan.kind, record }
  }
  return undefined
}

async function startPlace(folder: string, begin: ReadingOptions['begin']): Promise<StartPlace> {
  const first = begin === undefined ? undefined : await firstRecord(folder)
  if (begin === undefined || first === undefined) return { before: undefined, segment: '', refused: [] }
  // Reading needs no build of its own.
  return beginReading(folder, journalFormat(first.kind, ''), { begin: begin.at }, begin.limits)
}

/** Size of each segment's file, compressed or not, from the segment `first` on. */
async function segmentSizes(folder: string, first: string): Promise<ReadonlyMap<string, number>> {
  const segments = (await segmentNames(folder, { isSegmentName })).filter(({ name }) => name >= first)
  const sizeOf = async ({ name, isArchived }: SegmentName): Promise<readonly [string, number]> => {
    // One that has just been archived counts for nothing: this is for the progress bar.
    const found = await stat(join(folder, isArchived ? name + ARCHIVED : name)).catch(() => undefined)
    return [name, found?.size ?? 0]
  }
  return new Map(await Promise.all(segments.map(sizeOf)))
}

/** Progress in MiB of the files. What a compressed part takes of its file is not known: such a file counts when it is begun. */
function byteProgress(sizes: ReadonlyMap<string, number>, { label, quiet }: ReadingOptions) {
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  const progress = startProgress({ total: Math.floor(total / PROGRESS_UNIT_BYTES), unit: 'MiB', label, quiet })
  const begun = new Set<string>()
  let done = 0
  return {
    passed({ segment: { name, isArchived }, bytes }: SegmentPart<unknown>): void {
      const before = Math.floor(done / PROGRESS_UNIT_BYTES)
      if (!isArchived) done += bytes
      else if (!begun.has(name)) done += sizes.get(name) ?? 0
      begun.add(name)
      progress.advance(Math.floor(done / PROGRESS_UNIT_BYTES) - before)
    },
    stop: () => progress.stop(),
  }
}

/** Refuses a damaged journal and tells of a torn tail, after everything that stands before was used. */
export function judge(folder: string, { verdict, isWritten, refused, durableFault }: JournalReading): void {
  for (const { name, reason } of refused)
    notice(`${displayPath(join(folder, name))}: the checkpoint was not used: ${reason}; records were replayed instead`)
  if (verdict?.kind === 'corrupt') {
    throw new DataRefused(corruptProblem(folder, verdict))
  }
  if (verdict?.kind === 'tornTail') {
    const why = isWritten ? 'it is being written at this moment' : 'the next opening cuts it off and keeps it'
    notice(`${tornTailText(folder, verdict, durableFault ?? undefined)}; ${why}`)
  }
}

/** Refuses a folder without a journal, and says where there is one. */
export async function checkJournal(folder: string): Promise<void> {
  const names = await segmentNames(folder, { isSegmentName }).catch((error: unknown) => {
    throw new InputMistake({
      place: displayPath(folder),
      message: `expected a folder with a journal: ${reason(error)}`,
    })
  })
  if (names.length > 0) return
  const below: string[] = []
  for (const name of KINDS.flatMap((kind) => [kind, `journal/${kind}`])) {
    const found = await segmentNames(join(folder, name), { isSegmentName }).catch(() => [])
    if (found.length > 0) below.push(displayPath(join(folder, name)))
  }
  throw new InputMistake(
    { place: displayPath(folder), message: 'expected a folder with a journal, found no journal-00000001.log in it' },
    below.length === 0 ? {} : { hint: `There are journals below it: ${below.join(', ')}` },
  )
}

/** Who wrote a journal, as a person calls it. */
export function writerOf(kind: JournalKind | undefined): string {
  if (kind === undefined) return 'unknown side'
  return kind === 'exchange' ? 'exchange' : `${kind} side`
}

const KINDS = ['execution', 'decision', 'exchange'] as const satisfies readonly JournalKind[]
