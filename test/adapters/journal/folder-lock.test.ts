import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { isLocked, lockFolder } from '../../../src/adapters/journal/folder-lock.js'
import { temporaryFolder } from './folders.js'

const LOCK = '.journal.lock'
const ignore = () => undefined
const refusal = { name: 'JournalError', message: expect.stringMatching(/^another process .*writes the journal in /) }

afterEach(() => {
  vi.useRealTimers()
})

/** A lock as another process would have left it. */
function leaveLock(folder: string, holder: object, ageMs = 0): void {
  const path = join(folder, LOCK)
  writeFileSync(path, JSON.stringify({ pid: 1, host: hostname(), started: '', token: 'other', ...holder }))
  const then = new Date(Date.now() - ageMs)
  utimesSync(path, then, then)
}

function pidOfTheDead(): number {
  return spawnSync(process.execPath, ['--version']).pid
}

describe('a folder', () => {
  test('has one writer, until it lets go', async () => {
    const folder = temporaryFolder()
    const lock = await lockFolder(folder, ignore)
    expect(await isLocked(folder)).toBe(true)
    await expect(lockFolder(folder, ignore)).rejects.toMatchObject(refusal)
    await lock.release()
    expect(await isLocked(folder)).toBe(false)
    expect(readdirSync(folder)).toEqual([])
    await (await lockFolder(folder, ignore)).release()
  })

  test('that many ask for at once is given to one', async () => {
    const folder = temporaryFolder()
    leaveLock(folder, { pid: pidOfTheDead() })
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder, ignore)))
    const given = asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    expect(given).toHaveLength(1)
    await given[0]!.release()
    expect(readdirSync(folder)).toEqual([])
  })

  test.each([
    ['of a process that is gone', () => ({ pid: pidOfTheDead() }), 0, true],
    [
      'of another process that got the number of one that is gone',
      () => ({ pid: process.pid, started: 'boot:1' }),
      0,
      true,
    ],
    ['of another machine that shows itself', () => ({ host: 'elsewhere' }), 30_000, false],
    ['of another machine that has been silent for a minute', () => ({ host: 'elsewhere' }), 61_000, true],
  ])('whose lock is %s: taken over? %#', async (_, holder, ageMs, free) => {
    const folder = temporaryFolder()
    leaveLock(folder, holder(), ageMs)
    expect(await isLocked(folder)).toBe(!free)
    if (free) await (await lockFolder(folder, ignore)).release()
    else await expect(lockFolder(folder, ignore)).rejects.toMatchObject(refusal)
  })

  test('stays with a process of this machine however long it was silent, for it may wake up', async () => {
    const folder = temporaryFolder()
    const lock = await lockFolder(folder, ignore)
    const long = new Date(Date.now() - 3_600_000)
    utimesSync(join(folder, LOCK), long, long)
    await expect(lockFolder(folder, ignore)).rejects.toMatchObject(refusal)
    await lock.release()
  })

  test('with a lock that cannot be read is free after a minute', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, LOCK), '{"pid":')
    await expect(lockFolder(folder, ignore)).rejects.toThrow(`another process writes the journal in ${folder}`)
    const then = new Date(Date.now() - 61_000)
    utimesSync(join(folder, LOCK), then, then)
    await (await lockFolder(folder, ignore)).release()
  })
})

describe('the holder', () => {
  const beats = async (folder: string, change: () => void) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let lost = 0
    const lock = await lockFolder(folder, () => lost++)
    const ours = readFileSync(join(folder, LOCK), 'utf8')
    change()
    vi.advanceTimersByTime(10_000)
    vi.useRealTimers()
    await new Promise((resolve) => setTimeout(resolve, 30))
    return { lock, ours, lost: () => lost }
  }

  test('is told when another has taken the lock, which it then leaves alone', async () => {
    const folder = temporaryFolder()
    const { lock, lost } = await beats(folder, () => leaveLock(folder, { host: 'elsewhere' }))
    expect(lost()).toBe(1)
    await lock.release()
    expect(readdirSync(folder)).toEqual([LOCK])
  })

  test('puts back a lock that somebody deleted', async () => {
    const folder = temporaryFolder()
    const { lock, ours, lost } = await beats(folder, () => rmSync(join(folder, LOCK)))
    expect(lost()).toBe(0)
    expect(readFileSync(join(folder, LOCK), 'utf8')).toBe(ours)
    await lock.release()
  })
})
