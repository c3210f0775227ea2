import { KLINE_INTERVALS } from '../../../adapters/binance/archive/kline-files.js'
import { type Endpoints, endpointsOf } from '../../../adapters/binance/endpoints.js'
import { found, InputMistake } from '../../../base/mistakes.js'
import { present } from '../../../base/present.js'
import { dateOfEpochMs, type IsoDate, MS_PER_DAY } from '../../../base/utc-date.js'
import { DEFAULT_UNIVERSE, readUniverse } from '../../../config/universe.js'
import { COLUMN_LIST_EXPECTED, columnList } from '../../shell/column-list.js'
import { OptionCheck } from '../../shell/option-check.js'

/** The options of `dolphin data download` as they were typed. */
export interface RawDownloadOptions {
  readonly out: string
  readonly from: string
  readonly to?: string
  readonly symbols?: string
  readonly interval: string
  readonly source: string
  readonly exchange?: string
  readonly at?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

const SOURCES = ['archive', 'rest', 'auto'] as const

export interface DownloadOptions {
  readonly out: string
  readonly from: IsoDate
  readonly to: IsoDate
  readonly symbols: readonly string[]
  readonly interval: string
  readonly source: (typeof SOURCES)[number]
  readonly at: Endpoints
  /** Another exchange, as ccxt calls it, and the origin that its requests go to instead of its own. */
  readonly exchange?: { readonly id: string; readonly at?: string }
  readonly json: boolean
  readonly quiet: boolean
}

/** Checks the options. @throws InputMistake with every wrong one. */
export function downloadOptions(raw: RawDownloadOptions, nowMs = Date.now()): DownloadOptions {
  const check = new OptionCheck()
  const today = dateOfEpochMs(nowMs)
  const from = check.date('--from', raw.from)
  const to = raw.to === undefined ? dateOfEpochMs(nowMs - MS_PER_DAY) : check.date('--to', raw.to)
  if (from !== undefined && to !== undefined && from > to) {
    if (raw.to === undefined)
      check.wrong('--from', `expected ${to} or earlier, the last day that --to stands for, found ${from}`)
    else check.wrong('--to', `expected ${from} or later, found ${to}`)
  }
  if (to !== undefined && to > today) check.wrong('--to', `expected a day up to today, ${today}, found ${to}`)
  if (raw.out === '') check.wrong('--out', 'expected a folder, found ""')
  const symbols = raw.symbols === undefined ? readUniverse(DEFAULT_UNIVERSE) : columnList(raw.symbols)
  if (symbols === undefined) check.wrong('--symbols', `expected ${COLUMN_LIST_EXPECTED}, found ${found(raw.symbols)}`)
  const wrong = symbols?.find((symbol) => !(raw.exchange === undefined ? SYMBOL : CCXT_SYMBOL).test(symbol))
  if (wrong !== undefined) check.wrong('--symbols', `expected symbols such as BTCUSDT, found ${found(wrong)}`)
  const { interval, exchange } = raw
  if (exchange === undefined) check.oneOf('--interval', interval, Object.keys(KLINE_INTERVALS))
  const source = check.oneOf('--source', raw.source, SOURCES)
  if (exchange !== undefined && raw.source !== 'auto') check.wrong('--source', 'does not go with --exchange')
  const at = addressIn(raw.at ?? 'production', check)
  check.done()
  const other = exchange === undefined ? {} : { exchange: { id: exchange, ...present({ at: raw.at && at?.restUrl }) } }
  return {
    out: raw.out,
    from: from!,
    to: to!,
    symbols: [...new Set(symbols!)],
    interval,
    source: source!,
    at: at!,
    ...other,
    json: raw.json ?? false,
    quiet: raw.quiet ?? false,
  }
}

/** Symbols become names of folders. */
const SYMBOL = /^[\p{L}\p{N}_]+$/u
const CCXT_SYMBOL = /^[\p{L}\p{N}_/:.-]+$/u

function addressIn(text: string, check: OptionCheck): Endpoints | undefined {
  try {
    return endpointsOf(text)
  } catch (error) {
    if (!(error instanceof InputMistake)) throw error
    for (const { message } of error.problems) check.wrong('--at', message)
    return undefined
  }
}
