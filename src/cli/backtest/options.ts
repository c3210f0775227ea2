import { availableParallelism, homedir } from 'node:os'
import { extname, join } from 'node:path'
import { found, Mistake } from '../../base/mistakes.js'
import { didYouMean } from '../../base/suggest.js'
import { W750_SCANS } from '../../core/breaker/scan-factors.js'
import type { Period } from '../../core/days/period.js'
import type { RunSettings, VolGateChoice } from '../compose/backtest.js'
import { BYTES_EXPECTED, parseBytes } from '../shell/byte-size.js'
import { numberOf, OptionCheck } from '../shell/option-check.js'

/** The options of `dolphin backtest` as commander hands them over: text, unchecked. */
export interface RawBacktestOptions {
  readonly from?: string
  readonly to?: string
  readonly config?: string
  readonly direction?: string
  readonly set?: readonly string[]
  readonly research?: boolean
  readonly capital?: string
  readonly factors?: string
  readonly factorNames?: string
  readonly w750?: string
  readonly betaPolicy?: string
  readonly betaThreshold?: string
  readonly volGate?: string
  readonly orderBook?: string
  readonly fills?: string
  readonly instruments?: string
  readonly forewarner?: string
  readonly forewarnerTrades?: string
  readonly posture?: string
  readonly closeAtEnd?: boolean
  /** `true` when given without a file. */
  readonly json?: string | true
  readonly trades?: string
  readonly report?: string
  readonly byAsset?: boolean
  readonly byDay?: boolean
  readonly workers?: string
  readonly cache?: string | true
  readonly cacheLimit?: string
  readonly keepGoing?: boolean
  readonly causalityCheck?: string | true
  readonly quiet?: boolean
}

/** The same, checked. Absent means not asked for. */
export interface BacktestOptions extends RunSettings {
  readonly inputs: readonly string[]
  readonly period: Period
  /** A file, or `-` for stdout. */
  readonly json?: string
  readonly trades?: string
  readonly report?: string
  readonly byAsset: boolean
  readonly byDay: boolean
  /** Absent: {@link defaultWorkers}. */
  readonly workers?: number
  readonly cacheDir?: string
  /** Absent: what the cache holds when nobody says otherwise. */
  readonly cacheBytesMax?: number
  readonly keepGoing: boolean
  /** How many cuts to prove causality at. */
  readonly causalityCuts?: number
  readonly quiet: boolean
}

/** Checks the options of `dolphin backtest`. Throws {@link Mistake} with every wrong one. */
export function backtestOptions(inputs: readonly string[], raw: RawBacktestOptions): BacktestOptions {
  const check = new OptionCheck()
  const from = check.date('--from', raw.from)
  const to = check.date('--to', raw.to)
  if (from !== undefined && to !== undefined && from > to) check.wrong('--to', `expected ${from} or later, found ${to}`)

  const direction = check.oneOf('--direction', raw.direction, ['short', 'long'])
  const betaPolicy = check.oneOf('--beta-policy', raw.betaPolicy, ['expanding', 'full-sample', 'fixed'])
  const betaThreshold = check.number('--beta-threshold', raw.betaThreshold, {})
  checkBeta(check, raw)

  const forewarner = check.oneOf('--forewarner', raw.forewarner, ['off', 'monte-carlo']) ?? 'off'
  if (raw.forewarnerTrades !== undefined && forewarner === 'off') {
    check.wrong('--forewarner-trades', 'needs --forewarner monte-carlo')
  }
  const fills = check.oneOf('--fills', raw.fills, ['simulated', 'bar-price']) ?? 'simulated'
  if (raw.instruments !== undefined && fills === 'simulated') check.wrong('--instruments', 'needs --fills bar-price')
  const capital = check.number('--capital', raw.capital, { above: 0 })
  const volGate = volGateOf(check, raw.volGate)
  const posture = check.oneOf('--posture', raw.posture?.toUpperCase(), ['APEX', 'STALKER', 'TURTLE', 'HIBERNATE'])
  const workers = check.number('--workers', raw.workers, { min: 0, max: 64, integer: true })
  const causalityCuts =
    raw.causalityCheck === true
      ? DEFAULT_CAUSALITY_CUTS
      : check.number('--causality-check', raw.causalityCheck, { min: 1, max: 100_000, integer: true })
  const w750 = check.oneOf('--w750', raw.w750, W750_SCANS)
  const cacheBytesMax = cacheLimit(check, raw)
  checkPaths(check, raw)
  const outputs = checkOutputs(check, raw)
  if (inputs.length === 0) check.wrong('<days…>', noInputs(raw))
  check.done()

  const given = {
    config: raw.config,
    direction: direction === undefined ? undefined : direction === 'long' ? (1 as const) : (-1 as const),
    factors: raw.factors,
    factorNames: raw.factorNames,
    w750,
    betaThreshold,
    causalityCuts,
    workers,
    orderBook: raw.orderBook,
    instruments: raw.instruments,
    forewarnerTrades: raw.forewarnerTrades,
    ...outputs,
    cacheDir: raw.cache === true ? defaultCacheDir() : raw.cache,
    cacheBytesMax,
  }
  return {
    inputs,
    period: withoutAbsent({ from, to }),
    overrides: [
      ...(raw.set ?? []),
      ...(capital === undefined ? [] : [`run.initial_capital=${capital}`]),
      ...(raw.closeAtEnd ? ['exits.close_at_end=true'] : []),
    ],
    research: raw.research ?? false,
    betaPolicy: betaPolicy ?? (betaThreshold === undefined ? 'expanding' : 'fixed'),
    volGate: volGate ?? { kind: 'warmup' },
    fills,
    forewarner,
    posture: posture ?? 'APEX',
    byAsset: raw.byAsset ?? false,
    byDay: raw.byDay ?? false,
    keepGoing: raw.keepGoing ?? false,
    quiet: raw.quiet ?? false,
    ...withoutAbsent(given),
  }
}

/** Each cut is a run of its own, up to the day of the cut. */
const DEFAULT_CAUSALITY_CUTS = 32

/**
 * How many threads decode `bytes` of days: none for a small run, where starting them takes longer than they save
 * (26 bundled days: 0.47 s without, 0.8 s with two), else up to two, beyond which the engine is what takes the time.
 */
export function defaultWorkers(bytes: number): number {
  return bytes < WORKERS_FROM_BYTES ? 0 : Math.min(2, availableParallelism())
}

const WORKERS_FROM_BYTES = 100_000_000

function cacheLimit(check: OptionCheck, { cache, cacheLimit: text }: RawBacktestOptions): number | undefined {
  if (text === undefined) return undefined
  if (cache === undefined) return check.wrong('--cache-limit', 'needs --cache')
  return parseBytes(text) ?? check.wrong('--cache-limit', `expected ${BYTES_EXPECTED}, found ${found(text)}`)
}

/** Where decoded columns are kept: `$XDG_CACHE_HOME/dolphin-engine`, else `~/.cache/dolphin-engine`. */
export function defaultCacheDir(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'dolphin-engine')
}

function checkBeta(check: OptionCheck, raw: RawBacktestOptions): void {
  if (raw.factors === undefined) {
    if (raw.betaPolicy !== undefined)
      check.wrong('--beta-policy', 'needs --factors <csv>: beta comes from its w750 column')
    if (raw.betaThreshold !== undefined) check.wrong('--beta-threshold', 'needs --factors <csv>')
    if (raw.factorNames !== undefined) check.wrong('--factor-names', 'needs --factors <folder>')
    if (raw.w750 !== undefined) check.wrong('--w750', 'needs --factors <folder>')
  } else if (raw.betaPolicy === 'fixed' && raw.betaThreshold === undefined) {
    check.wrong('--beta-policy', "'fixed' needs --beta-threshold <velocity>")
  } else if (raw.betaPolicy !== undefined && raw.betaPolicy !== 'fixed' && raw.betaThreshold !== undefined) {
    check.wrong('--beta-threshold', `goes with --beta-policy fixed, not ${raw.betaPolicy}`)
  }
}

/** An empty word is a shell variable that is not set; `--cache "$CACHE"` would fill the current folder. */
function checkPaths(check: OptionCheck, raw: RawBacktestOptions): void {
  for (const [option, path, expected] of [
    ['--config', raw.config, 'a file'],
    ['--factors', raw.factors, 'a file or folder'],
    ['--order-book', raw.orderBook, 'a file'],
    ['--instruments', raw.instruments, 'a file'],
    ['--forewarner-trades', raw.forewarnerTrades, 'a file'],
    ['--cache', raw.cache, 'a folder (or nothing, for the default one)'],
  ] as const) {
    if (path === '') check.wrong(option, `expected ${expected}, found ""`)
  }
}

/** Each output has a file ending of its own: an input or another option swallowed as its name is found here. */
function checkOutputs(
  check: OptionCheck,
  raw: RawBacktestOptions,
): { json?: string; trades?: string; report?: string } {
  const json = raw.json === true ? '-' : raw.json
  const ending = (path: string | undefined) => extname(path ?? '').toLowerCase()
  if (json !== undefined && json !== '-' && ending(json) !== '.json') {
    check.wrong('--json', `expected a file name.json (or nothing, for stdout), found ${found(json)}`)
  }
  if (raw.trades !== undefined && ending(raw.trades) !== '.csv' && ending(raw.trades) !== '.parquet') {
    check.wrong('--trades', `expected a file name.csv or name.parquet, found ${found(raw.trades)}`)
  }
  if (raw.report !== undefined && ending(raw.report) !== '.html') {
    check.wrong('--report', `expected a file name.html, found ${found(raw.report)}`)
  }
  return withoutAbsent({ json, trades: raw.trades, report: raw.report })
}

function noInputs(raw: RawBacktestOptions): string {
  const swallowed =
    raw.cache !== undefined && raw.cache !== true ? ` (--cache took ${found(raw.cache)} as its folder)` : ''
  return `expected a folder or files of days YYYY-MM-DD.parquet, found none${swallowed}`
}

/** `warmup`, a volatility threshold such as `0.0004`, or a percentile such as `p60`. */
function volGateOf(check: OptionCheck, text: string | undefined): VolGateChoice | undefined {
  if (text === undefined) return undefined
  if (text === 'warmup') return { kind: 'warmup' }
  const percentile = /^p(\d{1,3}(?:\.\d+)?)$/i.exec(text)?.[1]
  if (percentile !== undefined && Number(percentile) <= 100) {
    return { kind: 'percentile', percentile: Number(percentile) }
  }
  const threshold = numberOf(text)
  if (threshold !== undefined && threshold >= 0) return { kind: 'fixed', threshold }
  const expected = "'warmup', a volatility of at least 0 (such as 0.0004) or a percentile from p0 to p100"
  return check.wrong('--vol-gate', `expected ${expected}, found ${found(text)}${didYouMean(text, ['warmup'])}`)
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function withoutAbsent<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>
}
