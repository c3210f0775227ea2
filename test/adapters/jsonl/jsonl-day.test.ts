import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, test } from 'vitest'
import { readJsonLinesDay } from '../../../src/adapters/jsonl/jsonl-day.js'

const FOLDER = mkdtempSync(join(tmpdir(), 'dolphin-jsonl-day-'))
const FILE = join(FOLDER, '2026-03-21.jsonl')

function read(text: string) {
  writeFileSync(FILE, text)
  return readJsonLinesDay(FILE, '2026-03-21')
}

it('a day of JSON lines is read into columns, with what is missing as NaN', async () => {
  const { columns, sha256 } = await read(
    [
      '{"timestamp":"2026-03-21T00:00:00Z","vel_div":null,"BTCUSDT":100.5}',
      '{"timestamp":"2026-03-21T00:00:05","vel_div":-0.03,"BTCUSDT":101,"ETHUSDT":7}',
      '{"timestamp":1774051210000,"vel_div":0.01,"BTCUSDT":null,"ETHUSDT":7.5,"instability_50":3}',
      '',
    ].join('\n'),
  )
  expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  expect(columns).toMatchObject({ date: '2026-03-21', path: FILE, bars: 3, assets: ['BTCUSDT', 'ETHUSDT'] })
  expect([...columns.timestampNs!].map((ns) => Number(ns / 1_000_000n))).toEqual([
    1_774_051_200_000, 1_774_051_205_000, 1_774_051_210_000,
  ])
  expect([...columns.velDiv]).toEqual([Number.NaN, -0.03, 0.01])
  expect(columns.prices.map((prices) => [...prices])).toEqual([
    [100.5, 101, Number.NaN],
    [Number.NaN, 7, 7.5],
  ])
})

test.each([
  ['', ': expected a bar a line, found an empty file'],
  ['{"vel_div":1', ', row 0: expected a JSON object, found {"vel_div":1'],
  ['[1]', ', row 0: expected a JSON object, found [1]'],
  ['{"timestamp":1774051200000,"BTCUSDT":1}', ", column 'vel_div', row 0: expected the signal, found no such field"],
  [
    '{"timestamp":"noon","vel_div":1,"BTCUSDT":1}',
    ", column 'timestamp', row 0: expected a time in ISO 8601, or UTC ms, found noon",
  ],
  [
    '{"timestamp":"2026-03-22T00:00:00Z","vel_div":1,"BTCUSDT":1}',
    ", column 'timestamp', row 0: expected a time of 2026-03-21, UTC, found 2026-03-22T00:00:00Z",
  ],
  [
    '{"timestamp":1774051200000,"vel_div":"1","BTCUSDT":1}',
    ", column 'vel_div', row 0: expected a number or null, found 1",
  ],
  [
    '{"timestamp":1774051200000,"vel_div":1,"BTCUSDT":-1}',
    ", column 'BTCUSDT', row 0: expected a price above zero, found -1",
  ],
  ['{"timestamp":1774051200000,"vel_div":1}', ': expected a price named like a symbol (BTCUSDT), found none'],
])('%j is refused where it is wrong', async (text, message) => {
  await expect(read(text)).rejects.toThrow(`${FILE}${message}`)
})
