import { type Endpoints, endpointsOf } from '../../adapters/binance/endpoints.js'
import { found } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { aSharedGrid } from '../grid-option.js'
import { LIVE_OPTIONS } from '../live-options.js'
import { OptionCheck } from '../shell/option-check.js'
import { utcTime } from '../shell/utc-time.js'

/** @throws InputMistake with every mistake. */
export function featuresOptions(raw: RawFeaturesOptions): FeaturesOptions {
  const check = new OptionCheck()
  const common = recordingOptions(raw, check)
  const out = named(check, '--out', raw.out)
  const parquet = named(check, '--parquet', raw.parquet)
  if (out !== undefined && raw.days === undefined) check.wrong('--out', 'needs --days, whose bars the table counts')
  if (out === undefined && raw.days !== undefined) check.wrong('--days', 'goes with --out')
  check.done()
  return { ...common, ...present({ days: raw.days, out, parquet }) }
}

/** @throws InputMistake with every mistake. */
export function checkOptions(raw: RawCheckOptions): CheckOptions {
  const check = new OptionCheck()
  const options = recordingOptions(raw, check)
  check.done()
  return options
}

/** @throws InputMistake with every mistake. */
export function showOptions(raw: RawShowOptions): ShowOptions {
  const check = new OptionCheck()
  const { recording, live, grid, symbol, at } = raw
  const sources = [recording !== undefined, live === true, grid !== undefined].filter(Boolean).length
  if (sources !== 1)
    check.wrong(
      '--recording',
      `expected one of --recording, --live and --grid, found ${sources === 0 ? 'none' : sources}`,
    )
  if (at !== undefined && recording === undefined) check.wrong('--at', 'goes with --recording')
  for (const name of ['exchangeAt', 'once'] as const)
    if (raw[name] !== undefined && live !== true)
      check.wrong(name === 'once' ? '--once' : '--exchange-at', 'goes with --live')
  if (symbol === undefined && recording === undefined && sources === 1)
    check.wrong('--symbol', 'expected a symbol such as BTCUSDT, found none')
  const levels = check.number('--levels', raw.levels, { min: 1, max: 1_000, integer: true })
  const stepMs = barStep(raw.barSeconds, check)
  const endpoints =
    raw.exchangeAt === undefined
      ? endpointsOf('production')
      : LIVE_OPTIONS.exchangeAt.parse(raw.exchangeAt, check, '--exchange-at')
  const atMs = utcTime(check, '--at', at)
  if (grid !== undefined) aSharedGrid(grid, (message) => check.wrong('--grid', message))
  const path = named(check, '--recording', recording)
  check.done()
  const from: ShowOptions['from'] =
    path !== undefined
      ? { kind: 'recording', path, ...present({ atMs }) }
      : grid !== undefined
        ? { kind: 'grid', url: grid }
        : { kind: 'live', at: endpoints!, once: raw.once ?? false }
  return { from, levels: levels!, ...present({ symbol, stepMs }), ...outputOptions(raw) }
}

/** The options of `dolphin book features|check` that say what is read, as they were typed. */
interface RawRecordingOptions extends RawOutputOptions {
  readonly recording: string
  readonly symbols?: string
  readonly from?: string
  readonly to?: string
  readonly barSeconds?: string
}

interface RawOutputOptions {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly color?: boolean
}

export interface RawFeaturesOptions extends RawRecordingOptions {
  readonly days?: readonly string[]
  readonly out?: string
  readonly parquet?: string
}

export type RawCheckOptions = RawRecordingOptions

export interface RawShowOptions extends RawOutputOptions {
  readonly recording?: string
  readonly at?: string
  readonly live?: boolean
  readonly exchangeAt?: string
  readonly grid?: string
  readonly symbol?: string
  readonly levels: string
  readonly barSeconds?: string
  readonly once?: boolean
}

export interface OutputOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly color: boolean
}

/** What of a recording is looked at. */
export interface RecordingOptions extends OutputOptions {
  readonly recording: string
  readonly symbols?: readonly string[]
  /** Bars that end in [`fromMs`, `toMs`), UTC ms. */
  readonly fromMs?: number
  readonly toMs?: number
  /** From bar to bar; absent: as recorded. */
  readonly stepMs?: number
}

export interface FeaturesOptions extends RecordingOptions {
  readonly days?: readonly string[]
  readonly out?: string
  readonly parquet?: string
}

export type CheckOptions = RecordingOptions

export interface ShowOptions extends OutputOptions {
  readonly from:
    | { readonly kind: 'recording'; readonly path: string; readonly atMs?: number }
    | { readonly kind: 'live'; readonly at: Endpoints; readonly once: boolean }
    | { readonly kind: 'grid'; readonly url: string }
  /** Absent: the one that a recording has. */
  readonly symbol?: string
  readonly levels: number
  readonly stepMs?: number
}

function recordingOptions(raw: RawRecordingOptions, check: OptionCheck): RecordingOptions {
  const recording = named(check, '--recording', raw.recording)
  const symbols = raw.symbols === undefined ? undefined : LIVE_OPTIONS.symbols.parse(raw.symbols, check, '--symbols')
  const fromMs = utcTime(check, '--from', raw.from)
  const toMs = utcTime(check, '--to', raw.to)
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    check.wrong('--to', `expected a time after ${raw.from}, found ${raw.to}`)
  const stepMs = barStep(raw.barSeconds, check)
  return { recording: recording ?? '', ...present({ symbols, fromMs, toMs, stepMs }), ...outputOptions(raw) }
}

function outputOptions({ json = false, quiet = false, color = true }: RawOutputOptions): OutputOptions {
  return { json, quiet, color }
}

function barStep(typed: string | undefined, check: OptionCheck): number | undefined {
  const seconds = check.number('--bar-seconds', typed, { above: 0 })
  if (seconds === undefined) return undefined
  if (!Number.isInteger(seconds) || MINUTE_SECONDS % seconds !== 0)
    return check.wrong(
      '--bar-seconds',
      `expected 60, or a whole number of seconds that divides it, found ${found(typed)}`,
    )
  return seconds * 1_000
}

const MINUTE_SECONDS = 60

function named(check: OptionCheck, option: string, typed: string | undefined): string | undefined {
  return typed === '' ? check.wrong(option, 'expected a path, found ""') : typed
}
