import { join } from 'node:path'
import { parquetDayWriter } from '../../src/adapters/parquet/day-writer.js'
import { findDayFiles, parquetDays } from '../../src/adapters/parquet/parquet-days.js'
import { packageFile } from '../../src/files/package-files.js'
import type { DayColumns } from '../../src/ports/days.js'

/** Which bars of a bundled day, and at what pace they come: a day short enough to be traded by a clock. */
export interface ShortDay {
  readonly date: string
  readonly fromRow: number
  readonly toRow: number
  readonly stepMs: number
}

/** Writes a part of a bundled day as a day of its own; answers its folder. */
export async function writeShortDay(folder: string, { date, fromRow, toRow, stepMs }: ShortDay): Promise<string> {
  const files = (await findDayFiles([packageFile('fixtures', 'days')])).filter((file) => file.date === date)
  for await (const outcome of parquetDays.read(files, { workers: 0 })) {
    if ('error' in outcome) throw outcome.error
    const { columns } = outcome.day
    const first = columns.timestampNs![fromRow]!
    const short: DayColumns = {
      date,
      bars: toRow - fromRow,
      timestampNs: BigInt64Array.from({ length: toRow - fromRow }, (_, i) => first + BigInt(i * stepMs) * 1_000_000n),
      velDiv: columns.velDiv.slice(fromRow, toRow),
      eigen: {},
      assets: columns.assets,
      prices: columns.prices.map((prices) => prices.slice(fromRow, toRow)),
    }
    await parquetDayWriter.write(join(folder, `${date}.parquet`), short)
  }
  return folder
}
