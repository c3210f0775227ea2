import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodePart } from '../../../src/adapters/market-parquet/encode-part.js'
import type { TableRow } from '../../../src/adapters/market-parquet/read-market.js'
import { readRecording } from '../../../src/adapters/market-parquet/recording-file.js'
import { InputMistake, SurroundingsFailed } from '../../../src/base/mistakes.js'
import { writeAtomically } from '../../../src/files/whole-file.js'
import type { MarketRows, MarketTable } from '../../../src/ports/market-recording.js'
import { until } from '../../support/until.js'
import { addFrames, anyRow, everyRow, FACTS, frame, NOON_MS, numbers, rig, scratchFolder } from './recorded-rows.js'

test('every row of every table is read back as it was added, in the order in which it was, over flushes and restarts', async () => {
  const steps = fc.array(fc.oneof({ weight: 12, arbitrary: anyRow }, fc.constantFrom('flush', 'restart')), {
    maxLength: 60,
  })
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const folder = scratchFolder()
      let { recorder } = await rig(folder)
      const added: TableRow[] = []
      for (const step of all) {
        if (step === 'flush') await recorder.flush()
        else if (step === 'restart') {
          await recorder.close()
          recorder = (await rig(folder)).recorder
        } else {
          const row = { n: recorder.nextNumber(), ...step.row } as MarketRows[MarketTable]
          recorder.add(step.table, row)
          added.push({ table: step.table, row } as TableRow)
        }
      }
      await recorder.close()
      const read = await everyRow(folder)
      expect(read.map(told)).toEqual(added.map(told))
    }),
    { numRuns: 40 },
  )
})

/** A figure that a row does not name is null where another row of its part has it. */
function told({ table, row }: TableRow): unknown {
  if (!('figures' in row)) return { table, row }
  const known = Object.entries(row.figures).filter(([, figure]) => figure !== null)
  return { table, row: { ...row, figures: Object.fromEntries(known) } }
}

test('rows wait for the time of a flush, and then are durable without anybody asking', async () => {
  const folder = scratchFolder()
  const { recorder, time } = await rig(folder, { flushMs: 60_000 })
  addFrames(recorder, 3)
  time.runTo(NOON_MS + 59_999)
  expect(recorder.health()).toMatchObject({ written: 0, waiting: 3, durableMs: null })
  time.runTo(NOON_MS + 60_000)
  await until(() => recorder.health().waiting === 0)
  expect(recorder.health()).toEqual({
    ...{ written: 3, waiting: 0, durableMs: NOON_MS + 60_000 },
    ...{ lost: undefined, failure: undefined },
  })
  expect(await numbers(folder)).toEqual([1, 2, 3])
  await recorder.close()
})

test('a flush over midnight writes a part of each date', async () => {
  const folder = scratchFolder()
  const { recorder } = await rig(folder)
  const midnightMs = Date.UTC(2026, 0, 6)
  recorder.add('frames', frame(recorder.nextNumber(), midnightMs - 1))
  recorder.add('frames', frame(recorder.nextNumber(), midnightMs))
  recorder.add('frames', frame(recorder.nextNumber(), midnightMs - 2))
  await recorder.flush()
  recorder.add('frames', frame(recorder.nextNumber(), midnightMs - 3))
  await recorder.close()
  expect(partsIn(folder)).toEqual([
    'frames/date=2026-01-05/part-001.parquet',
    'frames/date=2026-01-05/part-002.parquet',
    'frames/date=2026-01-06/part-001.parquet',
  ])
  expect(await numbers(folder)).toEqual([1, 2, 3, 4])
})

test('a window that grows large does not wait for its time', async () => {
  const folder = scratchFolder()
  const { recorder } = await rig(folder)
  const text = '0'.repeat(100_000)
  for (let i = 0; i < 512; i++) {
    recorder.add('frames', { ...frame(recorder.nextNumber()), bids: [[text, '1']] })
  }
  await until(() => recorder.health().written > 0)
  await recorder.close()
  expect((await numbers(folder)).length).toBe(512)
})

test('a restart goes on with the number after the last row, and loses nothing', async () => {
  const folder = scratchFolder()
  const first = await rig(folder)
  addFrames(first.recorder, 5)
  await first.recorder.close()
  const second = await rig(folder)
  expect(second.recorder.nextNumber()).toBe(6)
  expect(second.recorder.health().lost).toBeUndefined()
  expect(second.notices).toEqual([])
  await second.recorder.close()
  expect((await readRecording(folder))?.starts.map(({ n }) => n)).toEqual([1, 6])
})

const OTHER_FACTS = [
  ['another step', { ...FACTS, stepMs: 10_000 }, 'stepMs: this recording has 5000, found 10000'],
  ['other books', { ...FACTS, books: 'partial' }, 'books: this recording has diffs, found partial'],
  [
    'another scale',
    { ...FACTS, scales: { BTCUSDT: { priceDecimals: 1, quantityDecimals: 3 } } },
    'scale of BTCUSDT: this recording has 2 decimals of prices and 3 of quantities, found 1 decimals of prices and 3 of quantities',
  ],
] as const

test.each(OTHER_FACTS)('a recording is not gone on with in %s', async (_, facts, message) => {
  const folder = scratchFolder()
  await (await rig(folder)).recorder.close()
  const refusal = rig(folder, { facts })
  await expect(refusal).rejects.toBeInstanceOf(InputMistake)
  await expect(refusal).rejects.toThrow(message)
  await (await rig(folder)).recorder.close()
})

test('scales may come, and none changes', async () => {
  const folder = scratchFolder()
  const { recorder } = await rig(folder)
  recorder.scale('ETHUSDT', { priceDecimals: 2, quantityDecimals: 3 })
  expect(() => recorder.scale('ETHUSDT', { priceDecimals: 3, quantityDecimals: 3 })).toThrow('scale of ETHUSDT')
  await recorder.close()
  expect(Object.keys((await readRecording(folder))?.scales ?? {})).toEqual(['BTCUSDT', 'ETHUSDT'])
})

test('one process records into a folder', async () => {
  const folder = scratchFolder()
  const { recorder } = await rig(folder)
  const second = rig(folder)
  await expect(second).rejects.toBeInstanceOf(SurroundingsFailed)
  await expect(second).rejects.toThrow('another process')
  await recorder.close()
  await (await rig(folder)).recorder.close()
})

test('parts without their recording.json are not gone on with', async () => {
  const folder = scratchFolder()
  mkdirSync(join(folder, 'frames', 'date=2026-01-05'), { recursive: true })
  await expect(rig(folder)).rejects.toThrow('expected recording.json beside the rows of frames, found none')
})

test.each<[string, unknown]>([
  ['writing', ['frames/date=2026-01-05/../../../outside/part-001.parquet']],
  ['writing', ['../outside/date=2026-01-05/part-001.parquet']],
  ['writing', ['/frames/date=2026-01-05/part-001.parquet']],
  ['writing', ['recording.json']],
  ['writing', [7]],
  ['starts', [null]],
  ['gaps', [{ fromMs: 1e300, untilMs: 0, afterN: 0, beforeN: 1 }]],
  ['durable', { ms: '1', n: 2 }],
  ['scales', { BTCUSDT: { priceDecimals: 1e9, quantityDecimals: 1 } }],
  ['stepMs', 0],
])('a recording.json whose %s is %j is refused before anything is removed', async (key, value) => {
  const folder = join(scratchFolder(), 'recording')
  const outside = join(folder, '..', 'outside', 'date=2026-01-05')
  mkdirSync(outside, { recursive: true })
  writeFileSync(join(outside, 'part-001.parquet'), '')
  await (await rig(folder)).recorder.close()
  const recording = await readRecording(folder)
  writeFileSync(join(folder, 'recording.json'), JSON.stringify({ ...recording, [key]: value }))
  await expect(rig(folder)).rejects.toThrow(`recording.json: ${key}: expected`)
  expect(readdirSync(outside)).toEqual(['part-001.parquet'])
  expect(readdirSync(folder)).toContain('recording.json')
})

test('a recording.json of another version is refused with its name, what was expected and what was found', async () => {
  const folder = scratchFolder()
  writeFileSync(join(folder, 'recording.json'), '{"schema":"dolphin.market-recording/9"}')
  await expect(rig(folder)).rejects.toThrow(
    'recording.json: schema: expected dolphin.market-recording/1, found "dolphin.market-recording/9"',
  )
})

test('a disk that is full is told once, what waits is kept and written when there is room', async () => {
  const folder = scratchFolder()
  const disk = { isFull: false }
  const { recorder, time, notices } = await rig(folder, { write: writeTo(disk) })
  addFrames(recorder, 3)
  disk.isFull = true
  await expect(recorder.flush()).rejects.toThrow('cannot be written: the disk is full')
  addFrames(recorder, 2)
  await expect(recorder.flush()).rejects.toBeInstanceOf(SurroundingsFailed)
  expect(recorder.health()).toMatchObject({ written: 0, waiting: 5, failure: 'the disk is full' })
  expect(notices.map(({ code }) => code)).toEqual(['RECORDING_NOT_WRITTEN'])
  disk.isFull = false
  time.runTo(NOON_MS + 10_000)
  await until(() => recorder.health().waiting === 0)
  expect(recorder.health()).toMatchObject({ written: 5, failure: undefined })
  expect(notices.map(({ code }) => code)).toEqual(['RECORDING_NOT_WRITTEN', 'RECORDING_WRITTEN_AGAIN'])
  await recorder.close()
  expect(await numbers(folder)).toEqual([1, 2, 3, 4, 5])
})

test('what a full disk keeps waiting is bounded: the oldest of it is given up, told and noted as a gap', async () => {
  const folder = scratchFolder()
  const disk = { isFull: false }
  const { recorder, notices, time } = await rig(folder, { write: writeTo(disk), backlogBytesMax: 10_000 })
  disk.isFull = true
  for (let i = 1; i <= 20; i++) {
    addFrames(recorder, 2)
    time.passOver(1_000)
    await expect(recorder.flush()).rejects.toThrow('the disk is full')
  }
  const kept = recorder.health().waiting
  expect(kept).toBeGreaterThan(0)
  expect(kept).toBeLessThan(40)
  expect(notices.filter(({ code }) => code === 'RECORDING_LOST').length).toBe((40 - kept) / 2)
  disk.isFull = false
  await recorder.close()
  const lost = 40 - kept
  const untilMs = NOON_MS + (lost / 2) * 1_000
  const gap = { afterN: 0, beforeN: lost + 1, fromMs: NOON_MS, untilMs, why: 'unwritable' }
  expect((await readRecording(folder))?.gaps).toEqual([gap])
  expect(await numbers(folder)).toEqual(Array.from({ length: kept }, (_, i) => lost + 1 + i))
})

test('a window is there whole or not at all when the disk fills up in the middle of it', async () => {
  for (let writes = 0; writes < 6; writes++) {
    const folder = scratchFolder()
    let left = Number.POSITIVE_INFINITY
    const { recorder } = await rig(folder, {
      async write(path, contents) {
        if (left-- <= 0) throw full()
        await writeAtomically(path, contents)
      },
    })
    for (const table of ['open_interest', 'samples', 'macro'] as const) {
      const row = { n: recorder.nextNumber(), t_ms: NOON_MS, symbol: 'BTCUSDT', open_interest: 1, figures: { a: 1 } }
      recorder.add(table, row)
    }
    left = writes
    const isWritten = await recorder.flush().then(
      () => true,
      () => false,
    )
    expect(isWritten).toBe(writes >= 5)
    expect(await numbers(folder)).toEqual(isWritten ? [1, 2, 3] : [])
    left = Number.POSITIVE_INFINITY
    await recorder.close()
    expect(await numbers(folder)).toEqual([1, 2, 3])
    expect(partsIn(folder).length).toBe(3)
  }
})

test('a part that cannot be made is given up and told, and those after it are written', async () => {
  const folder = scratchFolder()
  let isBroken = true
  const { recorder, notices } = await rig(folder, {
    async encode(part) {
      if (isBroken) throw new Error('the thread ended')
      return encodePart(part)
    },
  })
  addFrames(recorder, 2)
  await recorder.flush()
  isBroken = false
  addFrames(recorder, 2)
  await recorder.close()
  expect(notices).toEqual([
    expect.objectContaining({ code: 'RECORDING_LOST', message: expect.stringContaining('the thread ended') }),
  ])
  expect(await numbers(folder)).toEqual([3, 4])
  expect((await readRecording(folder))?.gaps).toEqual([expect.objectContaining({ afterN: 0, beforeN: 3 })])
})

test('a part that cannot be made while the disk is full is given up once', async () => {
  const folder = scratchFolder()
  const disk = { isFull: false }
  const encode = () => Promise.reject(new Error('the thread ended'))
  const { recorder, notices } = await rig(folder, { write: writeTo(disk), encode })
  disk.isFull = true
  addFrames(recorder, 2)
  await expect(recorder.flush()).rejects.toThrow('the disk is full')
  await expect(recorder.flush()).rejects.toThrow('the disk is full')
  disk.isFull = false
  await recorder.close()
  expect((await readRecording(folder))?.gaps).toEqual([expect.objectContaining({ afterN: 0, beforeN: 3 })])
  expect(notices.map(({ code }) => code).filter((code) => code === 'RECORDING_LOST')).toHaveLength(1)
})

function writeTo(disk: { isFull: boolean }): typeof writeAtomically {
  return async (path, contents) => {
    if (disk.isFull) throw full()
    await writeAtomically(path, contents)
  }
}

function full(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' })
}

function partsIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.parquet')).sort()
}
