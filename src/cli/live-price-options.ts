import type { Command } from 'commander'
import { type Endpoints, endpointsOf } from '../adapters/binance/endpoints.js'
import { found, InputMistake } from '../base/mistakes.js'
import { present } from '../base/present.js'
import { COLUMN_LIST_EXPECTED, columnList } from './shell/column-list.js'
import { numberOf } from './shell/option-check.js'

/** Options of a command that takes the prices of days, or live ones, as they were typed. */
export interface RawLiveOptions {
  readonly live?: boolean
  readonly exchangeAt?: string
  readonly symbols?: string
  readonly top?: string
  readonly barSeconds?: string
  readonly record?: string
  /** Of days; they do not go with live prices. */
  readonly days?: readonly string[]
  readonly from?: string
  readonly to?: string
  readonly assets?: string
  readonly speed?: string
}

export interface LivePriceOptions {
  readonly at: Endpoints
  readonly stepMs: number
  /** Contracts to follow: named, or so many of the most traded; absent: the packaged list. */
  readonly symbols?: readonly string[]
  readonly top?: number
  /** Where steps are recorded as days; absent: nowhere. */
  readonly record?: string
}

/** Gives a command the options of live prices, below a heading. */
export function declareLiveOptions(command: Command): void {
  command
    .optionsGroup('With --live:')
    .option('--exchange-at <where>', 'production, demo, or the address of a sandbox (default: production)')
    .option('--symbols <list>', 'contracts to follow, BTCUSDT,ETHUSDT,… (default: the packaged configs/universe.json)')
    .option('--top <n>', 'the n contracts of which most was traded in 24 hours')
    .option('--bar-seconds <seconds>', 'from one step to the next: 60, or a part of it such as 5 (default: 60)')
    .option('--record <folder>', 'record every step as days of a backtest, YYYY-MM-DD.parquet')
}

type Wrong = (place: string, message: string) => void

/** Checks them. Either days or live prices, and of each only what goes with it; undefined: days. */
export function livePriceOptions(raw: RawLiveOptions, wrong: Wrong): LivePriceOptions | undefined {
  if (raw.live !== true) {
    if (raw.days === undefined) wrong('--days', 'expected folders or files of days, or --live, found neither')
    for (const [name, flag] of Object.entries(OF_LIVE) as [keyof typeof OF_LIVE, string][])
      if (raw[name] !== undefined) wrong(flag, 'goes with --live')
    return undefined
  }
  for (const [name, flag] of Object.entries(OF_DAYS) as [keyof typeof OF_DAYS, string][])
    if (raw[name] !== undefined) wrong(flag, 'does not go with --live')
  const { exchangeAt = 'production', barSeconds = '60', record } = raw
  const at = endpointsIn(exchangeAt, wrong)
  const seconds = numberOf(barSeconds) ?? 0
  if (!(seconds >= 1 && 60 % seconds === 0 && Number.isInteger(seconds)))
    wrong('--bar-seconds', `expected 60, or a whole number of seconds that divides it, found ${found(barSeconds)}`)
  const top = raw.top === undefined ? undefined : (numberOf(raw.top) ?? 0)
  if (top !== undefined && !(Number.isSafeInteger(top) && top >= 1))
    wrong('--top', `expected an integer of at least 1, found ${found(raw.top)}`)
  const symbols = raw.symbols === undefined ? undefined : columnList(raw.symbols)
  if (raw.symbols !== undefined && symbols === undefined)
    wrong('--symbols', `expected ${COLUMN_LIST_EXPECTED}, found ${found(raw.symbols)}`)
  if (symbols !== undefined && top !== undefined) wrong('--top', 'does not go with --symbols')
  if (record === '') wrong('--record', 'expected a folder, found ""')
  return at && { at, stepMs: seconds * 1_000, ...present({ symbols, top, record }) }
}

const OF_DAYS = { days: '--days', from: '--from', to: '--to', assets: '--assets', speed: '--speed' } as const
const OF_LIVE = {
  exchangeAt: '--exchange-at',
  symbols: '--symbols',
  top: '--top',
  barSeconds: '--bar-seconds',
  record: '--record',
} as const

function endpointsIn(text: string, wrong: Wrong): Endpoints | undefined {
  try {
    return endpointsOf(text)
  } catch (error) {
    if (!(error instanceof InputMistake)) throw error
    for (const { message } of error.problems) wrong('--exchange-at', message)
    return undefined
  }
}
