import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Engine } from '../../src/core/engine/engine.js'
import { DEFAULT_PARAMETERS } from '../../src/core/engine/parameters.js'
import type { DayRecord, Trade } from '../../src/ports/vocabulary/trades.js'
import { goldenDir, goldenRuns } from '../support/golden.js'
import { firstDifference } from './first-difference.js'
import { describeRun, goldenDifference, readDay } from './golden-run.js'

describe('every golden run is reproduced', () => {
  it.each(goldenRuns())('%s', async (run) => {
    expect(await goldenDifference(join(goldenDir(), run))).toBeUndefined()
  })
})

describe('the recorded market of May 2025', () => {
  it('gives the golden trades on the bundled days', async () => {
    const days = fileURLToPath(new URL('../../fixtures/days', import.meta.url))
    const engine = new Engine(DEFAULT_PARAMETERS, 25_000)
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
    const expected: unknown = JSON.parse(readFileSync(join(goldenDir(), 'real-may-2025', 'expected.json'), 'utf8'))
    expect(firstDifference(expected, describeRun(engine, 25_000, records, trades))).toBeUndefined()
  })
})
