import { SessionLogError } from '../../adapters/session-log/refusal.js'
import { FileSessionLog } from '../../adapters/session-log/session-log.js'
import { DataRefused, SurroundingsFailed } from '../../base/mistakes.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import { displayPath } from '../../files/package-files.js'
import {
  type Journal,
  JournalError,
  type JournalKind,
  type JournalReader,
  type JournalRecord,
  type SideKind,
} from '../../ports/journal.js'
import type { SideJournal } from '../../runtime/session/session-parts.js'
import { JournalDeparture, LineSums } from '../../runtime/session/timed-journal.js'
import { RecordedFailures } from '../../runtime/strategy/guarded-strategy.js'
import { openJournal } from './journals.js'
import { takeFollowing } from './recovered-decision.js'
import { journalFolder, type SessionSetup } from './session-settings.js'

export type OpenedSide = SideJournal & Pick<RecordedFailures, 'failures'>

/**
 * Opens a session's folder for `run`; its files are durable when that has ended.
 *
 * @throws DataRefused in a person's terms, where the folder holds another session, or is damaged.
 */
export async function inSessionFolder<T>(
  setup: SessionSetup,
  onWarning: (text: string) => void,
  run: (folder: SessionFolder) => Promise<T>,
): Promise<T> {
  const open = async (log: FileSessionLog, kind: SideKind, also?: RecordTaker): Promise<OpenedSide> => {
    const sums = new LineSums()
    const told = new RecordedFailures(setup.session.strategy)
    const at = { folder: journalFolder(log.folder, kind), kind, build: setup.decision.build }
    const { journal, warnings } = await openJournal(at, {
      take(record: DecisionRecord) {
        sums.take(record)
        told.take(record)
        also?.(record)
      },
    })
    warnings.forEach(onWarning)
    return { journal, there: sums.there, failures: told.failures }
  }
  try {
    const log = await FileSessionLog.open(setup.parent, setup.session)
    try {
      const result = await run({
        folder: log.folder,
        log,
        openJournal: (kind, also) => open(log, kind, also),
        async readJournal(kind, reader) {
          const at = { folder: journalFolder(log.folder, kind), kind, build: setup.decision.build }
          const { journal, warnings } = await openJournal(at, following(at.folder, reader))
          warnings.forEach(onWarning)
          return journal
        },
      })
      await log.flush()
      return result
    } finally {
      await log.close()
    }
  } catch (error) {
    if (error instanceof JournalError) throw new SurroundingsFailed(`the journal cannot be written: ${error.message}`)
    if (error instanceof SessionLogError) throw new DataRefused(error.message)
    if (!(error instanceof JournalDeparture)) throw error
    throw new DataRefused(
      { place: displayPath(setup.folder), message: `the journal is of another session: ${error.message}` },
      { hint: 'A session goes on only with the same days, settings and build.' },
    )
  }
}

/** What is open in a session's folder while it runs. */
export interface SessionFolder {
  readonly folder: string
  readonly log: FileSessionLog
  /** `failures`: of the session's strategy, as the decision journal tells of them. `also` takes every record that is there. */
  openJournal(kind: SideKind, also?: RecordTaker): Promise<OpenedSide>
  /** For a session by the clock, which goes on from what the journal is read into. */
  readJournal<R extends JournalRecord>(kind: JournalKind, reader: JournalReader<R>): Promise<Journal>
}

type RecordTaker = (record: DecisionRecord) => void

/** A record that does not follow is of another configuration or build: a mistake, and no defect. */
function following<R extends JournalRecord>(folder: string, reader: JournalReader<R>): JournalReader<R> {
  return {
    take: (record) => takeFollowing(folder, reader, record),
    ...(reader.begin === undefined ? {} : { begin: (checkpoint) => reader.begin?.(checkpoint) }),
    checkpoint: () => reader.checkpoint?.(),
  }
}
