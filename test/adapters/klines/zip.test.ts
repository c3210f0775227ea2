import { describe, expect, test } from 'vitest'
import { archiveText, inputFolder, readAll, refusalOf, type ZipForm, zipOf } from './inputs.js'

const write = inputFolder()

const ARCHIVE = 'BTCUSDT-1m-2025-05-10'
const CSV = `${ARCHIVE}.csv`
const ZIP = `${ARCHIVE}.zip`
const NOON = Date.UTC(2025, 4, 10, 12)
const TEXT = archiveText(
  Array.from({ length: 200 }, (_, i) => ({
    symbol: 'BTCUSDT',
    timeMs: NOON + i * 60_000,
    close: `${(95_000 * (1 + Math.sin(i))).toFixed(2)}`,
    volume: `${i * i}`,
    taker: `${i}`,
  })),
)

test('stored and deflated entries, comments and folders in the ZIP are read', async () => {
  const plain = await readAll([write({ [CSV]: TEXT })])
  for (const form of [{}, { stored: true }, { comment: 'x'.repeat(65_535) }]) {
    expect(await readAll([write({ [ZIP]: zipOf(CSV, TEXT, form) })])).toEqual(plain)
  }
  expect(await readAll([write({ [ZIP]: zipOf(`a/b/${CSV}`, TEXT) })])).toEqual(plain)
})

describe('a ZIP that is not what it says is refused', () => {
  const at = `${ZIP}!${CSV}`
  test.each<[string, ZipForm, string]>([
    ['a wrong CRC-32', { crc: 0x1234 }, `${at}: expected CRC-32 00001234, found `],
    ['a wrong CRC-32 of stored bytes', { crc: 1, stored: true }, `${at}: expected CRC-32 00000001, found `],
    ['more bytes than declared', { declared: 1000 }, `${at}: expected 1000 bytes as the ZIP declares, found more`],
    [
      'fewer bytes than declared',
      { declared: TEXT.length + 1 },
      `${at}: expected ${TEXT.length + 1} bytes as the ZIP declares, found ${TEXT.length}`,
    ],
    [
      'more bytes declared than deflate can give',
      { declared: 0xfffffffe },
      `${ZIP}: expected a possible size in the ZIP directory, found 4294967294 bytes from `,
    ],
    [
      'a stored entry of another length',
      { declared: 9, stored: true },
      `${ZIP}: expected a possible size in the ZIP directory, found 9 bytes from ${TEXT.length}`,
    ],
    ['ZIP64', { declared: 0xffffffff }, `${ZIP}: expected an entry below 4 GiB, found ZIP64`],
    ['encryption', { flags: 1 }, `${ZIP}: expected a ZIP without encryption, found an encrypted entry`],
    ['strong encryption', { flags: 64 }, `${ZIP}: expected a ZIP without encryption, found an encrypted entry`],
    ['another method', { method: 93 }, `${ZIP}: expected a stored or deflated entry, found compression method 93`],
    ['several entries', { entries: 2 }, `${ZIP}: expected one CSV in the ZIP, found 2 entries`],
    ['no entry', { entries: 0 }, `${ZIP}: expected one CSV in the ZIP, found 0 entries`],
    [
      'two names',
      { localName: 'ETHUSDT-1m-2025-05-10.csv' },
      `${ZIP}: expected the entry "${CSV}" of the ZIP directory, found "ETHUSDT-1m-2025-05-10.csv"`,
    ],
  ])('%s', async (_, form, message) => {
    const refusal = await refusalOf(write({ [ZIP]: zipOf(CSV, TEXT, form) }))
    expect(refusal.startsWith(message), refusal).toBe(true)
  })

  test.each(['../x.csv', '/x.csv', 'a/../../x.csv', 'C:\\x.csv', 'a\u0000.csv', 'x.exe', ''])(
    'the entry name %j',
    async (name) => {
      expect(await refusalOf(write({ [ZIP]: zipOf(name, TEXT) }))).toBe(
        `${ZIP}: expected a CSV with a plain name in the ZIP, found ${JSON.stringify(name)}`,
      )
    },
  )

  test('an archive of another symbol or day under this name', async () => {
    for (const name of ['ETHUSDT-1m-2025-05-10.csv', 'BTCUSDT-1m-2025-05.csv', 'BTCUSDT-5m-2025-05-10.csv']) {
      expect(await refusalOf(write({ [ZIP]: zipOf(name, TEXT) }))).toBe(
        `${ZIP}: expected the CSV that the name of the ZIP announces, found ${name}`,
      )
    }
  })

  test('a bomb: zeros beyond what is declared are not inflated', async () => {
    const bomb = zipOf(CSV, Buffer.alloc(200_000_000), { declared: 5_000 })
    expect(await refusalOf(write({ [ZIP]: bomb }))).toMatch(
      /expected (5000 bytes as the ZIP declares|a line of at most)/,
    )
  })

  test('cut short anywhere', async () => {
    for (const form of [{}, { stored: true }]) {
      const zip = zipOf(CSV, TEXT, form)
      for (let length = 0; length < zip.length; length += 1 + Math.floor(zip.length / 150)) {
        expect(await refusalOf(write({ [ZIP]: zip.subarray(0, length) }))).toContain(`${ZIP}: expected `)
      }
    }
  })

  test('with bytes before or after', async () => {
    const zip = zipOf(CSV, TEXT)
    expect(await refusalOf(write({ [ZIP]: Buffer.concat([zip, Buffer.of(0)]) }))).toContain(`${ZIP}: expected `)
    expect(await refusalOf(write({ [ZIP]: Buffer.concat([Buffer.of(0), zip]) }))).toContain(`${ZIP}: expected `)
  })

  test('compressed data that ends before its declared end', async () => {
    const zip = Buffer.from(zipOf(CSV, TEXT))
    zip.fill(0xff, 30 + CSV.length, 30 + CSV.length + 20)
    expect(await refusalOf(write({ [ZIP]: zip }))).toContain(`${at}: expected readable compressed data, found `)
  })
})
