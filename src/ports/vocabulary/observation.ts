import type { M4PrimitiveBundle } from './primitives.js'
import type { PromotedTrade } from './promoted-trade.js'

/**
 * `UNINITIALIZED`: no failure seen, also while it works; `FAILED` is for ever, and a new observer the only way out.
 * Source: module contracts, layer 1.
 */
export type ObservationStatus = 'UNINITIALIZED' | 'FAILED'

/** Why an observation has failed, with the first thing that was found. */
export type ObservationFailure =
  | 'TIME_REGRESSION'
  | 'INVALID_TIME'
  | 'EXCEPTION'
  | 'NON_FINITE_OUTPUT'
  | 'NODE_INVARIANT'

/** What was observed up to a time; deeply frozen. The same events and advances make the same snapshot. */
export interface ObservationSnapshot {
  readonly status: ObservationStatus
  /** Time of the last advance, UTC ms; null before the first. Of a failed observation: the last good one. */
  readonly timestampMs: number | null
  /** The configured ones, by code unit. */
  readonly symbolsActive: readonly string[]
  readonly counters: ObservationCounters
  /** Of the last advance: by symbol, then time. */
  readonly promotedEvents: readonly PromotedTrade[]
  /** By symbol; empty once it has failed. */
  readonly primitives: ReadonlyMap<string, M4PrimitiveBundle>
  readonly failureReason?: ObservationFailure
}

/** Counts of facts, since the beginning. Keys that were never counted are not there. */
export interface ObservationCounters {
  /** Whole seconds since the first advance. */
  readonly intervalsProcessed: number
  /** By kind. */
  readonly accepted: Readonly<Record<string, number>>
  /** By `kind:reason`. */
  readonly refused: Readonly<Record<string, number>>
  /** Trades and liquidations that left their buffers: `expired` by age, `ringEvicted` because one was full. Always both. */
  readonly evicted: Readonly<Record<string, number>>
  /**
   * What else gave way or was found: `depthOutOfOrder`, `nodesDisplaced`, `promotedDropped`, `positionsEvicted`, and what the book
   * says of the trades' sides: `sideValidated`, `sideMismatch`, `sideUnvalidated`.
   */
  readonly noted: Readonly<Record<string, number>>
}

/** Source: module contracts, layer 2. */
export type RegimeType = 'UNKNOWN' | 'TRENDING' | 'RANGING' | 'VOLATILE'

/** How a symbol's market behaves now, by figures alone; what is not known is absent. No confidence, no forecast. */
export interface RegimeReading {
  readonly regime: RegimeType
  readonly reason: 'INSUFFICIENT_DATA' | 'CRITERIA_MET' | 'NO_CRITERIA'
  readonly metrics: RegimeMetrics
}

export interface RegimeMetrics {
  /** Quote currency per base unit. */
  readonly price?: number
  /** Since 00:00 UTC. */
  readonly vwap?: number
  /** Average true ranges of candles of five and of thirty minutes, quote currency. */
  readonly atr5m?: number
  /** Of thirty minutes, as that of five. */
  readonly atr30m?: number
  /** |buy − sell| / (buy + sell) of what takers traded in 30 s, base units. */
  readonly imbalance30s?: number
  /** Liquidations of the last minute against those of the hour, clipped to ±10. */
  readonly liquidationZ?: number
  /** Change of the open interest within five minutes, a fraction. */
  readonly openInterestChange5mFrac?: number
}

/** What a policy may know of a symbol's market beside the snapshot. */
export interface ObservedMarket {
  /** Of the last trade of the last five minutes. */
  readonly price?: number
  /** Quote currency per base unit. */
  readonly markPrice?: number
  /** Base units. */
  readonly openInterest?: number
  /** Running estimate of the rate that settles next. */
  readonly fundingRate?: number
  /** What takers bought and sold within 10 s, quote currency. */
  readonly flow10s: { readonly buyUsd: number; readonly sellUsd: number }
  /** Since the last liquidation of the last five minutes. */
  readonly msSinceLiquidation?: number
  /** Quote currency that rests within 2 % of the middle of the book; only where whole books are kept. */
  readonly depthWithin2PctUsd?: number
}

/** What was observed as of a bar, as it reaches a strategy with the bar, and as the journal keeps it: plain JSON. */
export interface BarObservation {
  readonly status: ObservationStatus
  readonly timestampMs: number
  readonly failureReason?: ObservationFailure
  readonly symbols: Readonly<Record<string, SymbolObservation>>
}

export interface SymbolObservation {
  readonly primitives: M4PrimitiveBundle
  readonly regime: RegimeReading
  readonly market: ObservedMarket
}
