import type { VenueEvent, VenueRequest } from '../../ports/venue.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { BookSnapshot } from './book.js'
import type { FaultPlan } from './faults.js'
import type { Travelling } from './lane.js'
import type { MatcherSnapshot } from './matcher.js'
import type { RandomState } from './random.js'
import type { RateWindow } from './rate-windows.js'

/** Everything that the exchange knows, as plain JSON. */
export interface PaperExchangeSnapshot {
  readonly nowMs: number
  /** Messages sent so far, either way. */
  readonly sent: number
  /** Settlements so far: the last funding id. */
  readonly fundings: number
  readonly random: RandomState
  readonly requests: readonly Travelling<VenueRequest>[]
  readonly outgoing: readonly (readonly Travelling<VenueEvent>[])[]
  readonly rates: readonly RateWindow[]
  readonly instruments: Readonly<Record<string, Instrument>>
  readonly books: Readonly<Record<string, BookSnapshot>>
  readonly matcher: MatcherSnapshot
  readonly faults: FaultPlan
}
