import { createHash } from 'node:crypto'
import { crc32, inflateRawSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findZipDirectory, readZipEntries, zipDataStart } from '../../../src/files/zip-archive.js'
import { startSandbox } from '../../support/sandbox.js'

let sandbox: Awaited<ReturnType<typeof startSandbox>>

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterEach(() => sandbox.exchange.faults.clear())
afterAll(() => sandbox.close())

const DAY = '/data/futures/um/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2026-10-06.zip'

describe('the public archive', () => {
  test('has a day of minutes in a ZIP, and its checksum beside it', async () => {
    const zip = await bytesOf(DAY)
    const [line] = (await textOf(`${DAY}.CHECKSUM`)).split('\n')
    expect(line).toBe(`${createHash('sha256').update(zip).digest('hex')}  BTCUSDT-1m-2026-10-06.zip`)
    const { name, csv } = unzipped(zip)
    const lines = csv.trim().split('\n')
    expect(name).toBe('BTCUSDT-1m-2026-10-06.csv')
    expect(lines).toHaveLength(1_441)
    expect(lines[0]).toMatch(/^open_time,open,high,low,close,volume,close_time,/)
    expect(lines[1]).toMatch(`${Date.UTC(2026, 9, 6)},`)
  })

  test('says what the klines say', async () => {
    const startTime = Date.UTC(2026, 9, 6, 7)
    const klines = JSON.parse(
      await textOf(`/fapi/v1/klines?symbol=BTCUSDT&interval=1m&startTime=${startTime}&limit=10`),
    )
    const lines = unzipped(await bytesOf(DAY)).csv.split('\n')
    expect(lines.slice(1 + 420, 1 + 430)).toEqual(klines.map((row: unknown[]) => row.join(',')))
  })

  test('has a month, and other intervals', async () => {
    const zip = await bytesOf('/data/futures/um/monthly/klines/ETHUSDT/1h/ETHUSDT-1h-2026-09.zip')
    expect(unzipped(zip).csv.trim().split('\n')).toHaveLength(1 + 30 * 24)
  })

  test.each([
    ['a symbol that is not listed', DAY.replaceAll('BTCUSDT', 'NOBODYUSDT')],
    ['a day before it was', DAY.replace('2026-10-06', '2019-06-01')],
    ['a day that is not over', DAY.replace('2026-10-06', '2098-01-01')],
    ['a day that is none', DAY.replace('2026-10-06', '2026-13-45')],
    ['an interval that is none', DAY.replaceAll('1m', '7m')],
  ])('has nothing of %s', async (_what, path) => {
    const response = await fetch(`${sandbox.origin}${path}`)
    expect(response.status).toBe(404)
    expect((await fetch(`${sandbox.origin}${path}.CHECKSUM`)).status).toBe(404)
  })

  test('can have a wrong checksum, and files that end in the middle', async () => {
    const right = await textOf(`${DAY}.CHECKSUM`)
    const whole = await bytesOf(DAY)
    sandbox.exchange.faults.set('archiveChecksumWrong', true)
    sandbox.exchange.faults.set('archiveTruncated', true)
    expect(await textOf(`${DAY}.CHECKSUM`)).not.toBe(right)
    expect((await bytesOf(DAY)).length).toBe(whole.length >> 1)
  })

  test('lists the files of a folder, a thousand at a time', async () => {
    const prefix = 'data/futures/um/daily/klines/BTCUSDT/1m/'
    const first = await textOf(`/?prefix=${prefix}&delimiter=/`)
    const keys = [...first.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key]) => key!)
    expect(keys).toHaveLength(1_000)
    expect(keys[0]).toBe(`${prefix}BTCUSDT-1m-2019-12-31.zip`)
    expect(first).toContain('<IsTruncated>true</IsTruncated>')
    const next = await textOf(`/?prefix=${prefix}&marker=${keys.at(-1)}`)
    expect(next).not.toContain(`<Key>${keys.at(-1)}</Key>`)
  })

  test('lists the symbols', async () => {
    const listed = await textOf('/?prefix=data/futures/um/daily/klines/&delimiter=/')
    expect(listed).toContain('<Prefix>data/futures/um/daily/klines/ETHUSDT/</Prefix>')
  })
})

async function bytesOf(path: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(`${sandbox.origin}${path}`)).arrayBuffer())
}

async function textOf(path: string): Promise<string> {
  return (await fetch(`${sandbox.origin}${path}`)).text()
}

/** Read by the directory at the end, as others read it. */
function unzipped(zip: Buffer): { readonly name: string; readonly csv: string } {
  const directory = findZipDirectory(zip, zip.length)
  const [entry] = readZipEntries(zip.subarray(directory.start, directory.end), directory.entries)
  const start = zipDataStart(entry!, zip.subarray(entry!.localStart), directory.start)
  const content = inflateRawSync(zip.subarray(start, start + entry!.compressedBytes))
  expect([content.length, crc32(content)]).toEqual([entry!.bytes, entry!.crc32])
  return { name: entry!.name, csv: content.toString('utf8') }
}
