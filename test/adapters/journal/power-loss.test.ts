import { readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openFileJournal } from '../../../src/adapters/journal/file-journal.js'
import { type OpenSegmentFile, openSegmentFile } from '../../../src/adapters/journal/segment-files.js'
import { journalFormat } from '../../../src/core/journal/journal-format.js'
import { Xoshiro128 } from '../../../src/core/numeric/xoshiro128.js'
import { lineOf, linesUpTo, open, scanFolder, temporaryFolder } from './folders.js'
import { SumSide, sumRecord } from './sum-side.js'

const SECTOR_BYTES = 64

/**
 * A disk that keeps what was synced, and of the rest any sectors it likes, in any order. Its power goes at its `lastCall`.
 */
class FailingDisk {
  private calls = 0
  private readonly lastCall: number
  private readonly synced = new Map<string, Buffer>()
  private readonly written = new Map<string, Buffer>()

  constructor(lastCall: number) {
    this.lastCall = lastCall
  }

  readonly openFile: OpenSegmentFile = async (path, flags) => {
    const file = await openSegmentFile(path, flags)
    // A file that gets another name keeps what it was.
    if (!this.written.has(path)) {
      const before = temporaryName(path)
      this.synced.set(path, this.synced.get(before) ?? Buffer.alloc(0))
      this.written.set(path, this.written.get(before) ?? Buffer.alloc(0))
    }
    return {
      write: async (bytes, offset, length, position) => {
        const before = this.written.get(path)!
        const after = Buffer.alloc(Math.max(before.length, position + length))
        before.copy(after)
        after.set(bytes.subarray(offset, offset + length), position)
        this.written.set(path, after)
        this.count()
        return file.write(bytes, offset, length, position)
      },
      datasync: async () => {
        this.count()
        this.synced.set(path, this.written.get(path)!)
      },
      close: () => file.close(),
    }
  }

  /** What is found of `folder` when the power is back. */
  remains(folder: string, random: Xoshiro128): readonly { readonly name: string; readonly bytes: Buffer }[] {
    const names = readdirSync(folder).filter((name) => !name.startsWith('.'))
    return names.map((name) => {
      const named = join(folder, name)
      const path = this.written.has(named) ? named : temporaryName(named)
      const written = this.written.get(path)!
      const synced = this.synced.get(path)!
      const bytes = Buffer.alloc(random.double() < 0.3 ? synced.length : written.length)
      synced.copy(bytes)
      for (let at = 0; at < bytes.length; at += SECTOR_BYTES) {
        if (random.double() < 0.5) written.copy(bytes, at, at, Math.min(at + SECTOR_BYTES, bytes.length))
      }
      return { name, bytes }
    })
  }

  private count(): void {
    if (++this.calls >= this.lastCall) throw new Error('power lost')
  }
}

/** Under which a segment is written before it gets its name. */
function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.tmp`)
}

/** The state of a folder's journal, as a start finds it: from the last checkpoint that the power loss left whole. */
async function recovered(folder: string): Promise<SumSide & { recordsRead: number }> {
  const side = new SumSide()
  const { journal, recordsRead } = await openFileJournal(folder, journalFormat('execution', 'b1'), side)
  await journal.close()
  return Object.assign(side, { recordsRead })
}

test('after a power loss everything reported durable is there, nothing that was never written, and the state is theirs', async () => {
  let torn = 0
  let segments = 0
  let shortStarts = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.boolean()), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 6, max: 90 }),
      fc.integer({ min: 0, max: 2 ** 31 }),
      async (bursts, lastCall, seed) => {
        const disk = new FailingDisk(lastCall)
        const lost = temporaryFolder()
        const { journal } = await open(lost, { openFile: disk.openFile, segmentBytesMax: 500 })
        const side = new SumSide()
        let durable = 0
        let failed = false
        journal.listen({
          durable: (lines) => {
            durable = lines
          },
          failed: () => {
            failed = true
          },
          checkpoint: () => side.checkpoint(),
        })
        for (const [burst, isWaited] of bursts) {
          for (let i = 0; i < burst; i++) {
            journal.append(lineOf(side.n + 1))
            side.take(sumRecord(side.n + 1))
          }
          do await new Promise((resolve) => setImmediate(resolve))
          while (isWaited && journal.depth > 0 && !failed)
        }
        await journal.close()

        const folder = temporaryFolder()
        for (const { name, bytes } of disk.remains(lost, new Xoshiro128(seed))) writeFileSync(join(folder, name), bytes)
        const before = scanFolder(folder)
        expect(before.verdict.kind).not.toBe('corrupt')
        expect(before.lines.length).toBeGreaterThanOrEqual(durable)
        expect(before.lines).toEqual(linesUpTo(before.lines.length))
        torn += Number(before.verdict.kind === 'tornTail')
        segments = Math.max(segments, before.names.length)
        const { n, sum, recordsRead } = await recovered(folder)
        expect([n, sum]).toEqual([before.lines.length, (n * (n + 1)) / 2])
        shortStarts += Number(recordsRead < n)

        const again = await open(folder)
        expect(again.records).toHaveLength(before.lines.length)
        again.journal.append(lineOf(before.lines.length + 1))
        await again.journal.close()
        expect(scanFolder(folder)).toMatchObject({
          lines: linesUpTo(before.lines.length + 1),
          verdict: { kind: 'whole' },
        })
      },
    ),
    // The example: a lone mark is lost and the continuation behind it is not.
    {
      numRuns: 80,
      examples: [
        [
          [
            [8, true],
            [1, false],
          ],
          11,
          7,
        ],
      ],
    },
  )
  expect(torn).toBeGreaterThan(3)
  expect(segments).toBeGreaterThan(2)
  expect(shortStarts).toBeGreaterThan(3)
})
