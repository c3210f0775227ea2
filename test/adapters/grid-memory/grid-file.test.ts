import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../../src/adapters/clock/system-clock.js'
import { type GridFile, type GridFileSettings, openGridFile } from '../../../src/adapters/grid-memory/grid-file.js'
import { readGridFile } from '../../../src/adapters/grid-memory/grid-file-format.js'
import { memoryGrid } from '../../../src/adapters/grid-memory/memory-grid.js'
import { DataRefused, SurroundingsFailed } from '../../../src/base/mistakes.js'
import type { Grid } from '../../../src/ports/grid.js'
import { clockTimer } from '../../../src/runtime/time/scaled-clock.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { ODD_KEYS } from '../../ports/grid-contract/maps.js'
import { gridContract } from '../../ports/grid-contract.js'
import { temporaryFolder } from '../../support/in-process-command.js'
import { until } from '../../support/until.js'
import { twoClients, untold } from './clients.js'

const folder = temporaryFolder()
const file = () => join(folder.path, 'deep', 'grid.jsonl')
const START_MS = 1_767_571_200_000

gridContract('the grid in this process that a file keeps', async (listenerFailed) => {
  const kept = await openGridFile({
    file: join(folder.path, `${Math.random()}.jsonl`),
    everyMs: 5,
    timer: clockTimer(systemClock),
    streamCapacity: 50,
    writeFailed,
  })
  const clients = twoClients(kept.store, listenerFailed, 50)
  return {
    ...clients,
    async end() {
      await clients.end()
      await kept.close()
    },
  }
})

describe('a grid that a file keeps', () => {
  it('goes on where it was left: maps, references and streams, whatever the texts', async () => {
    const large = 'ä€𝄞x'.repeat(400_000)
    await inTurn(async (grid) => {
      for (const key of ODD_KEYS) await grid.map('__proto__').set(key, `of ${key}`)
      await grid.map('map').setAll(
        new Map([
          ['empty', ''],
          ['large', large],
          ['gone', ''],
        ]),
      )
      await grid.map('map').remove('gone')
      await grid.reference('empty').set('')
      for (let i = 0; i < 8; i++) await grid.stream('stream').append(`entry ${i}`)
    })
    await inTurn(async (grid) => {
      for (const key of ODD_KEYS) expect(await grid.map('__proto__').get(key)).toBe(`of ${key}`)
      expect(new Set(await grid.map('map').keys())).toEqual(new Set(['empty', 'large']))
      expect(await grid.map('map').get('empty')).toBe('')
      expect((await grid.map('map').get('large')) === large).toBe(true)
      expect(await grid.reference('empty').get()).toBe('')
      expect(await grid.reference('none').get()).toBeUndefined()
      expect(await grid.stream('stream').bounds()).toEqual({ oldest: 3, newest: 7 })
      expect(await grid.stream('stream').append('next')).toBe(8)
      expect(await grid.stream('stream').read(4, { max: 2 })).toEqual({
        kind: 'entries',
        entries: [
          { sequence: 4, value: 'entry 4' },
          { sequence: 5, value: 'entry 5' },
        ],
      })
    })
    await inTurn(async (grid) => {
      expect(await grid.stream('stream').bounds()).toEqual({ oldest: 4, newest: 8 })
    }, new VirtualTime(START_MS))
  })

  it('keeps the newest entries of a stream that is to keep fewer than before', async () => {
    await inTurn(async (grid) => {
      for (let i = 0; i < 5; i++) await grid.stream('stream').append(`entry ${i}`)
    })
    const kept = await open({ streamCapacity: 2 })
    const stream = clientOf(kept).stream('stream')
    expect(await stream.bounds()).toEqual({ oldest: 3, newest: 4 })
    expect(await stream.append('entry 5')).toBe(5)
    expect(await stream.read(4, { max: 9 })).toMatchObject({ entries: [{ value: 'entry 4' }, { value: 'entry 5' }] })
    await kept.close()
  })

  it('keeps of each stream as many entries as it is asked to, and numbers go on', async () => {
    const kept = await open({ streamEntriesMax: 2 })
    const stream = clientOf(kept).stream('stream')
    for (let i = 0; i < 4; i++) await stream.append(`entry ${i}`)
    expect(await stream.bounds()).toEqual({ oldest: 0, newest: 3 })
    await kept.close()
    await inTurn(async (grid) => {
      expect(await grid.stream('stream').bounds()).toEqual({ oldest: 2, newest: 3 })
      expect(await grid.stream('stream').append('next')).toBe(4)
    })
    await expect(open({ streamEntriesMax: 0 })).rejects.toThrow('a file keeps the last entry of a stream')
  })

  it('lets times to live go on while nobody has it open', async () => {
    const time = new VirtualTime(START_MS)
    await inTurn(async (grid) => {
      await grid.map('map').set('gone', 'value', { ttlMs: 5_000 })
      await grid.map('map').set('short', 'value', { ttlMs: 10_000 })
      await grid.map('map').set('replaced', 'value', { ttlMs: 10_000 })
      await grid.map('map').set('replaced', 'value')
    }, time)
    time.passOver(6_000)
    await inTurn(async (grid) => {
      expect(new Set(await grid.map('map').keys())).toEqual(new Set(['short', 'replaced']))
      time.runTo(START_MS + 9_999)
      expect(await grid.map('map').get('short')).toBe('value')
      time.runTo(START_MS + 10_000)
      expect(await grid.map('map').keys()).toEqual(['replaced'])
    }, time)
  })

  it('finds every lock free again, and gives higher tokens than ever before', async () => {
    const fences: bigint[] = []
    for (let opening = 0; opening < 4; opening++) {
      await inTurn(async (grid) => {
        for (const name of ['a', 'b']) fences.push((await grid.lock(name).acquire())!)
      })
    }
    // A process that dies without a write of its own.
    const copy = readFileSync(file())
    await inTurn(async (grid) => void fences.push((await grid.lock('a').acquire())!))
    expect(fences.every((fence, i) => i === 0 || fence > fences[i - 1]!)).toBe(true)
    expect(Number.isSafeInteger(Number(fences.at(-1)))).toBe(true)
    expect((await readGridFile(file())).openings).toBe(5)
    writeFileSync(file(), copy)
    expect((await readGridFile(file())).openings).toBe(4)
  })

  it('is on the disk a while after a change, and writes nothing where nothing changes', async () => {
    const time = new VirtualTime(START_MS)
    const kept = await open({ timer: time, everyMs: 100 })
    const grid = clientOf(kept)
    expect((await readGridFile(file())).records).toEqual([])
    await grid.map('map').set('a', '1')
    await grid.map('map').set('a', '2')
    expect(time.waiting).toBe(1)
    time.runTo(START_MS + 100)
    await until(async () => (await readGridFile(file())).records.length > 0)
    expect((await readGridFile(file())).records).toEqual([{ map: 'map', key: 'a', value: '2' }])
    await grid.map('map').get('a')
    await grid.map('map').remove('none')
    await grid.reference('r').compareAndSet('none', 'value')
    expect(time.waiting).toBe(0)
    await grid.reference('r').set('value')
    await grid.stream('s').append('value')
    // The last write has ended when the next is waited for: its file is there a moment before.
    await until(() => time.waiting === 1)
    await grid.close()
    await kept.close()
    expect((await readGridFile(file())).records).toHaveLength(3)
    expect(time.waiting).toBe(0)
  })

  it('goes on when it cannot be written, tells of it once, and is whole again when it can', async () => {
    const failures: Error[] = []
    const time = new VirtualTime(START_MS)
    const kept = await open({ timer: time, writeFailed: (failure) => failures.push(failure) })
    const grid = clientOf(kept)
    rmSync(file())
    mkdirSync(file())
    await grid.map('map').set('a', 'value')
    await letWrite(time, () => failures.length > 0)
    expect(failures[0]).toBeInstanceOf(SurroundingsFailed)
    expect(failures[0]?.message).toBe(`${file()}: cannot write it: it is a folder`)
    expect(await grid.map('map').get('a')).toBe('value')
    rmdirSync(file())
    await letWrite(time, () => existsSync(file()))
    expect((await readGridFile(file())).records).toEqual([{ map: 'map', key: 'a', value: 'value' }])
    expect(failures).toHaveLength(1)
    await kept.close()
    expect(readdirSync(join(folder.path, 'deep'))).toEqual(['grid.jsonl'])
  })

  it('closes though the last write fails, having told of it', async () => {
    const failures: Error[] = []
    const kept = await open({ writeFailed: (failure) => failures.push(failure) })
    rmSync(file())
    mkdirSync(file())
    await clientOf(kept).map('map').set('a', 'value')
    await kept.close()
    expect(failures.map(({ message }) => message)).toEqual([`${file()}: cannot write it: it is a folder`])
    await kept.close()
    expect(readdirSync(join(folder.path, 'deep'))).toEqual(['grid.jsonl'])
  })

  it('is opened by one process at a time', async () => {
    const kept = await open()
    const refusal = open()
    await expect(refusal).rejects.toThrow(SurroundingsFailed)
    await expect(refusal).rejects.toThrow(`another process (process ${process.pid} on ${hostname()}, since `)
    await kept.close()
    await (await open()).close()
  })

  it('is refused when it is damaged, and left as it is and unlocked', async () => {
    await inTurn(async (grid) => grid.map('map').set('a', 'value'))
    const damaged = readFileSync(file(), 'utf8').replace('"value":"value"', '"value":"other"')
    writeFileSync(file(), damaged)
    await expect(open()).rejects.toThrow(DataRefused)
    await expect(open()).rejects.toThrow(/grid\.jsonl:3: expected the sum [0-9a-f]{8} of the bytes before, found "/)
    expect(readFileSync(file(), 'utf8')).toBe(damaged)
    expect(readdirSync(join(folder.path, 'deep'))).toEqual(['grid.jsonl'])
  })

  it('is not opened where it cannot be written, for a reason that a person is told', async () => {
    writeFileSync(join(folder.path, 'deep'), 'a file')
    await expect(open()).rejects.toThrow(SurroundingsFailed)
    await expect(open()).rejects.toThrow(`${join(folder.path, 'deep')}`)
  })

  it('clears away what a killed process left half written', async () => {
    mkdirSync(join(folder.path, 'deep'))
    writeFileSync(join(folder.path, 'deep', '.grid.jsonl.0123456789ab.tmp'), 'half')
    writeFileSync(join(folder.path, 'deep', '.other.jsonl.0123456789ab.tmp'), 'of somebody else')
    await (await open()).close()
    expect(readdirSync(join(folder.path, 'deep')).sort()).toEqual(['.other.jsonl.0123456789ab.tmp', 'grid.jsonl'])
  })

  it('is written no more when another machine has taken it over', async () => {
    const { kept, failures } = await takenOver(async () => {})
    await clientOf(kept).map('map').set('a', 'value')
    await kept.close()
    expect(failures).toEqual([`${file()}: another process has taken this grid over; nothing more is written to it`])
    expect((await readGridFile(file())).records).toEqual([])
    expect(existsSync(`${file()}.lock`)).toBe(true)
  })

  it('is not replaced by a write that had begun when another machine took it over', async () => {
    const { kept } = await takenOver(async (grid, time) => {
      // Some megabytes: that write ends later than the lock is missed.
      for (let i = 0; i < 30; i++) await grid.map('map').set(`key ${i}`, 'x'.repeat(1_000_000))
      time.runTo(time.nextDueMs()!)
    })
    writeFileSync(file(), 'of the other machine')
    await kept.close()
    expect(readFileSync(file(), 'utf8')).toBe('of the other machine')
    expect(readdirSync(join(folder.path, 'deep')).sort()).toEqual(['grid.jsonl', 'grid.jsonl.lock'])
  })
})

function open(settings: Partial<GridFileSettings> = {}): Promise<GridFile> {
  return openGridFile({ file: file(), timer: new VirtualTime(START_MS), streamCapacity: 5, writeFailed, ...settings })
}

/** Opens it, works with it, and lets another machine take the lock meanwhile. */
async function takenOver(work: (grid: Grid, time: VirtualTime) => Promise<void>) {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const failures: string[] = []
  const time = new VirtualTime(START_MS)
  const kept = await open({ timer: time, writeFailed: ({ message }) => failures.push(message) })
  await work(clientOf(kept), time)
  writeFileSync(`${file()}.lock`, JSON.stringify({ pid: 1, host: 'elsewhere' }))
  vi.advanceTimersByTime(10_000)
  vi.useRealTimers()
  await until(() => failures.length > 0)
  return { kept, failures }
}

function clientOf({ store }: GridFile): Grid {
  return memoryGrid({ store, listenerFailed: untold })
}

/** Opens it, works with it, closes it. */
async function inTurn(work: (grid: Grid) => Promise<void>, timer = new VirtualTime(START_MS)): Promise<void> {
  const kept = await open({ timer })
  const grid = clientOf(kept)
  await work(grid)
  await grid.close()
  await kept.close()
}

/** Lets time pass from write to write until it has come to that. */
async function letWrite(time: VirtualTime, isDone: () => boolean): Promise<void> {
  await until(() => {
    const dueMs = time.nextDueMs()
    if (dueMs !== undefined) time.runTo(dueMs)
    return isDone()
  })
}

function writeFailed(failure: Error): never {
  throw failure
}
