import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { parquetDayWriter } from '../../../src/adapters/parquet/day-writer.js'
import { createParquetDays, type ParquetDaysSettings } from '../../../src/adapters/parquet/parquet-days.js'
import type { DayColumns } from '../../../src/ports/days.js'
import { decimals, type ForeignColumn, floats, texts, writeForeignDay } from './foreign-day.js'

const root = mkdtempSync(join(tmpdir(), 'dolphin-price-columns-'))
afterAll(() => rmSync(root, { recursive: true }))
const path = join(root, '2025-05-10.parquet')
const DATE = '2025-05-10'

const VEL_DIV = floats('vel_div', [0.1, 0.2, 0.3])
const BTC = floats('BTCUSDT', [100, 101, 102])

async function read(settings: ParquetDaysSettings = {}, date = DATE, cacheDir?: string): Promise<DayColumns> {
  const options = { workers: 0, ...(cacheDir === undefined ? {} : { cacheDir }) }
  for await (const outcome of createParquetDays(settings).read([{ date, path, bytes: 0 }], options)) {
    if ('error' in outcome) throw outcome.error
    return outcome.day.columns
  }
  throw new Error('no outcome')
}

async function refusal(columns: readonly ForeignColumn[], settings: ParquetDaysSettings = {}): Promise<string> {
  writeForeignDay(path, columns, 2)
  return read(settings).then(
    () => 'no error',
    (error: Error) => error.message.replace(`${path}`, '<file>'),
  )
}

describe('a numeric column whose name is no symbol', () => {
  const counter = floats('Unnamed: 0', [1, 2, 3])
  const decimalVolume = decimals('volume', [1n, 2n, 3n], { type: 'INT64', scale: 2 })

  test('is no asset, and the day names it', async () => {
    writeForeignDay(path, [VEL_DIV, counter, BTC, decimalVolume])
    const day = await read()
    expect(day.assets).toEqual(['BTCUSDT'])
    expect(day.otherColumns).toEqual(['Unnamed: 0', 'volume'])
  })

  test('is one when it is chosen, and then nothing else is', async () => {
    writeForeignDay(path, [VEL_DIV, counter, BTC])
    const day = await read({ assets: ['Unnamed: 0', 'ETHUSDT'] })
    expect(day.assets).toEqual(['Unnamed: 0'])
    expect(day.prices).toEqual([Float64Array.of(1, 2, 3)])
    expect(day.otherColumns).toBeUndefined()
  })

  test('is no asset from the cache either, whatever was chosen before', async () => {
    writeForeignDay(path, [VEL_DIV, counter, BTC])
    const cache = join(root, 'cache')
    const chosen = { assets: ['Unnamed: 0'] }
    for (const settings of [{}, chosen, {}, chosen]) {
      const [plain, cached] = [await read(settings), await read(settings, DATE, cache)]
      expect([cached.assets, cached.otherColumns]).toEqual([plain.assets, plain.otherColumns])
    }
  })

  test('refuses a day that has no other', async () => {
    expect(await refusal([VEL_DIV, counter, floats('BTC', [1, 2, 3])])).toBe(
      "<file>: expected a price column named like a symbol (BTCUSDT), or those that --assets names, found 'Unnamed: 0', 'BTC'",
    )
  })

  test('is an asset of a day that this program has written', async () => {
    const day = {
      date: DATE,
      bars: 1,
      velDiv: Float64Array.of(0),
      eigen: {},
      assets: ['BTC'],
      prices: [Float64Array.of(7)],
    }
    await parquetDayWriter.write(path, day)
    expect((await read()).assets).toEqual(['BTC'])
  })
})

describe('the name of a price column', () => {
  test('has no blanks around it', async () => {
    writeForeignDay(path, [VEL_DIV, floats(' BTCUSDT ', [1, 2, 3])])
    expect((await read()).assets).toEqual(['BTCUSDT'])
    expect(await refusal([VEL_DIV, BTC, floats('BTCUSDT ', [1, 2, 3])])).toBe(
      "<file>: expected column names that differ, found two columns 'BTCUSDT'",
    )
  })

  test('may not stand over what is no number', async () => {
    const flags = { schema: { name: 'ETHUSDT', type: 'BOOLEAN' as const }, data: [true, false, true] }
    expect(await refusal([VEL_DIV, BTC, flags])).toBe(
      "<file>, column 'ETHUSDT': expected a column of numbers, decimals or text, found BOOLEAN",
    )
  })
})

describe('decimal prices', () => {
  test.each(['INT32', 'INT64', 'FIXED_LEN_BYTE_ARRAY', 'BYTE_ARRAY'] as const)(
    'stored as %s are read exactly',
    async (type) => {
      const [min, max] = type === 'INT32' ? [-(2n ** 31n), 2n ** 31n - 1n] : [-(2n ** 63n), 2n ** 63n - 1n]
      const wide =
        type === 'INT32' || type === 'INT64' ? [] : [fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })]
      const value = fc.oneof(fc.bigInt({ min, max }), ...wide)
      const column = fc.array(fc.option(value), { minLength: 5, maxLength: 5 })
      await fc.assert(
        fc.asyncProperty(column, fc.integer({ min: 0, max: 9 }), async (unscaled, scale) => {
          writeForeignDay(path, [floats('vel_div', [1, 2, 3, 4, 5]), decimals('BTCUSDT', unscaled, { type, scale })], 3)
          const expected = unscaled.map((value) => (value === null ? Number.NaN : Number(`${value}e-${scale}`)))
          expect([...(await read()).prices[0]!]).toEqual(expected)
        }),
        { numRuns: 60 },
      )
    },
  )

  test('with a dictionary are those of the rows', async () => {
    const unscaled = Array.from({ length: 400 }, (_, i) => BigInt(9999625069 + (i % 3)))
    writeForeignDay(path, [
      floats(
        'vel_div',
        unscaled.map(() => 0),
      ),
      decimals('BTCUSDT', unscaled, { type: 'INT64', scale: 5 }),
    ])
    expect([...(await read()).prices[0]!]).toEqual(unscaled.map((value) => Number(value) / 1e5))
  })
})

describe('prices as text', () => {
  test('are read exactly, and words for nothing are missing prices', async () => {
    writeForeignDay(
      path,
      [floats('vel_div', [1, 2, 3, 4, 5]), texts('BTCUSDT', ['99996.25069', ' 1e5 ', 'NaN', '', null])],
      2,
    )
    expect([...(await read()).prices[0]!]).toEqual([99996.25069, 100000, Number.NaN, Number.NaN, Number.NaN])
  })

  test.each(['n.v.', '1,5', '0x10', 'Infinity', '1e999'])(
    'are refused with column, row and value: %j',
    async (text) => {
      expect(await refusal([VEL_DIV, texts('BTCUSDT', ['1', '2', text])])).toBe(
        `<file>, column 'BTCUSDT', row group 1, row 2: expected a price as decimal text, or nothing, found ${JSON.stringify(text)}`,
      )
    },
  )

  test('are refused by the first row that holds such a word, where a dictionary holds them all', async () => {
    const words = Array.from({ length: 900 }, (_, i) => (i < 700 ? '1.5' : i % 2 === 0 ? 'n.v.' : '2.5'))
    writeForeignDay(path, [
      floats(
        'vel_div',
        words.map(() => 0),
      ),
      texts('BTCUSDT', words),
    ])
    await expect(read()).rejects.toThrow(`column 'BTCUSDT', row group 0, row 700: expected a price as decimal text`)
  })
})

describe('a renamed symbol', () => {
  const renames = [{ from: 'LUNAUSDT', to: 'LUNCUSDT', date: '2025-05-11' }]

  test('has its new name on the days before it was given, too', async () => {
    writeForeignDay(path, [VEL_DIV, BTC, floats('LUNAUSDT', [1, 2, 3])])
    expect((await read({ renames })).assets).toEqual(['BTCUSDT', 'LUNCUSDT'])
    expect((await read({ renames }, '2025-05-11')).assets).toEqual(['BTCUSDT', 'LUNAUSDT'])
  })

  test('is refused on a day that has both names before', async () => {
    writeForeignDay(path, [VEL_DIV, floats('LUNCUSDT', [1, 2, 3]), floats('LUNAUSDT', [1, 2, 3])])
    await expect(read({ renames })).rejects.toThrow("column 'LUNCUSDT': expected no column of the new name")
  })
})
