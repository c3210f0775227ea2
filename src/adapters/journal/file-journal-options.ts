import { callback, fields, having, number, optional, refuse, text } from '../../base/arguments.js'
import type { JournalReader, StartLimits } from '../../ports/journal.js'
import type { OpenSegmentFile } from './segment-files.js'

export interface FileJournalOptions {
  /** A segment that has this many bytes is followed by another. */
  readonly segmentBytesMax?: number
  /** Lines that may wait for the disk before the caller is to stop opening risk. */
  readonly capacity?: number
  readonly openFile?: OpenSegmentFile
  readonly start?: StartLimits
}

/** @throws InputMistake when a journal is opened with something else. */
export function checkJournalArguments(folder: unknown, format: unknown, reader: unknown, options: unknown): void {
  refuse(text(folder, 'folder'), FORMAT(format, 'format'), READER(reader, 'reader'), OPTIONS(options, 'options'))
}

const count = number({ min: 1, integer: true })
const FORMAT = having('a journal format, as journalFormat makes it', 'segmentName', 'header', 'mark', 'check')
const READER = fields<JournalReader<unknown>>({
  begin: optional(callback),
  take: callback,
  checkpoint: optional(callback),
})
const OPTIONS = fields<FileJournalOptions>({
  segmentBytesMax: optional(count),
  capacity: optional(count),
  openFile: optional(callback),
  start: optional(fields<StartLimits>({ recordsMax: optional(number({ min: 0 })), atMsMax: optional(number()) })),
})
