import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readMarket } from '../../../src/adapters/market-parquet/read-market.js'
import { DataRefused } from '../../../src/base/mistakes.js'
import { addFrames, everyRow, frame, NOON_MS, numbers, rig, scratchFolder } from './recorded-rows.js'

const DAY_MS = 86_400_000

/** Frames of two symbols in turns, four a day, a part each. */
async function fewDays(folder: string): Promise<void> {
  const { recorder } = await rig(folder)
  for (let n = 0; n < 12; n++) {
    const ms = NOON_MS + Math.floor(n / 4) * DAY_MS + n
    recorder.add('frames', frame(recorder.nextNumber(), ms, n % 2 === 0 ? 'BTCUSDT' : 'ETHUSDT'))
    await recorder.flush()
  }
  await recorder.close()
}

const CHOICES = [
  ['everything', {}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
  ['from a time on', { fromMs: NOON_MS + DAY_MS + 5 }, [6, 7, 8, 9, 10, 11, 12]],
  ['before a time', { toMs: NOON_MS + DAY_MS + 5 }, [1, 2, 3, 4, 5]],
  ['a symbol between two times', { fromMs: NOON_MS + 2, toMs: NOON_MS + DAY_MS + 6, symbols: ['ETHUSDT'] }, [4, 6]],
  ['a symbol that is not there', { symbols: ['XRPUSDT'] }, []],
] as const

test.each(CHOICES)('rows of %s are those and no others', async (_, choice, expected) => {
  const folder = scratchFolder()
  await fewDays(folder)
  expect((await everyRow(folder, choice)).map(({ row }) => row.n)).toEqual(expected)
})

test('a table that was not recorded has no rows', async () => {
  const folder = scratchFolder()
  await fewDays(folder)
  expect((await readMarket(folder, 'marks').next()).done).toBe(true)
})

test('a part that is damaged is refused with its path', async () => {
  const folder = scratchFolder()
  await fewDays(folder)
  const path = join(folder, 'frames', 'date=2026-01-06', 'part-002.parquet')
  writeFileSync(path, 'nothing of the kind')
  const reading = everyRow(folder)
  await expect(reading).rejects.toBeInstanceOf(DataRefused)
  await expect(reading).rejects.toThrow(`${path}: expected the mark dolphin.n near the end of a part`)
})

test('of a recording that is being written, what is durable is read', async () => {
  const folder = scratchFolder()
  const { recorder } = await rig(folder)
  expect(await numbers(folder)).toEqual([])
  addFrames(recorder, 2)
  await recorder.flush()
  addFrames(recorder, 2)
  expect(await numbers(folder)).toEqual([1, 2])
  await recorder.close()
  expect(await numbers(folder)).toEqual([1, 2, 3, 4])
})
