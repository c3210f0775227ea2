import { stat } from 'node:fs/promises'
import { datesOf } from '../../adapters/market-parquet/part-files.js'
import { mergedRows, readMarket } from '../../adapters/market-parquet/read-market.js'
import { type Recording, readRecording } from '../../adapters/market-parquet/recording-file.js'
import { DataRefused, InputMistake } from '../../base/mistakes.js'
import { EVENT_TABLES } from '../../core/recording/event-rows.js'
import { RecordedEvents, TOLD_TABLES, type ToldRow } from '../../core/recording/recorded-events.js'
import { reason } from '../../files/reason.js'
import type { MarketDataEvent } from '../../ports/market-data.js'
import type { MarketTable, RecordingFacts } from '../../ports/market-recording.js'
import { noticeWarning } from '../shell/terminal.js'
import { refuseUnrecorded } from './recorded-symbols.js'

export interface RecordedMarketChoice {
  /** A folder with `recording.json`. */
  readonly path: string
  /** Whose rows are read; absent: all. */
  readonly symbols?: readonly string[] | undefined
}

/** What was recorded of a market, to be told once more. */
export interface RecordedMarket {
  readonly facts: RecordingFacts
  /** Those that are told of, by code unit. */
  readonly symbols: readonly string[]
  /** Tables without rows, of those of which more than one figure is made; settled funding is rare, and missing in most. */
  readonly absent: readonly MarketTable[]
  /** Times of the first row and of the last, about, UTC ms: for progress. */
  readonly span: { readonly fromMs: number; readonly untilMs: number }
  /** Whether advances of this step stand in it. */
  tellsSteps(stepMs: number): Promise<boolean>
  /** In the order in which it happened. Throws `DataRefused` for parts that cannot be used. */
  told(): AsyncGenerator<RecordedTold, void, void>
}

export type RecordedTold =
  | { readonly kind: 'events'; readonly atMs: number; readonly events: readonly MarketDataEvent[] }
  /** Time was told, or a bar was closed. */
  | { readonly kind: 'boundary'; readonly atMs: number }

/**
 * Opens a recording of a market for whoever observes it.
 *
 * @throws InputMistake where nothing is at the path or a symbol is not in it; DataRefused for a folder that is no recording, or one
 * without trades.
 */
export async function openRecordedMarket({ path, symbols: asked }: RecordedMarketChoice): Promise<RecordedMarket> {
  const recording = await recordingAt(path)
  await refuseWithoutTrades(path)
  for (const { fromMs, untilMs, why } of recording.gaps)
    noticeWarning(`${path}: rows of ${utc(fromMs)} … ${utc(untilMs)} may be missing (${why})`)
  const recorded = await recordedSymbols(path, recording)
  refuseUnrecorded(path, { option: '--symbols', asked: asked ?? [], recorded })
  const symbols = [...(asked ?? Object.keys(recorded))].sort((one, other) => (one < other ? -1 : 1))
  return {
    facts: recording,
    symbols,
    absent: await absentTables(path),
    span: await spanOf(path, recording),
    tellsSteps: async (stepMs) => recording.stepMs === stepMs && (await hasRows(path, 'closings')),
    async *told() {
      const events = new RecordedEvents(recording)
      for await (const next of mergedRows(path, [...TOLD_TABLES, 'closings'], { symbols: ['', ...symbols] })) {
        if (next.table === 'closings') yield { kind: 'boundary', atMs: next.row.t_ms }
        else yield { kind: 'events', atMs: stampOf(next), events: events.of(next) }
      }
    },
  }
}

/** @throws InputMistake where nothing is at the path; DataRefused for a folder that is no recording. */
export async function recordingAt(path: string): Promise<Recording> {
  const entry = await stat(path).catch((error: unknown) => {
    throw new InputMistake({ place: path, message: `cannot open the recording: ${reason(error)}` })
  })
  const recording = entry.isDirectory() ? await readRecording(path) : undefined
  if (recording !== undefined) return recording
  const message = 'expected a folder with a recorded market and its recording.json, found none'
  throw new DataRefused({ place: path, message }, { hint: 'dolphin observe --live --record <folder> makes one.' })
}

/** Nearly everything that is observed is of trades. */
async function refuseWithoutTrades(path: string): Promise<void> {
  if (await hasRows(path, 'trades')) return
  const there: MarketTable[] = []
  for (const table of [...EVENT_TABLES, 'universe'] as const)
    if ((await datesOf(path, table)).length > 0) there.push(table)
  const found = there.length === 0 ? 'no table' : there.join(', ')
  throw new DataRefused(
    { place: path, message: `expected the table trades, found ${found}` },
    { hint: 'dolphin observe --live --record <folder> records trades, too.' },
  )
}

async function absentTables(path: string): Promise<MarketTable[]> {
  const absent: MarketTable[] = []
  for (const table of ['liquidations', 'frames', 'marks', 'open_interest'] as const)
    if ((await datesOf(path, table)).length === 0) absent.push(table)
  return absent
}

/** Whoever records books says their decimals at once; a recording without books need not. */
async function recordedSymbols(path: string, { scales }: Recording): Promise<Readonly<Record<string, unknown>>> {
  if (Object.keys(scales).length > 0) return scales
  const symbols: Record<string, true> = {}
  for (const table of ['trades', 'marks', 'liquidations'] as const)
    for await (const rows of readMarket(path, table)) for (const { symbol } of rows) symbols[symbol] = true
  return symbols
}

const DAY_MS = 86_400_000

async function spanOf(path: string, { starts, durable }: Recording): Promise<RecordedMarket['span']> {
  const dates = await datesOf(path, 'trades')
  const firstMs = Date.parse(dates[0]!)
  const lastMs = Date.parse(dates.at(-1)!) + DAY_MS
  // Of a recording of another clock (a made one) starts say nothing of its rows.
  const startMs = starts[0]?.atMs ?? firstMs
  const endMs = durable?.ms ?? lastMs
  const isOfItsTime = startMs >= firstMs - DAY_MS && endMs <= lastMs + DAY_MS && startMs < endMs
  return isOfItsTime ? { fromMs: startMs, untilMs: endMs } : { fromMs: firstMs, untilMs: lastMs }
}

async function hasRows(path: string, table: MarketTable): Promise<boolean> {
  for await (const rows of readMarket(path, table)) if (rows.length > 0) return true
  return false
}

function stampOf(next: ToldRow): number {
  switch (next.table) {
    case 'frames':
    case 'marks':
      return next.row.E_ms
    case 'trades':
    case 'liquidations':
      return next.row.T_ms
    case 'klines':
      return next.row.close_ms
    default:
      return next.row.t_ms
  }
}

function utc(ms: number): string {
  return new Date(ms).toISOString()
}
