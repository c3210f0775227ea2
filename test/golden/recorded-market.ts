import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Engine } from '../../src/core/engine/engine.js'
import { DEFAULT_PARAMETERS } from '../../src/core/engine/parameters.js'
import type { DayRecord, Trade } from '../../src/ports/vocabulary/trades.js'
import { firstDifference } from './first-difference.js'
import { describeRun, readDay } from './golden-run.js'

const INITIAL_CAPITAL = 25_000

/** The first thing that the champion does on the bundled days of May 2025 otherwise than a folder's `expected.json` says. */
export async function recordedMarketDifference(folder: string): Promise<string | undefined> {
  const days = fileURLToPath(new URL('../../fixtures/days', import.meta.url))
  const engine = new Engine(DEFAULT_PARAMETERS, INITIAL_CAPITAL)
  const trades: Trade[] = []
  const records: DayRecord[] = []
  const files = readdirSync(days).filter((name) => name.endsWith('.parquet'))
  for (const file of files.sort()) {
    const columns = await readDay(join(days, file))
    engine.beginDay({ date: columns.date })
    engine.attach(columns)
    trades.push(...engine.run())
    engine.endDay()
    records.push(engine.dayRecord())
  }
  const expected: unknown = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))
  return firstDifference(expected, describeRun(engine, INITIAL_CAPITAL, records, trades))
}
