import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openFileJournal } from '../../../src/adapters/journal/file-journal.js'
import type { FileJournalOptions } from '../../../src/adapters/journal/file-journal-options.js'
import { recordLine } from '../../../src/core/journal/frame.js'
import { journalFormat } from '../../../src/core/journal/journal-format.js'
import { scanJournal } from '../../../src/core/journal/scan.js'
import type { JournalRecord } from '../../../src/ports/journal.js'

export const lineOf = (n: number) => recordLine({ n, atMs: 1000 + n, inputs: 'abc', type: 'TEST' })
export const linesUpTo = (n: number) => Array.from({ length: n }, (_, i) => lineOf(i + 1))

/** A folder for the test that asks, gone when it ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-journal-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Opens a folder's journal and collects all its records. */
export async function open(folder: string, options: FileJournalOptions & { readonly build?: string } = {}) {
  const records: JournalRecord[] = []
  const format = journalFormat<JournalRecord>('execution', options.build ?? 'b1')
  const opened = await openFileJournal(folder, format, { take: (record) => void records.push(record) }, options)
  return { ...opened, records }
}

/** What a folder holds, without opening it. */
export function scanFolder(folder: string) {
  const names = readdirSync(folder).filter((name) => /^journal-\d+\.log$/.test(name))
  const { records, verdict } = scanJournal<JournalRecord>(
    'execution',
    names.sort().map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(folder, name))) })),
  )
  return { names, lines: records.map(recordLine), verdict }
}
