import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetDayWriter } from '../../adapters/parquet/day-writer.js'
import { findDayFiles, parquetDays } from '../../adapters/parquet/parquet-days.js'
import { timesOf } from '../../core/days/timestamps.js'
import { packageFile } from '../../files/package-files.js'
import type { DayColumns } from '../../ports/days.js'

/** The part of a bundled day that drills are held on. */
export const DRILL_DAY = { date: '2025-05-10', fromRow: 300, bars: 720, stepMs: 5_000 } as const
/** Of an hour that passes in six minutes. */
const HURRIED_STEP_MS = 500
/** Bars before the pause, and how long that is. */
const BARS_BEFORE_GAP = 6
const GAP_MS = 30_000

export interface DrillDayShape {
  /** The recording pauses after its first bars. */
  readonly hasGap?: boolean
  /** Bars come ten times as often: the strategy's own warm-up is over sooner. */
  readonly isHurried?: boolean
}

/** USD: the first price in that part of a symbol that the day has. */
export async function drillPrice(symbol: string): Promise<number> {
  for await (const outcome of parquetDays.read(await drillFiles(), { workers: 0 })) {
    if ('error' in outcome) throw outcome.error
    const { assets, prices } = outcome.day.columns
    const price = prices[assets.indexOf(symbol)]?.[DRILL_DAY.fromRow]
    if (price !== undefined) return price
  }
  throw new Error(`the packaged day ${DRILL_DAY.date} has ${symbol}`)
}

async function drillFiles() {
  return (await findDayFiles([packageFile('fixtures', 'days')])).filter(({ date }) => date === DRILL_DAY.date)
}

/** Writes an hour of a bundled day, in the shape that is wanted, as a day of its own; answers its folder. */
export async function writeDrillDays(folder: string, shape: DrillDayShape): Promise<string> {
  await mkdir(folder, { recursive: true })
  for await (const outcome of parquetDays.read(await drillFiles(), { workers: 0 })) {
    if ('error' in outcome) throw outcome.error
    await parquetDayWriter.write(join(folder, `${DRILL_DAY.date}.parquet`), hourOf(outcome.day.columns, shape))
  }
  return folder
}

function hourOf(columns: DayColumns, { hasGap = false, isHurried = false }: DrillDayShape): DayColumns {
  const timestampNs = timesOf(columns)
  const { date, fromRow, bars } = DRILL_DAY
  const stepMs = isHurried ? HURRIED_STEP_MS : DRILL_DAY.stepMs
  const rows = [fromRow, fromRow + bars] as const
  const sinceFirstMs = (bar: number) => bar * stepMs + (hasGap && bar >= BARS_BEFORE_GAP ? GAP_MS : 0)
  return {
    date,
    bars,
    timestampNs: BigInt64Array.from(
      { length: bars },
      (_, bar) => timestampNs[fromRow]! + BigInt(sinceFirstMs(bar)) * 1_000_000n,
    ),
    velDiv: columns.velDiv.slice(...rows),
    eigen: {},
    assets: columns.assets,
    prices: columns.prices.map((prices) => prices.slice(...rows)),
  }
}
