import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { SchemaElement } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { openKlines } from '../../../src/adapters/klines/klines.js'
import {
  type ArchiveForm,
  archiveText,
  type Bar,
  inputFolder,
  readAll,
  refusalOf,
  tidyParquet,
  tidyText,
  zipOf,
} from './inputs.js'

const write = inputFolder()

const DAY_MS = 86_400_000
const FIRST = Date.UTC(2025, 4, 1)

/** Three bars a day, hours apart, on the 1st, 2nd and 31st of May 2025; prices with many and few digits. */
function barsOf(symbol: string, scale: number): Bar[] {
  return [0, 1, 30].flatMap((day) =>
    [0, 1, 2].map((bar) => ({
      symbol,
      timeMs: FIRST + day * DAY_MS + (bar === 2 ? DAY_MS - 60_000 : bar * 3_600_000),
      close: `${(scale * (1 + day / 7 + bar / 3)).toFixed(bar * 8)}`,
      volume: `${day * 10 + bar}.00000000`,
      taker: `${bar / 4}`,
    })),
  )
}

const BTC = barsOf('BTCUSDT', 95_000)
const ETH = barsOf('ETHUSDT', 1_870)
const EXPECTED = Object.fromEntries(
  [BTC, ETH].flatMap((bars) =>
    [0, 3, 6].map((at) => {
      const day = bars.slice(at, at + 3)
      const numbers = (key: 'close' | 'volume' | 'taker') => Float64Array.from(day, (bar) => Number(bar[key]))
      return [
        `${day[0]!.symbol} ${dateOf(day[0]!)}`,
        {
          openTimesMs: Float64Array.from(day, ({ timeMs }) => timeMs),
          closes: numbers('close'),
          volume: numbers('volume'),
          takerBuyVolume: numbers('taker'),
          duplicates: 0,
        },
      ]
    }),
  ),
)

function dateOf({ timeMs }: Bar): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}

type Files = Record<string, string | Uint8Array>

function monthly(bars: readonly Bar[], form: ArchiveForm, zipped: boolean): Files {
  const stem = `${bars[0]!.symbol}-1m-2025-05`
  return zipped
    ? { [`${stem}.zip`]: zipOf(`${stem}.csv`, archiveText(bars, form)) }
    : { [`${stem}.csv`]: archiveText(bars, form) }
}

function daily(bars: readonly Bar[], form: ArchiveForm, zipped: boolean): Files {
  const files: Files = {}
  for (const date of new Set(bars.map(dateOf))) {
    const stem = `${bars[0]!.symbol}-1m-${date}`
    const text = archiveText(
      bars.filter((bar) => dateOf(bar) === date),
      form,
    )
    if (zipped) files[`${stem}.zip`] = zipOf(`${stem}.csv`, text, { stored: form.header === true })
    else files[`${stem}.csv`] = text
  }
  return files
}

describe('the same bars come out of every form of input', () => {
  const both = (make: (bars: readonly Bar[]) => Files): Files => ({ ...make(BTC), ...make(ETH) })
  const forms: [string, Files][] = []
  for (const header of [true, false]) {
    for (const unit of ['ms', 'µs'] as const) {
      for (const zipped of [true, false]) {
        const name = `${zipped ? 'ZIP' : 'CSV'} ${header ? 'with' : 'without'} header in ${unit}`
        forms.push([`monthly ${name}`, both((bars) => monthly(bars, { header, unit }, zipped))])
        forms.push([`daily ${name}`, both((bars) => daily(bars, { header, unit }, zipped))])
      }
    }
  }
  const all = [...BTC, ...ETH]
  const byTime = [...all].sort((a, b) => a.timeMs - b.timeMs)
  forms.push(
    ['CSV with CR LF and a byte order mark', both((bars) => monthly(bars, { lineEnd: '\r\n' }, false))],
    ['tidy CSV in ms', { 'prices.csv': tidyText(all) }],
    ['tidy CSV in s', { 'prices.csv': tidyText(all, (ms) => `${ms / 1000}`) }],
    ['tidy CSV in ns', { 'prices.csv': tidyText(byTime, (ms) => `${ms}000000`) }],
    ['tidy CSV in ISO 8601', { 'prices.csv': tidyText(byTime, (ms) => new Date(ms).toISOString()) }],
    ['tidy CSV with quotes', { 'prices.csv': tidyText(all).replaceAll(/[^,\n]+/g, '"$&"') }],
    ['tidy CSV without a last line break', { 'prices.csv': tidyText(all).trimEnd() }],
    ['tidy CSV in gzip', { 'prices.csv.gz': gzipSync(tidyText(all)) }],
    ['tidy ZIP', { 'prices.csv.zip': zipOf('anything.csv', tidyText(byTime), { comment: 'PK\u0005\u0006' }) }],
    [
      'renamed archive ZIP',
      both((bars) => ({ [`${bars[0]!.symbol}.zip`]: zipOf(`${bars[0]!.symbol}-1m-2025-05.csv`, archiveText(bars)) })),
    ],
    ...(['MILLIS', 'MICROS', 'NANOS', 'none', 'text'] as const).map((unit): [string, Files] => [
      `tidy Parquet, ${unit}`,
      { 'prices.parquet': tidyParquet(byTime, unit) },
    ]),
    ['tidy Parquet with many row groups', { 'prices.parquet': tidyParquet(all, 'MILLIS', 4) }],
    ['one symbol each way', { 'a/prices.parquet': tidyParquet(BTC), ...prefixed('b/c/', daily(ETH, {}, true)) }],
  )
  test.each(forms)('%s', async (_, files) => {
    expect(await readAll([write(files)])).toEqual(EXPECTED)
  })
})

function prefixed(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [folder + name, content]))
}

describe('the archive', () => {
  test('names its symbols, its span by the names of files, its files, and the tables it passed over', async () => {
    const folder = write({
      ...daily(ETH, {}, false),
      ...monthly(BTC, {}, true),
      'z/other.csv': 'date,price\n2025-05-01,1\n',
      'z/notes.txt': 'no table',
    })
    const archive = await openKlines([folder])
    expect(archive.symbols).toEqual(['BTCUSDT', 'ETHUSDT'])
    expect([archive.from, archive.to]).toEqual(['2025-05-01', '2025-05-31'])
    expect(archive.files.map(({ path }) => path.slice(folder.length + 1))).toEqual([
      'BTCUSDT-1m-2025-05.zip',
      'ETHUSDT-1m-2025-05-01.csv',
      'ETHUSDT-1m-2025-05-02.csv',
      'ETHUSDT-1m-2025-05-31.csv',
    ])
    expect(
      archive.ignored.map(({ place, expected, found }) => [place.slice(folder.length + 1), expected, found]),
    ).toEqual([
      ['z/notes.txt', '.csv, .csv.gz, .zip, .parquet or .pq', '.txt'],
      ['z/other.csv:1', 'the columns timestamp, symbol, close separated by commas', '"date,price"'],
    ])
    expect(await archive.read('BTCUSDT', '2025-05-03')).toBeUndefined()
    expect(await archive.read('BTCUSDT', '2025-06-01')).toBeUndefined()
    expect(await archive.read('XRPUSDT', '2025-05-01')).toBeUndefined()
    await archive.close()
  })

  test('gives any day in any order, also at the same time', async () => {
    const archive = await openKlines([write({ ...daily(ETH, {}, false), ...monthly(BTC, {}, true) })])
    const keys = Object.keys(EXPECTED)
    for (const order of [keys, [...keys].reverse(), [...keys, ...keys]]) {
      const days = await Promise.all(order.map((key) => archive.read(...(key.split(' ') as [string, string]))))
      expect(days).toEqual(order.map((key) => EXPECTED[key]))
    }
    await archive.close()
  })

  test('gives the same through temporary files as from memory', async () => {
    const folder = write({
      'prices.csv': tidyText([...BTC, ...ETH].reverse()),
      ...daily(BTC, {}, true),
      ...monthly(ETH, {}, true),
    })
    const spillFolder = join(write({}), 'made', 'when', 'needed')
    const [small, large] = [await readAll([folder], { memoryBytes: 0, spillFolder }), await readAll([folder])]
    expect(small).toEqual(large)
    expect(Object.keys(small)).toHaveLength(6)
    expect(readdirSync(spillFolder)).toEqual([])
  })

  test.each([
    ['a table', { 'prices.csv': tidyText([...BTC, ...ETH]) }],
    ['archives', { ...monthly(BTC, {}, true), ...monthly(ETH, {}, true) }],
  ])('of %s on disk stays within its limit, or ends with nothing left', async (_, files) => {
    const [folder, spillFolder] = [write(files), join(write({}), 'spill')]
    const bytes = 40 * [...BTC, ...ETH].length
    await readAll([folder], { memoryBytes: 0, spillFolder, spillBytesMax: bytes })
    const reading = readAll([folder], { memoryBytes: 0, spillFolder, spillBytesMax: bytes / 2 })
    await expect(reading).rejects.toMatchObject({ name: 'SpillLimitError', limitBytes: bytes / 2 })
    await expect(reading).rejects.toSatisfy(({ neededBytes }) => neededBytes > bytes / 2 && neededBytes <= bytes)
    expect(readdirSync(spillFolder)).toEqual([])
  })

  test('keeps no rows of days that nobody will ask for', async () => {
    const folder = write({ ...monthly(BTC, {}, true), 'prices.csv': tidyText(ETH) })
    const all = await readAll([folder])
    const until = '2025-05-02'
    const spillFolder = join(write({}), 'spill')
    const early = [...BTC, ...ETH].filter(({ timeMs }) => timeMs < Date.parse('2025-05-03'))
    const limits = { memoryBytes: 0, spillFolder, spillBytesMax: 40 * early.length }
    const archive = await openKlines([folder], { until, ...limits })
    expect([archive.from, archive.to]).toEqual(['2025-05-01', '2025-05-31'])
    for (const date of ['2025-05-01', until]) {
      for (const symbol of archive.symbols) {
        expect(await archive.read(symbol, date), `${symbol} ${date}`).toEqual(all[`${symbol} ${date}`])
      }
    }
    await expect(archive.read('BTCUSDT', '2025-05-03')).rejects.toThrow('no day after the last one announced is read')
    await archive.close()
    await expect(readAll([folder], limits)).rejects.toMatchObject({ name: 'SpillLimitError' })
  })

  test('an aborted signal ends the opening and the reading', async () => {
    const folder = write(monthly(BTC, {}, true))
    await expect(openKlines([folder], { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    const control = new AbortController()
    const archive = await openKlines([folder], { signal: control.signal })
    control.abort(new Error('enough'))
    await expect(archive.read('BTCUSDT', '2025-05-01')).rejects.toThrow('enough')
    await archive.close()
  })
})

describe('values', () => {
  test('a microsecond stamp of a table keeps its fraction of a millisecond; a kline opens on its interval', async () => {
    const [exact, moved] = ['1746057600000000,', '1746057600000123,']
    const table = tidyText(BTC.slice(0, 2), (ms) => `${ms}000`).replace(exact, moved)
    const days = await readAll([write({ 'p.csv': table })])
    expect(days['BTCUSDT 2025-05-01']!.openTimesMs[0]).toBe(FIRST + 0.123)
    const klines = archiveText(BTC.slice(0, 2), { unit: 'µs' }).replace(exact, moved)
    expect(await refusalOf(write({ 'BTCUSDT-1s-2025-05-01.csv': klines }))).toBe(
      'BTCUSDT-1s-2025-05-01.csv:2: expected an open time on a multiple of 1s, found "1746057600000123"',
    )
  })

  test('an empty close in a table is no bar, an empty volume is NaN', async () => {
    for (const missing of ['', 'NaN', 'null']) {
      const bars = [
        { ...BTC[0]!, close: missing },
        { ...BTC[1]!, volume: missing },
      ]
      const days = await readAll([write({ 'p.csv': tidyText(bars) })])
      expect(days['BTCUSDT 2025-05-01']).toEqual({
        openTimesMs: Float64Array.of(BTC[1]!.timeMs),
        closes: Float64Array.of(Number(BTC[1]!.close)),
        volume: Float64Array.of(Number.NaN),
        takerBuyVolume: Float64Array.of(0.25),
        duplicates: 0,
      })
    }
    const days = await readAll([
      write({
        'p.parquet': tidyParquet([
          { ...BTC[0]!, close: '' },
          { ...BTC[1]!, volume: '' },
        ]),
      }),
    ])
    expect(days['BTCUSDT 2025-05-01']!.volume).toEqual(Float64Array.of(Number.NaN))
  })

  test('a table without volumes gives none', async () => {
    const days = await readAll([write({ 'p.csv': 'Timestamp, Symbol ,CLOSE\n2025-05-01,BTCUSDT,3\n' })])
    expect(days).toEqual({
      'BTCUSDT 2025-05-01': { openTimesMs: Float64Array.of(FIRST), closes: Float64Array.of(3), duplicates: 0 },
    })
  })
})

describe('duplicates', () => {
  test('the same rows in a month and in its days are one, and counted', async () => {
    const days = await readAll([write({ ...monthly(BTC, {}, true), ...daily(BTC, { unit: 'µs' }, false) })])
    for (const [key, day] of Object.entries(days)) expect(day).toEqual({ ...EXPECTED[key], duplicates: 3 })
    expect(Object.keys(days)).toHaveLength(3)
  })

  test('a volume that one place lacks comes from the other', async () => {
    const table = `timestamp,symbol,close\n${BTC[0]!.timeMs},BTCUSDT,${BTC[0]!.close}\n`
    const days = await readAll([write({ 'A.csv': table, ...monthly(BTC, {}, false), 'z.csv': table })])
    expect(days['BTCUSDT 2025-05-01']).toEqual({ ...EXPECTED['BTCUSDT 2025-05-01'], duplicates: 2 })
  })
})

describe('laws', () => {
  const price = fc.integer({ min: 1, max: 1e9 }).map((value) => `${value / 1000}`)
  const bar = fc
    .record({
      symbol: fc.constantFrom('AUSDT', 'BUSDT'),
      timeMs: fc.integer({ min: 0, max: 60 }).map((step) => FIRST + step * 3_600_000),
      close: price,
      volumes: fc.tuple(price, price),
    })
    .map(({ volumes: [a, b], ...rest }) => {
      const [taker, volume] = Number(a) < Number(b) ? [a, b] : [b, a]
      return { ...rest, volume, taker }
    })
  const anyBars = fc.uniqueArray(bar, { selector: ({ symbol, timeMs }) => `${symbol}${timeMs}`, minLength: 1 })

  test('splitting a month into days, and the order of rows and inputs, change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyBars.chain((bars) => fc.tuple(fc.constant(bars), fc.shuffledSubarray(bars, { minLength: bars.length }))),
        async ([bars, shuffled]) => {
          const perSymbol = (rows: readonly Bar[], make: (bars: readonly Bar[]) => Files): Files =>
            Object.assign(
              {},
              ...['AUSDT', 'BUSDT'].map((symbol) => {
                const own = rows.filter((row) => row.symbol === symbol)
                return own.length > 0 ? make(own) : {}
              }),
            )
          const month = await readAll([write(perSymbol(bars, (own) => monthly(own, {}, true)))])
          const dayFiles = perSymbol(shuffled, (own) => daily(own, {}, false))
          const folder = write(dayFiles)
          const paths = Object.keys(dayFiles).map((name) => join(folder, name))
          expect(await readAll(paths)).toEqual(month)
          expect(await readAll([...paths].reverse())).toEqual(month)
          expect(await readAll([write({ 'p.parquet': tidyParquet(shuffled, 'MICROS', 7) })])).toEqual(month)
          for (const { openTimesMs } of Object.values(month)) {
            for (let i = 1; i < openTimesMs.length; i++) expect(openTimesMs[i]!).toBeGreaterThan(openTimesMs[i - 1]!)
          }
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('decimals of a Parquet table', () => {
  test.each(['INT64', 'FIXED_LEN_BYTE_ARRAY', 'BYTE_ARRAY'] as const)(
    'stored as %s are the float64 nearest to what they say, as the same text in a CSV is',
    async (type) => {
      const unscaled = [9999625069n, 10000000001n, 1n, 9999625067n, 9007199254740993n]
      const bars = unscaled.map((value, i): Bar => {
        const digits = value.toString().padStart(6, '0')
        const close = `${digits.slice(0, -5)}.${digits.slice(-5)}`
        return { symbol: 'BTCUSDT', timeMs: FIRST + i * 60_000, close, volume: '5', taker: '2' }
      })
      const folder = write({ 'a.csv': tidyText(bars), 'b.parquet': decimalTable(bars, unscaled, type) })
      const day = (await readAll([folder]))['BTCUSDT 2025-05-01']!
      expect([...day.closes]).toEqual(bars.map(({ close }) => Number(close)))
      expect(day.duplicates).toBe(bars.length)
    },
  )
})

/** A table of timestamp, symbol and close with five decimals. */
function decimalTable(bars: readonly Bar[], closes: readonly bigint[], type: SchemaElement['type']): Uint8Array {
  const close: SchemaElement = { name: 'close', converted_type: 'DECIMAL', scale: 5, precision: 18 }
  const length = type === 'FIXED_LEN_BYTE_ARRAY' ? { type_length: 16 } : {}
  return new Uint8Array(
    parquetWriteBuffer({
      schema: [
        { name: 'schema', num_children: 3 },
        { name: 'timestamp', type: 'INT64', repetition_type: 'REQUIRED' },
        { name: 'symbol', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
        { ...close, ...(type && { type }), ...length, repetition_type: 'OPTIONAL' },
      ],
      columnData: [
        { name: 'timestamp', data: bars.map(({ timeMs }) => BigInt(timeMs)) },
        { name: 'symbol', data: bars.map(({ symbol }) => symbol) },
        { name: 'close', data: [...closes] },
      ],
    }),
  )
}
