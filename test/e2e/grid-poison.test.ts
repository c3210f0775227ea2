import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { findDayFiles, parquetDays } from '../../src/adapters/parquet/parquet-days.js'
import { gridMarket } from '../../src/cli/compose/grid-market.js'
import { GridParts } from '../../src/cli/compose/grid-parts.js'
import { runGridSession } from '../../src/cli/compose/grid-session.js'
import { prepareParts, prepareSession } from '../../src/cli/compose/session-settings.js'
import { paperOptions } from '../../src/cli/paper/options.js'
import { eigenScanPayload } from '../../src/core/eigen/payload.js'
import {
  FEATURE_KEYS,
  GRID_MAPS,
  LATEST,
  POSTURE_REFERENCE,
  SCAN_STREAM,
  STATE_KEYS,
} from '../../src/core/grid/names.js'
import { fixedSafetyDocument } from '../../src/core/survival/survival-watch.js'
import type { Grid } from '../../src/ports/grid.js'
import type { EigenScanPayload } from '../../src/ports/vocabulary/eigen-scan.js'
import { recordedScans } from '../../src/runtime/services/scan/recorded-scans.js'
import { sharedGrid } from '../support/shared-grid.js'
import { writeShortDay } from '../support/short-days.js'
import { until } from '../support/until.js'

const DAY = { date: '2025-05-10', fromRow: 300, toRow: 800, stepMs: 5_000 }
const BARS = DAY.toRow - DAY.fromRow
/** Bars after which documents that everybody has taken are poisoned. */
const BEFORE_POISON = 100

let folder = ''
const good: EigenScanPayload[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-poison-'))
  const days = join(folder, 'days')
  mkdirSync(days)
  await writeShortDay(days, DAY)
  const recorded = recordedScans({ source: parquetDays, files: await findDayFiles([days]) })
  for await (const scan of recorded) good.push(eigenScanPayload(scan, { publishedAtMs: 0 }))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What stands in the stream instead of, or around, good scans: of the scan that was published last, and those before it. */
type Poison = (scans: readonly EigenScanPayload[], at: number) => readonly string[]

interface Published {
  readonly poison?: Poison
  readonly scans?: readonly EigenScanPayload[]
  readonly documents?: readonly Poisoned[]
}

/** Publishes the day with its poison, and trades it; answers the trades, and what a person was told. */
async function traded(name: string, { poison = () => [], scans = good, documents = [] }: Published) {
  const shared = sharedGrid()
  const grid = shared.client()
  const stream = grid.stream(SCAN_STREAM)
  const told: Told[] = []
  const publish = async (from: number, to: number): Promise<void> => {
    for (let at = from; at < to; at++) {
      await stream.append(JSON.stringify(scans[at]))
      for (const text of poison(scans, at)) await stream.append(text)
    }
  }
  const posture = JSON.stringify(fixedSafetyDocument('APEX', systemClock.epochMs()))
  await grid.reference(POSTURE_REFERENCE).set(posture)
  await grid.map(GRID_MAPS.safety).set(LATEST, posture)
  const features = grid.map(GRID_MAPS.features)
  await features.set(FEATURE_KEYS.breaker, JSON.stringify({ boost: 1.2, beta: 0.5, date: DAY.date, fence: '7' }))
  // Not even the first document of the stream is a scan.
  await stream.append('{"first":true}')
  await publish(0, BEFORE_POISON)
  const trades = trade(name, shared.client(), (text) => told.push({ text, atMs: systemClock.nowMs() }))
  const state = () => grid.map(GRID_MAPS.state('BLUE')).get(STATE_KEYS.live)
  await until(state)
  for (const { put, says } of documents) {
    await put(grid)
    await until(() => told.some(({ text }) => text.includes(says)))
  }
  await publish(BEFORE_POISON, scans.length)
  return { trades: await trades, told }
}

async function trade(name: string, grid: Grid, tell: (text: string) => void): Promise<string> {
  const out = join(folder, name)
  const options = paperOptions({ grid: 'hazelcast://127.0.0.1:1', mode: 'replay', out, assets: assetsOf(good) })
  const { signal } = new AbortController()
  const parts = new GridParts(grid, tell)
  try {
    const files = await prepareParts(options)
    const { assets } = options.run
    const market = await gridMarket(
      { grid, mode: 'replay', stepMs: DAY.stepMs, table: files.table, assets, tell },
      signal,
    )
    const setup = await prepareSession(options, files, market)
    const choice = { mode: 'replay', stepMs: DAY.stepMs, ageFrom: 'scan', barsMax: BARS, expectsBoost: true } as const
    const news = { onNotice: tell, onWarning: tell }
    const how = { ...choice, serve: {}, executor: 'in-process' } as const
    const { finished } = await runGridSession(setup, how, { parts, news, signal })
    expect(finished).toBe(true)
  } finally {
    await parts.close()
  }
  return readFileSync(join(out, 'trades.csv'), 'utf8')
}

interface Told {
  readonly text: string
  readonly atMs: number
}

/** How often the same was told within a minute: after that it may be told again. */
function toldOftenest(told: readonly Told[]): number {
  const often = told.map(({ text, atMs }) => {
    return told.filter((other) => other.text === text && Math.abs(other.atMs - atMs) < 59_000).length
  })
  return Math.max(...often)
}

function assetsOf([first]: readonly EigenScanPayload[]): string {
  return Object.keys(first!.asset_prices).join(',')
}

/** Prices of a scan that nobody should trade by. */
function stale({ asset_prices }: EigenScanPayload): Record<string, number> {
  return Object.fromEntries(Object.entries(asset_prices).map(([symbol, price]) => [symbol, Number(price) * 0.9]))
}

function later(timestampNs: string, ms: number): string {
  return String(BigInt(timestampNs) + BigInt(ms) * 1_000_000n)
}

const POISON: readonly (readonly [string, boolean, Poison])[] = [
  ['what is no JSON', true, () => ['', 'no scan', '{"scan_number":', '\u0000\u0001', '['.repeat(100_000)]],
  ['JSON that is no scan', true, () => ['null', '42', '[]', '"scan"', '{}', '{"asset_prices":{"BTCUSDT":1}}']],
  [
    'fields of the wrong types',
    true,
    (scans, at) =>
      [{ scan_number: '7' }, { scan_number: -1 }, { scan_number: 1.5 }, { timestamp_ns: {}, timestamp: 12 }].map(
        (wrong) => JSON.stringify({ ...scans[at], ...wrong }),
      ),
  ],
  [
    'what is huge',
    true,
    (_, at) => (at % 50 === 0 ? [`"${'x'.repeat(3_000_000)}"`, `[${'{},'.repeat(300_000)}1]`] : []),
  ],
  [
    'a second writing of each scan, later and with old prices',
    false,
    (scans, at) => {
      const { scan_number, timestamp_ns } = scans[at]!
      const result = { ...scans[at]!, asset_prices: stale(scans[at]!) }
      return [JSON.stringify({ scan_number, timestamp_ns: later(timestamp_ns, 2_000), result })]
    },
  ],
  [
    'each scan again, and those before it',
    false,
    (scans, at) => [at, at, at - 1, at - 7].flatMap((earlier) => (earlier < 0 ? [] : [JSON.stringify(scans[earlier])])),
  ],
  [
    'scans of numbers that were never there, and of times that are over',
    false,
    (scans, at) => [
      JSON.stringify({ ...scans[at]!, scan_number: 1_000_000 + at, asset_prices: stale(scans[at]!) }),
      JSON.stringify({
        ...scans[at]!,
        scan_number: Number.MAX_SAFE_INTEGER,
        timestamp_ns: later(scans[0]!.timestamp_ns, at),
      }),
    ],
  ],
]

interface Poisoned {
  readonly put: (grid: Grid) => Promise<void>
  /** What a person is told of it. */
  readonly says: string
}

const feature = (key: string, text: string): Poisoned => ({
  put: (grid) => grid.map(GRID_MAPS.features).set(key, text),
  says: key,
})

const DOCUMENTS: readonly Poisoned[] = [
  feature(FEATURE_KEYS.breaker, 'no JSON'),
  feature(FEATURE_KEYS.breaker, '{"boost":"much","beta":0.5}'),
  feature(FEATURE_KEYS.breaker, JSON.stringify({ boost: 3, beta: 1, date: DAY.date, fence: '6' })),
  feature(FEATURE_KEYS.forewarner, '[]'),
  feature(FEATURE_KEYS.forewarner, '{"status":"PURPLE"}'),
  {
    put: async (grid) => {
      await grid.reference(POSTURE_REFERENCE).set('{"posture":"BRAVE"}')
      await grid.map(GRID_MAPS.safety).set(LATEST, '{"posture":7}')
    },
    says: 'posture',
  },
]

describe('poison between good scans', () => {
  let clean = ''
  beforeAll(async () => {
    clean = (await traded('clean', {})).trades
    expect(clean.trimEnd().split('\n').length).toBeGreaterThan(2)
  })

  it.each(POISON)('changes no trade, and a cause is told once: %s (refused: %s)', async (what, isRefused, poison) => {
    const { trades, told } = await traded(`poison-${POISON.findIndex(([name]) => name === what)}`, { poison })
    expect(trades).toBe(clean)
    expect(toldOftenest(told)).toBe(1)
    expect(told.every(({ text }) => text.length < 500)).toBe(true)
    expect(told.filter(({ text }) => text.startsWith('scan refused')).length > 1).toBe(isRefused)
  })

  it('changes no trade where the scanner counts anew, with newer times', async () => {
    const scans = good.map((scan, at) => (at < 250 ? scan : { ...scan, scan_number: at - 249 }))
    const { trades, told } = await traded('anew', { scans })
    expect(trades).toBe(clean)
    expect(told.map(({ text }) => text)).toContain('the scanner counts anew, from 1')
  })

  it('changes no trade in the documents of breaker, posture and forewarner: what was good last stays', async () => {
    const { trades, told } = await traded('documents', { documents: DOCUMENTS })
    expect(trades).toBe(clean)
    expect(toldOftenest(told)).toBe(1)
  })
})
