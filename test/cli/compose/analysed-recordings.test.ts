import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Interrupted } from '../../../src/base/mistakes.js'
import { AnalysedRecordings } from '../../../src/cli/compose/analysed-recordings.js'
import { CASCADE_RULES } from '../../../src/core/analysis/cascade-rules.js'
import { recordedCascades } from '../../../src/core/analysis/recorded-cascades.js'
import { recordMarket } from '../../support/cascade-recording.js'

const START_MS = Date.UTC(2026, 0, 5, 14)
const MINUTE_MS = 60_000

const folder = mkdtempSync(join(tmpdir(), 'dolphin-analysed-'))
const [whole, first, second] = ['whole', 'first', 'second'].map((name) => join(folder, name))

beforeAll(async () => {
  const cascades = [5, 35].map((minute) => ({
    ...{ symbol: 'BTCUSDT', atMs: START_MS + minute * MINUTE_MS, waves: 3, back: 0.5 },
  }))
  const market = { fromMs: START_MS, minutes: 60, symbols: ['BTCUSDT'], cascades }
  await recordMarket(whole!, market)
  await recordMarket(first!, { ...market, minutes: 30, cascades: cascades.slice(0, 1) })
  await recordMarket(second!, {
    ...market,
    fromMs: START_MS + 30 * MINUTE_MS,
    minutes: 30,
    cascades: cascades.slice(1),
  })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function cascadesOf(paths: readonly string[], signal = new AbortController().signal) {
  const recordings = await AnalysedRecordings.open({ paths, quiet: true, signal })
  await recordings.readLiquidations()
  await recordings.readOpenInterest()
  await recordings.readMarks(CASCADE_RULES, { ofFunding: false })
  return { found: recordedCascades(recordings.feeds, CASCADE_RULES), rows: recordings.rows }
}

test('recordings one after the other are read as one, in whatever order they are named', async () => {
  const { found, rows } = await cascadesOf([whole!])
  expect(rows).toEqual({ liquidations: 18, open_interest: 360, marks: 3_600 })
  expect(found.cascades).toHaveLength(2)
  const inParts = await cascadesOf([second!, first!])
  expect(inParts.rows).toEqual(rows)
  expect(inParts.found.cascades.map(({ endTsMs }) => endTsMs)).toEqual(found.cascades.map(({ endTsMs }) => endTsMs))
})

test('reading ends when it is interrupted', async () => {
  const controller = new AbortController()
  controller.abort()
  await expect(cascadesOf([whole!], controller.signal)).rejects.toThrow(Interrupted)
})

test('recordings that hold the same time twice are refused', async () => {
  await expect(cascadesOf([whole!, second!])).rejects.toThrow(/liquidations of BTCUSDT of other times than in .*whole/)
})
