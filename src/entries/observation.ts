/**
 * What a market is observed to do, without an opinion: events in, snapshots of facts out; and what can be told from them: regimes,
 * waves, cascades. Nothing here reads a clock, draws a random number or does I/O: the same events and advances make the same bytes.
 *
 * @example
 * ```ts
 * import { MarketObserver } from 'dolphin-engine/observation'
 *
 * const observer = new MarketObserver({ symbols: ['BTCUSDT'], books: 'partial' })
 * const atMs = Date.UTC(2026, 0, 5, 12)
 * observer.advance(atMs)
 * const order = { symbol: 'BTCUSDT', side: 'SELL', price: 60_000, orderPrice: 59_900, baseQuantity: 2 } as const
 * observer.handle({ kind: 'liquidation', ...order, atMs: atMs + 500, receivedMs: atMs + 520 })
 * observer.advance(atMs + 1_000)
 * const { primitives, regime } = observer.observed().symbols['BTCUSDT']!
 * console.log(primitives.liquidationBurst?.longLiquidationsUsd, regime.regime)
 * ```
 *
 * @module
 */

export {
  type CascadeInputs,
  type CascadeLabels,
  type CascadeOutcome,
  type CascadeWave,
  type LabeledCascade,
  labelCascades,
} from '../core/analysis/cascade-labels.js'
export { CASCADE_RULES, type CascadeRules } from '../core/analysis/cascade-rules.js'
export { type KeptLiquidation, LiquidationBurstWindow } from '../core/analysis/liquidation-burst.js'
export {
  MarketObserver,
  type MarketObserverCounters,
  type MarketObserverSettings,
  type RefusedSample,
} from '../core/analysis/market-observer.js'
export { MarketRegimes, type MarketRegimesCounters } from '../core/analysis/market-regimes.js'
export type { ObservedBooksCounters } from '../core/analysis/observed-books.js'
export { classifyRegime } from '../core/analysis/regime.js'
export {
  type RegimeBehavior,
  type RegimeBias,
  type RegimeEvent,
  type RegimeState,
  type RegimeStateInputs,
  regimeStateOf,
} from '../core/analysis/regime-state.js'
export type { TimedFigures } from '../core/analysis/timed-figures.js'
export {
  detectWaves,
  isExhausted,
  type LiquidationWave,
  type LiquidationWaves,
  type TimedLiquidation,
  type WaveSettings,
} from '../core/analysis/waves.js'
export type { AppliedEvent, AppliedListener } from '../core/observation/applied-event.js'
export { type FailureFound, Observation, type ObservationOptions } from '../core/observation/observation.js'
export type * from '../core/observation/observation-queries.js'
export { SystemHalted } from '../core/observation/system-halted.js'
export type {
  BookStream,
  KlineEvent,
  KlineInterval,
  LiquidationEvent,
  ListedContract,
  MarkEvent,
  MarketDataEvent,
  OpenInterestEvent,
  SettledFundingEvent,
  TradeEvent,
} from '../ports/market-data.js'
export type { DepthFrame, DepthSnapshot, LevelRows } from '../ports/vocabulary/depth.js'
export type * from '../ports/vocabulary/observation.js'
export type * from '../ports/vocabulary/observation-events.js'
export type * from '../ports/vocabulary/primitives.js'
export { M4PrimitiveBundle } from '../ports/vocabulary/primitives.js'
export type * from '../ports/vocabulary/promoted-trade.js'
