import { type DecimalText, Exact } from '../../base/exact.js'
import type { Quote } from '../../ports/venue.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { OrderSide } from '../../ports/vocabulary/orders.js'

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
  readonly requests: number
  readonly intervalMs: number
}

/**
 * `realistic`: `docs/paper-exchange.md`. `bar-price`: a market without friction, for comparing decisions: every fill
 * is the whole quantity at the last bar's close, without fee, spread or latency; it takes bars only.
 */
export type FillMode = 'realistic' | 'bar-price'

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

/** Price and base units; best first. */
export type DepthLevel = readonly [price: DecimalText, quantity: DecimalText]

/** What happens in the market that the exchange plays. */
export type PaperMarketEvent =
  | { readonly kind: 'quote'; readonly quote: Quote }
  /** A bar that has just closed. With open, high and low, resting orders see the path between them too. */
  | {
      readonly kind: 'bar'
      readonly symbol: string
      readonly close: DecimalText
      readonly range?: { readonly open: DecimalText; readonly high: DecimalText; readonly low: DecimalText }
    }
  | {
      readonly kind: 'print'
      readonly symbol: string
      readonly price: DecimalText
      readonly quantity: DecimalText
      readonly aggressor: OrderSide
    }
  /** Levels of the book. Those at or inside the best quote are passed over: the quote knows better. */
  | {
      readonly kind: 'depth'
      readonly symbol: string
      readonly bids: readonly DepthLevel[]
      readonly asks: readonly DepthLevel[]
    }
  /** Funding settles now: longs pay `rate` × notional at the mark, shorts receive it. */
  | { readonly kind: 'fundingRate'; readonly symbol: string; readonly rate: DecimalText }
  /** New rules or another status of an instrument the exchange lists. */
  | { readonly kind: 'instrument'; readonly instrument: Instrument }

const NO_LATENCY: LatencyRange = { minMs: 0, maxMs: 0 }

/** @throws with the setting's name, what was expected and what was found. */
export function completeSettings(given: PaperSettings): Required<PaperSettings> {
  const frictionless = given.fillMode === 'bar-price'
  const settings: Required<PaperSettings> = {
    leverage: 10,
    fillMode: 'realistic',
    requestLatency: { minMs: 10, maxMs: 90 },
    answerLatency: { minMs: 5, maxMs: 45 },
    streamLatency: { minMs: 5, maxMs: 45 },
    makerFee: '0.0002',
    takerFee: '0.0005',
    liquidationFee: '0.0125',
    halfSpreadBps: '0.5',
    displayedUsd: '100000',
    queueAheadShare: '1',
    rateLimits: [
      { requests: 300, intervalMs: 10_000 },
      { requests: 1_200, intervalMs: 60_000 },
    ],
    ...given,
    ...(frictionless && {
      requestLatency: NO_LATENCY,
      answerLatency: NO_LATENCY,
      streamLatency: NO_LATENCY,
      makerFee: '0',
      takerFee: '0',
      halfSpreadBps: '0',
    }),
  }
  check(settings)
  return settings
}

function check(settings: Required<PaperSettings>): void {
  const expect = (ok: boolean, name: string, expected: string, found: unknown) => {
    if (!ok) throw new Error(`paper exchange: ${name}: expected ${expected}, found ${found}`)
  }
  expect(settings.instruments.length > 0, 'instruments', 'at least one', 'none')
  expect(Number.isSafeInteger(settings.seed), 'seed', 'an integer', settings.seed)
  expect(settings.leverage >= 1, 'leverage', 'at least 1', settings.leverage)
  for (const { identity, maxLeverage } of settings.instruments) {
    expect(
      settings.leverage <= maxLeverage,
      `leverage of ${identity.symbol}`,
      `at most ${maxLeverage}`,
      settings.leverage,
    )
  }
  const symbols = settings.instruments.map(({ identity }) => identity.symbol)
  expect(new Set(symbols).size === symbols.length, 'instruments', 'each symbol once', symbols)
  for (const name of ['requestLatency', 'answerLatency', 'streamLatency'] as const) {
    const { minMs, maxMs } = settings[name]
    expect(minMs >= 0 && minMs <= maxMs, name, '0 ≤ minMs ≤ maxMs', `${minMs} … ${maxMs}`)
  }
  for (const name of [
    'startingBalanceUsd',
    'takerFee',
    'liquidationFee',
    'halfSpreadBps',
    'queueAheadShare',
  ] as const) {
    expect(new Exact(settings[name]).gte(0), name, 'zero or more', settings[name])
  }
  expect(new Exact(settings.displayedUsd).gt(0), 'displayedUsd', 'more than zero', settings.displayedUsd)
}
