import { join } from 'node:path'
import { openFileJournal } from '../../adapters/journal/file-journal.js'
import type { FileJournalOptions } from '../../adapters/journal/file-journal-options.js'
import { DataRefused, InputMistake, SurroundingsFailed } from '../../base/mistakes.js'
import { DURABLE_NAME } from '../../core/journal/durable-end.js'
import { journalFormat } from '../../core/journal/journal-format.js'
import { displayPath } from '../../files/package-files.js'
import {
  type CorruptJournal,
  type Journal,
  JournalError,
  type JournalKind,
  type JournalReader,
  type JournalRecord,
  type RefusedCheckpoint,
  type TornTail,
} from '../../ports/journal.js'

/**
 * Opens the journal of a side, or begins one, for writing by `build` (16 hex digits). The reader gets what is there.
 *
 * @throws Mistake when the journal is damaged (exit code 3), written by another process, or cannot be opened; what the
 *   reader throws as it is.
 */
export async function openJournal<R extends JournalRecord>(
  at: { readonly folder: string; readonly kind: JournalKind; readonly build: string },
  reader: JournalReader<R>,
  options: FileJournalOptions = {},
): Promise<OpenedJournal> {
  const { folder, kind, build } = at
  try {
    const opened = await openFileJournal(folder, journalFormat<R>(kind, build), reader, options)
    const { refused, tornTail, durableFault, ...rest } = opened
    const warnings = refused.map((checkpoint) => refusedText(folder, checkpoint, opened))
    if (tornTail !== undefined)
      warnings.push(`${tornTailText(folder, tornTail, durableFault)}; it was cut and kept as ${tornTail.keptAs}`)
    else if (durableFault !== undefined) warnings.push(durableFaultText(folder, durableFault))
    return { ...rest, warnings }
  } catch (error) {
    throw journalRefusal(folder, error)
  }
}

export interface OpenedJournal {
  /** All that there are. */
  readonly records: number
  /** Those that were read: what lies behind the checkpoint that reading began at. */
  readonly recordsRead: number
  /** Takes lines of `recordLine`. */
  readonly journal: Journal
  /** What a person should know: a checkpoint that could not be used, what a crash left unfinished and opening cut off. */
  readonly warnings: readonly string[]
}

function refusedText(
  folder: string,
  { name, reason }: RefusedCheckpoint,
  { records, recordsRead }: { readonly records: number; readonly recordsRead: number },
): string {
  const instead =
    recordsRead === records
      ? 'every record was replayed instead'
      : `what follows record ${records - recordsRead} was replayed instead`
  return `${displayPath(join(folder, name))}: the checkpoint was not used: ${reason}; ${instead}`
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

/** `durableFault`: why it is not known how far the journal was durable; undefined when it is, and so that nothing durable is lost. */
export function tornTailText(
  folder: string,
  { segment, offset, bytes, reason }: TornTail,
  durableFault: string | undefined,
): string {
  const what = durableFault === undefined ? 'the last write was never finished' : 'the last line is not whole'
  const acknowledged =
    durableFault === undefined
      ? 'none of it had been acknowledged'
      : `whether it had been acknowledged is not known (${DURABLE_NAME}: ${durableFault})`
  return `${displayPath(join(folder, segment))}: ${what}: ${bytes} bytes from byte ${offset} on (${reason}); ${acknowledged}`
}

/** A start goes on without it, and makes it anew. */
export function durableFaultText(folder: string, fault: string): string {
  return `${displayPath(join(folder, DURABLE_NAME))}: ${fault}; whether records are missing at the journal's end is not known`
}

export function corruptProblem(folder: string, { segment, record, offset, expected, found }: CorruptJournal) {
  return {
    place: { file: displayPath(join(folder, segment)) },
    message: `damaged at record ${record}, byte ${offset}: expected ${expected}, found ${found}`,
  }
}
