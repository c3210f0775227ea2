import type { MarketDataHealth } from '../../ports/market-data.js'
import type { RecorderHealth } from '../../ports/market-recording.js'
import type { ObservedView } from '../../ports/status-surface.js'
import type { ObservationSnapshot, RegimeType } from '../../ports/vocabulary/observation.js'

/** What is served of an observation. */
export interface ObservationView {
  readonly snapshot: ObservationSnapshot
  /** Of the analysis: see {@link ObservedView}. */
  readonly leftOut: ObservedView['leftOut']
  readonly regimes: Readonly<Record<string, RegimeType>>
  readonly advances: number
  /** Contracts that are followed now. */
  readonly followed: number
  readonly market: MarketDataHealth
  readonly recording?: RecorderHealth | undefined
}
