import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { expect, test } from 'vitest'
import { rowsOfPart } from '../../../src/adapters/market-parquet/decode-part.js'
import { encodePart } from '../../../src/adapters/market-parquet/encode-part.js'
import { checksumAt } from '../../../src/adapters/market-parquet/part-marks.js'
import { PartRefused } from '../../../src/adapters/market-parquet/part-refused.js'
import { RowColumns } from '../../../src/adapters/market-parquet/row-columns.js'
import { writeForeignDay } from '../parquet/foreign-day.js'
import { frame, scratchFolder } from './recorded-rows.js'

async function part(rows = 50): Promise<Uint8Array> {
  const columns = new RowColumns('frames')
  for (let n = 1; n <= rows; n++) columns.add({ ...frame(n), pu: n % 2 === 0 ? null : n })
  return encodePart(columns.seal())
}

async function read(bytes: Uint8Array): Promise<unknown[]> {
  const rows: unknown[] = []
  for await (const batch of rowsOfPart(bytes, 'frames')) rows.push(...batch)
  return rows
}

test('a large part is read some rows at a time', async () => {
  const sizes: number[] = []
  for await (const batch of rowsOfPart(await part(25_000), 'frames')) sizes.push(batch.length)
  expect(sizes).toEqual([10_000, 10_000, 5_000])
})

test('any other reader of Parquet sees the columns by their names, types and codec, and the schema version', async () => {
  const bytes = await part(2)
  const file = bytes.buffer as ArrayBuffer
  const { schema, key_value_metadata, row_groups } = parquetMetadata(file)
  const columns = schema.slice(1).map((element) => {
    return `${element.name} ${element.type} ${element.repetition_type}${element.converted_type ? ` ${element.converted_type}` : ''}`
  })
  expect(columns).toEqual([
    'n INT64 REQUIRED',
    'E_ms INT64 REQUIRED',
    'received_ms INT64 REQUIRED',
    'symbol BYTE_ARRAY REQUIRED UTF8',
    'U INT64 OPTIONAL',
    'u INT64 OPTIONAL',
    'pu INT64 OPTIONAL',
    'bids BYTE_ARRAY OPTIONAL UTF8',
    'asks BYTE_ARRAY OPTIONAL UTF8',
  ])
  expect(new Set(row_groups[0]!.columns.map((column) => column.meta_data!.codec))).toEqual(new Set(['ZSTD']))
  expect(key_value_metadata).toContainEqual({ key: 'dolphin.schema', value: 'dolphin.market-recording/1' })
  expect((await parquetReadObjects({ file, compressors }))[1]).toEqual({
    ...{ n: 2n, E_ms: BigInt(frame(2).E_ms), received_ms: BigInt(frame(2).received_ms), symbol: 'BTCUSDT' },
    ...{ U: 20n, u: 29n, pu: null, bids: '[["2.10","0.500"]]', asks: '[]' },
  })
})

test('a part with any byte changed, or cut anywhere, is refused', async () => {
  const whole = await part()
  const at = fc.nat(whole.byteLength - 1)
  const changed = fc.tuple(at, fc.integer({ min: 1, max: 255 })).map(([i, by]) => {
    const bytes = whole.slice()
    bytes[i]! ^= by
    return bytes
  })
  const damaged = fc.oneof(
    changed,
    at.map((length) => whole.slice(0, length)),
  )
  await fc.assert(
    fc.asyncProperty(damaged, async (bytes) => {
      await expect(read(bytes)).rejects.toBeInstanceOf(PartRefused)
    }),
    { numRuns: 300 },
  )
  expect((await read(whole)).length).toBe(50)
})

test('a part of another version is refused with what was expected and what was found', async () => {
  const bytes = await replaced(await part(), 'market-recording/1', 'market-recording/2')
  await expect(read(bytes)).rejects.toThrow(
    'expected the schema dolphin.market-recording/1, found dolphin.market-recording/2',
  )
})

test('a part with a column of another name is refused with that column', async () => {
  const bytes = await replaced(await part(), 'received_ms', 'received_at')
  await expect(read(bytes)).rejects.toThrow("column 'received_ms': expected this column, found none")
})

test('a part of another table is refused with both', async () => {
  const columns = new RowColumns('closings')
  columns.add({ n: 1, t_ms: 0, closed_at_ms: 1 })
  await expect(read(await encodePart(columns.seal()))).rejects.toThrow(
    'expected rows of frames, found rows of closings',
  )
})

test('a Parquet file of another writer is refused', async () => {
  const path = join(scratchFolder(), 'day.parquet')
  writeForeignDay(path, [])
  await expect(read(readFileSync(path))).rejects.toThrow('cut short, or of another writer')
})

/** With other text of the same length, and the right checksum. */
async function replaced(part: Uint8Array, text: string, by: string): Promise<Uint8Array> {
  const bytes = Buffer.from(part)
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) bytes.write(by, at, 'latin1')
  const at = checksumAt(bytes)
  bytes.write('00000000', at, 'latin1')
  bytes.write(crc32(bytes).toString(16).padStart(8, '0'), at, 'latin1')
  return bytes
}

test('a part of before a later column was kept has rows without it, as has a row that does not know it', async () => {
  const row = { n: 1, T_ms: 0, received_ms: 1, symbol: 'BTCUSDT', side: 'SELL', price: 9, order_price: 8, base_qty: 2 }
  const columns = new RowColumns('liquidations')
  columns.add({ ...row, order_qty: 3 })
  columns.add({ ...row, n: 2 })
  const now = columns.seal()
  const before = { ...now, columns: now.columns.filter(({ name }) => name !== 'order_qty') }
  const rows = async (bytes: Uint8Array) => {
    const all: object[] = []
    for await (const batch of rowsOfPart(bytes, 'liquidations')) all.push(...batch)
    return all
  }
  expect(await rows(await encodePart(now))).toStrictEqual([
    { ...row, order_qty: 3 },
    { ...row, n: 2 },
  ])
  expect(await rows(await encodePart(before))).toStrictEqual([row, { ...row, n: 2 }])
})
