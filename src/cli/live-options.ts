import type { Command } from 'commander'
import { type Endpoints, endpointsOf } from '../adapters/binance/endpoints.js'
import { found, InputMistake } from '../base/mistakes.js'
import { present } from '../base/present.js'
import { COLUMN_LIST_EXPECTED, columnList } from './shell/column-list.js'
import type { OptionCheck } from './shell/option-check.js'
import {
  aFile,
  declareOptions,
  option,
  type ParsedOptions,
  parseOptions,
  type RawOptions,
} from './shell/option-table.js'

/** Where live prices are from, and of what. */
export const LIVE_OPTIONS = {
  exchangeAt: option({
    flag: '--exchange-at',
    value: '<where>',
    help: 'production, demo, or the address of a sandbox',
    parse: anExchange,
  }),
  symbols: option({
    flag: '--symbols',
    value: '<list>',
    help: 'contracts to follow, BTCUSDT,ETHUSDT,… (default: the packaged configs/universe.json)',
    parse: (typed, check, flag) =>
      columnList(typed) ?? check.wrong(flag, `expected ${COLUMN_LIST_EXPECTED}, found ${found(typed)}`),
  }),
  top: option({
    flag: '--top',
    value: '<n>',
    help: 'the n contracts of which most was traded in 24 hours',
    parse: (typed, check, flag) => check.number(flag, typed, { min: 1, max: 1_000, integer: true }),
  }),
}

/** External factors of a session at live prices. */
export const LIVE_FACTORS_OPTION = {
  externalFactors: option({
    flag: '--external-factors',
    value: '<csv>',
    help: "ask Binance, Deribit and alternative.me for the breaker's factors in this process, and keep each day's row there",
    parse: aFile,
  }),
}

/** Whoever publishes in a grid that others share is a service of its own, and a breaker has one file. */
export function checkExternalFactors({ externalFactors, factors, isOwnGrid }: RawFactors, check: OptionCheck): void {
  const { flag } = LIVE_FACTORS_OPTION.externalFactors
  if (externalFactors === undefined) return
  if (externalFactors.trim() === '') check.wrong(flag, 'expected a file, found nothing')
  if (!isOwnGrid)
    check.wrong(flag, 'goes with --grid embedded: otherwise dolphin serve external-factors publishes them')
  if (factors !== undefined) check.wrong(flag, 'does not go with --factors: the breaker reads the rows that it keeps')
}

interface RawFactors {
  readonly externalFactors: string | undefined
  readonly factors: string | undefined
  /** The grid is in the memory of this process. */
  readonly isOwnGrid: boolean
}

/** From bar to bar of live prices. */
export const LIVE_BAR_OPTION = {
  barSeconds: option({
    flag: '--bar-seconds',
    value: '<seconds>',
    help: 'from bar to bar: 60, which starts warm from klines, or a part of it (default: 5, which the champion is of)',
    parse: (typed, check, flag) => check.number(flag, typed, { above: 0 }),
  }),
}

/**
 * Which order books decide at live prices, as the options of a run: those of now, unless a table is named or nobody wants any. Where
 * none decide, nothing is said of them: so it is in sessions from before there were live ones.
 */
export function withLiveBooks<Raw extends { readonly books?: string; readonly orderBook?: string }>(raw: Raw): Raw {
  const { books = raw.orderBook === undefined ? 'live' : 'none', ...rest } = raw
  return (books === 'none' ? rest : { ...rest, books }) as Raw
}

/** What a session or a scanner follows. */
export interface LiveChoice {
  readonly at: Endpoints
  /** From bar to bar, ms. */
  readonly stepMs: number
  /** Absent: the packaged list, or so many of the most traded. */
  readonly symbols?: readonly string[]
  readonly top?: number
  /** Where rows of external factors are kept; absent: nobody asks for those. */
  readonly externalFactors?: string
}

/** Checks together what each row alone cannot judge. */
export function liveChoice(
  {
    symbols,
    top,
    barSeconds = BAR_SECONDS,
  }: Omit<ParsedOptions<typeof LIVE_OPTIONS & typeof LIVE_BAR_OPTION>, 'exchangeAt'>,
  at: Endpoints,
  check: OptionCheck,
): LiveChoice {
  if (!Number.isInteger(barSeconds) || MINUTE_SECONDS % barSeconds !== 0)
    check.wrong('--bar-seconds', `expected 60, or a whole number of seconds that divides it, found "${barSeconds}"`)
  if (symbols !== undefined && top !== undefined) check.wrong('--top', 'does not go with --symbols')
  return { at, stepMs: barSeconds * 1_000, ...present({ symbols, top }) }
}

/** What a scanner of live prices goes on with. */
export interface LiveScannerChoice extends LiveChoice {
  /** Where steps are recorded as days; absent: nowhere. */
  readonly record?: string
}

const SCANNER_OPTIONS = {
  ...LIVE_OPTIONS,
  ...LIVE_BAR_OPTION,
  record: option({
    flag: '--record',
    value: '<folder>',
    help: 'record every step as days of a backtest, YYYY-MM-DD.parquet',
    parse: (typed, check, flag) => (typed === '' ? check.wrong(flag, 'expected a folder, found ""') : typed),
  }),
}

/** Options of a scanner, of days or of live prices, as they were typed. */
export interface RawLiveScannerOptions extends RawOptions<typeof SCANNER_OPTIONS> {
  readonly live?: boolean
  /** Of days; they do not go with live prices. */
  readonly days?: readonly string[]
  readonly from?: string
  readonly to?: string
  readonly assets?: string
  readonly speed?: string
}

/** Gives a scanner's command the options of live prices, below a heading. */
export function declareScannerOptions(command: Command): void {
  declareOptions(command, 'With --live:', SCANNER_OPTIONS, [
    ['exchangeAt', { help: `${LIVE_OPTIONS.exchangeAt.help} (default: production)` }],
    'symbols',
    'top',
    'barSeconds',
    'record',
  ])
}

/** Either days or live prices, and of each only what goes with it; undefined: days. */
export function liveScannerChoice(raw: RawLiveScannerOptions, check: OptionCheck): LiveScannerChoice | undefined {
  if (raw.live !== true) {
    if (raw.days === undefined) check.wrong('--days', 'expected folders or files of days, or --live, found neither')
    for (const name of Object.keys(SCANNER_OPTIONS) as (keyof typeof SCANNER_OPTIONS)[])
      if (raw[name] !== undefined) check.wrong(SCANNER_OPTIONS[name].flag, 'goes with --live')
    return undefined
  }
  for (const name of ['days', 'from', 'to', 'assets', 'speed'] as const)
    if (raw[name] !== undefined) check.wrong(`--${name}`, 'does not go with --live')
  const { exchangeAt = endpointsOf('production'), record, ...followed } = parseOptions(SCANNER_OPTIONS, raw, check)
  return { ...liveChoice(followed, exchangeAt, check), ...present({ record }) }
}

/** The exchange as an option names it; undefined, and a problem, where the word names none. */
function anExchange(typed: string, check: OptionCheck, flag: string): Endpoints | undefined {
  try {
    return endpointsOf(typed)
  } catch (error) {
    if (!(error instanceof InputMistake)) throw error
    return check.wrong(flag, error.message)
  }
}

/** The champion's. */
const BAR_SECONDS = 5
const MINUTE_SECONDS = 60
