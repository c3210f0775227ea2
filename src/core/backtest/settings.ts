import { type Checks, callback, direction, fields, flag, having, oneOf, optional, text } from '../../base/arguments.js'
import type { OrderBookSource } from '../../ports/order-book.js'
import type { Direction, Posture } from '../../ports/vocabulary/market.js'
import type { RunRules } from '../../ports/vocabulary/report.js'
import type { DailyBreaker } from '../breaker/breaker.js'
import { DELISTING, LIQUIDATION, ORDER_BOOK, PARAMETERS, POSTURE, USD } from '../engine/argument-checks.js'
import type { EngineParameters } from '../engine/parameters.js'
import type { Delisting } from '../exits/delisting.js'
import type { Liquidation } from '../exits/liquidation.js'
import type { MonteCarloForewarner } from '../forewarner/monte-carlo.js'
import type { VolGate } from '../signal/vol-gate.js'
import type { LotSizing } from './bar-price-fills.js'
import type { BarObservations } from './day-observations.js'
import type { OnGap } from './gaps.js'

/** What a backtest runs with beside its days. */
export interface BacktestSettings {
  readonly strategy: string
  readonly direction: Direction
  readonly posture: Posture
  /** USD. */
  readonly initialCapital: number
  readonly parameters: EngineParameters
  /** Absent: the warm-up rule. */
  readonly volGate?: VolGate
  readonly breaker?: Pick<DailyBreaker, 'boostForDate'>
  readonly orderBook?: OrderBookSource
  /** What was observed of the market by each bar, for a strategy of one's own; the engine observes nothing. */
  readonly observation?: BarObservations
  readonly forewarner?: MonteCarloForewarner
  /** Absent: fills are simulated, with their costs. Given: every order fills whole at its bar's price and costs nothing. */
  readonly barPriceFills?: LotSizing
  /** Keeps every entry that is refused, for whoever looks at each decision. */
  readonly keepRefusals?: boolean
  /** `off` when absent. */
  readonly liquidation?: Liquidation
  /** `wait` when absent. */
  readonly delisting?: Delisting
  /** `carry` when absent. */
  readonly onGap?: OnGap
}

/** What is in force of a run's settings for what its data may do. */
export function rulesOf({
  liquidation = 'off',
  delisting = 'wait',
  onGap = 'carry',
}: Pick<BacktestSettings, 'liquidation' | 'delisting' | 'onGap'>): RunRules {
  return { liquidation, delisting, onGap }
}

export const BACKTEST_CHECKS: Checks<BacktestSettings> = {
  strategy: text,
  direction,
  posture: POSTURE,
  initialCapital: USD,
  parameters: PARAMETERS,
  volGate: optional(having('a VolGate', 'maskForDay')),
  breaker: optional(having('a DailyBreaker', 'boostForDate')),
  orderBook: optional(ORDER_BOOK),
  observation: optional(having('observations of bars', 'at')),
  forewarner: optional(having('a MonteCarloForewarner', 'assess', 'observe')),
  barPriceFills: optional(callback),
  keepRefusals: optional(flag),
  liquidation: optional(LIQUIDATION),
  delisting: optional(DELISTING),
  onGap: optional(oneOf('carry', 'close')),
}

export const BACKTEST = fields(BACKTEST_CHECKS)
