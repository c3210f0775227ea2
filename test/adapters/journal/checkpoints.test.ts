import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openFileJournal } from '../../../src/adapters/journal/file-journal.js'
import { present } from '../../../src/base/present.js'
import { recordLine } from '../../../src/core/journal/frame.js'
import { journalFormat } from '../../../src/core/journal/journal-format.js'
import type { StartLimits } from '../../../src/ports/journal.js'
import { scanFolder, temporaryFolder } from './folders.js'
import { SumSide, sumRecord } from './sum-side.js'

/** Opens a folder's journal into a side, appends records up to number `upTo`, each durable before the next. */
async function write(
  folder: string,
  upTo: number,
  {
    segmentBytesMax = 400,
    build = 'b1',
    start,
  }: { segmentBytesMax?: number; build?: string; start?: StartLimits } = {},
) {
  const side = new SumSide()
  const opened = await openFileJournal(folder, journalFormat('execution', build), side, {
    segmentBytesMax,
    ...present({ start }),
  })
  const { journal, recordsRead, records, refused } = opened
  const found = { records, recordsRead, refused, sum: side.sum }
  journal.listen({ durable: () => {}, failed: () => {}, checkpoint: () => side.checkpoint() })
  while (side.n < upTo) {
    const record = sumRecord(side.n + 1)
    side.take(record)
    journal.append(recordLine(record))
    while (journal.depth > 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await journal.close()
  return found
}

const checkpoints = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('checkpoint-'))
const segments = (folder: string) => readdirSync(folder).filter((name) => /^journal-\d{8}\.log$/.test(name))
const sumUpTo = (n: number) => (n * (n + 1)) / 2

describe('a checkpoint', () => {
  test('is written when a segment is full, and a start reads only what follows the last one', async () => {
    const folder = temporaryFolder()
    await write(folder, 40)
    expect(checkpoints(folder)).toHaveLength(segments(folder).length - 1)
    const { records, recordsRead, refused, sum } = await write(folder, 40)
    expect([records, sum, refused]).toEqual([40, sumUpTo(40), []])
    expect(recordsRead).toBeLessThan(10)
  })

  test('is of the state behind every line that waits, although more are appended while it is written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.boolean()), { minLength: 1, maxLength: 20 }),
        async (bursts) => {
          const folder = temporaryFolder()
          const side = new SumSide()
          const format = journalFormat('execution', 'b1')
          const { journal } = await openFileJournal(folder, format, side, { segmentBytesMax: 300 })
          journal.listen({ durable: () => {}, failed: () => {}, checkpoint: () => side.checkpoint() })
          for (const [burst, isWaited] of bursts) {
            for (let i = 0; i < burst; i++) {
              const record = sumRecord(side.n + 1)
              side.take(record)
              journal.append(recordLine(record))
            }
            do await new Promise((resolve) => setImmediate(resolve))
            while (isWaited && journal.depth > 0)
          }
          await journal.close()
          const { sum, refused } = await write(folder, 0)
          expect([sum, refused]).toEqual([side.sum, []])
        },
      ),
      { numRuns: 12 },
    )
  })

  test('is taken of what was read when another build goes on, so that a start never reads further back', async () => {
    const folder = temporaryFolder()
    await write(folder, 3, { segmentBytesMax: 1 << 20 })
    expect(checkpoints(folder)).toEqual([])
    await write(folder, 5, { build: 'b2', segmentBytesMax: 1 << 20 })
    expect(checkpoints(folder)).toEqual(['checkpoint-00000002.state'])
    expect(await write(folder, 5, { build: 'b2' })).toMatchObject({ records: 5, recordsRead: 2, sum: 15 })
  })

  test('is passed over when it lies beyond what the reader wants to begin at', async () => {
    const folder = temporaryFolder()
    await write(folder, 40)
    const { recordsRead, refused } = await write(folder, 40, { start: { recordsMax: 20 } })
    expect(recordsRead).toBeGreaterThanOrEqual(20)
    expect(recordsRead).toBeLessThan(30)
    expect(refused).toEqual([])
    const later = await write(folder, 40, { start: { atMsMax: sumRecord(20).atMs } })
    expect(later.recordsRead).toBe(recordsRead)
  })
})

describe('a checkpoint that cannot be used is refused by name, and the state is that of its records all the same:', () => {
  const flip = (path: string, bit: number) => {
    const bytes = readFileSync(path)
    bytes[bit >> 3]! ^= 1 << (bit & 7)
    writeFileSync(path, bytes)
  }

  test('with any bit of it flipped', async () => {
    const folder = temporaryFolder()
    await write(folder, 40)
    const name = checkpoints(folder).at(-1)!
    const path = join(folder, name)
    const good = readFileSync(path)
    for (let bit = 0; bit < good.length * 8; bit += 37) {
      flip(path, bit)
      const { sum, refused } = await write(folder, 40)
      expect([sum, refused.map((one) => one.name)], `bit ${bit}`).toEqual([sumUpTo(40), [name]])
      writeFileSync(path, good)
    }
  })

  const last = (folder: string) => join(folder, checkpoints(folder).at(-1)!)
  test.each<readonly [what: string, change: (folder: string) => void, reason: RegExp]>([
    ['cut', (folder) => truncateSync(last(folder), 30), /an incomplete line of 30 bytes/],
    ['with something behind it', (folder) => appendFileSync(last(folder), 'more'), /4 bytes behind its line/],
    ['empty', (folder) => writeFileSync(last(folder), ''), /an incomplete line of 0 bytes/],
    ['gone', (folder) => rmSync(last(folder)), /ENOENT/],
    [
      'another one in its place',
      (folder) => writeFileSync(last(folder), readFileSync(join(folder, checkpoints(folder).at(-2)!))),
      /segment: expected \d+, found \d+/,
    ],
  ])('%s', async (_what, change, reason) => {
    const folder = temporaryFolder()
    await write(folder, 40)
    change(folder)
    const { sum, refused, recordsRead } = await write(folder, 40)
    expect(sum).toBe(sumUpTo(40))
    expect(refused).toEqual([{ name: expect.any(String), reason: expect.stringMatching(reason) }])
    expect(recordsRead).toBeLessThan(20)
  })

  test('all of them: every record is replayed', async () => {
    const folder = temporaryFolder()
    await write(folder, 40)
    const names = checkpoints(folder)
    for (const name of names) writeFileSync(join(folder, name), 'nothing of ours\n')
    const { sum, refused, recordsRead } = await write(folder, 40)
    expect([sum, recordsRead, refused.length]).toEqual([sumUpTo(40), 40, names.length])
  })

  test('one of another state than its hash says, written by a defect', async () => {
    const folder = temporaryFolder()
    await write(folder, 20)
    const side = new SumSide()
    const { journal } = await openFileJournal(folder, journalFormat('execution', 'b1'), side, { segmentBytesMax: 1 })
    const lie = () => ({ ...side.checkpoint(), state: { n: side.n, sum: 7 } })
    journal.listen({ durable: () => {}, failed: () => {}, checkpoint: lie })
    const record = sumRecord(21)
    side.take(record)
    journal.append(recordLine(record))
    await journal.close()
    const { sum, refused } = await write(folder, 21)
    expect(sum).toBe(sumUpTo(21))
    expect(refused).toEqual([{ name: checkpoints(folder).at(-1), reason: expect.stringMatching(/^state: expected/) }])
  })
})

test('a segment that is gone from before the checkpoint is missed', async () => {
  const folder = temporaryFolder()
  await write(folder, 40)
  rmSync(join(folder, segments(folder)[1]!))
  await expect(write(folder, 40)).rejects.toThrow('is damaged')
})

test('a step to the next segment that a crash cut short begins before it, and loses nothing', async () => {
  const folder = temporaryFolder()
  await write(folder, 40)
  const names = segments(folder)
  const before = names.at(-2)!
  const path = join(folder, before)
  const bytes = readFileSync(path)
  // The next segment is there with its header alone, the continuation is torn.
  truncateSync(path, bytes.length - 3)
  const last = join(folder, names.at(-1)!)
  truncateSync(last, readFileSync(last).indexOf('\n') + 1)
  // At that moment the records of the next segment had not been durable.
  rmSync(join(folder, 'journal.durable'))
  const upTo = await write(folder, 0)
  expect(upTo.sum).toBe(sumUpTo(upTo.records))
  expect(upTo.refused).toEqual([])
  expect(await write(folder, upTo.records + 10)).toMatchObject({ sum: upTo.sum })
  expect((await write(folder, 0)).sum).toBe(sumUpTo(upTo.records + 10))
  // What was torn has been cut, not passed over: all of it reads, from the first byte on.
  expect(scanFolder(folder).verdict).toEqual({ kind: 'whole' })
})
