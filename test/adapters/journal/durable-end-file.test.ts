import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { FileJournalOptions } from '../../../src/adapters/journal/file-journal-options.js'
import type { Journal } from '../../../src/ports/journal.js'
import { lineOf, open, scanFolder, temporaryFolder } from './folders.js'

const DURABLE = 'journal.durable'
const FIRST = 'journal-00000001.log'

async function settled(journal: Journal): Promise<void> {
  while (journal.depth > 0) await new Promise((resolve) => setImmediate(resolve))
}

/** What a kill behind record `to` leaves, every one of them reported durable. */
async function killed(to: number, options: FileJournalOptions = {}): Promise<string> {
  const [folder, left] = [temporaryFolder(), temporaryFolder()]
  const { journal } = await open(folder, options)
  for (let n = 1; n <= to; n++) {
    journal.append(lineOf(n))
    await settled(journal)
  }
  cpSync(folder, left, { recursive: true })
  rmSync(join(left, '.journal.lock'))
  await journal.close()
  return left
}

function copyOf(folder: string): string {
  const copy = temporaryFolder()
  cpSync(folder, copy, { recursive: true })
  return copy
}

/** How a start finds a folder: every record that it reads, or why it does not. */
async function start(folder: string) {
  try {
    const opened = await open(folder)
    await opened.journal.close()
    return opened
  } catch (error) {
    return error as Error & { readonly corrupt?: { readonly expected: string; readonly found: string } }
  }
}

describe('a journal that is cut', () => {
  test.each([
    ['its only segment', {}],
    ['the last of several segments', { segmentBytesMax: 200 }],
  ])('at any byte of %s is refused, or has every record that was durable', async (_, options) => {
    const whole = await killed(6, options)
    const last = scanFolder(whole).names.at(-1)!
    const { length } = readFileSync(join(whole, last))
    let refused = 0
    for (let at = 0; at < length; at++) {
      const folder = copyOf(whole)
      truncateSync(join(folder, last), at)
      const found = await start(folder)
      if (found instanceof Error) {
        expect(found).toMatchObject({ name: 'JournalError', corrupt: { segment: last } })
        refused++
      } else {
        expect(found.records).toHaveLength(6)
        expect(found.durableFault).toBeUndefined()
      }
    }
    // All but those of the last mark, which says what the file beside it says.
    expect(refused).toBeGreaterThan(length - 20)
  })

  test('between two records says which record was durable, and where the journal ends', async () => {
    const folder = await killed(3)
    const at = readFileSync(join(folder, FIRST)).indexOf(lineOf(3))
    truncateSync(join(folder, FIRST), at)
    expect(await start(folder)).toMatchObject({
      corrupt: { record: 3, offset: at, expected: 'record 3, which was durable', found: 'the end of the journal' },
    })
  })
})

test('a bit that flipped in the last write, with no mark behind it, is damage when that write was durable', async () => {
  const folder = await killed(3)
  const path = join(folder, FIRST)
  const bytes = readFileSync(path)
  const at = bytes.indexOf(lineOf(3))
  bytes[at + 15]! ^= 1
  writeFileSync(path, bytes.subarray(0, at + lineOf(3).length))
  expect(await start(folder)).toMatchObject({ corrupt: { record: 3, expected: 'record 3, which was durable' } })
})

test('segments that are all gone are missed', async () => {
  const folder = await killed(2)
  rmSync(join(folder, FIRST))
  expect(await start(folder)).toMatchObject({ corrupt: { segment: FIRST, found: 'no such file' } })
})

test('the journal of another folder in its place is refused', async () => {
  const [folder, other] = [await killed(2), await killed(4)]
  cpSync(join(other, FIRST), join(folder, FIRST))
  expect(await start(folder)).toMatchObject({ corrupt: { expected: expect.stringMatching(/^journal [0-9a-f]{16}$/) } })
})

describe('without the file that says how far it was durable', () => {
  test('a journal opens, says so, and has one from then on', async () => {
    const folder = await killed(3)
    rmSync(join(folder, DURABLE))
    expect(await start(folder)).toMatchObject({ durableFault: 'no such file' })
    expect(await start(folder)).toMatchObject({ durableFault: undefined })
  })

  test.each([
    ['empty', '', 'an incomplete line of 0 bytes'],
    ['of other bytes', 'nothing of ours\n', 'no sum'],
  ])('or with one that is %s, it opens and says so', async (_, text, durableFault) => {
    const folder = await killed(3)
    writeFileSync(join(folder, DURABLE), text)
    expect(await start(folder)).toMatchObject({ durableFault })
  })

  test('a new journal has nothing to say', async () => {
    expect(await start(temporaryFolder())).toMatchObject({ records: [], durableFault: undefined })
  })
})

test('the file is never longer or shorter than it was', async () => {
  const lengths = await Promise.all([0, 1, 12].map(async (n) => readFileSync(join(await killed(n), DURABLE)).length))
  expect(new Set(lengths).size).toBe(1)
})
