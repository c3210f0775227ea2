import { spawnSync } from 'node:child_process'
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { isWriterAtWork, type LockHolder, takeWriterLock } from '../../src/files/writer-lock.js'
import { temporaryFolder } from '../support/in-process-command.js'
import { leaveTime, until } from '../support/until.js'

const fileSystem = vi.hoisted(() => ({ linkFails: undefined as string | undefined }))
vi.mock('node:fs/promises', async (importActual) => {
  const actual = await importActual<typeof import('node:fs/promises')>()
  const link: typeof actual.link = async (from, to) => {
    const code = fileSystem.linkFails
    if (code !== undefined) throw Object.assign(new Error(`${code}: no hard links here`), { code })
    await actual.link(from, to)
  }
  return { ...actual, link }
})

const folder = temporaryFolder()
const lockPath = () => join(folder.path, '.lock')
const ignore = () => undefined
const take = (lost: () => void = ignore) => takeWriterLock(lockPath(), lost)
const isHeld = () => isWriterAtWork(lockPath())

afterEach(() => {
  vi.useRealTimers()
  fileSystem.linkFails = undefined
})

/** Where process numbers mean what they mean in this process; empty where the system does not tell. */
function countsHere(): string {
  if (!existsSync('/proc/self/ns/pid')) return ''
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return `${boot}:${readlinkSync('/proc/self/ns/pid')}`
}

/** A lock as another process would have left it. */
function leaveLock(holder: Partial<LockHolder>, ageMs = 0, path = lockPath()): void {
  writeFileSync(
    path,
    JSON.stringify({ pid: 1, host: hostname(), counts: countsHere(), started: '', token: 'other', ...holder }),
  )
  age(ageMs, path)
}

function age(ageMs: number, path = lockPath()): void {
  const then = new Date(Date.now() - ageMs)
  utimesSync(path, then, then)
}

function pidOfTheDead(): number {
  return spawnSync(process.execPath, ['--version']).pid
}

describe('a lock', () => {
  test('has one holder, until it is released', async () => {
    const lock = await take()
    expect(await isHeld()).toBe(true)
    await expect(take()).rejects.toMatchObject({ name: 'LockHeldError', path: lockPath() })
    await lock.release()
    expect(await isHeld()).toBe(false)
    expect(readdirSync(folder.path)).toEqual([])
    await (await take()).release()
  })

  test('that is held says by whom and since when', async () => {
    const beforeMs = Date.now()
    const lock = await take()
    const refusal = await take().catch((error: Error) => error)
    const said = new RegExp(`^.+/\\.lock is held by another process \\(process ${process.pid} on .+, since (.+)\\)$`)
    const [, since] = said.exec((refusal as Error).message) ?? []
    expect(Date.parse(since ?? '')).toBeGreaterThanOrEqual(beforeMs)
    expect(Date.parse(since ?? '')).toBeLessThanOrEqual(Date.now())
    await lock.release()
  })

  test('of a process elsewhere says when it is believed dead', async () => {
    leaveLock({ host: 'trader-2', since: '2026-01-05T00:00:00.000Z' })
    await expect(take()).rejects.toThrow(
      'process 1 on trader-2, since 2026-01-05T00:00:00.000Z; elsewhere, so believed dead only when it has been silent for a minute',
    )
  })

  test.each([['with'], ['without']])('that many ask for at once is given to one, %s hard links', async (links) => {
    if (links === 'without') fileSystem.linkFails = 'EPERM'
    leaveLock({ pid: pidOfTheDead() })
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => take()))
    const given = asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    expect(given).toHaveLength(1)
    await given[0]!.release()
    expect(readdirSync(folder.path)).toEqual([])
  })

  describe.each([1, 2, 3])('whose takeover was cut short %d times', (kills) => {
    const guards = Array.from({ length: kills }, (_, i) => `.lock${'.takeover'.repeat(i + 1)}`)
    const leaveGuards = (holder: () => Partial<LockHolder>, ageMs = 0): void => {
      leaveLock({ pid: pidOfTheDead() })
      for (const name of guards) leaveLock(holder(), ageMs, join(folder.path, name))
    }

    test('is free at once, and nothing is left of them', async () => {
      leaveGuards(() => ({ pid: pidOfTheDead() }))
      await (await take()).release()
      expect(readdirSync(folder.path)).toEqual([])
    })

    test('is given to one of many that ask for it at once', async () => {
      leaveGuards(() => ({ pid: pidOfTheDead(), token: `${Math.random()}` }))
      const asked = await Promise.allSettled(Array.from({ length: 20 }, () => take()))
      const given = asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
      expect(given).toHaveLength(1)
      await given[0]!.release()
      expect(readdirSync(folder.path)).toEqual([])
    })

    test('elsewhere is free once they have been silent for a minute', async () => {
      leaveGuards(() => ({ host: 'elsewhere' }), 61_000)
      await (await take()).release()
    })
  })

  test('is not taken over while another process of this machine is at it', async () => {
    leaveLock({ pid: pidOfTheDead() })
    const guard = `${lockPath()}.takeover`
    leaveLock({ pid: process.ppid }, 3_600_000, guard)
    let isTaken = false
    const taken = take().finally(() => {
      isTaken = true
    })
    await leaveTime(50)
    expect(isTaken).toBe(false)
    expect(existsSync(guard)).toBe(true)
    rmSync(guard)
    await (await taken).release()
  })

  test('is refused with the error of the file system where that is not about hard links', async () => {
    fileSystem.linkFails = 'ENOSPC'
    await expect(take()).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(readdirSync(folder.path)).toEqual([])
  })

  const elsewhere = { host: 'elsewhere' }
  const otherContainer = () => ({ pid: pidOfTheDead(), counts: countsHere().replace(/\[.*|^$/, '[4026530000]') })
  test.each<[string, () => Partial<LockHolder>, number, boolean]>([
    ['of a process that is gone', () => ({ pid: pidOfTheDead() }), 0, true],
    ['of a living process of this machine', () => ({ pid: process.ppid }), 0, false],
    [
      'of another process with the number of one that is gone',
      () => ({ pid: process.pid, started: 'boot:1' }),
      0,
      true,
    ],
    ['of a predecessor with the own number, as containers give', () => ({ pid: process.pid }), 0, true],
    [
      'of another container with the same host name and a number that nobody has here',
      () => otherContainer(),
      0,
      false,
    ],
    ['of another container of that name that has been silent for a minute', () => otherContainer(), 61_000, true],
    ['of a machine of the same name', () => ({ pid: pidOfTheDead(), counts: 'another-boot:pid:[1]' }), 0, false],
    ['of another machine that shows itself', () => elsewhere, 30_000, false],
    ['of another machine that has been silent for a minute', () => elsewhere, 61_000, true],
  ])('%s: %#', async (_, holder, ageMs, isFree) => {
    leaveLock(holder(), ageMs)
    expect(await isHeld()).toBe(!isFree)
    if (isFree) await (await take()).release()
    else await expect(take()).rejects.toMatchObject({ name: 'LockHeldError' })
  })

  test('stays with a process of this machine however long it was silent, for it may wake up', async () => {
    const lock = await take()
    age(3_600_000)
    await expect(take()).rejects.toMatchObject({ name: 'LockHeldError' })
    await lock.release()
  })

  test.each(['', '{"pid":', 'null', '{"pid":"one","host":"elsewhere"}'])(
    'that cannot be read is free after a minute: %s',
    async (text) => {
      writeFileSync(lockPath(), text)
      await expect(take()).rejects.toMatchObject({ name: 'LockHeldError', holder: undefined })
      age(61_000)
      await (await take()).release()
    },
  )
})

describe('the holder', () => {
  /** A beat of the holder, after `change`; it has looked when it has shown that it lives, or has told that it has not. */
  const beat = async (change: () => void, looked: (lost: number) => boolean) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let lost = 0
    const lock = await take(() => lost++)
    const ours = readFileSync(lockPath(), 'utf8')
    change()
    vi.advanceTimersByTime(10_000)
    vi.useRealTimers()
    await until(() => looked(lost))
    return { lock, ours, lost }
  }

  test('is told when another has taken the lock, which it then leaves alone', async () => {
    const { lock } = await beat(
      () => leaveLock({ host: 'elsewhere' }),
      (lost) => lost === 1,
    )
    await lock.release()
    expect(readdirSync(folder.path)).toEqual(['.lock'])
  })

  test('puts back a lock that somebody deleted', async () => {
    const { lock, ours, lost } = await beat(
      () => rmSync(lockPath()),
      () => existsSync(lockPath()),
    )
    expect(lost).toBe(0)
    expect(readFileSync(lockPath(), 'utf8')).toBe(ours)
    await lock.release()
  })

  test('shows that it lives', async () => {
    const { lock, lost } = await beat(
      () => age(60_000),
      () => Date.now() - statSync(lockPath()).mtimeMs < 30_000,
    )
    expect(lost).toBe(0)
    await lock.release()
  })
})
