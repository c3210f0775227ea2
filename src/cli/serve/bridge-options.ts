import { found } from '../../base/mistakes.js'
import { isDate } from '../../base/utc-date.js'
import { isoMs } from '../../core/grid/iso-time.js'
import type { ScanBridgeStart } from '../../runtime/services/bridge/first-listing.js'
import { aSharedGrid } from '../grid-option.js'
import { OptionCheck } from '../shell/option-check.js'

/** The options of `dolphin serve bridge` as they were typed. */
export interface RawServeBridgeOptions {
  readonly scans: string
  readonly grid: string
  readonly from: string
  readonly json?: boolean
  readonly quiet?: boolean
}

export interface ServeBridgeOptions {
  readonly folder: string
  /** `hazelcast://host:port[,host:port…]`. */
  readonly grid: string
  readonly start: ScanBridgeStart
  readonly json: boolean
  readonly quiet: boolean
}

/** @throws InputMistake with every mistake. */
export function serveBridgeOptions(raw: RawServeBridgeOptions): ServeBridgeOptions {
  const check = new OptionCheck()
  if (raw.scans.trim() === '') check.wrong('--scans', 'expected a folder, found nothing')
  aSharedGrid(raw.grid, (message) => check.wrong('--grid', message))
  const start = startOf(raw.from, check)
  check.done()
  return { folder: raw.scans, grid: raw.grid, start: start!, json: raw.json ?? false, quiet: raw.quiet ?? false }
}

function startOf(text: string, check: OptionCheck): ScanBridgeStart | undefined {
  if (text === 'newest' || text === 'all') return text
  const sinceMs = isDate(text) ? Date.parse(`${text}T00:00:00Z`) : isoMs(text)
  if (sinceMs !== undefined) return { sinceMs }
  return check.wrong('--from', `expected newest, all, or a date or time in UTC, found ${found(text)}`)
}
