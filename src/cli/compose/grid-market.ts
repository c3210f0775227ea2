import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { SETTINGS_FILE } from '../../adapters/session-log/settings.js'
import type { InstrumentTable } from '../../config/instruments.js'
import { FEATURE_KEYS, GRID_MAPS, SCAN_STREAM } from '../../core/grid/names.js'
import { WARM_UP_MS } from '../../core/session/session-plan.js'
import { type Grid, GridUnavailable } from '../../ports/grid.js'
import type { SessionSettings } from '../../ports/vocabulary/session.js'
import { readScan } from '../../runtime/services/trader/read-scan.js'
import type { ReadScan } from '../../runtime/services/trader/scan-taker.js'
import type { TraderMode } from '../../runtime/services/trader/trader.js'
import type { SessionMarket } from './session-settings.js'

export interface GridMarketWish {
  readonly grid: Grid
  readonly mode: TraderMode
  readonly stepMs: number
  readonly table: InstrumentTable
  /** The session's folder, where it goes on. */
  readonly resumed?: string | undefined
  tell(text: string): void
}

/**
 * The market that scanners publish: what the first scan has prices of, and everything that trading rules are listed for. A
 * session that goes on has the market that it was begun with. Waits for a scan; ends with the signal's reason.
 */
export async function gridMarket(wish: GridMarketWish, signal: AbortSignal): Promise<SessionMarket> {
  const begun = wish.resumed === undefined ? undefined : await begunMarket(wish.resumed)
  if (begun !== undefined) return { ...begun, stepMs: wish.stepMs, days: [] }
  const scan = await firstScan(wish, signal)
  const firstBarMs = wish.mode === 'replay' ? scan.atMs : systemClock.epochMs()
  const symbols = [...new Set([...scan.prices.keys(), ...wish.table.listed])]
  return { symbols, firstBarMs, stepMs: wish.stepMs, days: [] }
}

/** Undefined where the folder holds no settings: whoever opens the session says so. */
async function begunMarket(folder: string): Promise<Pick<SessionMarket, 'symbols' | 'firstBarMs'> | undefined> {
  const text = await readFile(join(folder, SETTINGS_FILE), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { startedAtMs, venue } = JSON.parse(text) as SessionSettings
  const { instruments } = venue.exchange as { readonly instruments: readonly { identity: { symbol: string } }[] }
  return { symbols: instruments.map(({ identity }) => identity.symbol), firstBarMs: startedAtMs + WARM_UP_MS }
}

/** A replay begins with the oldest that the stream keeps, a live session with the newest that there is. */
async function firstScan({ grid, mode, tell }: GridMarketWish, signal: AbortSignal): Promise<ReadScan> {
  let isTold = false
  for (;;) {
    signal.throwIfAborted()
    const text = await (mode === 'replay' ? oldest(grid) : latest(grid)).catch((error: unknown) => {
      if (!(error instanceof GridUnavailable)) throw error
      return undefined
    })
    const scan = text === undefined ? undefined : readScan(text)
    if (scan !== undefined && !('refused' in scan)) return scan
    if (!isTold) tell('Waiting for the first scan in the grid.')
    isTold = true
    await systemClock.sleep(LOOK_MS, signal)
  }
}

async function oldest(grid: Grid): Promise<string | undefined> {
  const stream = grid.stream(SCAN_STREAM)
  const { oldest: from } = await stream.bounds()
  const read = await stream.read(from, { max: 1 })
  return read.kind === 'lost' ? undefined : read.entries[0]?.value
}

function latest(grid: Grid): Promise<string | undefined> {
  return grid.map(GRID_MAPS.features).get(FEATURE_KEYS.scan)
}

const LOOK_MS = 100
