import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { found, InputMistake } from '../../base/mistakes.js'
import { displayPath } from '../../files/package-files.js'
import type { FlowDate, FlowRow } from '../../ports/vocabulary/flows.js'
import type { FlowsChoice } from '../flows-options.js'

/**
 * That the days are there which are about to be run by hand: for a folder that was mistyped nothing is begun, and no run is counted. A date
 * that is settled in the ledger needs none.
 *
 * @throws InputMistake
 */
export function demandDays(
  { flows: { days: folder }, isBundled }: Pick<FlowsChoice, 'flows' | 'isBundled'>,
  dates: readonly FlowDate[],
  rows: readonly FlowRow[],
): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new InputMistake({ place: '--days', message: `expected a folder of days, found ${found(folder)}` })
  }
  const settled = new Set(rows.filter(({ status }) => SETTLED.has(status)).map(({ stamp }) => stamp))
  const missing = dates
    .filter(({ flow, stamp }) => flow !== 'forewarner' && !settled.has(stamp) && !hasDay(folder, stamp))
    .map(({ stamp }) => stamp)
  if (missing.length === 0) return
  const shown =
    missing.length > 3 ? `${missing.slice(0, 3).join(', ')} and ${missing.length - 3} more` : missing.join(', ')
  const place = isBundled ? 'the bundled days' : displayPath(folder)
  throw new InputMistake(
    { place, message: `expected a file YYYY-MM-DD.parquet or .jsonl of ${shown}, found none` },
    { hint: whatIsThere(folder) },
  )
}

const SETTLED: ReadonlySet<FlowRow['status']> = new Set(['SUCCESS', 'HIBERNATED', 'WAIVED'])

function hasDay(folder: string, date: string): boolean {
  return existsSync(join(folder, `${date}.parquet`)) || existsSync(join(folder, `${date}.jsonl`))
}

function whatIsThere(folder: string): string {
  const dates = readdirSync(folder)
    .flatMap((name) => /^(\d{4}-\d{2}-\d{2})\.(?:parquet|jsonl)$/.exec(name)?.[1] ?? [])
    .sort()
  if (dates.length === 0) return 'No day is in that folder: dolphin data build makes days, --days names another folder.'
  return `The days there are of ${dates[0]} to ${dates.at(-1)}: say one with --date, or another folder with --days.`
}
