/**
 * dolphin-engine: the champion strategy as a library, and the decision side and the execution side that trade it. Everything here
 * is pure and synchronous; files come in through `dolphin-engine/parquet` and go out through `dolphin-engine/report`; venue,
 * link and journal are ports.
 *
 * @example
 * ```ts
 * import { Backtest, DEFAULT_PARAMETERS } from 'dolphin-engine'
 * import { findDayFiles, parquetDays } from 'dolphin-engine/parquet'
 *
 * const backtest = new Backtest({
 *   strategy: 'mine', direction: -1, posture: 'APEX', initialCapital: 25_000, parameters: DEFAULT_PARAMETERS,
 * })
 * for await (const outcome of parquetDays.read(await findDayFiles(['days']), { workers: 2 })) {
 *   if ('error' in outcome) throw outcome.error
 *   backtest.addDay(outcome.day.columns, outcome.day.sha256)
 * }
 * const { figures } = backtest.finish({ engineVersion: '1', codeHash: '1', settings: {} })
 * ```
 *
 * @module
 */

export type { DecimalText } from './base/exact.js'
export {
  DataRefused,
  InputMistake,
  Interrupted,
  Mistake,
  type MistakeKind,
  type Place,
  type Problem,
  SurroundingsFailed,
} from './base/mistakes.js'
export type { IsoDate } from './base/utc-date.js'
export type { ActionType } from './core/arbitration/arbitration.js'
export {
  AssumptionRegistry,
  type AssumptionStands,
  type AssumptionTests,
  type TestVerdict,
} from './core/assumptions/assumption-registry.js'
export {
  CalibratedParameter,
  type ParameterCalibration,
  type ParameterReading,
  type ParameterStand,
} from './core/assumptions/calibrated-parameter.js'
export { componentSafety } from './core/assumptions/component-safety.js'
export type { AssumptionSettings } from './core/assumptions/entry-safety.js'
export {
  type AssumptionEvidence,
  SHIPPED_ASSUMPTION_SETTINGS,
  SHIPPED_TESTS,
} from './core/assumptions/shipped-assumptions.js'
export { type SystemRegimeStand, SystemRegimeTracker } from './core/assumptions/system-regime.js'
export { Backtest, type CarriedBacktest } from './core/backtest/backtest.js'
export { type LotSizing, lotSizing } from './core/backtest/bar-price-fills.js'
export {
  type CausalityInput,
  type CausalityVerdict,
  checkCausality,
  type Probed,
  type Violation as CausalityViolation,
} from './core/backtest/causality.js'
export type { CutCount } from './core/backtest/cut-plan.js'
export { type BarObservations, DayObservations } from './core/backtest/day-observations.js'
export type { Decided, Decision, DecisionKind, Divergence } from './core/backtest/decisions.js'
export type { Gap, OnGap } from './core/backtest/gaps.js'
export { type Cut, type CutBar, FUTURES, type Future } from './core/backtest/other-future.js'
export type { RunAbout } from './core/backtest/report.js'
export type { CarriedDays } from './core/backtest/run-days.js'
export type { BacktestSettings } from './core/backtest/settings.js'
export {
  type Nondeterminism,
  StrategyBacktest,
  type StrategyBacktestSettings,
} from './core/backtest/strategy-backtest.js'
export {
  type BetaPolicy,
  type BreakerTable,
  DailyBreaker,
  type DailyFactors,
  type DayBoost as BreakerBoost,
} from './core/breaker/breaker.js'
export { type AcbUpdate, parseAcbPayload, type RejectedPayload } from './core/breaker/subday-payload.js'
export {
  type ComparedRuns,
  type ComparedSide,
  type ComparedTrade,
  type Comparison,
  compareRuns,
} from './core/compare/compare.js'
export type { Cause as DifferenceCause, Effects } from './core/compare/effects.js'
export type { CycleStats, ExecutionResult } from './core/decision/controller.js'
export type { DecisionEffect } from './core/decision/decision-desk.js'
export { DecisionSide } from './core/decision/decision-side.js'
export type { DecisionEvent, DecisionInput } from './core/decision/event.js'
export type { HarnessMemory } from './core/decision/harness-memory.js'
export type { MarketLimits } from './core/decision/market-watch.js'
export type { RecordedBooks } from './core/decision/recorded-books.js'
export type { HarnessCycle } from './core/decision/recorded-harness.js'
export type { RecordedHolding } from './core/decision/recorded-holding.js'
export type {
  DecisionFact,
  DecisionRecord,
  RecordedBar,
  Report as DecisionReport,
  TradeFacts,
} from './core/decision/records.js'
export { DecisionRecovery } from './core/decision/recover.js'
export {
  DECISION_DEFAULTS,
  type DecisionSettings,
  type DecisionTimings,
  type HarnessSettings,
} from './core/decision/settings.js'
export type { DecisionState, ExitOrder, Holding, LastExit, Reduction, StrategyFault } from './core/decision/state.js'
export { ScanInputError, Scanner, type ScanStamp } from './core/eigen/scanner.js'
export { type ScannerSnapshot, ScannerSnapshotError } from './core/eigen/snapshot.js'
export type { DayBoost, DayStart } from './core/engine/day.js'
export { type Bar, type BarOutcome, Engine } from './core/engine/engine.js'
export type { ConfirmedExit, ConfirmedLeg, EnginePorts, ExitProposal, Fills, Proposal } from './core/engine/fills.js'
export {
  CHAMPION,
  CHAMPION_HASH,
  type ChampionParameters,
  DEFAULT_PARAMETERS,
  drift,
  type EngineParameters,
  type EngineSwitches,
  type ParameterName,
  type ParameterProblem,
  parameterProblems,
  parametersHash,
  SWITCHES,
} from './core/engine/parameters.js'
export type { Position as EnginePosition, PositionFill } from './core/engine/position.js'
export { type EngineSnapshot, SNAPSHOT_SCHEMA, SnapshotError } from './core/engine/snapshot.js'
export type { ExecutionEffect } from './core/execution/execution-desk.js'
export { ExecutionSide } from './core/execution/execution-side.js'
export type { ProtectionLevels } from './core/execution/protection-levels.js'
export type {
  EntryAsked,
  ExecutionRecord,
  ExitAsked,
  OrderPlaced,
  RecordBody as ExecutionFact,
} from './core/execution/records.js'
export { EXECUTION_DEFAULTS, type ExecutionSettings, type ExecutionTimings } from './core/execution/settings.js'
export type {
  Entry as ExecutionEntry,
  ExecutionState,
  Exit as ExecutionExit,
  NumberedKind,
  OrderKind,
  OutboxEntry,
  Report as ExecutionReport,
  SeenTrades,
  VenueOrder,
} from './core/execution/state.js'
export type { Delisting } from './core/exits/delisting.js'
export type { Liquidation } from './core/exits/liquidation.js'
export {
  type ForewarnerSnapshot,
  MonteCarloForewarner,
  type MonteCarloOptions,
  type TradeEvidence,
} from './core/forewarner/monte-carlo.js'
export type { LinkTimings } from './core/link/link-timings.js'
export {
  type Limits,
  PERFORMANCE_LIMITS,
  type PerformanceLimits,
  performanceAlerts,
} from './core/mode/alert-limits.js'
export type { OpenPermission } from './core/mode/entry-gate.js'
export type { Conditions, Mode, ModeInputs } from './core/mode/mode.js'
export { afterAlert, afterCommand } from './core/mode/operator-mode.js'
export type { MersenneTwisterState } from './core/numeric/mersenne-twister.js'
export { BarOrderBook } from './core/orderbook/bar-order-book.js'
export { parseOrderBookTable } from './core/orderbook/parse-order-book-table.js'
export { type BookRow, type MacroRow, type OrderBookTable, TableOrderBook } from './core/orderbook/table-order-book.js'
export type { Order, OrderEvent } from './core/orders/order.js'
export type { SessionStart } from './core/performance/daily-book.js'
export { figures } from './core/performance/figures.js'
export { PerformanceTracker } from './core/performance/performance-tracker.js'
export { TradeJournal, tradeRecord } from './core/performance/trade-journal.js'
export type { Position, PositionState } from './core/position/position.js'
export type { NamedDecision } from './core/reconciliation/reconciliation.js'
export type { LossBreaker } from './core/risk/loss-breaker.js'
export type { LossBreakerLimits, RiskConfig } from './core/risk/risk-config.js'
export { VolGate, type VolGateSetting } from './core/signal/vol-gate.js'
export type { TradeFeedback } from './core/sizing/sizing.js'
export { type ChampionSettings, type ChampionSnapshot, ChampionStrategy } from './core/strategy/champion.js'
export { StrategyFailure } from './core/strategy/failure.js'
export * as survival from './core/survival/survival.js'
export type * from './ports/days.js'
export { DayError } from './ports/days.js'
export type * from './ports/forewarner.js'
export type * from './ports/journal.js'
export type * from './ports/link.js'
export type * from './ports/order-book.js'
export type * from './ports/sides.js'
export type * from './ports/strategy.js'
export type * from './ports/venue.js'
export type * from './ports/vocabulary/alerts.js'
export type * from './ports/vocabulary/assumptions.js'
export type * from './ports/vocabulary/ids.js'
export type * from './ports/vocabulary/instrument.js'
export type * from './ports/vocabulary/market.js'
export type * from './ports/vocabulary/messages.js'
export type * from './ports/vocabulary/observation.js'
export type * from './ports/vocabulary/orders.js'
export type * from './ports/vocabulary/primitives.js'
export type * from './ports/vocabulary/promoted-trade.js'
export type * from './ports/vocabulary/refusals.js'
export type * from './ports/vocabulary/report.js'
export type * from './ports/vocabulary/scan.js'
export type * from './ports/vocabulary/session.js'
export type * from './ports/vocabulary/trades.js'
