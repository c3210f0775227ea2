import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetDayWriter } from '../adapters/parquet/day-writer.js'
import { findDayFiles, parquetDays } from '../adapters/parquet/parquet-days.js'
import { type DayColumns, DayError } from '../ports/days.js'
import { packageFile } from './package-files.js'

const DATE = '2025-05-10'
const FROM_ROW = 300
const BARS = 720
const STEP_MS = 5_000
/** Bars before the pause, and how long that is. */
const BARS_BEFORE_GAP = 6
const GAP_MS = 30_000

/** Writes an hour of a bundled day, with or without a pause in it, as days of its own; answers their folder. */
export async function writeDrillDays(folder: string, { hasGap }: { readonly hasGap: boolean }): Promise<string> {
  const files = (await findDayFiles([packageFile('fixtures', 'days')])).filter(({ date }) => date === DATE)
  await mkdir(folder, { recursive: true })
  for await (const outcome of parquetDays.read(files, { workers: 0 })) {
    if ('error' in outcome) throw outcome.error
    await parquetDayWriter.write(join(folder, `${DATE}.parquet`), hourOf(outcome.day.columns, hasGap))
  }
  return folder
}

function hourOf(columns: DayColumns, hasGap: boolean): DayColumns {
  const { timestampNs } = columns
  if (timestampNs === undefined) {
    throw new DayError({ file: DATE, column: 'timestamp' }, 'a time for every bar', 'no such column')
  }
  const rows = [FROM_ROW, FROM_ROW + BARS] as const
  const sinceFirstMs = (bar: number) => bar * STEP_MS + (hasGap && bar >= BARS_BEFORE_GAP ? GAP_MS : 0)
  return {
    date: DATE,
    bars: BARS,
    timestampNs: BigInt64Array.from(
      { length: BARS },
      (_, bar) => timestampNs[FROM_ROW]! + BigInt(sinceFirstMs(bar)) * 1_000_000n,
    ),
    velDiv: columns.velDiv.slice(...rows),
    eigen: {},
    assets: columns.assets,
    prices: columns.prices.map((prices) => prices.slice(...rows)),
  }
}
