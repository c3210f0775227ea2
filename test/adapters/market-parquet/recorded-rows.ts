import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { onTestFinished } from 'vitest'
import { openMarketRecorder } from '../../../src/adapters/market-parquet/market-recorder.js'
import { mergedRows, type RowChoice, type TableRow } from '../../../src/adapters/market-parquet/read-market.js'
import type { MarketRecorderOptions, RecorderNotice } from '../../../src/adapters/market-parquet/recorder-options.js'
import { MARKET_TABLES } from '../../../src/adapters/market-parquet/table-columns.js'
import type { MarketRecorder, MarketRows, MarketTable, RecordingFacts } from '../../../src/ports/market-recording.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'

export const FACTS: RecordingFacts = {
  stepMs: 5_000,
  books: 'diffs',
  scales: { BTCUSDT: { priceDecimals: 2, quantityDecimals: 3 } },
}

export const NOON_MS = Date.UTC(2026, 0, 5, 12)

export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-recording-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface Rig {
  readonly recorder: MarketRecorder
  readonly time: VirtualTime
  readonly notices: RecorderNotice[]
}

/** A recorder on virtual time. */
export async function rig(folder: string, options: Partial<MarketRecorderOptions> = {}, atMs = NOON_MS): Promise<Rig> {
  const time = new VirtualTime(atMs)
  const notices: RecorderNotice[] = []
  const report = (notice: RecorderNotice) => void notices.push(notice)
  const recorder = await openMarketRecorder({ folder, facts: FACTS, clock: time, timer: time, report, ...options })
  return { recorder, time, notices }
}

/** A frame at a time; the levels are those of its number. */
export function frame(n: number, ms = NOON_MS + n, symbol = 'BTCUSDT'): MarketRows['frames'] {
  const levels = [[`${n}.10`, '0.500']] as const
  return { n, E_ms: ms, received_ms: ms + 7, symbol, U: n * 10, u: n * 10 + 9, pu: n * 10 - 1, bids: levels, asks: [] }
}

export function addFrames(recorder: MarketRecorder, count: number, atMs?: number): MarketRows['frames'][] {
  const rows = Array.from({ length: count }, () => {
    const n = recorder.nextNumber()
    return frame(n, atMs === undefined ? undefined : atMs + n)
  })
  for (const row of rows) recorder.add('frames', row)
  return rows
}

export async function everyRow(folder: string, choice?: RowChoice): Promise<TableRow[]> {
  const rows: TableRow[] = []
  for await (const row of mergedRows(folder, MARKET_TABLES, choice)) rows.push(row)
  return rows
}

export async function numbers(folder: string): Promise<number[]> {
  return (await everyRow(folder)).map(({ row }) => row.n)
}

const ms = fc.integer({ min: NOON_MS, max: NOON_MS + 3 * 86_400_000 })
const whole = fc.maxSafeInteger()
const figure = fc.double({ noNaN: true })
const symbol = fc.oneof(fc.constantFrom('BTCUSDT', 'ETHUSDT', '1000PEPEUSDT', ''), fc.string({ unit: 'grapheme' }))
const decimal = fc.oneof(fc.constantFrom('60000.10', '0.000', '1e-7'), fc.string({ unit: 'binary' }))
const levels = fc.option(fc.array(fc.tuple(decimal, decimal), { maxLength: 4 }))
const figures = fc.dictionary(fc.constantFrom('spread_bps', 'imbalance', 'a figure', '_'), fc.option(figure))
const figuresRow = fc.record({ t_ms: ms, symbol, figures })

const ROWS: { readonly [Table in MarketTable]: fc.Arbitrary<Omit<MarketRows[Table], 'n'>> } = {
  frames: fc.record({
    ...{ E_ms: ms, received_ms: ms, symbol, U: fc.option(whole), u: fc.option(whole), pu: fc.option(whole) },
    ...{ bids: levels, asks: levels },
  }),
  samples: figuresRow,
  features: figuresRow,
  macro: figuresRow,
  closings: fc.record({ t_ms: ms, closed_at_ms: ms }),
  listings: fc.record({ t_ms: ms, symbol, is_listed: fc.boolean() }),
  universe: fc.record({
    ...{ t_ms: ms, symbol, spread_bps: figure, depth_1pct_usd: figure, depth_quality: figure },
    ...{ fill_probability: fc.option(figure), imbalance: figure, best_bid: figure, best_ask: figure },
    ...{ n_bid_levels: fc.nat(5), n_ask_levels: fc.nat(5) },
  }),
  trades: fc.record({
    ...{ T_ms: ms, received_ms: ms, symbol, side: fc.constantFrom('BUY', 'SELL') },
    ...{ price: figure, base_qty: figure, venue_id: fc.nat() },
  }),
  liquidations: fc.record(
    {
      ...{ T_ms: ms, received_ms: ms, symbol, side: fc.constantFrom('BUY', 'SELL') },
      ...{ price: figure, order_price: figure, base_qty: figure, order_qty: figure },
    },
    { requiredKeys: ['T_ms', 'received_ms', 'symbol', 'side', 'price', 'order_price', 'base_qty'] },
  ),
  funding: fc.record({ t_ms: ms, symbol, rate: figure }),
  open_interest: fc.record({ t_ms: ms, symbol, open_interest: figure }),
  marks: fc.record({
    ...{ E_ms: ms, symbol, mark: figure, index: fc.option(figure), funding_rate: fc.option(figure) },
    ...{ next_funding_ms: fc.option(ms) },
  }),
  klines: fc.record({
    ...{ close_ms: ms, received_ms: ms, symbol, interval: fc.constantFrom('5m', '30m'), open_ms: ms },
    ...{ open: figure, high: figure, low: figure, close: figure, base_volume: figure },
  }),
}

/** A row of any table, without its number. */
export const anyRow = fc.oneof(
  ...MARKET_TABLES.map((table) => fc.record({ table: fc.constant(table), row: ROWS[table] as fc.Arbitrary<object> })),
)
