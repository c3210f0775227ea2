import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { findDayFiles, parquetDays } from '../../src/adapters/parquet/parquet-days.js'
import type { DayColumns } from '../../src/ports/days.js'

export const FIXTURE_DAYS = fileURLToPath(new URL('../../fixtures/days', import.meta.url))

/** Reads a folder of days with every column. */
export async function readDays(folder: string): Promise<DayColumns[]> {
  const days: DayColumns[] = []
  for await (const outcome of parquetDays.read(await findDayFiles([folder]), { workers: 0, eigenColumns: true })) {
    if ('error' in outcome) throw outcome.error
    days.push(outcome.day.columns)
  }
  return days
}

/** The closes of days as a tidy CSV table `timestamp,symbol,close`, timestamps in ms. */
export function writeTidyTable(path: string, days: readonly DayColumns[]): void {
  const lines = ['timestamp,symbol,close']
  for (const day of days) {
    day.assets.forEach((symbol, i) => {
      for (let row = 0; row < day.bars; row++) {
        const price = day.prices[i]![row]!
        if (!Number.isNaN(price)) lines.push(`${day.timestampNs![row]! / 1_000_000n},${symbol},${price}`)
      }
    })
  }
  writeFileSync(path, `${lines.join('\n')}\n`)
}

export function bytesOf(path: string): string {
  return readFileSync(path).toString('base64')
}
