import type { MarketDataEvent } from '../../../ports/market-data.js'
import type { BarObservation, ObservationSnapshot } from '../../../ports/vocabulary/observation.js'
import type { IngestRefusal } from '../../../ports/vocabulary/observation-events.js'

/** Who observes a market: what a service and a command need of it. It is told events in the order in which they came. */
export interface Observer {
  handle(event: MarketDataEvent): void
  /** Everything stamped up to `tMs` counts from now on. Never goes back. */
  advance(tMs: number): void
  snapshot(): ObservationSnapshot
  /** Of each symbol what is known as of the last advance. */
  observed(): BarObservation
  /** The first event of each kind and reason that was refused, in the order in which they came. */
  firstRefused(): readonly RefusedEvent[]
}

export interface RefusedEvent {
  readonly kind: string
  readonly reason: IngestRefusal
  /** As it came, whatever it is. */
  readonly event: unknown
}
