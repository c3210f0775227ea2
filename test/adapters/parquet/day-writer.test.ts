import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, describe, expect, test } from 'vitest'
import { parquetDayWriter, writeTable } from '../../../src/adapters/parquet/day-writer.js'
import { parquetDays } from '../../../src/adapters/parquet/parquet-days.js'
import type { DayColumns } from '../../../src/ports/days.js'
import { difference, MATRIX, matrixFile, tableOf } from './matrix.js'

const root = mkdtempSync(join(tmpdir(), 'dolphin-day-writer-'))
afterAll(() => rmSync(root, { recursive: true }))

async function readDay(date: string, path: string): Promise<DayColumns> {
  for await (const outcome of parquetDays.read([{ date, path, bytes: 0 }], { workers: 0, eigenColumns: true })) {
    if ('error' in outcome) throw outcome.error
    return outcome.day.columns
  }
  throw new Error('no outcome')
}

describe('a written day', () => {
  for (const table of Object.keys(MATRIX.tables)) {
    test(`reads back as it was: ${table}`, async () => {
      const file = matrixFile(MATRIX.files.find((entry) => entry.table === table)!.path)
      const day = await readDay(file.date, file.path)
      const path = join(root, `${table}.parquet`)
      const written = await parquetDayWriter.write(path, day)
      const bytes = readFileSync(path)
      expect(written).toEqual({ bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
      expect(difference(tableOf(await readDay(file.date, path)), tableOf(day))).toBeUndefined()
    })
  }

  test('reads back as it was, whatever the numbers', async () => {
    const path = join(root, 'any.parquet')
    const column = fc.array(fc.double(), { minLength: 5, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(column, column, async (velDiv, price) => {
        const day: DayColumns = {
          date: '2026-01-05',
          bars: 5,
          velDiv: Float64Array.from(velDiv),
          eigen: {},
          assets: ['BTCUSDT'],
          prices: [Float64Array.from(price)],
        }
        await parquetDayWriter.write(path, day)
        expect(difference(tableOf(await readDay(day.date, path)), tableOf(day))).toBeUndefined()
      }),
      { numRuns: 50 },
    )
  })

  test('has the same bytes for the same columns and leaves no temporary file', async () => {
    const file = matrixFile('missing/pyarrow/2026-01-05.parquet')
    const day = await readDay(file.date, file.path)
    const once = await parquetDayWriter.write(join(root, 'once.parquet'), day)
    const again = await parquetDayWriter.write(join(root, 'once.parquet'), day)
    expect(again).toEqual(once)
    expect(readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})

describe('a written table', () => {
  const columns = [
    { name: 'asset', type: 'string', values: ['BTCUSDT', null, 'Ω€'] },
    { name: 'net', type: 'float64', values: [1.5, null, -0] },
    { name: 'bar', type: 'int64', values: [1n, null, 2n ** 62n] },
    { name: 'won', type: 'boolean', values: [true, null, false] },
  ] as const

  test('reads back with its nulls', async () => {
    const path = join(root, 'trades.parquet')
    await writeTable(path, columns)
    const bytes = readFileSync(path)
    const file = Uint8Array.from(bytes).buffer
    expect(await parquetReadObjects({ file })).toEqual([
      { asset: 'BTCUSDT', net: 1.5, bar: 1n, won: true },
      { asset: null, net: null, bar: null, won: null },
      { asset: 'Ω€', net: -0, bar: 2n ** 62n, won: false },
    ])
  })

  test('may have no rows', async () => {
    const path = join(root, 'none.parquet')
    await writeTable(
      path,
      columns.map((column) => ({ ...column, values: [] })),
    )
    expect(await parquetReadObjects({ file: Uint8Array.from(readFileSync(path)).buffer })).toEqual([])
  })

  test('has columns of one length', async () => {
    const uneven = [columns[0], { name: 'net', type: 'float64', values: [1] }] as const
    await expect(writeTable(join(root, 'uneven.parquet'), uneven)).rejects.toThrow(
      "column 'net': 3 values expected, found 1",
    )
  })

  test('is not left half written where its folder cannot be made', async () => {
    writeFileSync(join(root, 'nowhere'), '')
    await expect(writeTable(join(root, 'nowhere', 'x.parquet'), columns)).rejects.toThrow(/EEXIST|ENOTDIR/)
  })
})
