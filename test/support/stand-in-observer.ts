import type { FailureFound } from '../../src/core/observation/observation.js'
import type { MarketDataEvent } from '../../src/ports/market-data.js'
import type { BarObservation, ObservationSnapshot, SymbolObservation } from '../../src/ports/vocabulary/observation.js'
import type { Observer } from '../../src/runtime/services/observation/observer.js'

/** Keeps what it is told, in its order, and knows of each symbol its last price. It fails when a test says so. */
export class StandInObserver implements Observer {
  readonly told: (MarketDataEvent | { readonly kind: 'advance'; readonly tMs: number })[] = []
  failure: FailureFound | undefined
  private timeMs: number | null = null
  private readonly prices = new Map<string, number>()

  constructor(private readonly symbols: readonly string[]) {}

  get advances(): readonly number[] {
    return this.told.flatMap((told) => (told.kind === 'advance' ? [told.tMs] : []))
  }

  handle(event: MarketDataEvent): void {
    this.told.push(event)
    if (event.kind === 'trade') this.prices.set(event.symbol, event.price)
  }

  advance(tMs: number): void {
    this.told.push({ kind: 'advance', tMs })
    if (this.failure === undefined) this.timeMs = tMs
  }

  promotedEvents() {
    return []
  }

  snapshot(): ObservationSnapshot {
    const trades = this.told.filter(({ kind }) => kind === 'trade').length
    return {
      status: this.failure === undefined ? 'UNINITIALIZED' : 'FAILED',
      timestampMs: this.timeMs,
      symbolsActive: this.symbols,
      counters: {
        intervalsProcessed: 0,
        accepted: { TRADE: trades },
        refused: { 'TRADE:DUPLICATE': 2 },
        evicted: {},
        noted: {},
      },
      promotedEvents: [],
      primitives: new Map(),
      ...(this.failure !== undefined && { failureReason: this.failure.reason }),
    }
  }

  observed(): BarObservation {
    const symbols = this.failure === undefined ? this.symbols.map((symbol) => [symbol, this.of(symbol)]) : []
    const { status } = this.snapshot()
    return { status, timestampMs: this.timeMs ?? 0, symbols: Object.fromEntries(symbols) }
  }

  counters() {
    return {
      books: { known: 0, unknown: 0, unlisted: 1, gaps: 0, crossed: 0, malformed: 0 },
      regimes: { candleTradesLate: 3, flowDropped: 0, liquidationsDropped: 0, openInterestDropped: 0 },
    }
  }

  refusalSamples() {
    const event = { kind: 'TRADE', symbol: 'BTCUSDT', price: Number.NaN, baseQty: 1, side: 'BUY', tsMs: 0 } as const
    return [{ kind: 'TRADE', reason: 'DUPLICATE', event }] as const
  }

  private of(symbol: string): SymbolObservation {
    const price = this.prices.get(symbol)
    return {
      primitives: { symbol },
      regime: { regime: 'UNKNOWN', reason: 'INSUFFICIENT_DATA', metrics: {} },
      market: { ...(price !== undefined && { price }), flow10s: { buyUsd: 0, sellUsd: 0 } },
    }
  }
}
