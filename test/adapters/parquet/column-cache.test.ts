import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parquetDays } from '../../../src/adapters/parquet/parquet-days.js'
import type { DayFile, LoadedDay } from '../../../src/ports/days.js'
import { leaveTime } from '../../support/until.js'
import { difference, matrixFile, tableOf } from './matrix.js'

const root = mkdtempSync(join(tmpdir(), 'dolphin-cache-'))
afterAll(() => rmSync(root, { recursive: true }))
const source = matrixFile('missing/pyarrow/2026-01-05.parquet')
const file: DayFile = { ...source, path: join(root, '2026-01-05.parquet') }
const cacheDir = join(root, 'cache')

async function read(from: DayFile = file, eigenColumns = true): Promise<LoadedDay> {
  for await (const outcome of parquetDays.read([from], { workers: 0, cacheDir, eigenColumns })) {
    if ('error' in outcome) throw outcome.error
    return outcome.day
  }
  throw new Error('no outcome')
}

/** The one file of a part of the cache. */
function entry(part: 'columns' | 'files'): string {
  return join(cacheDir, part, readdirSync(join(cacheDir, part))[0]!)
}

let plain: LoadedDay
beforeAll(async () => {
  copyFileSync(source.path, file.path)
  await leaveTime(2_100) // a file must have settled before its stat is trusted
})
beforeEach(async () => {
  rmSync(cacheDir, { recursive: true, force: true })
  plain = await read()
})

function expectSame(day: LoadedDay, cached: boolean): void {
  expect(day.cached).toBe(cached)
  expect(day.sha256).toBe(plain.sha256)
  expect(difference(tableOf(day.columns), tableOf(plain.columns))).toBeUndefined()
}

describe('cached columns', () => {
  test('are the decoded ones', async () => {
    expect(plain.cached).toBe(false)
    expectSame(await read(), true)
  })

  test('are known by content: a copy elsewhere is a hit', async () => {
    const copy = join(root, 'copy.parquet')
    copyFileSync(file.path, copy)
    expectSame(await read({ ...file, path: copy }), true)
  })

  test('of the engine and of all columns are kept apart', async () => {
    const engine = await read(file, false)
    expect(engine.cached).toBe(false)
    expect(engine.columns.scanNumber).toBeUndefined()
    expectSame(await read(), true)
  })

  test('are not used for a changed file of equal size and times', async () => {
    const path = join(root, 'edited.parquet')
    copyFileSync(file.path, path)
    utimesSync(path, 1e9, 1e9)
    await leaveTime(2_100)
    const first = await read({ ...file, path })
    const bytes = readFileSync(path)
    bytes.write('X', bytes.lastIndexOf('parquet-cpp-arrow')) // the writer's name
    writeFileSync(path, bytes)
    utimesSync(path, 1e9, 1e9)
    const second = await read({ ...file, path })
    expect(second.sha256).not.toBe(first.sha256)
    expect(second.cached).toBe(false)
  })

  test('that are damaged, cut short, empty or foreign are decoded again and replaced', async () => {
    const sound = readFileSync(entry('columns'))
    const damages: ((bytes: Buffer) => Buffer | undefined)[] = [
      (bytes) => bytes.subarray(0, bytes.length - 16),
      (bytes) => bytes.subarray(0, 10),
      () => Buffer.alloc(0),
      () => Buffer.from('not a cache entry, but as long as a header may be'),
      (bytes) => Buffer.concat([bytes, Buffer.alloc(16)]),
      ...[0, 4, 8, 12, 20, sound.length >> 1, sound.length - 40].map((at) => (bytes: Buffer) => {
        bytes[at] = bytes[at]! ^ 4
        return bytes
      }),
    ]
    for (const damage of damages) {
      writeFileSync(entry('columns'), damage(Buffer.from(sound))!)
      expectSame(await read(), false)
      expect(readFileSync(entry('columns')).equals(sound)).toBe(true)
    }
  })

  test('with a damaged index are found by hashing the file', async () => {
    for (const text of ['', '[', '["x","y"]', 'null', '{}']) {
      writeFileSync(entry('files'), text)
      expectSame(await read(), true)
    }
  })

  test('of a file that was written a moment ago are found by hashing the file', async () => {
    const fresh = join(root, 'fresh.parquet')
    copyFileSync(file.path, fresh)
    const before = readdirSync(join(cacheDir, 'files')).length
    expectSame(await read({ ...file, path: fresh }), true)
    expect(readdirSync(join(cacheDir, 'files')).length).toBe(before)
  })

  test('leave no temporary files, and a cache that cannot be written is done without', async () => {
    expect(readdirSync(join(cacheDir, 'columns'))).toHaveLength(1)
    rmSync(cacheDir, { recursive: true })
    writeFileSync(cacheDir, 'a file where the folder should be')
    expectSame(await read(), false)
    truncateSync(cacheDir)
    rmSync(cacheDir)
  })
})
