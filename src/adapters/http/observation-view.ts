import type { MarketDataHealth } from '../../ports/market-data.js'
import type { RecorderHealth } from '../../ports/market-recording.js'
import type { ObservationSnapshot, RegimeType } from '../../ports/vocabulary/observation.js'

/** What is served of an observation. */
export interface ObservationView {
  readonly snapshot: ObservationSnapshot
  readonly regimes: Readonly<Record<string, RegimeType>>
  readonly advances: number
  /** Contracts that are followed now. */
  readonly followed: number
  readonly market: MarketDataHealth
  readonly recording?: RecorderHealth | undefined
}
