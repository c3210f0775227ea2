import type { Endpoints } from '../../adapters/binance/endpoints.js'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { observedView } from '../../core/analysis/observed-view.js'
import { reason } from '../../files/reason.js'
import type { ObservedView } from '../../ports/status-surface.js'
import { LiveObservations } from '../../runtime/services/trader/live-observations.js'
import type { GridParts } from './grid-parts.js'
import { openLiveObservation } from './live-observation.js'
import { marketObserver } from './market-observer.js'

/**
 * Observes the market beside a session, over connections of its own: what its bars are decided on. When it cannot go on that is told,
 * and the session goes on: a strategy that observes enters nothing then.
 */
export async function runOwnObservation(parts: GridParts, choice: OwnObservationChoice): Promise<OwnObservation> {
  const { warn, ...asked } = choice
  const observations = new LiveObservations({ clock: systemClock, notice: warn })
  const live = await openLiveObservation(
    { ...asked, cadenceMs: CADENCE_MS, advanced: () => observations.advanced(live.observer.observed()) },
    marketObserver,
  )
  parts.run(live.service, ({ error }) =>
    warn(`The market is not observed any more: ${reason(error)}. Positions are managed, nothing is entered.`),
  )
  return { observations, view: () => observedView(live.observer) }
}

export interface OwnObservation {
  readonly observations: LiveObservations
  /** How it stands. */
  view(): ObservedView
}

export interface OwnObservationChoice {
  readonly at: Endpoints
  readonly symbols: readonly string[]
  readonly quiet: boolean
  readonly signal: AbortSignal
  /** Something that a person should know, whatever they asked to be spared. */
  warn(text: string): void
}

/** As bars of recordings are observed: as of the last whole second. */
const CADENCE_MS = 1_000
