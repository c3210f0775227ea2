import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { beginCacheRun, makeRoom } from '../../../src/adapters/parquet/cache-eviction.js'
import { findDayFiles, parquetDays } from '../../../src/adapters/parquet/parquet-days.js'
import type { DayFile, LoadedDay } from '../../../src/ports/days.js'
import { temporaryFolder } from '../../support/in-process-command.js'
import { FIXTURE_DAYS } from '../../support/price-tables.js'

const folder = temporaryFolder()
const at = (...names: string[]) => join(folder.path, ...names)
const entries = () => readdirSync(at('columns')).sort()

/** Entries of 100 bytes that were used so many seconds ago. */
function put(ages: Readonly<Record<string, number>>, part = 'columns'): void {
  mkdirSync(at(part), { recursive: true })
  for (const [name, ageS] of Object.entries(ages)) {
    writeFileSync(at(part, name), Buffer.alloc(100))
    const then = new Date(Date.now() - ageS * 1000)
    utimesSync(at(part, name), then, then)
  }
}

/** The mark of a run as another process leaves it. */
function leaveRun(beganAgoS: number, holder: { readonly pid: number; readonly host?: string }): void {
  mkdirSync(at('runs'), { recursive: true })
  const name = `${Date.now() - beganAgoS * 1000}-00ff.lock`
  writeFileSync(at('runs', name), JSON.stringify({ host: hostname(), ...holder }))
}

const hasRoom = async (bytes: number, limit: number) => (await makeRoom(folder.path, bytes, limit)) >= bytes

const deadPid = () => spawnSync(process.execPath, ['--version']).pid

describe('room in a cache', () => {
  test('is made by what was used longest ago, and by no more than is needed', async () => {
    put({ a: 40, b: 30, c: 20, d: 10 })
    expect(await hasRoom(100, 500)).toBe(true)
    expect(entries()).toEqual(['a', 'b', 'c', 'd'])
    expect(await hasRoom(100, 400)).toBe(true)
    expect(entries()).toEqual(['b', 'c', 'd'])
    expect(await hasRoom(150, 300)).toBe(true)
    expect(entries()).toEqual(['d'])
  })

  test('is not made for what would not fit into an empty cache', async () => {
    put({ a: 40 })
    expect(await hasRoom(101, 100)).toBe(false)
    expect(entries()).toEqual(['a'])
  })

  test.each([
    ['a living process of this machine', () => ({ pid: process.ppid })],
    ['another machine that shows itself', () => ({ pid: 1, host: 'elsewhere' })],
  ])('is not made by what a run has used that is under way: %s', async (_, holder) => {
    put({ a: 40, b: 30, c: 20, d: 10 })
    leaveRun(35, holder())
    expect(await hasRoom(100, 400)).toBe(true)
    expect(await hasRoom(100, 300)).toBe(false)
    expect(entries()).toEqual(['b', 'c', 'd'])
  })

  test('is made by what a killed run has used, whose mark goes', async () => {
    put({ a: 40, b: 30 })
    leaveRun(60, { pid: deadPid() })
    expect(await hasRoom(100, 200)).toBe(true)
    expect([entries(), readdirSync(at('runs'))]).toEqual([['b'], []])
  })

  test('is not made by what a run of this process has used, until it ends', async () => {
    const run = await beginCacheRun(folder.path)
    put({ a: 0 })
    expect(await hasRoom(100, 100)).toBe(false)
    await run.release()
    expect(await hasRoom(100, 100)).toBe(true)
    expect([entries(), readdirSync(at('runs'))]).toEqual([[], []])
  })

  test('counts what is being written, and takes away what a killed run left of it', async () => {
    put({ a: 40, '.b.bin.0123456789ab.tmp': 5, '.c.bin.0123456789ab.tmp': 4000 })
    expect(await hasRoom(100, 300)).toBe(true)
    expect(entries()).toEqual(['.b.bin.0123456789ab.tmp', 'a'])
  })

  test('forgets what paths held whose columns are evicted', async () => {
    put({ a: 400, b: 300 })
    put({ 'a.json': 400, 'b.json': 300.5 }, 'files')
    await makeRoom(folder.path, 100, 200)
    expect(readdirSync(at('files'))).toEqual(['b.json'])
  })

  test('is made once by many that ask at the same time', async () => {
    put({ a: 40, b: 30, c: 20, d: 10 })
    const made = await Promise.all(Array.from({ length: 10 }, () => hasRoom(100, 400)))
    expect(made).not.toContain(false)
    expect(entries()).toEqual(['b', 'c', 'd'])
  })
})

describe('days that are read through a cache', () => {
  let files: readonly DayFile[] = []
  beforeAll(async () => {
    files = (await findDayFiles([FIXTURE_DAYS])).slice(1, 6)
  })

  async function read(some: readonly DayFile[], cacheBytesMax?: number, workers = 0): Promise<LoadedDay[]> {
    const days: LoadedDay[] = []
    const limit = cacheBytesMax === undefined ? {} : { cacheBytesMax }
    for await (const outcome of parquetDays.read(some, { workers, cacheDir: at('cache'), ...limit })) {
      if ('error' in outcome) throw outcome.error
      days.push(outcome.day)
    }
    return days
  }
  const total = () =>
    readdirSync(at('cache', 'columns')).reduce((sum, name) => sum + statSync(at('cache', 'columns', name)).size, 0)

  test.each([0, 2])('stay below the limit, and are the same days, with %d threads', async (workers) => {
    const plain = await read(files)
    const whole = total()
    const limit = Math.floor(whole * 0.6)
    const [largest] = readdirSync(at('cache', 'columns'))
      .map((name) => statSync(at('cache', 'columns', name)).size)
      .sort((a, b) => b - a)
    for (let i = 0; i < 3; i++) {
      const again = await read(files, limit, workers)
      expect(again.map(({ sha256 }) => sha256)).toEqual(plain.map(({ sha256 }) => sha256))
    }
    expect(readdirSync(at('cache', 'runs'))).toEqual([])
    expect(total()).toBeGreaterThan(0)
    // Threads that store at the same moment do not see each other's columns.
    expect(total()).toBeLessThanOrEqual(limit + workers * largest!)
  })

  test('cut a cache down that is above its limit, though they store nothing', async () => {
    await read(files)
    const [one] = readdirSync(at('cache', 'columns')).map((name) => statSync(at('cache', 'columns', name)).size)
    expect((await read(files.slice(-1), total() - one!))[0]!.cached).toBe(true)
    expect(readdirSync(at('cache', 'columns'))).toHaveLength(files.length - 1)
  })

  test('are marked as used when they come from the cache', async () => {
    const [first] = files
    await read([first!])
    const [name] = readdirSync(at('cache', 'columns'))
    utimesSync(at('cache', 'columns', name!), 1e9, 1e9)
    expect((await read([first!]))[0]!.cached).toBe(true)
    expect(Date.now() - statSync(at('cache', 'columns', name!)).mtimeMs).toBeLessThan(60_000)
  })

  test('that do not fit beside those in use are read without the cache', async () => {
    const one = await read([files[0]!]).then(total)
    const days = await read(files, one + 1)
    expect(days).toHaveLength(files.length)
    expect(total()).toBeLessThanOrEqual(one + 1)
  })
})
