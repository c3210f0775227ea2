import { found } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { type IsoDate, isDate } from '../../base/utc-date.js'
import type { ScanPrecision } from '../../ports/vocabulary/scan.js'
import { aSharedGrid } from '../grid-option.js'
import { type LiveScannerChoice, liveScannerChoice, type RawLiveScannerOptions } from '../live-options.js'
import { COLUMN_LIST_EXPECTED, columnList } from '../shell/column-list.js'
import { OptionCheck } from '../shell/option-check.js'

/** The options of `dolphin scan` as they were typed. */
export interface RawScanOptions extends RawLiveScannerOptions {
  readonly days?: readonly string[]
  readonly storage: string
  readonly from?: string
  readonly to?: string
  readonly assets?: string
  readonly speed?: string
  readonly precision: string
  readonly publish?: string
  readonly grid?: string
  readonly limit?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

export interface ScanOptions {
  /** Days to scan; none where live prices are scanned. */
  readonly inputs: readonly string[]
  /** Absent: recorded prices. */
  readonly live?: LiveScannerChoice
  readonly storage: string
  readonly from?: IsoDate
  readonly to?: IsoDate
  /** The price columns; absent: those whose names are symbols. */
  readonly assets?: readonly string[]
  readonly speed: number | 'max'
  readonly precision: ScanPrecision
  /** `-`: stdout; absent: nowhere. */
  readonly publish?: string
  /** `hazelcast://host:port[,host:port…]`; absent: none. */
  readonly grid?: string
  /** Scans to make at most; absent: as many as there are steps. */
  readonly limit?: number
  readonly json: boolean
  readonly quiet: boolean
}

const PRECISIONS: readonly string[] = ['auto', '512', 'float64'] satisfies ScanPrecision[]

/** @throws InputMistake with every mistake. */
export function scanOptions(raw: RawScanOptions): ScanOptions {
  const check = new OptionCheck()
  const wrong = (place: string, message: string) => check.wrong(place, message)
  for (const option of ['from', 'to'] as const) {
    const text = raw[option]
    if (text !== undefined && !isDate(text)) {
      wrong(`--${option}`, `expected a calendar date YYYY-MM-DD, found ${found(text)}`)
    }
  }
  const { from, to, publish } = raw
  if (from !== undefined && to !== undefined && isDate(from) && isDate(to) && from > to) {
    wrong('--to', `expected ${from} or later, found ${to}`)
  }
  const speed = raw.speed === undefined || raw.speed === 'max' ? 'max' : positive(raw.speed)
  if (speed === undefined) wrong('--speed', `expected a factor above 0 such as 10, or max, found ${found(raw.speed)}`)
  if (!PRECISIONS.includes(raw.precision)) {
    wrong('--precision', `expected ${PRECISIONS.join(', ')}, found ${found(raw.precision)}`)
  }
  const limit = raw.limit === undefined ? undefined : positive(raw.limit)
  if (raw.limit !== undefined && (limit === undefined || !Number.isSafeInteger(limit))) {
    wrong('--limit', `expected an integer of at least 1, found ${found(raw.limit)}`)
  }
  if (publish !== undefined && publish !== '-' && !publish.endsWith('.jsonl')) {
    wrong('--publish', `expected - or a file name.jsonl, found ${found(publish)}`)
  }
  if (publish === '-' && raw.json) wrong('--json', 'cannot share stdout with --publish -')
  const { grid } = raw
  if (grid !== undefined) aSharedGrid(grid, (message) => wrong('--grid', message))
  const assets = raw.assets === undefined ? undefined : columnList(raw.assets)
  if (raw.assets !== undefined && assets === undefined) {
    wrong('--assets', `expected ${COLUMN_LIST_EXPECTED}, found ${found(raw.assets)}`)
  }
  const live = liveScannerChoice(raw, check)
  check.done()
  return {
    inputs: raw.days ?? [],
    storage: raw.storage,
    speed: speed!,
    precision: raw.precision as ScanPrecision,
    json: raw.json ?? false,
    quiet: raw.quiet ?? false,
    ...present({ from, to, assets, publish, grid, limit, live }),
  }
}

function positive(text: string): number | undefined {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN
  return value > 0 ? value : undefined
}
