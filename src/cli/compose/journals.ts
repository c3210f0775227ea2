import { join } from 'node:path'
import { type FileJournalOptions, openFileJournal } from '../../adapters/journal/file-journal.js'
import { DataRefused, InputMistake, SurroundingsFailed } from '../../base/mistakes.js'
import { journalFormat } from '../../core/journal/journal-format.js'
import { displayPath } from '../../files/package-files.js'
import {
  type CorruptJournal,
  type Journal,
  JournalError,
  type JournalKind,
  type JournalRecord,
  type TornTail,
} from '../../ports/journal.js'

export interface OpenedJournal<R extends JournalRecord> {
  /** Everything that was durable, in order. */
  readonly records: readonly R[]
  /** Takes lines of `recordLine`. */
  readonly journal: Journal
  /** What a crash left unfinished and opening cut off. */
  readonly warning?: string
}

/**
 * Opens the journal of a side, or begins one, for writing by `build` (16 hex digits).
 *
 * @throws Mistake when the journal is damaged (exit code 3), written by another process, or cannot be opened.
 */
export async function openJournal<R extends JournalRecord>(
  folder: string,
  kind: JournalKind,
  build: string,
  options: Pick<FileJournalOptions, 'capacity'> = {},
): Promise<OpenedJournal<R>> {
  try {
    const { records, tornTail, journal } = await openFileJournal(folder, journalFormat<R>(kind, build), options)
    if (tornTail === undefined) return { records, journal }
    return { records, journal, warning: `${tornTailText(folder, tornTail)}; it was cut and kept as ${tornTail.keptAs}` }
  } catch (error) {
    throw journalRefusal(folder, error)
  }
}

/** What a person is told of a journal that cannot be opened. A defect of ours stays what it is. */
export function journalRefusal(folder: string, error: unknown): unknown {
  if (error instanceof JournalError) {
    if (error.corrupt === undefined) return new InputMistake(error.message)
    return new DataRefused(corruptProblem(folder, error.corrupt), {
      hint: `dolphin journal show ${displayPath(folder)} prints what stands before it; docs/journal.md says what to do.`,
    })
  }
  const { code, message } = error as NodeJS.ErrnoException
  if (code === undefined) return error
  return new SurroundingsFailed({ place: displayPath(folder), message: `cannot open the journal: ${message}` })
}

export function tornTailText(folder: string, { segment, offset, bytes, reason }: TornTail): string {
  return `${displayPath(join(folder, segment))}: the last write was never finished: ${bytes} bytes from byte ${offset} on (${reason})`
}

export function corruptProblem(folder: string, { segment, record, offset, expected, found }: CorruptJournal) {
  return {
    place: { file: displayPath(join(folder, segment)) },
    message: `damaged at record ${record}, byte ${offset}: expected ${expected}, found ${found}`,
  }
}
