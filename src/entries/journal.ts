/**
 * What a session leaves behind: the journals of its two sides, from which either is what it was, and its log of trades,
 * days and missed entries, which people and programs read.
 *
 * @example
 * ```ts
 * import type { ExecutionRecord } from 'dolphin-engine'
 * import { journalFormat, readSegments, readSession } from 'dolphin-engine/journal'
 *
 * const { trades } = await readSession('session')
 * const format = journalFormat<ExecutionRecord>('execution', '0123456789abcdef')
 * const check = format.check()
 * for await (const { records } of readSegments('session/journal/execution', format, check)) console.log(records.length)
 * console.log(trades.length, check.finish().kind)
 * ```
 *
 * @module
 */

export { type OpenedFileJournal, openFileJournal } from '../adapters/journal/file-journal.js'
export type { FileJournalOptions } from '../adapters/journal/file-journal-options.js'
export { MemoryJournal } from '../adapters/journal/memory-journal.js'
export {
  type OpenSegmentFile,
  readSegments,
  type SegmentFile,
  type SegmentNames,
  type SegmentPart,
} from '../adapters/journal/segment-files.js'
export { MemorySessionLog } from '../adapters/session-log/memory-session-log.js'
export { readSession } from '../adapters/session-log/read-session.js'
export { SessionLogError, type SessionPlace } from '../adapters/session-log/refusal.js'
export { FileSessionLog } from '../adapters/session-log/session-log.js'
export { recordLine } from '../core/journal/frame.js'
export { journalFormat } from '../core/journal/journal-format.js'
export { scanJournal } from '../core/journal/scan.js'
export { JournalError } from '../ports/journal.js'
