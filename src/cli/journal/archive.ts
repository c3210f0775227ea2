import { join } from 'node:path'
import {
  type ArchivedSegment,
  archiveSegment,
  DamagedSegment,
  type PlainSegment,
  plainSegments,
  removeHalfDone,
} from '../../adapters/journal/archive.js'
import { DataRefused, found, InputMistake, Interrupted, SurroundingsFailed } from '../../base/mistakes.js'
import { isDate } from '../../base/utc-date.js'
import { journalFormat } from '../../core/journal/journal-format.js'
import { displayPath } from '../../files/package-files.js'
import { type AnyRecord, firstRecord } from '../compose/journal-reading.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { count, percent, plural, table } from '../shell/figures-text.js'
import { startProgress } from '../shell/progress.js'
import { watchInterrupt } from '../shell/signals.js'
import { type Colours, coloursFor, printResult, textOfLines } from '../shell/terminal.js'

export interface RawArchiveOptions {
  readonly before?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

/**
 * Runs `dolphin journal archive`: compresses segments that no start reads any more, one after the other. What is done stays
 * done: after Ctrl-C or a kill the same command carries on.
 */
export async function archive(folder: string, options: RawArchiveOptions): Promise<ExitCode> {
  const beforeMs = timeOf(options.before)
  const kind = (await firstRecord(folder))?.kind
  if (kind === undefined)
    throw new InputMistake({ place: displayPath(folder), message: 'expected a journal with records' })
  const format = journalFormat<AnyRecord>(kind, '')
  await removeHalfDone(folder, format)
  const segments = chosen(await plainSegments(folder, format), folder, beforeMs)
  const archived: ArchivedSegment[] = []
  const interrupt = watchInterrupt('block')
  const progress = startProgress({
    total: Math.ceil(segments.reduce((sum, { bytes }) => sum + bytes, 0) / UNIT_BYTES),
    unit: 'MiB',
    label: 'Archiving',
    quiet: options.quiet ?? false,
  })
  let units = 0
  const read = (bytes: number): void => {
    const before = Math.floor(units)
    units += bytes / UNIT_BYTES
    progress.advance(Math.floor(units) - before)
  }
  try {
    for (const segment of segments)
      archived.push(await archiveSegment(folder, format, segment, { signal: interrupt.signal, read }))
  } catch (error) {
    throw refusal(error, { folder, isInterrupted: interrupt.signal.aborted, archived, of: segments.length })
  } finally {
    progress.stop()
    interrupt.stop()
  }
  await printResult(options.json ? archiveJson(archived) : archiveText(archived, coloursFor(process.stdout)))
  return EXIT.ok
}

const UNIT_BYTES = 1 << 20

/** UTC ms; undefined: no such limit. */
function timeOf(before: string | undefined): number | undefined {
  if (before === undefined) return undefined
  if (isDate(before)) return Date.parse(`${before}T00:00:00Z`)
  throw new InputMistake({ place: '--before', message: `expected a date YYYY-MM-DD, found ${found(before)}` })
}

/** Those that are over before the date and not needed. One that is needed is refused, not passed over, when it is asked for. */
function chosen(
  segments: readonly PlainSegment[],
  folder: string,
  beforeMs: number | undefined,
): readonly PlainSegment[] {
  if (beforeMs === undefined) return segments.filter(({ isNeeded }) => !isNeeded)
  const asked = segments.filter(({ untilMs }) => untilMs !== undefined && untilMs <= beforeMs)
  const needed = asked.find(({ isNeeded }) => isNeeded)
  if (needed === undefined) return asked
  throw new InputMistake(
    {
      place: '--before',
      message: `${displayPath(join(folder, needed.name))} is over before that date, and not behind a checkpoint: a start reads it, and a writer may be at work in it`,
    },
    { hint: 'Without --before everything is archived that can be.' },
  )
}

function refusal(
  error: unknown,
  done: {
    readonly folder: string
    readonly isInterrupted: boolean
    readonly archived: readonly ArchivedSegment[]
    readonly of: number
  },
): unknown {
  const { archived, of, folder, isInterrupted } = done
  const sofar = `${archived.length} of ${plural(of, 'segment')} archived`
  if (isInterrupted) return new Interrupted(`Interrupted: ${sofar}; the same command carries on.`)
  if (error instanceof DamagedSegment)
    return new DataRefused(error.message, { hint: `dolphin journal verify ${displayPath(folder)} says where.` })
  const { code, message } = error as NodeJS.ErrnoException
  if (code === undefined) return error
  return new SurroundingsFailed({ place: displayPath(folder), message: `${message}; ${sofar}` })
}

function totals(archived: readonly ArchivedSegment[]) {
  const sum = (of: (segment: ArchivedSegment) => number): number => archived.reduce((all, one) => all + of(one), 0)
  return { bytes: sum(({ bytes }) => bytes), archivedBytes: sum(({ archivedBytes }) => archivedBytes) }
}

function archiveJson(archived: readonly ArchivedSegment[]): string {
  const document = { schema: 'dolphin.journal-archive/1', ...totals(archived), segments: archived }
  return `${JSON.stringify(document, null, 2)}\n`
}

function archiveText(archived: readonly ArchivedSegment[], colours: Colours): string {
  if (archived.length === 0) return 'Nothing to archive: every plain segment is one that a start reads.\n'
  const { bytes, archivedBytes } = totals(archived)
  const rows = archived.map((one) => [one.name, count(one.bytes), count(one.archivedBytes)])
  const lines = [
    ...table(['segment', 'bytes', 'archived'], rows, { head: colours.dim }),
    '',
    `${plural(archived.length, 'segment')} archived: ${percent(archivedBytes / bytes)} of ${count(bytes)} bytes`,
  ]
  return textOfLines(lines)
}
