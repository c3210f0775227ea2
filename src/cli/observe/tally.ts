import type { RefusedSample } from '../../core/analysis/market-observer.js'
import type { BarObservation, ObservationSnapshot, RegimeType } from '../../ports/vocabulary/observation.js'
import type { PromotedTrade } from '../../ports/vocabulary/promoted-trade.js'
import type { Observer } from '../../runtime/services/observation/observer.js'

/** What is said of an observation when it is over. */
export interface ObservationSummary {
  readonly status: ObservationSnapshot['status']
  readonly failureReason?: ObservationSnapshot['failureReason']
  /** Times of the first and the last advance, UTC ms; null without any. */
  readonly firstMs: number | null
  readonly lastMs: number | null
  readonly advances: number
  readonly cadenceMs: number
  readonly symbols: readonly string[]
  readonly counters: ObservationSnapshot['counters']
  readonly firstRefused: readonly RefusedSample[]
  readonly promoted: { readonly count: number; readonly farthest: PromotedTrade | null }
  /** Of each symbol how often it was looked at, and how often it was in each regime then. */
  readonly regimes: Readonly<Record<string, Readonly<Record<RegimeType, number>>>>
  /** From look to look, ms. */
  readonly lookEveryMs: number
}

/** Counts over an observation what no snapshot says of all of it. */
export class Tally {
  private readonly regimes = new Map<string, Record<RegimeType, number>>()
  private firstMs: number | null = null
  private lastMs: number | null = null
  private advances = 0
  private promoted = 0
  private farthest: PromotedTrade | null = null

  constructor(
    private readonly of: {
      readonly symbols: readonly string[]
      readonly cadenceMs: number
      /** From look to look, ms: a whole number of advances. */
      readonly lookEveryMs: number
    },
  ) {
    for (const symbol of of.symbols.toSorted())
      this.regimes.set(symbol, { TRENDING: 0, RANGING: 0, VOLATILE: 0, UNKNOWN: 0 })
  }

  /** An advance, of which a snapshot would be too dear. */
  advanced(tMs: number, promotedEvents: readonly PromotedTrade[]): void {
    this.firstMs ??= tMs
    this.lastMs = tMs
    this.advances++
    this.promoted += promotedEvents.length
    for (const trade of promotedEvents)
      if (this.farthest === null || trade.sigmaDistance > this.farthest.sigmaDistance) this.farthest = trade
  }

  isLookDue(tMs: number): boolean {
    return tMs % this.of.lookEveryMs === 0
  }

  looked({ symbols }: BarObservation): void {
    for (const [symbol, counts] of this.regimes) {
      const reading = symbols[symbol]?.regime
      if (reading !== undefined) counts[reading.regime]++
    }
  }

  summary(observer: Pick<Observer, 'snapshot' | 'refusalSamples'>): ObservationSummary {
    const { firstMs, lastMs, advances, promoted: count, farthest } = this
    const { status, counters, failureReason } = observer.snapshot()
    return {
      ...{ status, ...(failureReason !== undefined && { failureReason }) },
      ...{ firstMs, lastMs, advances, ...this.of, counters },
      firstRefused: observer.refusalSamples(),
      promoted: { count, farthest },
      regimes: Object.fromEntries(this.regimes),
    }
  }
}
