import type { DecimalText } from '../../base/exact.js'
import type { Instrument } from './instrument.js'

/** How a paper exchange is set up. What it models, and what not: `docs/paper-exchange.md`. */
export interface PaperSettings {
  readonly instruments: readonly Instrument[]
  /** USD. */
  readonly startingBalanceUsd: DecimalText
  /** Integer; everything drawn at random follows from it. */
  readonly seed: number
  /** × of the margin, the same for every symbol. Default 10. */
  readonly leverage?: number
  readonly fillMode?: FillMode
  /** From `handle` to the exchange. Default 10 … 90 ms. */
  readonly requestLatency?: LatencyRange
  /** From the exchange to the caller, answers. Default 5 … 45 ms. */
  readonly answerLatency?: LatencyRange
  /** From the exchange to the caller, stream events. Default 5 … 45 ms. */
  readonly streamLatency?: LatencyRange
  /** Fraction of the notional. Default 0.0002. */
  readonly makerFee?: DecimalText
  /** Fraction of the notional. Default 0.0005. */
  readonly takerFee?: DecimalText
  /** Fraction of the notional, on top of the taker fee, when the exchange closes a position. Default 0.0125. */
  readonly liquidationFee?: DecimalText
  /** Bars: bps of the close between it and the best bid, and it and the best ask. Default 0.5. */
  readonly halfSpreadBps?: DecimalText
  /** Bars: USD displayed at the best bid and at the best ask. Default 100,000. */
  readonly displayedUsd?: DecimalText
  /** Fraction of the displayed size that stands ahead of a limit order placed at that price. Default 1. */
  readonly queueAheadShare?: DecimalText
  /** Default 300 in 10 s and 1,200 in a minute. */
  readonly rateLimits?: readonly RateLimit[]
}

/**
 * Whole milliseconds between the two bounds, skewed to the right: `min + (max − min) · u³` for a uniform `u`, so half of
 * all draws lie in the lowest eighth. A polynomial, since logarithms differ from platform to platform in the last bit.
 */
export interface LatencyRange {
  readonly minMs: number
  readonly maxMs: number
}

/** At most `requests` submits and cancels in each window of `intervalMs`, windows counted from the epoch. */
export interface RateLimit {
  /** At most so many within an interval. */
  readonly requests: number
  readonly intervalMs: number
}

/**
 * `realistic`: `docs/paper-exchange.md`. `bar-price`: a market without friction, for comparing decisions: every fill
 * is the whole quantity at the last bar's close, without fee, spread or latency; it takes bars only.
 */
export type FillMode = 'realistic' | 'bar-price'
