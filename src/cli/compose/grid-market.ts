import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { SETTINGS_FILE } from '../../adapters/session-log/settings.js'
import { DataRefused } from '../../base/mistakes.js'
import type { InstrumentTable } from '../../config/instruments.js'
import { FEATURE_KEYS, GRID_MAPS, SCAN_STREAM } from '../../core/grid/names.js'
import { WARM_UP_MS } from '../../core/session/session-plan.js'
import { displayPath } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import type { Grid } from '../../ports/grid.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { LiveMarket, SessionSettings } from '../../ports/vocabulary/session.js'
import { unlessUnavailable } from '../../runtime/grid/unless-unavailable.js'
import { readScan } from '../../runtime/services/trader/read-scan.js'
import type { ReadScan } from '../../runtime/services/trader/scan-taker.js'
import type { TraderMode } from '../../runtime/services/trader/trader.js'
import type { SessionMarket } from './session-settings.js'

export interface GridMarketWish {
  readonly grid: Grid
  readonly mode: TraderMode
  readonly stepMs: number
  readonly table: InstrumentTable
  /** What may be traded, as a person said; absent: what the first scan has prices of, and everything that rules are listed for. */
  readonly assets?: readonly string[] | undefined
  /** The session's folder, where it goes on. */
  readonly resumed?: string | undefined
  /** Something that the session waits for or lacks: a person should know it, whatever they asked to be spared. */
  tell(text: string): void
}

/**
 * The market that scanners publish. A session that goes on has the market that it was begun with. Waits for a scan; ends with
 * the signal's reason.
 */
export async function gridMarket(wish: GridMarketWish, signal: AbortSignal): Promise<SessionMarket> {
  const begun = wish.resumed === undefined ? undefined : await begunMarket(wish.resumed)
  if (begun !== undefined) {
    const { symbols, startedAtMs } = begun
    return { symbols, firstBarMs: startedAtMs + WARM_UP_MS, stepMs: wish.stepMs, days: [] }
  }
  const scan = await firstScan(wish, signal)
  const firstBarMs = wish.mode === 'replay' ? scan.atMs : systemClock.epochMs()
  if (wish.mode === 'replay')
    wish.tell(`The oldest scan in the grid is of ${new Date(scan.atMs).toISOString()}: the replay begins with it.`)
  for (const symbol of wish.assets ?? []) {
    if (!scan.prices.has(symbol)) wish.tell(`The first scan has no price of ${symbol}, which --assets names.`)
  }
  const symbols = wish.assets ?? [...new Set([...scan.prices.keys(), ...wish.table.listed])]
  return { symbols, firstBarMs, stepMs: wish.stepMs, days: [] }
}

/** The market that a session was begun with. */
export interface BegunMarket {
  readonly symbols: readonly string[]
  readonly instruments: readonly Instrument[]
  /** UTC ms. */
  readonly startedAtMs: number
  readonly live?: LiveMarket | undefined
  /** As it was asked for, USD; undefined: as configured. */
  readonly capital: string | undefined
  readonly books: 'live' | 'none'
}

/** Undefined where the folder holds no settings: whoever opens the session says so. */
export async function begunMarket(folder: string): Promise<BegunMarket | undefined> {
  const text = await readFile(join(folder, SETTINGS_FILE), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    const { startedAtMs, venue, live, options } = JSON.parse(text) as SessionSettings
    const { instruments } = venue.exchange as { readonly instruments: readonly Instrument[] }
    const { capital, books } = options
    return {
      symbols: instruments.map(({ identity }) => identity.symbol),
      instruments,
      startedAtMs,
      live,
      capital: typeof capital === 'string' ? capital : undefined,
      books: books === 'live' ? books : 'none',
    }
  } catch (error) {
    const message = `expected the settings of a session, found what cannot be read as such: ${reason(error)}`
    throw new DataRefused({ place: displayPath(join(folder, SETTINGS_FILE)), message })
  }
}

/** A replay begins with the oldest that the stream keeps, a live session with the newest that there is. */
async function firstScan({ grid, mode, tell }: GridMarketWish, signal: AbortSignal): Promise<ReadScan> {
  let isTold = false
  for (;;) {
    signal.throwIfAborted()
    const scan = await (mode === 'replay' ? oldest(grid) : latest(grid)).catch(unlessUnavailable)
    if (scan !== undefined) return scan
    if (!isTold) tell('Waiting for the first scan in the grid.')
    isTold = true
    await systemClock.sleep(LOOK_MS, signal)
  }
}

/** Documents that are no scans are passed over here, and told of by whoever trades. */
async function oldest(grid: Grid): Promise<ReadScan | undefined> {
  const stream = grid.stream(SCAN_STREAM)
  let { oldest: from } = await stream.bounds()
  for (;;) {
    const read = await stream.read(from, { max: READ_MAX })
    if (read.kind === 'lost') return undefined
    for (const { value } of read.entries) {
      const scan = usable(value)
      if (scan !== undefined) return scan
    }
    if (read.entries.length === 0) return undefined
    from += read.entries.length
  }
}

async function latest(grid: Grid): Promise<ReadScan | undefined> {
  const text = await grid.map(GRID_MAPS.features).get(FEATURE_KEYS.scan)
  return text === undefined ? undefined : usable(text)
}

function usable(text: string): ReadScan | undefined {
  const scan = readScan(text)
  return 'refused' in scan ? undefined : scan
}

const READ_MAX = 64
const LOOK_MS = 100
