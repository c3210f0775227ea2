import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openFileJournal } from '../../../src/adapters/journal/file-journal.js'
import { lastTimeOf } from '../../../src/cli/compose/executor-journal.js'
import { recordLine } from '../../../src/core/journal/frame.js'
import { journalFormat } from '../../../src/core/journal/journal-format.js'

it('the last time of an executor is that of its last record, once it is gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-last-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  expect(await lastTimeOf(folder)).toBe(0)
  const format = journalFormat('execution', '0123456789abcdef')
  const { journal } = await openFileJournal(folder, format, { take: () => {} })
  const asked = lastTimeOf(folder)
  for (const [n, atMs] of [
    [1, 1_000],
    [2, 1_500],
  ] as const)
    journal.append(recordLine({ n, atMs, inputs: '', type: 'truth' }))
  await journal.close()
  expect(await asked).toBe(1_500)
})
