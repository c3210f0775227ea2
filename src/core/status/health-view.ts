import type { HealthView } from '../../ports/status-surface.js'
import type { Assumption } from '../../ports/vocabulary/assumptions.js'
import type { BarObservation } from '../../ports/vocabulary/observation.js'
import type { ParameterReading } from '../assumptions/calibrated-parameter.js'
import { componentsOf } from '../assumptions/component-safety.js'
import type { SystemRegimeStand } from '../assumptions/system-regime.js'

/** What the trades of a session make of the system. */
export interface SystemHealth {
  readonly regime: SystemRegimeStand
  readonly parameters: readonly ParameterReading[]
}

export interface HealthFacts {
  readonly assumptions: readonly Assumption[]
  readonly entryComponents: readonly string[]
  readonly isLive: boolean
  readonly health: SystemHealth
  /** Of the last bar; absent: nobody observes. */
  readonly observation: BarObservation | undefined
}

/** How what the system takes for granted stands, for people: a view, and no authority. */
export function healthView({ assumptions, entryComponents, isLive, health, observation }: HealthFacts): HealthView {
  const { regime, parameters } = health
  const { recent } = regime
  return {
    assumptions: assumptions.map(({ name, status, lastTestedMs, lastDetail }) => {
      return { name, status, testedAtMs: lastTestedMs ?? null, detail: lastDetail ?? null }
    }),
    components: componentsOf(assumptions, { isLive }).map(({ component, safety, against }) => {
      return {
        component,
        safety,
        isNeeded: entryComponents.includes(component),
        against: against.map(({ name }) => name),
      }
    }),
    systemRegime: {
      regime: regime.regime,
      confidence: regime.confidence / 10,
      trades: regime.trades,
      winRate: recent.length === 0 ? null : recent.filter(Boolean).length / recent.length,
    },
    parameters: parameters.map(({ name, unit, value, healthStatus, observedMean, driftPct }) => {
      return { name, unit, value, healthStatus, observedMean: observedMean ?? null, driftPct: driftPct ?? null }
    }),
    marketRegimes: Object.entries(observation?.symbols ?? {}).map(
      ([
        symbol,
        {
          regime: { regime: word },
        },
      ]) => {
        return { symbol, regime: word }
      },
    ),
  }
}
