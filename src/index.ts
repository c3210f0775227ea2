/**
 * dolphin-engine: the champion strategy as a library, and the decision side and the execution side that trade it. Everything here
 * is pure and synchronous; files come in through `dolphin-engine/parquet` and go out through `dolphin-engine/report`; venue,
 * link and journal are ports.
 */

export type { DecimalText } from './base/exact.js'
export type { IsoDate } from './base/utc-date.js'
export { Backtest } from './core/backtest/backtest.js'
export { type LotSizing, lotSizing } from './core/backtest/bar-price-fills.js'
export { type CausalityInput, type CausalityVerdict, checkCausality } from './core/backtest/causality.js'
export type { Cut } from './core/backtest/other-future.js'
export type { RunAbout } from './core/backtest/report.js'
export type { BacktestSettings } from './core/backtest/settings.js'
export {
  type Nondeterminism,
  StrategyBacktest,
  type StrategyBacktestSettings,
} from './core/backtest/strategy-backtest.js'
export { type BetaPolicy, type BreakerTable, CircuitBreaker, type DailyFactors } from './core/breaker/breaker.js'
export { type AcbUpdate, parseAcbPayload } from './core/breaker/subday-payload.js'
export {
  type ComparedRuns,
  type ComparedSide,
  type ComparedTrade,
  type Comparison,
  compareRuns,
} from './core/compare/compare.js'
export { type DecisionEvent, DecisionSide } from './core/decision/decision-side.js'
export type { DecisionInput } from './core/decision/event.js'
export type { DecisionRecord } from './core/decision/records.js'
export { DECISION_DEFAULTS, type DecisionSettings } from './core/decision/settings.js'
export { ScanInputError, Scanner, type ScanStamp } from './core/eigen/scanner.js'
export { type ScannerSnapshot, ScannerSnapshotError } from './core/eigen/snapshot.js'
export type { DayBoost, DayStart } from './core/engine/day.js'
export { type Bar, type BarOutcome, Engine, type EnginePorts } from './core/engine/engine.js'
export type { ConfirmedExit, ConfirmedLeg, ExitProposal, Fills, Proposal } from './core/engine/fills.js'
export {
  CHAMPION,
  CHAMPION_HASH,
  type ChampionParameters,
  DEFAULT_PARAMETERS,
  drift,
  type EngineParameters,
  type EngineSwitches,
  type ParameterName,
  parameterProblems,
  parametersHash,
} from './core/engine/parameters.js'
export { type EngineSnapshot, SNAPSHOT_SCHEMA, SnapshotError } from './core/engine/snapshot.js'
export { ExecutionSide } from './core/execution/execution-side.js'
export type { ExecutionRecord } from './core/execution/records.js'
export { EXECUTION_DEFAULTS, type ExecutionSettings } from './core/execution/settings.js'
export { MonteCarloForewarner } from './core/forewarner/monte-carlo.js'
export {
  PERFORMANCE_LIMITS,
  type PerformanceLimits,
  performanceAlerts,
} from './core/mode/alert-limits.js'
export { afterAlert, afterCommand } from './core/mode/operator-mode.js'
export { parseOrderBookTable } from './core/orderbook/parse-order-book-table.js'
export { type OrderBookTable, TableOrderBook } from './core/orderbook/table-order-book.js'
export type { SessionStart } from './core/performance/daily-book.js'
export { figures } from './core/performance/figures.js'
export { PerformanceTracker } from './core/performance/performance-tracker.js'
export { TradeJournal, tradeRecord } from './core/performance/trade-journal.js'
export { VolGate, type VolGateSetting } from './core/signal/vol-gate.js'
export { type ChampionSettings, ChampionStrategy } from './core/strategy/champion.js'
export * as survival from './core/survival/survival.js'
export { type DayColumns, DayError, type DayFile, type DayOutcome, type DaySink, type DaySource } from './ports/days.js'
export type * from './ports/forewarner.js'
export type * from './ports/journal.js'
export type * from './ports/link.js'
export type * from './ports/order-book.js'
export type * from './ports/sides.js'
export type * from './ports/strategy.js'
export type * from './ports/venue.js'
export type * from './ports/vocabulary/alerts.js'
export type * from './ports/vocabulary/instrument.js'
export type * from './ports/vocabulary/market.js'
export type * from './ports/vocabulary/messages.js'
export type * from './ports/vocabulary/orders.js'
export type * from './ports/vocabulary/report.js'
export type * from './ports/vocabulary/scan.js'
export type * from './ports/vocabulary/session.js'
export type * from './ports/vocabulary/trades.js'
