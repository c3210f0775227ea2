import { homedir } from 'node:os'
import { extname, join } from 'node:path'
import { found } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import type { CutCount } from '../../core/backtest/cut-plan.js'
import type { Period } from '../../core/days/period.js'
import { LIVE } from '../compose/observed-now.js'
import type { RunSettings } from '../compose/run-settings.js'
import { NO_COLOR, QUIET, RUN_OPTIONS, runOptions } from '../run-options.js'
import { BYTES_EXPECTED, parseBytes } from '../shell/byte-size.js'
import { OptionCheck } from '../shell/option-check.js'
import { asTyped, option, parseOptions, type RawOptions } from '../shell/option-table.js'

/** Checks the options of `dolphin backtest`. Throws {@link InputMistake} with every wrong one. */
export function backtestOptions(inputs: readonly string[], raw: RawBacktestOptions): BacktestOptions {
  const check = new OptionCheck()
  const fills = raw.fills === 'bar-price' ? 'bar-price' : 'simulated'
  const { period, run } = runOptions(raw, check, { fills })
  const own = parseOptions(OWN_OPTIONS, raw, check)
  const { liquidation, onGap, closeAtEnd, cache, cacheLimit, json, trades, report, workers } = own
  if (raw.cacheLimit !== undefined && raw.cache === undefined) check.wrong('--cache-limit', 'needs --cache')
  if (raw.instruments !== undefined && fills === 'simulated') check.wrong('--instruments', 'needs --fills bar-price')
  if (own.exhaustive && raw.causalityCheck === undefined) check.wrong('--exhaustive', 'needs --causality-check')
  if (own.exhaustive && typeof raw.causalityCheck === 'string') {
    check.wrong('--exhaustive', `expected --causality-check without a number, found ${found(raw.causalityCheck)}`)
  }
  if (raw.observe === LIVE) check.wrong('--observe', 'expected a recorded market: live goes with dolphin paper --live')
  if (inputs.length === 0) check.wrong('<days…>', noInputs(raw))
  check.done()
  const closing = closeAtEnd ? ['exits.close_at_end=true'] : []
  return {
    inputs,
    period,
    run: {
      ...run,
      overrides: [...run.overrides, ...closing],
      rules: { ...run.rules, ...present({ liquidation, onGap }) },
    },
    byAsset: own.byAsset ?? false,
    byDay: own.byDay ?? false,
    keepGoing: own.keepGoing ?? false,
    quiet: own.quiet ?? false,
    ...present({
      json,
      trades,
      report,
      workers,
      causalityCuts: own.exhaustive ? ('exhaustive' as const) : own.causalityCheck,
    }),
    ...present({ cacheDir: cache, cacheBytesMax: cacheLimit }),
  }
}

/** What `dolphin backtest` goes on with. Absent means not asked for. */
export interface BacktestOptions {
  readonly inputs: readonly string[]
  readonly period: Period
  readonly run: RunSettings
  /** A file, or `-` for stdout. */
  readonly json?: string
  readonly trades?: string
  readonly report?: string
  readonly byAsset: boolean
  readonly byDay: boolean
  readonly workers?: number
  readonly cacheDir?: string
  /** Absent: what the cache holds when nobody says otherwise. */
  readonly cacheBytesMax?: number
  readonly keepGoing: boolean
  /** How many cuts to probe decisions at. */
  readonly causalityCuts?: CutCount
  readonly quiet: boolean
}

/** Options that `dolphin backtest` alone has. */
const OWN_OPTIONS = {
  closeAtEnd: option({
    flag: '--close-at-end',
    help: 'close an open position after the last bar (a research setting)',
    parse: asTyped<boolean>,
  }),
  liquidation: option({
    flag: '--liquidation',
    value: '<rule>',
    help: 'cross: a position that uses up the account ends it; off: capital may fall below zero (default: cross)',
    parse: (typed, check, flag) => check.oneOf(flag, typed, ['cross', 'off'] as const),
  }),
  onGap: option({
    flag: '--on-gap',
    value: '<rule>',
    help: 'of a position that is open where bars are missing: carry or close (default: carry)',
    parse: (typed, check, flag) => check.oneOf(flag, typed, ['carry', 'close'] as const),
  }),
  fills: option({
    flag: '--fills',
    value: '<kind>',
    help: 'simulated, or bar-price: whole lots at the bar price, free of cost (default: simulated)',
    parse: (typed, check, flag) => check.oneOf(flag, typed, ['simulated', 'bar-price'] as const),
  }),
  json: option({
    flag: '--json',
    value: '[file]',
    help: 'the whole report as JSON, to stdout or to a file',
    parse: (typed, check, flag) => {
      if (typed === true || typed === '-') return '-'
      return hasEnding(typed, '.json')
        ? typed
        : check.wrong(flag, `expected a file name.json (or nothing, for stdout), found ${found(typed)}`)
    },
  }),
  trades: option({
    flag: '--trades',
    value: '<file>',
    help: 'closed trades as name.csv or name.parquet',
    parse: (typed, check, flag) =>
      hasEnding(typed, '.csv', '.parquet')
        ? typed
        : check.wrong(flag, `expected a file name.csv or name.parquet, found ${found(typed)}`),
  }),
  report: option({
    flag: '--report',
    value: '<file>',
    help: 'a report to look at, name.html (one self-contained file)',
    parse: (typed, check, flag) =>
      hasEnding(typed, '.html') ? typed : check.wrong(flag, `expected a file name.html, found ${found(typed)}`),
  }),
  byAsset: option({ flag: '--by-asset', help: 'a table of assets', parse: asTyped<boolean> }),
  byDay: option({ flag: '--by-day', help: 'a table of days', parse: asTyped<boolean> }),
  workers: option({
    flag: '--workers',
    value: '<n>',
    help: 'decoding threads, 0 for none (default: 1 or 2 for large runs)',
    parse: (typed, check, flag) => check.number(flag, typed, { min: 0, max: 64, integer: true }),
  }),
  cache: option({
    flag: '--cache',
    value: '[folder]',
    help: 'keep decoded columns for the next run (default folder: ~/.cache/dolphin-engine)',
    // An empty word is a shell variable that is not set; `--cache "$CACHE"` would fill the current folder.
    parse: (typed, check, flag) => {
      if (typed === true) return defaultCacheDir()
      return typed === '' ? check.wrong(flag, 'expected a folder (or nothing, for the default one), found ""') : typed
    },
  }),
  cacheLimit: option({
    flag: '--cache-limit',
    value: '<size>',
    help: 'how much it may hold; what was used longest ago goes (default: 10GB)',
    parse: (typed, check, flag) =>
      parseBytes(typed) ?? check.wrong(flag, `expected ${BYTES_EXPECTED}, found ${found(typed)}`),
  }),
  keepGoing: option({
    flag: '--keep-going',
    help: 'leave refused days out instead of stopping',
    parse: asTyped<boolean>,
  }),
  causalityCheck: option({
    flag: '--causality-check',
    value: '[cuts]',
    help: 'probe whether a decision uses a later bar, cutting at so many (default: 10000 at most)',
    parse: (typed, check, flag) =>
      typed === true ? ('usual' as const) : check.number(flag, typed, { min: 1, max: 100_000, integer: true }),
  }),
  exhaustive: option({
    flag: '--exhaustive',
    help: 'with --causality-check: cut at every decision',
    parse: asTyped<boolean>,
  }),
  quiet: QUIET,
  color: NO_COLOR,
}

// Bars of recorded days bring no books.
const { books: _, ...RUN } = RUN_OPTIONS

export const BACKTEST_OPTIONS = { ...RUN, ...OWN_OPTIONS }

/** The options of `dolphin backtest` as commander hands them over: text, unchecked. */
export type RawBacktestOptions = RawOptions<typeof BACKTEST_OPTIONS>

/** The options of `dolphin demo`: a backtest whose days are chosen. */
export const DEMO_OPTIONS = {
  out: option({
    flag: '--out',
    value: '<file>',
    help: 'where to write the report',
    standard: 'dolphin-demo.html',
    parse: (typed, check, flag) =>
      typed.toLowerCase().endsWith('.html')
        ? typed
        : check.wrong(flag, `expected a file name.html, found ${found(typed)}`),
  }),
  json: OWN_OPTIONS.json,
  quiet: QUIET,
  color: NO_COLOR,
}

export type RawDemoOptions = RawOptions<typeof DEMO_OPTIONS>

/** Where decoded columns are kept: `$XDG_CACHE_HOME/dolphin-engine`, else `~/.cache/dolphin-engine`. */
export function defaultCacheDir(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'dolphin-engine')
}

/** Each output has a file ending of its own: an input or another option swallowed as its name is found here. */
function hasEnding(path: string, ...endings: readonly string[]): boolean {
  return endings.includes(extname(path).toLowerCase())
}

function noInputs(raw: RawBacktestOptions): string {
  const swallowed =
    raw.cache !== undefined && raw.cache !== true ? ` (--cache took ${found(raw.cache)} as its folder)` : ''
  return `expected a folder or files of days YYYY-MM-DD.parquet, found none${swallowed}`
}
