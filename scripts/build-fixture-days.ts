/**
 * Builds `fixtures/days/` from a table of recorded one-minute bars (provenance: fixtures/SOURCES.md).
 *
 *     npx tsx scripts/build-fixture-days.ts <prices.parquet> [out-dir]
 *
 * One scan a minute over the whole recording, so windows run over day boundaries; the same table gives the same bytes.
 */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { parquetDayWriter } from '../src/adapters/parquet/day-writer.js'
import type { DayColumns } from '../src/ports/days.js'
import { scanWindow, WINDOWS } from './reference-scan.js'

const DAY_MS = 86_400_000

interface PriceTable {
  readonly timesMs: readonly number[]
  readonly symbols: readonly string[]
  /** Close prices, `prices[symbol][step]`, NaN where the recording has no bar. */
  readonly prices: readonly Float64Array[]
}

async function readPrices(path: string): Promise<PriceTable> {
  const rows = (await parquetReadObjects({
    file: await asyncBufferFromFile(path),
    compressors,
    columns: ['timestamp', 'symbol', 'close'],
  })) as { timestamp: Date; symbol: string; close: number }[]
  const symbols = [...new Set(rows.map((row) => row.symbol))].sort()
  const timesMs = [...new Set(rows.map((row) => row.timestamp.getTime()))].sort((a, b) => a - b)
  const stepOf = new Map(timesMs.map((time, step) => [time, step]))
  const bySymbol = new Map(symbols.map((symbol) => [symbol, new Float64Array(timesMs.length).fill(NaN)]))
  for (const row of rows) bySymbol.get(row.symbol)![stepOf.get(row.timestamp.getTime())!] = row.close
  return { timesMs, symbols, prices: [...bySymbol.values()] }
}

/** The whole recording as one table of columns; `slice` cuts days out of it. */
function scan(table: PriceTable): Omit<DayColumns, 'date'> {
  const [w50, w150, w300, w750] = WINDOWS.map((window) => scanWindow(table.prices, window))
  const bars = table.timesMs.length
  const velDiv = new Float64Array(bars)
  for (let bar = 0; bar < bars; bar++) velDiv[bar] = w50!.velocity[bar]! - w750!.velocity[bar]!
  return {
    bars,
    timestampNs: BigInt64Array.from(table.timesMs, (ms) => BigInt(ms) * 1_000_000n),
    scanNumber: BigInt64Array.from(table.timesMs, (_, step) => BigInt(step + 1)),
    velDiv,
    eigen: {
      v50_lambda_max_velocity: w50!.velocity,
      v150_lambda_max_velocity: w150!.velocity,
      v300_lambda_max_velocity: w300!.velocity,
      v750_lambda_max_velocity: w750!.velocity,
      instability_50: w50!.instability,
      instability_150: w150!.instability,
    },
    assets: table.symbols,
    prices: table.prices,
  }
}

function slice(all: Omit<DayColumns, 'date'>, date: string, from: number, to: number): DayColumns {
  return {
    ...all,
    date,
    bars: to - from,
    timestampNs: all.timestampNs!.subarray(from, to),
    scanNumber: all.scanNumber!.subarray(from, to),
    velDiv: all.velDiv.subarray(from, to),
    eigen: Object.fromEntries(Object.entries(all.eigen).map(([name, column]) => [name, column.subarray(from, to)])),
    prices: all.prices.map((column) => column.subarray(from, to)),
  }
}

const [source, out = join(dirname(fileURLToPath(import.meta.url)), '..', 'fixtures', 'days')] = process.argv.slice(2)
if (source === undefined) {
  console.error('usage: build-fixture-days <prices.parquet> [out-dir]')
  process.exit(2)
}
const table = await readPrices(source)
const all = scan(table)
mkdirSync(out, { recursive: true })
let total = 0
for (let from = 0; from < all.bars; ) {
  const day = Math.floor(table.timesMs[from]! / DAY_MS)
  let to = from
  while (to < all.bars && Math.floor(table.timesMs[to]! / DAY_MS) === day) to++
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10)
  const { bytes } = await parquetDayWriter.write(join(out, `${date}.parquet`), slice(all, date, from, to))
  console.log(`${date}  ${to - from} bars  ${bytes} bytes`)
  total += bytes
  from = to
}
console.log(`total ${total} bytes`)
