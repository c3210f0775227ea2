import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  type OpenSegmentFile,
  openSegmentFile,
  readSegments,
  type SegmentFile,
} from '../../../src/adapters/journal/segment-files.js'
import { recordLine } from '../../../src/core/journal/frame.js'
import { journalFormat } from '../../../src/core/journal/journal-format.js'
import type { Journal, JournalRecord } from '../../../src/ports/journal.js'
import { leaveTime, until } from '../../support/until.js'
import { lineOf, linesUpTo, open, scanFolder, temporaryFolder } from './folders.js'

const FIRST = 'journal-00000001.log'

async function write(folder: string, from: number, to: number, options: Parameters<typeof open>[1] = {}) {
  const { journal } = await open(folder, options)
  for (let n = from; n <= to; n++) {
    journal.append(lineOf(n))
    await settled(journal)
  }
  await journal.close()
}

async function settled(journal: Journal): Promise<void> {
  while (journal.depth > 0) await new Promise((resolve) => setImmediate(resolve))
}

/** Files of which a part behaves differently. */
function filesWith(change: (path: string, file: SegmentFile) => Partial<SegmentFile>): OpenSegmentFile {
  return async (path, flags) => {
    const file = await openSegmentFile(path, flags)
    const plain: SegmentFile = {
      write: (...args) => file.write(...args),
      datasync: () => file.datasync(),
      close: () => file.close(),
    }
    return { ...plain, ...change(path, plain) }
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: made up`), { code })
}

function listening(journal: Journal) {
  const told = { durable: 0, failed: [] as string[] }
  journal.listen({
    durable: (lines) => {
      told.durable = lines
    },
    failed: (message) => told.failed.push(message),
  })
  return told
}

describe('a journal in files', () => {
  test('goes on in another segment when one is full, and in another for another build', async () => {
    const folder = temporaryFolder()
    await write(folder, 1, 20, { segmentBytesMax: 400 })
    const { names } = scanFolder(folder)
    expect(names.length).toBeGreaterThan(3)
    await write(folder, 21, 22, { build: 'b2' })
    expect(scanFolder(folder)).toMatchObject({
      names: [...names, `journal-0000000${names.length + 1}.log`],
      lines: linesUpTo(22),
      verdict: { kind: 'whole' },
    })
  })

  test('has one writer, whom the next one is told of', async () => {
    const folder = temporaryFolder()
    const { journal } = await open(folder)
    await expect(open(folder)).rejects.toMatchObject({
      name: 'JournalError',
      message: expect.stringMatching(
        new RegExp(
          `^another process \\(process ${process.pid} on .+, since .+\\) writes the journal in ${folder}; stop it`,
        ),
      ),
    })
    await journal.close()
    await (await open(folder)).journal.close()
  })

  test('writes what waits in one write and one fdatasync', async () => {
    const writes: string[] = []
    let syncs = 0
    const openFile = filesWith((_, file) => ({
      write(bytes, offset, length, position) {
        writes.push(Buffer.from(bytes).toString())
        return file.write(bytes, offset, length, position)
      },
      datasync() {
        syncs++
        return file.datasync()
      },
    }))
    const { journal } = await open(temporaryFolder(), { openFile })
    const told = listening(journal)
    const before = { writes: writes.length, syncs }
    for (let n = 1; n <= 100; n++) journal.append(lineOf(n))
    await settled(journal)
    expect(writes.slice(before.writes)[0]).toBe(linesUpTo(100).join(''))
    expect(syncs).toBe(before.syncs + 1)
    expect(told.durable).toBe(100)
    await journal.close()
  })

  test('takes only the record that follows: any other would make it unreadable', async () => {
    const folder = temporaryFolder()
    await write(folder, 1, 2)
    const { journal } = await open(folder)
    for (const n of [1, 2, 4]) {
      expect(() => journal.append(lineOf(n))).toThrow(`records are appended in order: ${n} after 2`)
    }
    journal.append(lineOf(3))
    await journal.close()
    expect(scanFolder(folder)).toMatchObject({ lines: linesUpTo(3), verdict: { kind: 'whole' } })
  })

  test('is read whole while it is written and goes on in new segments', async () => {
    const folder = temporaryFolder()
    const { journal } = await open(folder, { segmentBytesMax: 300 })
    let appended = 0
    const format = journalFormat<JournalRecord>('execution', 'b1')
    for (let reading = 1; reading <= 5; reading++) {
      const check = format.check()
      const lines: string[] = []
      for await (const { records } of readSegments(folder, format, check)) {
        lines.push(...records.map(recordLine))
        if (appended >= reading * 50) continue
        for (let i = 0; i < 5; i++) journal.append(lineOf(++appended))
        await settled(journal)
      }
      expect(check.finish().kind).not.toBe('corrupt')
      expect(lines).toEqual(linesUpTo(reading * 50))
    }
    await journal.close()
    expect(scanFolder(folder).names.length).toBeGreaterThan(20)
  })

  test('writes a mark behind what is durable as soon as nothing waits', async () => {
    const folder = temporaryFolder()
    const { journal } = await open(folder)
    journal.append(lineOf(1))
    await settled(journal)
    const path = join(folder, FIRST)
    await until(() => readFileSync(path, 'utf8').endsWith(' = 1\n'))
    await journal.close()
  })

  test('goes on when writes are short', async () => {
    const folder = temporaryFolder()
    const openFile = filesWith((_, file) => ({
      write: (bytes, offset, length, position) => file.write(bytes, offset, Math.min(length, 7), position),
    }))
    await write(folder, 1, 5, { openFile, segmentBytesMax: 300 })
    expect(scanFolder(folder)).toMatchObject({ lines: linesUpTo(5), verdict: { kind: 'whole' } })
  })

  test('makes durable what a killed writer had only handed to the system, and never trusts an earlier fsync', async () => {
    const folder = temporaryFolder()
    await write(folder, 1, 2)
    appendFileSync(join(folder, FIRST), lineOf(3))
    const path = join(folder, FIRST)
    const before = readFileSync(path)
    const calls: string[] = []
    const openFile = filesWith((_, file) => ({
      write(bytes, offset, length, position) {
        calls.push(`write ${position}+${length}`)
        return file.write(bytes, offset, length, position)
      },
      datasync() {
        calls.push('datasync')
        return file.datasync()
      },
    }))
    const { records, journal } = await open(folder, { openFile })
    const mark = before.indexOf(' = 2\n') - 8
    expect(calls.slice(0, 2)).toEqual([`write ${mark}+${before.length - mark}`, 'datasync'])
    expect(records).toHaveLength(3)
    await journal.close()
    expect(readFileSync(path).subarray(0, before.length)).toEqual(before)
  })
})

describe('a torn tail', () => {
  test('is cut and kept beside the segment, and the journal goes on', async () => {
    const folder = temporaryFolder()
    await write(folder, 1, 3)
    const path = join(folder, FIRST)
    const good = readFileSync(path)
    for (const attempt of [1, 2]) {
      const torn = `${lineOf(4).slice(0, 20 + attempt)}`
      writeFileSync(path, Buffer.concat([good, Buffer.from(torn)]))
      const { records, tornTail, journal } = await open(folder)
      await journal.close()
      const keptAs = `${FIRST}.torn-${good.length}${attempt === 1 ? '' : '-2'}`
      expect(records).toHaveLength(3)
      expect(tornTail).toEqual({
        kind: 'tornTail',
        segment: FIRST,
        offset: good.length,
        bytes: torn.length,
        reason: `an incomplete line of ${torn.length} bytes`,
        keptAs,
      })
      expect(readFileSync(join(folder, keptAs), 'utf8')).toBe(torn)
    }
    await write(folder, 4, 5)
    expect(scanFolder(folder)).toMatchObject({ lines: linesUpTo(5), verdict: { kind: 'whole' } })
  })

  test('of a continuation is cut from the segment before the last', async () => {
    const folder = temporaryFolder()
    await write(folder, 1, 1)
    await write(folder, 2, 1, { build: 'b2' })
    const path = join(folder, FIRST)
    truncateSync(path, readFileSync(path).length - 3)
    const { records, tornTail, journal } = await open(folder)
    await journal.close()
    expect(records).toHaveLength(1)
    expect(tornTail).toMatchObject({ segment: FIRST, reason: 'an incomplete line of 10 bytes' })
    await write(folder, 2, 3)
    expect(scanFolder(folder)).toMatchObject({ lines: linesUpTo(3), verdict: { kind: 'whole' } })
  })
})

describe('a damaged journal', () => {
  test('is refused, left as it is, and its lock given back', async () => {
    const folder = temporaryFolder()
    await write(folder, 1, 5)
    const path = join(folder, FIRST)
    const bytes = readFileSync(path)
    const at = bytes.indexOf('"atMs":1002') + 10
    bytes[at]! ^= 1
    writeFileSync(path, bytes)
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(open(folder)).rejects.toMatchObject({
        name: 'JournalError',
        corrupt: { segment: FIRST, record: 2, expected: 'record 2' },
      })
    }
    expect(readFileSync(path)).toEqual(bytes)
    expect(readdirSync(folder)).toEqual([FIRST, 'journal.durable'])
  })
})

describe('a disk that fails', () => {
  const failingFrom = (call: 'write' | 'datasync', code: string, armed: { now: boolean }) =>
    filesWith((_, file) => ({
      [call]: (...args: never[]) =>
        armed.now ? Promise.reject(failure(code)) : (file[call] as (...args: never[]) => unknown)(...args),
    }))

  test.each([
    ['write', 'ENOSPC'],
    ['datasync', 'EIO'],
  ] as const)(
    'in %s (%s): told once, and nothing becomes durable from then on, even when it works again',
    async (call, code) => {
      const folder = temporaryFolder()
      const armed = { now: false }
      const { journal } = await open(folder, { openFile: failingFrom(call, code, armed) })
      const told = listening(journal)
      journal.append(lineOf(1))
      await settled(journal)
      armed.now = true
      journal.append(lineOf(2))
      while (told.failed.length === 0) await new Promise((resolve) => setImmediate(resolve))
      armed.now = false
      journal.append(lineOf(3))
      journal.append(lineOf(4))
      await journal.close()
      expect(told).toEqual({ durable: 1, failed: [`${join(folder, FIRST)}: ${code}: made up`] })
      expect(journal.depth).toBe(3)
      const { lines, verdict } = scanFolder(folder)
      expect(lines).toEqual(linesUpTo(call === 'write' ? 1 : 2))
      expect(verdict.kind).toBe('whole')
      await write(folder, lines.length + 1, lines.length + 1)
    },
  )

  test('in the middle of a line leaves a torn tail that the next opening cuts', async () => {
    const folder = temporaryFolder()
    let budget = 500
    const openFile = filesWith((_, file) => ({
      write(bytes, offset, length, position) {
        if (budget === 0) return Promise.reject(failure('ENOSPC'))
        const part = Math.min(length, budget)
        budget -= part
        return file.write(bytes, offset, part, position)
      },
    }))
    const { journal } = await open(folder, { openFile })
    const told = listening(journal)
    for (let n = 1; told.failed.length === 0; n++) {
      journal.append(lineOf(n))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await journal.close()
    const { records, tornTail, journal: next } = await open(folder)
    await next.close()
    expect(records.length).toBeGreaterThanOrEqual(told.durable)
    expect(tornTail).toBeDefined()
  })

  test.each([
    ['the header', (path: string) => path.endsWith('.tmp')],
    ['the continuation', (path: string) => path.endsWith(FIRST)],
  ])('while it goes on in a new segment, at %s: fails, and is whole when it is opened again', async (_, isMeant) => {
    const folder = temporaryFolder()
    const armed = { now: false }
    const openFile = filesWith((path, file) => ({
      write: (...args) => (armed.now && isMeant(path) ? Promise.reject(failure('ENOSPC')) : file.write(...args)),
    }))
    const { journal } = await open(folder, { openFile, segmentBytesMax: 1 })
    const told = listening(journal)
    await leaveTime(5)
    armed.now = true
    journal.append(lineOf(1))
    while (told.failed.length === 0) await new Promise((resolve) => setImmediate(resolve))
    await journal.close()
    expect(scanFolder(folder)).toMatchObject({ lines: [], verdict: { kind: 'whole' } })
    await write(folder, 1, 2, { segmentBytesMax: 1 })
    expect(scanFolder(folder)).toMatchObject({ lines: linesUpTo(2), verdict: { kind: 'whole' } })
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('at closing is told, and closing ends all the same', async () => {
    const armed = { now: false }
    const { journal } = await open(temporaryFolder(), { openFile: failingFrom('datasync', 'EIO', armed) })
    const told = listening(journal)
    armed.now = true
    await journal.close()
    await Promise.resolve()
    expect(told.failed).toHaveLength(1)
  })

  test('at opening is thrown, and the folder is free for the next', async () => {
    const folder = temporaryFolder()
    await write(folder, 1, 1)
    await expect(open(folder, { openFile: failingFrom('datasync', 'EIO', { now: true }) })).rejects.toThrow('EIO')
    const { records, journal } = await open(folder)
    await journal.close()
    expect(records.map(recordLine)).toEqual(linesUpTo(1))
  })
})
