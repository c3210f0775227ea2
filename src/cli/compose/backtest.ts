import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { InputMistake, Mistake } from '../../base/mistakes.js'
import { breakerTable } from '../../config/factors-csv.js'
import { createForewarner, parseEvidence } from '../../config/forewarner-evidence.js'
import { parseInstruments } from '../../config/instruments.js'
import { overridesDrift, withOverrides } from '../../config/overrides.js'
import {
  CHAMPION_CONFIG,
  loadConfig,
  refuseDrift,
  refuseDriftedChampion,
  type StrategyConfig,
} from '../../config/strategy-config.js'
import { lotSizing } from '../../core/backtest/bar-price-fills.js'
import { breakerInFuture, type Cut, orderBookInFuture } from '../../core/backtest/other-future.js'
import type { BacktestSettings } from '../../core/backtest/settings.js'
import { CircuitBreaker } from '../../core/breaker/breaker.js'
import { parseOrderBookTable } from '../../core/orderbook/parse-order-book-table.js'
import { type OrderBookTable, TableOrderBook } from '../../core/orderbook/table-order-book.js'
import { VolGate } from '../../core/signal/vol-gate.js'
import { reason } from '../../files/reason.js'
import type { BacktestReport } from '../../ports/vocabulary/report.js'
import type { BacktestOptions } from '../backtest/options.js'
import { readFactors } from './factors.js'

/** Everything a run needs beside its days, and what the report records of it. */
export interface PreparedRun {
  /**
   * The settings of one pass over the days; gates and forewarners remember what they have seen, so each pass needs its
   * own. With a `cut`, tables have another future after it.
   */
  readonly settings: (cut?: Cut) => BacktestSettings
  /** Settings that are no engine parameters. Files appear by their hash: a path says nothing about a run. */
  readonly recorded: BacktestReport['settings']
  /** Dates that the factors table has a row for; absent without a table. */
  readonly factorDates?: ReadonlySet<string>
  /** One line when overrides alone made this a research run. */
  readonly notice?: string
}

/** Builds a run from checked options: reads the configuration and every file the options name. Throws {@link Mistake}. */
export function prepareRun(options: BacktestOptions): PreparedRun {
  const champion = loadConfig(CHAMPION_CONFIG)
  refuseDriftedChampion(champion)
  const file = options.config === CHAMPION_CONFIG ? champion : loadConfig(options.config)
  refuseDrift(file, options.research)
  const config = withOverrides(file, options.overrides)

  const factors = options.factors === undefined ? undefined : readFactors({ ...options, factors: options.factors })
  const orderBook = options.orderBook === undefined ? undefined : readInput(options.orderBook)
  const evidence = options.forewarnerTrades === undefined ? undefined : readInput(options.forewarnerTrades)
  const breaker =
    factors === undefined ? undefined : breakerTable(factors.rows, options.betaPolicy, options.betaThreshold)
  const books = orderBook === undefined ? undefined : orderBookTableOf(orderBook)
  const instruments = options.instruments === undefined ? undefined : readInput(options.instruments)
  const table = instruments === undefined ? undefined : parseInstruments(instruments.text, instruments.path)
  const earlier = evidence === undefined ? [] : parseEvidence(evidence.text, evidence.path)
  const settings = (cut?: Cut): BacktestSettings => ({
    strategy: config.strategy,
    direction: options.direction ?? config.direction,
    posture: options.posture,
    initialCapital: config.initialCapital,
    parameters: config.parameters,
    ...(options.volGate.kind === 'warmup' ? {} : { volGate: new VolGate(options.volGate) }),
    ...(breaker === undefined
      ? {}
      : { breaker: new CircuitBreaker(cut === undefined ? breaker : breakerInFuture(breaker, cut)) }),
    ...(books === undefined
      ? {}
      : { orderBook: new TableOrderBook(cut === undefined ? books : orderBookInFuture(books, cut)) }),
    ...(table === undefined ? {} : { barPriceFills: lotSizing((symbol) => table.instrument(symbol)) }),
    ...(options.forewarner === 'off' ? {} : { forewarner: createForewarner(config.parameters, earlier) }),
  })
  return {
    settings,
    recorded: {
      vol_gate: volGateText(options),
      factors: factors?.sha256 ?? null,
      ...factors?.recorded,
      beta_policy: factors === undefined ? null : options.betaPolicy,
      beta_threshold: options.betaThreshold ?? null,
      order_book: orderBook?.sha256 ?? null,
      forewarner: options.forewarner,
      forewarner_trades: evidence?.sha256 ?? null,
      posture: options.posture,
      ...(instruments === undefined ? {} : { instruments: instruments.sha256 }),
    },
    ...(breaker === undefined ? {} : { factorDates: new Set([...breaker.factors.keys(), ...breaker.w750.keys()]) }),
    ...overrideNotice(file, config, options),
  }
}

/** A file named by an option, read whole. */
export interface InputFile {
  readonly path: string
  readonly text: string
  readonly sha256: string
}

function readInput(path: string): InputFile {
  try {
    const bytes = readFileSync(path)
    return { path, text: bytes.toString('utf8'), sha256: createHash('sha256').update(bytes).digest('hex') }
  } catch (error) {
    throw new InputMistake({ place: path, message: `cannot read it: ${reason(error)}` })
  }
}

function orderBookTableOf(file: InputFile): OrderBookTable {
  try {
    return parseOrderBookTable(JSON.parse(file.text))
  } catch (error) {
    throw new InputMistake({ place: file.path, message: reason(error) })
  }
}

function volGateText({ volGate }: BacktestOptions): string | number {
  switch (volGate.kind) {
    case 'warmup':
      return 'warmup'
    case 'fixed':
      return volGate.threshold
    case 'percentile':
      return `p${volGate.percentile}`
  }
}

function overrideNotice(
  file: StrategyConfig,
  config: StrategyConfig,
  options: BacktestOptions,
): { readonly notice?: string } {
  if (options.research || file.research || !overridesDrift(file, config)) return {}
  return {
    notice: `Overrides (${options.overrides.join(', ')}) differ from the champion: this run is marked research.`,
  }
}
