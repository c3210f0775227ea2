import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/adapters/clock/system-clock.js'
import { encodePart } from '../../../src/adapters/market-parquet/encode-part.js'
import { openMarketRecorder } from '../../../src/adapters/market-parquet/market-recorder.js'
import { openBookRecording } from '../../../src/cli/compose/book-recording.js'
import { assetBook } from '../../../src/core/orderbook/asset-features.js'
import { MarketBooks, type MarketBooksBar } from '../../../src/core/orderbook/market-books.js'
import { ReplayedBooks } from '../../../src/core/orderbook/replayed-books.js'
import { clockTimer } from '../../../src/runtime/time/scaled-clock.js'
import { RECORDED_SCALE, recordedDepth } from '../../support/recorded-depth.js'

const RAW = fileURLToPath(new URL('../../../fixtures/orderbook/btcusdt-2024-08-09-depth.txt.br', import.meta.url))
const SYMBOL = 'BTCUSDT'
const STEP_MS = 5_000

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-book-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

let bars: readonly MarketBooksBar[] | undefined

/** Straight from the messages to the bars, no row in between. */
function direct(): readonly MarketBooksBar[] {
  bars ??= played()
  return bars
}

function played(): MarketBooksBar[] {
  const { diffs, snapshot, diffsBefore } = recordedDepth()
  const books = new MarketBooks({ stepMs: STEP_MS, startMs: diffs[0]!.E, books: 'diffs' })
  books.list({ symbol: SYMBOL, ...RECORDED_SCALE })
  const bars: MarketBooksBar[] = []
  for (const [i, { E: eventMs, ...frame }] of diffs.entries()) {
    if (i === diffsBefore) {
      const [requestId, atMs] = [books.requestId(SYMBOL)!, diffs[i - 1]!.E]
      books.handle({ kind: 'snapshot', symbol: SYMBOL, atMs, receivedMs: 0, snapshot: { requestId, ...snapshot } }, 0)
    }
    bars.push(...books.closeUntil(eventMs))
    books.handle({ kind: 'depth', symbol: SYMBOL, eventMs, receivedMs: 0, frame }, 0)
  }
  return bars
}

async function replayed(path: string): Promise<MarketBooksBar[]> {
  const recording = await openBookRecording({ path, quiet: true })
  const replay = new ReplayedBooks(recording)
  const bars: MarketBooksBar[] = []
  for await (const next of recording.rows()) if (next.table !== 'quotes') bars.push(...replay.take(next))
  return bars
}

/** The raw recording as one of Parquet, with the closings of its bars where `closes` says so; the bars of a span are lost. */
async function recorded(closes: boolean, lost = { fromMs: 0, untilMs: 0 }): Promise<void> {
  const raw = await openBookRecording({ path: RAW, quiet: true })
  let isLost = false
  const recorder = await openMarketRecorder({
    ...{ folder, facts: raw.facts, clock: systemClock, timer: clockTimer(systemClock), report: () => {} },
    encode: (part) => (isLost ? Promise.reject(new Error('it cannot be made')) : encodePart(part)),
  })
  const replay = new ReplayedBooks(raw)
  for await (const next of raw.rows()) {
    if (next.table !== 'frames') continue
    for (const { endMs } of closes ? replay.take(next) : []) {
      if (endMs === lost.fromMs || endMs === lost.untilMs) {
        await recorder.flush()
        isLost = endMs === lost.fromMs
      }
      recorder.add('closings', { n: recorder.nextNumber(), t_ms: endMs, closed_at_ms: next.row.E_ms })
    }
    recorder.scale(next.row.symbol, raw.facts.scales[next.row.symbol]!)
    recorder.add('frames', { ...next.row, n: recorder.nextNumber() })
  }
  await recorder.close()
}

describe('the recorded day of BTCUSDT', () => {
  it('has complete features at its last bars, straight from its messages', () => {
    const bars = direct()
    expect(bars).toHaveLength(69)
    expect(bars.filter(({ assets }) => assetBook(assets[0]!.features) !== undefined)).toHaveLength(10)
  })

  it('gives the same bars, bit for bit, when it is read as a raw recording', async () => {
    expect(await replayed(RAW)).toEqual(direct())
  })

  it('gives the same bars, bit for bit, through a recording in Parquet that has its closings', async () => {
    await recorded(true)
    expect((await openBookRecording({ path: folder, quiet: true })).hasClosings).toBe(true)
    expect(await replayed(folder)).toEqual(direct())
    const other = await openBookRecording({ path: folder, stepMs: 1_000, quiet: true })
    expect(other, 'closings of bars of 5 s close none of 1 s').toMatchObject({ hasClosings: false })
  })

  it('has no bar of a time that was not recorded, and knows no book after it until its next snapshot', async () => {
    const endMs = direct().map((bar) => bar.endMs)
    await recorded(true, { fromMs: endMs[20]!, untilMs: endMs[30]! })
    const bars = await replayed(folder)
    expect(bars.slice(0, 20)).toEqual(direct().slice(0, 20))
    expect(bars.slice(20).map((bar) => bar.endMs)).toEqual(endMs.slice(30))
    const values = bars.slice(20).flatMap(({ assets }) => assets.map(({ value }) => value))
    expect(new Set(values)).toEqual(new Set([undefined]))
  })

  it('gives the same bars, bit for bit, through a recording in Parquet that has no closings', async () => {
    await recorded(false)
    expect((await openBookRecording({ path: folder, quiet: true })).hasClosings).toBe(false)
    expect(await replayed(folder)).toEqual(direct())
  })
})
