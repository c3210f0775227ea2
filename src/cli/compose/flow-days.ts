import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readJsonLinesDay } from '../../adapters/jsonl/jsonl-day.js'
import { InputMistake } from '../../base/mistakes.js'
import { refuseDisorder } from '../../core/days/timestamps.js'
import { displayPath } from '../../files/package-files.js'
import type { FlowDay } from '../../runtime/flows/tasks/flow-parts.js'
import { daySource } from './days.js'

/**
 * The day of a date in a folder: `YYYY-MM-DD.parquet`, where there is none `YYYY-MM-DD.jsonl`. Read whole, and in order.
 *
 * @throws InputMistake where there is neither; DayError where it cannot be used.
 */
export async function readFlowDay(folder: string, date: string): Promise<FlowDay> {
  const parquet = join(folder, `${date}.parquet`)
  const lines = join(folder, `${date}.jsonl`)
  if (existsSync(parquet)) return readParquetDay(parquet, date)
  if (!existsSync(lines)) {
    throw new InputMistake({
      place: displayPath(folder),
      message: `expected ${date}.parquet or ${date}.jsonl, found neither`,
    })
  }
  const { columns, sha256 } = await readJsonLinesDay(lines, date)
  refuseDisorder(columns, undefined)
  return { path: lines, columns, sha256 }
}

async function readParquetDay(path: string, date: string): Promise<FlowDay> {
  const files = [{ date, path, bytes: statSync(path).size }]
  for await (const outcome of daySource().read(files, { workers: 0 })) {
    if ('error' in outcome) throw outcome.error
    return { path, columns: outcome.day.columns, sha256: outcome.day.sha256 }
  }
  throw new InputMistake({ place: displayPath(path), message: 'expected a day, found none' })
}
