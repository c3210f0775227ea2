import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RECORDING_FILE } from '../../adapters/market-parquet/recording-file.js'
import { assert } from '../../base/assert.js'
import { InputMistake, Mistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { withConvertedBars } from '../../config/convert-bars.js'
import { breakerTable } from '../../config/factors-csv.js'
import { createForewarner, parseEvidence } from '../../config/forewarner-evidence.js'
import { DEFAULT_INSTRUMENTS, parseInstruments } from '../../config/instruments.js'
import { parseJsonDocument } from '../../config/json-document.js'
import { overridesDrift, withOverrides } from '../../config/overrides.js'
import { refusePercentages } from '../../config/percent-or-fraction.js'
import {
  CHAMPION_CONFIG,
  loadConfig,
  refuseDrift,
  refuseDriftedChampion,
  type StrategyConfig,
} from '../../config/strategy-config.js'
import type { LoadedStrategy } from '../../config/strategy-module.js'
import { lotSizing } from '../../core/backtest/bar-price-fills.js'
import { breakerInFuture, type Cut, orderBookInFuture } from '../../core/backtest/other-future.js'
import type { BacktestSettings } from '../../core/backtest/settings.js'
import { type BetaPolicy, DailyBreaker } from '../../core/breaker/breaker.js'
import type { W750Scans } from '../../core/breaker/scan-factors.js'
import { BarOrderBook } from '../../core/orderbook/bar-order-book.js'
import { parseOrderBookTable } from '../../core/orderbook/parse-order-book-table.js'
import { type OrderBookTable, TableOrderBook } from '../../core/orderbook/table-order-book.js'
import { VolGate } from '../../core/signal/vol-gate.js'
import { reason } from '../../files/reason.js'
import type { Rename } from '../../ports/days.js'
import type { Direction, Posture } from '../../ports/vocabulary/market.js'
import type { BacktestReport, RunRules } from '../../ports/vocabulary/report.js'
import { type Factors, readFactors } from './factors.js'
import { LIVE } from './observed-now.js'

/**
 * Builds a run: reads the configuration and every file that the settings name but the strategy's own, which takes an import
 * (`loadOwn`). Throws {@link Mistake}.
 */
export function prepareRun(options: RunSettings, own?: LoadedStrategy): PreparedRun {
  assert((options.strategy === undefined) === (own === undefined), 'the strategy that the settings name was loaded')
  const champion = loadConfig(CHAMPION_CONFIG)
  refuseDriftedChampion(champion)
  const file = options.config === undefined ? champion : loadConfig(options.config)
  refuseDrift(file, options.research)
  const config = withOverrides(withConvertedBars(file, options.convertBars), options.overrides)
  refusePercentages(config, options)

  const factors = options.factors === undefined ? undefined : readFactors({ ...options, factors: options.factors })
  const files = readInputs(options)
  const { orderBook, forewarnerTrades: evidence, instruments } = files
  const breaker =
    factors === undefined ? undefined : breakerTable(factors.rows, options.betaPolicy, options.betaThreshold)
  const books = orderBook === undefined ? undefined : orderBookTableOf(orderBook)
  const table = instruments === undefined ? undefined : parseInstruments(instruments.text, instruments.path)
  const earlier = evidence === undefined ? [] : parseEvidence(evidence.text, evidence.path)
  const settings = (cut?: Cut): BacktestSettings => ({
    strategy: own?.id ?? config.strategy,
    direction: options.direction ?? config.direction,
    posture: options.posture,
    initialCapital: config.initialCapital,
    parameters: config.parameters,
    ...options.rules,
    ...(options.volGate.kind === 'warmup' ? {} : { volGate: new VolGate(options.volGate) }),
    ...(breaker === undefined
      ? {}
      : { breaker: new DailyBreaker(cut === undefined ? breaker : breakerInFuture(breaker, cut)) }),
    ...(options.books === 'live' ? { orderBook: new BarOrderBook() } : {}),
    ...(books === undefined
      ? {}
      : { orderBook: new TableOrderBook(cut === undefined ? books : orderBookInFuture(books, cut)) }),
    ...present({ barPriceFills: table && lotSizing((symbol) => table.instrument(symbol)) }),
    ...(options.forewarner === 'off' ? {} : { forewarner: createForewarner(config.parameters, earlier) }),
  })
  return {
    settings,
    ...present({ own, observe: options.observe, assets: options.assets, renames: options.rename }),
    recorded: recordedOf(options, { ...files, ...present({ factors }) }),
    ...present({ factorDates: breaker && new Set([...breaker.factors.keys(), ...breaker.w750.keys()]) }),
    ...overrideNotice(file, config, options),
  }
}

/** What a run is made of beside its days: a strategy, and what gates it. Absent: not asked for. */
export interface RunSettings {
  /** The columns of day files that hold prices. Absent: those whose names are symbols. */
  readonly assets?: readonly string[]
  /** Symbols that have another name from some day on. */
  readonly rename?: readonly Rename[]
  /** Absent: the packaged champion. */
  readonly config?: string
  /** A file with a strategy of somebody's own. Absent: the engine decides. */
  readonly strategy?: string
  /** Its parameters, `name=value`. */
  readonly param?: readonly string[]
  /** The folder of the recorded market that the strategy observes, or {@link LIVE}. Absent: it observes none. */
  readonly observe?: string
  /** Absent: as configured. */
  readonly direction?: Direction
  /** Values of the configuration, `key=value`, in the order in which they apply. */
  readonly overrides: readonly string[]
  /** The configuration counts bars of 5 s and keeps its times at bars of so many seconds. Absent: its counts are taken as they are. */
  readonly convertBars?: number
  /** Parameters may differ from the champion's. */
  readonly research: boolean
  /** With `research`: fractions that are probably percentages are meant. */
  readonly iMeanFractions?: boolean
  /** A CSV, or a folder of scans. */
  readonly factors?: string
  /** Names of arrays in the scans, `taker=taker_ratio,…`. */
  readonly factorNames?: string
  readonly w750?: W750Scans
  readonly betaPolicy: BetaPolicy
  readonly betaThreshold?: number
  readonly volGate: VolGateChoice
  readonly orderBook?: string
  /** `live`: those that come with each bar. Absent: none, or those of `orderBook`. */
  readonly books?: 'live'
  /** `bar-price`: whole lots at the bar's price, free of cost. */
  readonly fills: 'simulated' | 'bar-price'
  /** Trading rules of `bar-price`. Absent: the packaged ones. */
  readonly instruments?: string
  readonly forewarner: 'off' | 'monte-carlo'
  readonly forewarnerTrades?: string
  readonly posture: Posture
  readonly rules: RunRules
  /** What a report records of these settings beside the parameters, by name. */
  readonly recorded: Readonly<Record<string, RecordedSetting>>
}

/** A value, or the hash of a file that the settings name: a path says nothing about a run. */
export type RecordedSetting = string | number | null | { readonly fileOf: InputName }

export type InputName = 'factors' | 'orderBook' | 'forewarnerTrades' | 'instruments' | 'observe'

export type VolGateChoice =
  | { readonly kind: 'warmup' }
  | { readonly kind: 'fixed'; readonly threshold: number }
  | { readonly kind: 'percentile'; readonly percentile: number }

/** Everything a run needs beside its days, and what the report records of it. */
export interface PreparedRun {
  /**
   * The settings of one pass over the days; gates and forewarners remember what they have seen, so each pass needs its
   * own. With a `cut`, tables have another future after it.
   */
  readonly settings: (cut?: Cut) => BacktestSettings
  /** Which columns of its days are prices, and whose: as the settings say. */
  readonly assets?: readonly string[]
  readonly renames?: readonly Rename[]
  /** A strategy of somebody's own, which decides instead of the engine. */
  readonly own?: LoadedStrategy
  /** The folder of the recorded market that it observes, or {@link LIVE}. */
  readonly observe?: string
  /** Settings that are no engine parameters. Files appear by their hash: a path says nothing about a run. */
  readonly recorded: BacktestReport['settings']
  /** Dates that the factors table has a row for; absent without a table. */
  readonly factorDates?: ReadonlySet<string>
  /** One line when overrides alone made this a research run. */
  readonly notice?: string
}

/** A file named by the settings, read whole. */
interface InputFile {
  readonly path: string
  readonly text: string
  readonly sha256: string
}

type InputFiles = Readonly<Partial<Record<Exclude<InputName, 'factors'>, InputFile>>>

function readInputs({ orderBook, forewarnerTrades, fills, instruments, observe }: RunSettings): InputFiles {
  const rules = fills === 'simulated' ? undefined : (instruments ?? DEFAULT_INSTRUMENTS)
  const recording = observe === undefined || observe === LIVE ? undefined : join(observe, RECORDING_FILE)
  const paths = Object.entries({ orderBook, forewarnerTrades, instruments: rules, observe: recording })
  return Object.fromEntries(paths.flatMap(([name, path]) => (path === undefined ? [] : [[name, readInput(path)]])))
}

function readInput(path: string): InputFile {
  try {
    const bytes = readFileSync(path)
    return { path, text: bytes.toString('utf8'), sha256: createHash('sha256').update(bytes).digest('hex') }
  } catch (error) {
    throw new InputMistake({ place: path, message: `cannot read it: ${reason(error)}` })
  }
}

/** Settings with the hash in place of a file, and behind it what else there is to say of the file. */
function recordedOf(
  { recorded }: RunSettings,
  files: Readonly<Partial<Record<InputName, Pick<InputFile, 'sha256'> & Partial<Pick<Factors, 'recorded'>>>>>,
): PreparedRun['recorded'] {
  return Object.fromEntries(
    Object.entries(recorded).flatMap(([name, value]) => {
      if (value === null || typeof value !== 'object') return [[name, value]]
      const file = files[value.fileOf]
      return [[name, file?.sha256 ?? null], ...Object.entries(file?.recorded ?? {})]
    }),
  )
}

function orderBookTableOf(file: InputFile): OrderBookTable {
  try {
    return parseOrderBookTable(parseJsonDocument(file.text, file.path, 'an order book'))
  } catch (error) {
    if (error instanceof InputMistake) throw error
    throw new InputMistake({ place: file.path, message: reason(error) })
  }
}

function overrideNotice(
  file: StrategyConfig,
  config: StrategyConfig,
  options: RunSettings,
): { readonly notice?: string } {
  if (options.research || file.research || !overridesDrift(file, config)) return {}
  const { convertBars, overrides } = options
  const causes = [...(convertBars === undefined ? [] : [`--convert-bars ${convertBars}`]), ...overrides]
  return {
    notice: `Overrides (${causes.join(', ')}) differ from the champion: this run is marked research.`,
  }
}
