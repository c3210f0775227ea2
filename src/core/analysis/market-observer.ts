import type { MarketDataEvent } from '../../ports/market-data.js'
import type { BarObservation, ObservationSnapshot } from '../../ports/vocabulary/observation.js'
import type { IngestRefusal, ObservationEvent } from '../../ports/vocabulary/observation-events.js'
import type { BookKind } from '../orderbook/market-features.js'
import { ObservedEvents } from './observed-events.js'

/**
 * Observes a market: takes what it shows, live or recorded, and says of each symbol what is known as of the last advance. Everything
 * depends on events and advances alone: the same ones make the same bytes.
 */
export class MarketObserver {
  private readonly events: ObservedEvents

  constructor({ books }: MarketObserverSettings) {
    this.events = new ObservedEvents({ books })
  }

  /** In the order in which they came. What is refused is counted. */
  handle(event: MarketDataEvent): void {
    for (const observed of this.events.of(event)) this.ingest(observed)
  }

  /** Everything stamped up to `tMs`, UTC ms, counts from now on. Time never goes back: that fails the observation, for ever. */
  advance(_tMs: number): void {
    throw new Error('not there yet')
  }

  snapshot(): ObservationSnapshot {
    throw new Error('not there yet')
  }

  /** Primitives, regime and market of each symbol, or of these, as of the last advance: plain JSON, frozen. */
  observed(_symbols?: readonly string[]): BarObservation {
    throw new Error('not there yet')
  }

  counters(): MarketObserverCounters {
    throw new Error('not there yet')
  }

  /** The first event of each kind and reason that was refused, in the order in which they came. */
  refusalSamples(): readonly RefusedSample[] {
    throw new Error('not there yet')
  }

  private ingest(_event: ObservationEvent): void {
    throw new Error('not there yet')
  }
}

export interface MarketObserverSettings {
  readonly symbols: readonly string[]
  /** What the depth frames are: changes of books, or the best levels whole. */
  readonly books: BookKind
}

export interface RefusedSample {
  readonly kind: string
  readonly reason: IngestRefusal
  /** As it came, whatever it is. */
  readonly event: unknown
}

export interface MarketObserverCounters {
  readonly books: ReturnType<ObservedEvents['counters']>
}
