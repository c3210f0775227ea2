import type { BarObservation, ObservationSnapshot, SymbolObservation } from '../../ports/vocabulary/observation.js'
import { type DocumentOf, gridDocument } from './document.js'
import {
  boolean,
  count,
  integerFrom,
  name,
  noted,
  nullable,
  number,
  numberFrom,
  object,
  oneOf,
  positive,
  recordOf,
  share,
  unixSeconds,
} from './document-schema.js'

/**
 * What a running observation says of each symbol's market, `observation_latest`: regime, the figures that it is of, and how far
 * liquidations are. Facts alone. Some 200 bytes a symbol.
 */
export const OBSERVATION = gridDocument(
  'observation_latest',
  object(
    {
      _pushed_at: unixSeconds,
      status: noted('FAILED is for ever: nothing below is of now.', oneOf('UNINITIALIZED', 'FAILED')),
      t_ms: noted('Of the last good advance, UTC ms of the exchange; null before.', nullable(count)),
      cadence_ms: integerFrom(1),
      symbols: noted(
        'By symbol; a figure that is not known is absent. Empty once it has failed.',
        recordOf(
          object(
            {
              regime: oneOf('UNKNOWN', 'TRENDING', 'RANGING', 'VOLATILE'),
              reason: oneOf('INSUFFICIENT_DATA', 'CRITERIA_MET', 'NO_CRITERIA'),
            },
            {
              price: positive,
              vwap: noted('Since 00:00 UTC.', positive),
              atr_5m: numberFrom(0),
              atr_30m: numberFrom(0),
              imbalance_30s: share,
              liquidation_z: numberFrom(-10, 10),
              open_interest_change_5m: noted('A fraction.', number),
              cascade: noted('Absent: there is none.', oneOf('PROXIMITY', 'LIQUIDATING', 'CASCADING', 'EXHAUSTED')),
              liquidations_60s: count,
              liquidated_10s_usd: numberFrom(0),
            },
          ),
        ),
      ),
    },
    {
      failure_reason: noted('There where it has failed.', name),
      refused: noted('Events that were refused since the start.', count),
      accepted: noted('Events that were taken since the start.', count),
      recorded: noted('Whether what is observed is recorded.', boolean),
    },
  ),
)

/** The document of an observation. */
export function observationDocument({
  observed,
  snapshot,
  pushedMs,
  cadenceMs,
  isRecorded,
}: {
  readonly observed: BarObservation
  readonly snapshot: ObservationSnapshot
  /** UTC ms. */
  readonly pushedMs: number
  readonly cadenceMs: number
  readonly isRecorded: boolean
}): DocumentOf<typeof OBSERVATION> {
  const { status, timestampMs, failureReason, counters } = snapshot
  const symbols = status === 'FAILED' ? [] : Object.entries(observed.symbols)
  return {
    ...{ _pushed_at: pushedMs / 1_000, status, t_ms: timestampMs, cadence_ms: cadenceMs },
    symbols: Object.fromEntries(symbols.map(([symbol, of]) => [symbol, symbolFigures(of)])),
    ...(failureReason !== undefined && { failure_reason: failureReason }),
    ...{ refused: sum(counters.refused), accepted: sum(counters.accepted), recorded: isRecorded },
  }
}

type SymbolFigures = DocumentOf<typeof OBSERVATION>['symbols'][string]

function symbolFigures({ primitives, regime: { regime, reason, metrics }, market }: SymbolObservation): SymbolFigures {
  const { cascadeState, liquidationBurst } = primitives
  const figures: Record<string, number | string | undefined> = {
    ...{ price: market.price, vwap: metrics.vwap, atr_5m: metrics.atr5m, atr_30m: metrics.atr30m },
    ...{ imbalance_30s: metrics.imbalance30s, liquidation_z: metrics.liquidationZ },
    open_interest_change_5m: metrics.openInterestChange5mFrac,
    ...{
      cascade: cascadeState?.phase === 'NONE' ? undefined : cascadeState?.phase,
      liquidations_60s: cascadeState?.liquidations60s,
    },
    liquidated_10s_usd: liquidationBurst?.totalVolumeUsd,
  }
  const known = Object.entries(figures).filter(([, figure]) => figure !== undefined)
  return { regime, reason, ...(Object.fromEntries(known) as Partial<SymbolFigures>) }
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, one) => all + one, 0)
}
