import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RawReading, type RawRow, rawRecording } from '../../../src/adapters/raw-market/raw-recording.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-raw-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const NS = '1723161255030314667'
const diff = (U: number, u: number, more: object = {}) =>
  `${NS} ${JSON.stringify({
    stream: 'btcusdt@depth@0ms',
    data: { e: 'depthUpdate', E: 1_000, s: 'BTCUSDT', U, u, pu: U - 1, b: [['99.90', '1.000']], a: [], ...more },
  })}`
const snapshot = `${NS} {"lastUpdateId":5,"E":990,"bids":[["99.90","0.014"]],"asks":[]}`
const quote = `${NS} {"stream":"x","data":{"e":"bookTicker","u":7,"E":1001,"s":"BTCUSDT","b":"1.0","B":"2","a":"3","A":"4"}}`
const trade = `${NS} {"stream":"x","data":{"e":"trade","E":1001,"s":"BTCUSDT"}}`
const forced = `${NS} {"e":"forceOrder","o":{"s":"ETHUSDT","S":"SELL","p":"9.5","ap":"9.4","z":"2","T":1002}}`

async function rowsOf(
  name: string,
  bytes: string | Buffer,
  reading: RawReading = {},
): Promise<readonly [rows: RawRow[], cutShort: number[]]> {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  const [rows, cut]: [RawRow[], number[]] = [[], []]
  for await (const row of rawRecording(path, { ...reading, cutShort: (line) => cut.push(line) })) rows.push(row)
  return [rows, cut]
}

describe('a raw recording', () => {
  it('gives what concerns books in the order of its lines, numbered, and passes over the rest', async () => {
    const [rows] = await rowsOf('a.jsonl', [diff(1, 4), snapshot, trade, quote, forced, ''].join('\n'))
    expect(rows).toEqual([
      { table: 'listed', row: { symbol: 'BTCUSDT', priceDecimals: 2, quantityDecimals: 3 } },
      {
        table: 'frames',
        row: {
          ...{ n: 1, E_ms: 1_000, received_ms: 1_723_161_255_030, symbol: 'BTCUSDT', U: 1, u: 4, pu: 0 },
          ...{ bids: [['99.90', '1.000']], asks: [] },
        },
      },
      {
        table: 'frames',
        row: {
          ...{ n: 2, E_ms: 1_000, received_ms: 1_723_161_255_030, symbol: 'BTCUSDT', U: null, u: 5, pu: null },
          ...{ bids: [['99.90', '0.014']], asks: [] },
        },
      },
      {
        table: 'quotes',
        row: { n: 3, E_ms: 1_001, symbol: 'BTCUSDT', u: 7, bid: '1.0', bid_qty: '2', ask: '3', ask_qty: '4' },
      },
      {
        table: 'liquidations',
        row: {
          ...{ n: 4, T_ms: 1_002, received_ms: 1_723_161_255_030, symbol: 'ETHUSDT', side: 'SELL' },
          ...{ price: 9.4, order_price: 9.5, base_qty: 2 },
        },
      },
    ])
  })

  it.each<[string, (text: string) => string | Buffer]>([
    ['plain.jsonl', (text) => text],
    ['packed.gz', (text) => gzipSync(text)],
    ['packed.br', (text) => brotliCompressSync(text)],
    ['of-windows.txt', (text) => text.replaceAll('\n', '\r\n')],
  ])('is read the same as %s', async (name, pack) => {
    const text = `${diff(1, 4)}\n${snapshot}\n${quote}\n`
    expect(await rowsOf(name, pack(text))).toEqual(await rowsOf('as-it-is', text))
  })

  it('in its cut form takes its symbol from the file name, or from whoever reads it', async () => {
    const text = '1000|1|4|0|99.90:1.000|\n990||5||99.90:0.014|100.00:1.000\n'
    const [rows] = await rowsOf('btcusdt-of-a-day.txt', text)
    expect(rows.map(({ row }) => row.symbol)).toEqual(['BTCUSDT', 'BTCUSDT', 'BTCUSDT'])
    expect(rows[2]!.row).toMatchObject({ U: null, u: 5, pu: null, asks: [['100.00', '1.000']] })
    expect((await rowsOf('a.txt', text, { symbol: 'ETHUSDT' }))[0][1]!.row.symbol).toBe('ETHUSDT')
    await expect(rowsOf('a.txt', '990||5||1:1|\n1000|1|4|0|1:1|')).rejects.toThrow(
      /a\.txt:2: expected a symbol in the line or at the beginning of the file name, found neither/,
    )
  })

  it('holds a snapshot until the first change, from which on its book waits for one and which says whose it is', async () => {
    const [rows] = await rowsOf('a.jsonl', `${snapshot}\n${diff(5, 8)}\n`)
    expect(rows.map(({ row }) => [row.symbol, 'u' in row && row.u])).toEqual([
      ['BTCUSDT', false],
      ['BTCUSDT', 8],
      ['BTCUSDT', 5],
    ])
  })

  it('stamps a snapshot no earlier than the changes that came before it', async () => {
    const [rows] = await rowsOf('a.jsonl', [snapshot, diff(1, 4), snapshot, diff(5, 6, { E: 2_000 })].join('\n'))
    const frames = rows.flatMap((next) => (next.table === 'frames' ? [[next.row.u, next.row.E_ms]] : []))
    expect(frames).toEqual([
      [4, 1_000],
      [5, 1_000],
      [5, 1_000],
      [6, 2_000],
    ])
  })

  it('leaves it to the book to judge of a frame whose fields are odd', async () => {
    const [rows] = await rowsOf('a.jsonl', [diff(1, 4), diff(5, 6, { u: 'x', b: 7 })].join('\n'))
    expect(rows.at(-1)!.row).toMatchObject({ U: 5, u: Number.NaN, bids: 7 })
  })

  it.each([
    ['no time', 'hello', /a\.txt:2: expected nanoseconds since 1970, a blank and JSON, or E\|U.*, found "hello"/],
    ['no JSON', `${NS} {"e":`, /a\.txt:2: expected JSON behind the time, found "{\\"e\\":"/],
    ['a number', `${NS} 7`, /a\.txt:2: expected an object behind the time, found 7/],
    ['a change without a time', diff(5, 6, { E: 'x' }), /a\.txt:2: expected the time `E` of a change, found "x"/],
    ['half a liquidation', `${NS} {"e":"forceOrder","o":{"s":"X"}}`, /a\.txt:2: expected a liquidation with S, ap/],
  ])('that has %s in a line is refused with the place', async (_, line, says) => {
    await expect(rowsOf('a.txt', `${diff(1, 4)}\n${line}\n`)).rejects.toThrow(says)
  })

  it.each<[string, string | Buffer, number]>([
    ['within a line', `${diff(1, 4)}\n${diff(5, 6).slice(0, 60)}`, 2],
    ['in gzip', gzipSync(`${diff(1, 4)}\n${diff(5, 6)}\n`).subarray(0, -20), 1],
  ])('that ends %s, as its writer was killed, is read up to there', async (_, bytes, line) => {
    const [rows, cut] = await rowsOf(typeof bytes === 'string' ? 'a.txt' : 'a.gz', bytes)
    expect(rows.length).toBeLessThan(3)
    expect(cut).toEqual([line])
  })

  it('that is not there, or is no gzip, is refused by name', async () => {
    await expect(rawRecording(join(folder, 'none')).next()).rejects.toThrow(
      /none: cannot be read: there is no such file/,
    )
    await expect(rowsOf('a.gz', 'text')).rejects.toThrow(/a\.gz: cannot be read: incorrect header check/)
  })
})
