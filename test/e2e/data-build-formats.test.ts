import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TWELVE, walk, writeArchive, writeTidyCsv, writeTidyParquet } from '../support/kline-files.js'
import { dolphin, temporaryFolder } from './dolphin.js'

const folder = temporaryFolder()
const inFolder = (name: string) => join(folder.path, name)

const build = (klines: string, out: string, ...more: string[]) =>
  dolphin(['data', 'build', '--universe', 'all', '--quiet', ...more, '--klines', klines, '--out', out])

/** The days of a folder by name, each as the hash of its bytes. */
function hashes(out: string): Record<string, string> {
  const names = readdirSync(out).filter((name) => name.endsWith('.parquet'))
  return Object.fromEntries(
    names.sort().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(out, name)))
        .digest('hex'),
    ]),
  )
}

describe('the same bars in any form give the same days, byte for byte', () => {
  const stepMs = 300_000
  /** Over a month's end, and more than the 752 bars of a full long window. */
  const bars = walk({ symbols: TWELVE, start: '2025-05-30', days: 4, stepMs })
  const reference = {} as Record<string, string>
  const scratch = mkdtempSync(join(tmpdir(), 'dolphin-e2e-'))
  afterAll(() => rmSync(scratch, { recursive: true, force: true }))

  beforeAll(async () => {
    writeTidyCsv(join(scratch, 'prices.csv'), bars, String)
    const out = join(scratch, 'days')
    expect(await build(join(scratch, 'prices.csv'), out)).toMatchObject({ code: 0, stderr: '' })
    Object.assign(reference, hashes(out))
    expect(Object.keys(reference)).toHaveLength(4)
  })

  const shapes = (['day', 'month'] as const).flatMap((period) =>
    [true, false].flatMap((zipped) =>
      [true, false].flatMap((header) =>
        (['ms', 'us'] as const).map((unit) => ({ period, zipped, header, unit, interval: '5m', stepMs })),
      ),
    ),
  )
  // Pairs of every two properties, once each; the parsers are tested one by one elsewhere.
  const chosen = shapes.filter(({ period, zipped, header, unit }) => {
    return (Number(period === 'day') + Number(zipped) + Number(header) + Number(unit === 'ms')) % 2 === 0
  })

  it.each(chosen)('archives: $period, zipped $zipped, header $header, $unit', async (shape) => {
    writeArchive(inFolder('klines'), bars, shape)
    expect(await build(inFolder('klines'), inFolder('days'))).toMatchObject({ code: 0, stderr: '' })
    expect(hashes(inFolder('days'))).toEqual(reference)
  })

  const byTime = [...bars].sort((a, b) => a.openMs - b.openMs)
  const tables: [string, (path: string) => void | Promise<void>][] = [
    ['CSV in µs, in order of time', (path) => writeTidyCsv(`${path}.csv`, byTime, (ms) => `${ms}000`)],
    ['CSV in ns, backwards', (path) => writeTidyCsv(`${path}.csv`, [...bars].reverse(), (ms) => `${ms}000000`)],
    ['CSV in ISO 8601', (path) => writeTidyCsv(`${path}.csv`, bars, (ms) => new Date(ms).toISOString())],
    ['Parquet with a TIMESTAMP', (path) => writeTidyParquet(`${path}.parquet`, bars, 'timestamp')],
    ['Parquet with integers, in order of time', (path) => writeTidyParquet(`${path}.parquet`, byTime, 'int64')],
    [
      'half archive, half table, and some rows in both',
      (path) => {
        const half = bars[bars.length / 2]!.symbol
        writeArchive(
          path,
          bars.filter(({ symbol }) => symbol >= half),
          shapes[0]!,
        )
        writeTidyCsv(
          join(path, 'rest.csv'),
          bars.filter(({ symbol }) => symbol <= half),
          String,
        )
      },
    ],
  ]
  it.each(tables)('%s', async (_, write) => {
    mkdirSync(inFolder('klines'))
    await write(inFolder('klines/prices'))
    expect(await build(inFolder('klines'), inFolder('days'))).toMatchObject({ code: 0, stderr: '' })
    expect(hashes(inFolder('days'))).toEqual(reference)
  })
})
