import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import {
  archiveText,
  type Bar,
  HEADER,
  inputFolder,
  readAll,
  refusalOf,
  tidyParquet,
  tidyText,
  zipOf,
} from './inputs.js'

const write = inputFolder()

const NOON = Date.UTC(2025, 4, 10, 12)
const BARS: Bar[] = [0, 1, 2].map((minute) => ({
  symbol: 'BTCUSDT',
  timeMs: NOON + minute * 60_000,
  close: `${100 + minute}`,
  volume: '5',
  taker: '2',
}))
const ARCHIVE = 'BTCUSDT-1m-2025-05-10'
const POSITIVE = 'a positive close price'
const ROW = `${NOON},1,2,0.5,100,5,${NOON + 59_999},7,3,2,4,0`

describe('a bad row of an archive is refused with its place', () => {
  test.each<[string, string]>([
    [`${HEADER}\n${ROW.replace(',100,', ',-100,')}\n`, `:2: expected ${POSITIVE}, found "-100"`],
    [`${HEADER}\n${ROW.replace(',100,', ',0,')}\n`, `:2: expected ${POSITIVE}, found "0"`],
    [`${HEADER}\n${ROW.replace(',100,', ',,')}\n`, `:2: expected ${POSITIVE}, found ""`],
    [`${HEADER}\n${ROW.replace(',100,', ',NaN,')}\n`, `:2: expected ${POSITIVE}, found "NaN"`],
    [`${HEADER}\n${ROW.replace(',100,', ',1e999,')}\n`, `:2: expected ${POSITIVE}, found "1e999"`],
    [`${HEADER}\n${ROW.replace(',5,', ',x\u0007,')}\n`, ':2: expected a volume of 0 or more, found "x\\u0007"'],
    [`${HEADER}\n${ROW.replace(',2,4,', ',-2,4,')}\n`, ':2: expected a taker_buy_volume of 0 or more, found "-2"'],
    [
      `${HEADER}\n${ROW}\n${ROW.replace(',2,4,', ',5.5,4,')}\n`,
      ':3: expected a taker_buy_volume up to the volume "5", found "5.5"',
    ],
    [
      `${HEADER}\n${ROW.replace(',2,4,', ',2,7.01,')}\n`,
      ':2: expected a taker_buy_quote_volume up to the quote_volume "7", found "7.01"',
    ],
    [`${HEADER}\n${ROW.replace(',7,3,', ',-7,3,')}\n`, ':2: expected a quote_volume of 0 or more, found "-7"'],
    [`${ROW}\n${ROW.slice(0, 40)}`, ':2: expected 12 columns, found 7'],
    [`${ROW},1\n`, ':1: expected 12 columns, found 13'],
    [
      `${ROW}\n\n${ROW.replace(`${NOON}`, `${NOON - 43_200_001}`)}\n`,
      ':3: expected an open time on 2025-05-10 (UTC), found 2025-05-09T23:59:59.999Z',
    ],
    [
      `${ROW}\n${ROW.replace(`${NOON}`, `${NOON + 43_200_000}000`)}\n`,
      ':2: expected an open time on 2025-05-10 (UTC), found 2025-05-11T00:00:00.000Z',
    ],
    [`${ROW}\n${ROW.replace(`${NOON}`, '12')}\n`, ':2: expected an open time on 2025-05-10 (UTC), found "12"'],
    [`${ROW}\n${HEADER}\n`, ':2: expected an open time on 2025-05-10 (UTC), found "open_time"'],
    [
      `${HEADER.replace('close,volume', 'volume,close')}\n${ROW}\n`,
      `:1: expected the columns ${HEADER}, found ${HEADER.replace('close,volume', 'volume,close')}`,
    ],
    [`${ROW}\n"${ROW}\n`, ':2: expected a quoted field closed before the comma, found none'],
    [`${ROW}\n${'1'.repeat(70_000)}`, ':2: expected a line of at most 65536 bytes, found a longer one'],
    ['1'.repeat(1_000_000), ':1: expected a line of at most 65536 bytes, found a longer one'],
    [','.repeat(2000), ':1: expected at most 1024 columns, found more'],
    ['', ': expected lines of text, found an empty file'],
  ])('%#', async (text, message) => {
    expect(await refusalOf(write({ [`${ARCHIVE}.csv`]: text }))).toBe(`${ARCHIVE}.csv${message}`)
    const zipped = write({ [`${ARCHIVE}.zip`]: zipOf(`${ARCHIVE}.csv`, text) })
    expect(await refusalOf(zipped)).toBe(`${ARCHIVE}.zip!${ARCHIVE}.csv${message}`)
  })

  test('beyond the month of its name', async () => {
    const text = archiveText([{ ...BARS[0]!, timeMs: Date.UTC(2025, 5, 1) }])
    expect(await refusalOf(write({ 'BTCUSDT-1m-2025-05.csv': text }))).toBe(
      'BTCUSDT-1m-2025-05.csv:2: expected an open time from 2025-05-01 to 2025-05-31 (UTC), found 2025-06-01T00:00:00.000Z',
    )
  })
})

const TIME =
  'a time from 2000 to 2099 (an integer in s, ms, µs or ns since 1970, or ISO 8601 such as 2025-05-10T00:00:00Z)'

describe('a bad row of a table is refused with its place', () => {
  test.each<[string, string]>([
    [',BTCUSDT,1,1', `${TIME}, found ""`],
    ['yesterday,BTCUSDT,1,1', `${TIME}, found "yesterday"`],
    [`${NOON},,1,1`, 'a symbol such as BTCUSDT, found ""'],
    [`${NOON},vel_div,1,1`, 'a symbol that is no other column of a day, found "vel_div"'],
    [`${NOON},../x,1,1`, 'a symbol such as BTCUSDT, found "../x"'],
    [`${NOON},BTCUSDT,ten,1`, 'a close price, or nothing, found "ten"'],
    [`${NOON},BTCUSDT,-1,1`, `${POSITIVE}, found -1`],
    [`${NOON},BTCUSDT,1,-1`, 'a volume of 0 or more, or nothing, found "-1"'],
    [`${NOON},BTCUSDT,1`, '4 columns, found 3'],
  ])('%s', async (row, message) => {
    const text = `timestamp,symbol,close,volume\n${NOON},ETHUSDT,1,1\n${row}\n`
    expect(await refusalOf(write({ 'p.csv': text }))).toBe(`p.csv:3: expected ${message}`)
  })

  test('in Parquet, by its row', async () => {
    const refusal = (bar: Partial<Bar>) =>
      refusalOf(write({ 'p.parquet': tidyParquet([...BARS, { ...BARS[0]!, ...bar }], 'MILLIS', 2) }))
    expect(await refusal({ close: '-1' })).toBe(`p.parquet:4: expected ${POSITIVE}, found -1`)
    expect(await refusal({ timeMs: 0 })).toBe(`p.parquet:4: expected ${TIME}, found "0"`)
    expect(await refusal({ symbol: '' })).toBe('p.parquet:4: expected a symbol such as BTCUSDT, found ""')
    expect(await refusal({ volume: '-3' })).toBe('p.parquet:4: expected a volume of 0 or more, found -3')
    expect(await refusal({ taker: '6' })).toBe('p.parquet:4: expected a taker_buy_volume up to the volume 5, found 6')
  })
})

describe('rows of the same time that differ are refused with both places', () => {
  test('within a file', async () => {
    const text = archiveText([...BARS, { ...BARS[1]!, close: '7' }])
    expect(await refusalOf(write({ [`${ARCHIVE}.csv`]: text }))).toBe(
      `${ARCHIVE}.csv:5: expected the same values of BTCUSDT at 2025-05-10T12:01:00.000Z as in ${ARCHIVE}.csv:3 ` +
        '(close 101, volume 5, taker buy volume 2), found close 7, volume 5, taker buy volume 2',
    )
  })

  test.each([{ close: '7' }, { volume: '6' }, { taker: '1' }])(
    'between a day, a month and a table: %o',
    async (change) => {
      const [day, month] = [archiveText(BARS), archiveText([BARS[0]!, { ...BARS[1]!, ...change }])]
      const files = {
        'a.csv': tidyText([BARS[2]!]),
        [`b/${ARCHIVE}.zip`]: zipOf(`${ARCHIVE}.csv`, day),
        'c/BTCUSDT-1m-2025-05.csv': month,
      }
      const folder = write(files)
      const message = await refusalOf(folder)
      expect(message).toContain(
        `c/BTCUSDT-1m-2025-05.csv:3: expected the same values of BTCUSDT at 2025-05-10T12:01:00.000Z as in b/${ARCHIVE}.zip!${ARCHIVE}.csv:3 `,
      )
      const reversed = Object.keys(files)
        .reverse()
        .map((name) => join(folder, name))
      expect(await refusalOf(folder, reversed)).toBe(message)
    },
  )

  test('named in the order of their paths, whatever their form', async () => {
    const [table, archive] = [tidyText([{ ...BARS[0]!, close: '7' }]), archiveText(BARS)]
    for (const [first, second] of [
      [{ 'a.csv': table }, { [`b/${ARCHIVE}.csv`]: archive }],
      [{ [`a/${ARCHIVE}.csv`]: archive }, { 'b.csv': table }],
    ] as const) {
      const message = await refusalOf(write({ ...first, ...second }))
      expect(message.startsWith(`${Object.keys(second)[0]}:2: expected `), message).toBe(true)
      expect(message).toContain(`as in ${Object.keys(first)[0]}:2 (`)
    }
  })

  test('by the known volumes, where another row of the time has none', async () => {
    const row = (volume: string) => `${NOON},BTCUSDT,100,${volume}\n`
    const text = `timestamp,symbol,close,volume\n${row('')}${row('5')}${row('6')}`
    expect(await refusalOf(write({ 'p.csv': text }))).toContain('p.csv:4: expected the same values')
    expect(Object.values(await readAll([write({ 'p.csv': text.replace(row('6'), row('5')) })]))).toMatchObject([
      { volume: Float64Array.of(5), duplicates: 2 },
    ])
  })
})

describe('an input that cannot be used is refused', () => {
  const known =
    'an archive such as BTCUSDT-1m-2025-05-10.zip or BTCUSDT-1m-2025-05.csv, or a CSV or Parquet table with the columns timestamp, symbol, close'

  const endings = '.csv, .csv.gz, .zip, .parquet or .pq'
  const columns = 'the columns timestamp, symbol, close separated by commas'

  test.each<[string, string | Uint8Array, string]>([
    ['notes.txt', 'x', `: expected ${endings}, found .txt`],
    ['prices', 'x', `: expected ${endings}, found a name without ending`],
    ['prices.csv', 'date,price\n1,2\n', `:1: expected ${columns}, found "date,price"`],
    ['prices.csv', 'timestamp;symbol;close\n1;2;3\n', `:1: expected ${columns}, found "timestamp;symbol;close"`],
    ['prices.csv', 'open_time,symbol,close\n1,2,3\n', `:1: expected ${columns}, found "open_time,symbol,close"`],
    ['prices.csv', 'timestamp,symbol,close,close\n', `:1: expected ${columns}, found "timestamp,symbol,close,close"`],
    ['prices.zip', zipOf('prices.csv', 'date,price\n1,2\n'), `!prices.csv:1: expected ${columns}, found "date,price"`],
    ['BTCUSDT-aggTrades-2025-05-10.csv', '1,2,3\n', `:1: expected ${columns}, found "1,2,3"`],
    ['BTCUSDT-1m-2025-02-30.csv', `${ROW}\n`, `: expected ${known}, found this name`],
    ['BTCUSDT-1m-2025-13.csv', `${ROW}\n`, `: expected ${known}, found this name`],
    ['BTCUSDT-1M-2025-05.csv', `${ROW}\n`, ': expected bars of a day or less, found bars of 1 month'],
    ['BTCUSDT-1w-2025-05.csv', `${ROW}\n`, ': expected bars of a day or less, found bars of 1 week'],
    ['BTCUSDT-4H-2025-05.csv', `${ROW}\n`, ': expected the interval 4h as Binance writes it, found 4H'],
    ['BTCUSDT-1m-2025-05.zip.part', 'x', ': expected a whole file, found an unfinished download, by its name'],
    ['BTCUSDT-1m-2025-05.zip.crdownload', 'x', ': expected a whole file, found an unfinished download, by its name'],
    ['BTCUSDT-1m-2025-05.csv.tmp', 'x', ': expected a whole file, found an unfinished download, by its name'],
    ['BTCUSDT-1m-2025-05.zip.gz', 'x', ': expected a .csv.gz, found another kind of .gz'],
    [`${ARCHIVE}.zip.CHECKSUM`, 'x', `: expected the file ${ARCHIVE}.zip beside it, found none`],
  ])('%s, given by itself or alone in a folder', async (name, content, message) => {
    const folder = write({ [name]: content })
    expect(await refusalOf(folder, [join(folder, name)])).toBe(`${name}${message}`)
    expect(await refusalOf(folder)).toBe(`${name}${message}`)
  })

  test('the first of several files that hold no prices, with the names of the others', async () => {
    const folder = write({ 'a.csv': 'x;y\n', 'b.txt': '', 'c.part': '' })
    const refusal = (await refusalOf(folder)).replaceAll('\n', '')
    expect(refusal).toBe(`a.csv:1: expected ${columns}, found "x;y" (passed over as well: b.txt, c.part)`)
  })

  test('an empty folder', async () => {
    const folder = write({})
    expect(await refusalOf(folder)).toBe(`${folder}: expected ${known}, found none`)
  })

  test('a damaged .csv.gz', async () => {
    const folder = write({ [`${ARCHIVE}.csv.gz`]: gzipSync(archiveText(BARS)).subarray(0, -9) })
    expect(await refusalOf(folder)).toBe(`${ARCHIVE}.csv.gz: expected readable gzip data, found unexpected end of file`)
  })

  test('a ZIP of other things given by itself; in a folder it is passed over, a damaged one is not', async () => {
    const other = { 'photos.zip': zipOf('a.jpg', 'x'), 'tables.zip': zipOf('a.csv', 'x', { entries: 2 }) }
    const folder = write({ ...other, 'p.csv': tidyText(BARS) })
    expect(Object.keys(await readAll([folder]))).toEqual(['BTCUSDT 2025-05-10'])
    expect(await refusalOf(folder, [join(folder, 'photos.zip')])).toContain(
      'photos.zip: expected a CSV with a plain name',
    )
    expect(await refusalOf(folder, [join(folder, 'tables.zip')])).toContain('tables.zip: expected one CSV in the ZIP')
    const damaged = write({ 'x.zip': zipOf('a.csv', tidyText(BARS)).subarray(0, 90), 'p.csv': tidyText(BARS) })
    expect(await refusalOf(damaged)).toBe('x.zip: expected a complete ZIP, found no end of the ZIP directory')
  })

  test('a path that leads nowhere', async () => {
    const folder = write({})
    expect(await refusalOf(folder, [join(folder, 'x')])).toBe('x: expected a file or folder, found nothing there')
  })

  test('a table without a price', async () => {
    expect(await refusalOf(write({ 'p.csv': 'timestamp,symbol,close\n' }))).toBe(
      'p.csv: expected a table with at least one price, found none',
    )
  })

  test('two intervals of one symbol', async () => {
    const text = archiveText(BARS)
    const folder = write({ [`${ARCHIVE}.csv`]: text, 'BTCUSDT-5m-2025-05-10.csv': text })
    expect(await refusalOf(folder)).toBe(
      'BTCUSDT-5m-2025-05-10.csv: expected one interval per symbol (1m as in BTCUSDT-1m-2025-05-10.csv), found 5m',
    )
  })
})

test('a file given twice, or through a link in a circle, is one file', async () => {
  const folder = write({ [`${ARCHIVE}.csv`]: archiveText(BARS) })
  const { symlinkSync } = await import('node:fs')
  symlinkSync(folder, join(folder, 'again'))
  const days = await readAll([folder, join(folder, `${ARCHIVE}.csv`), folder])
  expect(days['BTCUSDT 2025-05-10']).toMatchObject({ duplicates: 0 })
})
