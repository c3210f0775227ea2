import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, watch } from 'node:fs'
import { expect, it } from 'vitest'
import { openFileJournal } from '../../src/adapters/journal/file-journal.js'
import { readSegments } from '../../src/adapters/journal/segment-files.js'
import { recordLine } from '../../src/core/journal/frame.js'
import { journalFormat } from '../../src/core/journal/journal-format.js'
import type { JournalRecord } from '../../src/ports/journal.js'
import { SumSide, sumRecord } from '../adapters/journal/sum-side.js'
import { MAIN, temporaryFolder } from './dolphin.js'

const SEGMENTS = 12
const LINES_A_WRITE = 400

const folder = temporaryFolder()
const FORMAT = journalFormat<JournalRecord>('execution', 'b1')

/** Full segments of some 20 kB, with a checkpoint behind each, and one that was begun. Answers the number of records. */
async function written(): Promise<number> {
  const side = new SumSide()
  const { journal } = await openFileJournal(folder.path, FORMAT, side, { segmentBytesMax: 1 })
  journal.listen({ durable: () => {}, failed: () => {}, checkpoint: () => side.checkpoint() })
  for (let segment = 0; segment < SEGMENTS; segment++) {
    for (let i = 0; i < LINES_A_WRITE; i++) {
      const record = sumRecord(side.n + 1)
      side.take(record)
      journal.append(recordLine(record))
    }
    while (journal.depth > 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await journal.close()
  return side.n
}

/** Ends the archiving at its `at`th step that shows in the folder, unless it is done before. Answers how it ended. */
async function archiveUntil(at: number, signal: NodeJS.Signals): Promise<{ code: number | null; stderr: string }> {
  const child: ChildProcess = spawn(process.execPath, [MAIN, 'journal', 'archive', folder.path], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr!.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  let steps = 0
  const watcher = watch(folder.path, () => {
    if (++steps === at) child.kill(signal)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  watcher.close()
  return { code, stderr }
}

async function expectWhole(records: number): Promise<void> {
  const check = FORMAT.check()
  let read = 0
  for await (const part of readSegments(folder.path, FORMAT, check)) read += part.records.length
  expect([check.finish(), read]).toEqual([{ kind: 'whole' }, records])
}

const plain = () => readdirSync(folder.path).filter((name) => /^journal-\d+\.log$/.test(name))
const archived = () => readdirSync(folder.path).filter((name) => name.endsWith('.log.gz'))

it('an archiving that is killed at any step leaves every record readable, and the next one carries on', async () => {
  const records = await written()
  let killed = 0
  for (let at = 1; at < 200; at += 2) {
    const { code } = await archiveUntil(at, 'SIGKILL')
    await expectWhole(records)
    if (code === 0) break
    killed++
  }
  expect(killed).toBeGreaterThan(3)
  expect(plain()).toHaveLength(1)
  expect(archived()).toHaveLength(SEGMENTS)
  const side = new SumSide()
  await (await openFileJournal(folder.path, FORMAT, side)).journal.close()
  expect([side.n, side.sum]).toEqual([records, (records * (records + 1)) / 2])
})

it('an archiving that is interrupted says how far it got, leaves nothing half done, and the next one carries on', async () => {
  const records = await written()
  const { code, stderr } = await archiveUntil(3, 'SIGINT')
  expect(code).toBe(130)
  expect(stderr).toMatch(/Interrupted: \d+ of 12 segments archived; the same command carries on\.\n$/)
  expect(readdirSync(folder.path).filter((name) => name.endsWith('.tmp'))).toEqual([])
  await expectWhole(records)
  expect((await archiveUntil(-1, 'SIGKILL')).code).toBe(0)
  expect(archived()).toHaveLength(SEGMENTS)
  await expectWhole(records)
})
