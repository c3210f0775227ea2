import { type Endpoints, endpointsOf } from '../../adapters/binance/endpoints.js'
import { found } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import type { ServeAddress } from '../compose/serve-address.js'
import { OBSERVED_OPTIONS } from '../observed-options.js'
import { OptionCheck } from '../shell/option-check.js'
import { aFile, option, parseOptions, type RawOptions } from '../shell/option-table.js'
import { span, utcTime } from '../shell/utc-time.js'

/** What is observed. */
export const SOURCE_OPTIONS = {
  replay: option({
    flag: '--replay',
    value: '<folder>',
    help: 'a market that was recorded: tables trades, liquidations, marks, open_interest, funding, frames',
    parse: aFile,
  }),
  live: option({ flag: '--live', help: 'the market of the exchange, now', parse: (typed) => typed }),
  symbols: OBSERVED_OPTIONS.symbols,
  cadence: OBSERVED_OPTIONS.cadence,
}

/** Of a recording. */
export const REPLAY_OPTIONS = {
  from: option({
    flag: '--from',
    value: '<time>',
    help: 'shown from this UTC time on, 2026-01-05 or 2026-01-05T00:01:30Z; what was recorded before is replayed, too',
    parse: (typed, check, flag) => utcTime(check, flag, typed),
  }),
  to: option({
    flag: '--to',
    value: '<time>',
    help: 'until this UTC time',
    parse: (typed, check, flag) => utcTime(check, flag, typed),
  }),
}

/** Of the market of now. */
export const LIVE_OBSERVE_OPTIONS = {
  exchangeAt: OBSERVED_OPTIONS.exchangeAt,
  top: OBSERVED_OPTIONS.top,
  record: OBSERVED_OPTIONS.record,
  serve: OBSERVED_OPTIONS.serve,
  warmUp: OBSERVED_OPTIONS.warmUp,
  for: option({
    flag: '--for',
    value: '<time>',
    help: 'end after so long, 30s, 5m, 8h (default: at Ctrl-C)',
    parse: (typed, check, flag) => span(check, flag, { typed, minMs: 1_000 }),
  }),
}

/** What is shown. */
export const SHOWN_OPTIONS = {
  every: option({
    flag: '--every',
    value: '<time>',
    help: 'a table, or a line of JSON, each so often, 100ms to 1d, a whole number of advances; on a terminal a live table is drawn anew with each advance',
    standard: '10s',
    parse: (typed, check, flag) => span(check, flag, { typed, minMs: 100, maxMs: DAY_MS }),
  }),
  rows: option({
    flag: '--rows',
    value: '<n>',
    help: 'so many symbols at most, those of which most is heard (default: all; on a terminal as many as it has lines)',
    parse: (typed, check, flag) => check.number(flag, typed, { min: 1, max: 1_000, integer: true }),
  }),
  primitives: option({
    flag: '--primitives',
    value: '<symbol>',
    help: 'instead of the table all that is known of one symbol: 24 primitives with their units, regime and market',
    parse: (typed, check, flag) =>
      check.oneOf(
        flag,
        typed,
        [typed].filter((word) => /^[A-Z0-9_]+$/.test(word)),
      ),
  }),
}

const ALL_OPTIONS = { ...SOURCE_OPTIONS, ...REPLAY_OPTIONS, ...LIVE_OBSERVE_OPTIONS, ...SHOWN_OPTIONS }

export interface RawObserveOptions extends RawOptions<typeof ALL_OPTIONS> {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly color?: boolean
}

/** What both have. */
export interface ShownOptions {
  /** From advance to advance, ms. */
  readonly cadenceMs: number
  /** From table to table, ms: a whole number of advances. */
  readonly everyMs: number
  readonly rows?: number
  /** Of which symbol everything is shown instead of the table. */
  readonly primitives?: string
  readonly json: boolean
  readonly quiet: boolean
  readonly color: boolean
}

export interface ReplayOptions extends ShownOptions {
  readonly kind: 'replay'
  readonly path: string
  readonly symbols?: readonly string[]
  /** Shown are advances in [`fromMs`, `toMs`], UTC ms. */
  readonly fromMs?: number
  readonly toMs?: number
}

export interface LiveOptions extends ShownOptions {
  readonly kind: 'live'
  readonly at: Endpoints
  /** Absent: the packaged list, or so many of the most traded. */
  readonly symbols?: readonly string[]
  readonly top?: number
  readonly forMs?: number
  readonly record?: string
  readonly serve?: ServeAddress
  readonly warmUp?: boolean
}

export type ObserveOptions = ReplayOptions | LiveOptions

/** @throws InputMistake with every mistake. */
export function observeOptions(raw: RawObserveOptions): ObserveOptions {
  const check = new OptionCheck()
  const { cadence = 1_000, every = 10_000, ...typed } = parseOptions(ALL_OPTIONS, raw, check)
  checkTogether(raw, check)
  const { symbols, primitives, rows } = typed
  if (every % cadence !== 0)
    check.wrong('--every', `expected a whole number of advances of ${cadence} ms, found ${found(raw.every)}`)
  if (primitives !== undefined && symbols !== undefined && !symbols.includes(primitives))
    check.wrong('--primitives', `expected one of --symbols, found ${found(primitives)}`)
  const { from: fromMs, to: toMs } = typed
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    check.wrong('--to', `expected a time after ${raw.from}, found ${raw.to}`)
  check.done()
  const { json = false, quiet = false, color = true } = raw
  const shown = { cadenceMs: cadence, everyMs: every, json, quiet, color, ...present({ rows, primitives, symbols }) }
  if (typed.replay !== undefined) return { kind: 'replay', path: typed.replay, ...shown, ...present({ fromMs, toMs }) }
  const { exchangeAt: at = endpointsOf('production'), top, for: forMs, record, serve, warmUp } = typed
  return { kind: 'live', at, ...shown, ...present({ top, forMs, record, serve, warmUp }) }
}

function checkTogether(raw: RawObserveOptions, check: OptionCheck): void {
  const sources = [raw.replay !== undefined, raw.live === true].filter(Boolean).length
  if (sources !== 1)
    check.wrong('--replay', `expected one of --replay and --live, found ${sources === 0 ? 'none' : 'both'}`)
  if (raw.symbols !== undefined && raw.top !== undefined) check.wrong('--top', 'does not go with --symbols')
  if (raw.json === true && raw.primitives !== undefined)
    check.wrong('--primitives', 'does not go with --json, which has all')
  const foreign = raw.live === true ? REPLAY_OPTIONS : LIVE_OBSERVE_OPTIONS
  if (sources === 1)
    for (const [name, { flag }] of Object.entries(foreign))
      if (isTyped(flag, raw[name as keyof RawObserveOptions]))
        check.wrong(flag, `goes with ${raw.live === true ? '--replay' : '--live'}`)
}

/** What a `--no-…` takes away is there unless somebody types it. */
function isTyped(flag: string, value: unknown): boolean {
  return flag.startsWith('--no-') ? value === false : value !== undefined
}

const DAY_MS = 86_400_000
