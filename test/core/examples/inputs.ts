import type { PolicyInput, PolicyPosition } from '../../../src/core/examples/policy.js'
import type { SymbolObservation } from '../../../src/ports/vocabulary/observation.js'
import type { LiquidationCascadeProximity, SupplyDemandZone } from '../../../src/ports/vocabulary/primitives.js'

export const AT_MS = Date.UTC(2026, 0, 1)

/** Positions near their liquidation: all at one distance. */
export function proximityOf(
  risk: { readonly count: number; readonly long: number; readonly short: number },
  distanceFrac = 0.003,
): LiquidationCascadeProximity {
  return {
    priceLevel: 100,
    thresholdFrac: 0.02,
    positionsAtRiskCount: risk.count,
    aggregatePositionValueUsd: risk.long + risk.short,
    longPositionsCount: risk.long > 0 ? 1 : 0,
    longPositionsValueUsd: risk.long,
    ...(risk.long > 0 ? { longClosestPrice: 100 * (1 - distanceFrac), longAvgDistanceFrac: distanceFrac } : {}),
    shortPositionsCount: risk.short > 0 ? 1 : 0,
    shortPositionsValueUsd: risk.short,
    ...(risk.short > 0 ? { shortClosestPrice: 100 * (1 + distanceFrac), shortAvgDistanceFrac: distanceFrac } : {}),
  }
}

/** What the sniper looks at; absent: nothing of it is known. */
export interface Seen {
  readonly proximity?: LiquidationCascadeProximity
  /** The venue tells positions, none of them near. */
  readonly knowsPositions?: boolean
  readonly burst?: { readonly long: number; readonly short: number }
  readonly flow?: { readonly buy: number; readonly sell: number }
  readonly msSinceLiquidation?: number
  readonly depthUsd?: number
  readonly price?: number
  readonly zone?: SupplyDemandZone
}

export function observed(symbol: string, seen: Seen, nowMs = AT_MS): SymbolObservation {
  const { proximity, burst, flow = { buy: 0, sell: 0 }, msSinceLiquidation, depthUsd, price, zone } = seen
  return {
    primitives: {
      symbol,
      ...(proximity === undefined ? {} : { liquidationCascadeProximity: proximity }),
      ...(seen.knowsPositions === true ? { openInterestDirectionalBias: BIAS } : {}),
      ...(burst === undefined
        ? {}
        : {
            liquidationBurst: {
              totalVolumeUsd: burst.long + burst.short,
              longLiquidationsUsd: burst.long,
              shortLiquidationsUsd: burst.short,
              liquidationCount: 3,
              windowStartMs: nowMs - 10_000,
              windowEndMs: nowMs,
            },
          }),
      ...(zone === undefined ? {} : { supplyDemandZone: zone }),
    },
    regime: { regime: 'UNKNOWN', reason: 'INSUFFICIENT_DATA', metrics: {} },
    market: {
      flow10s: { buyUsd: flow.buy, sellUsd: flow.sell },
      ...(msSinceLiquidation === undefined ? {} : { msSinceLiquidation }),
      ...(depthUsd === undefined ? {} : { depthWithin2PctUsd: depthUsd }),
      ...(price === undefined ? {} : { price }),
    },
  }
}

export function sniperInput(symbol: string, nowMs: number, seen: Seen, position?: PolicyPosition): PolicyInput {
  const { primitives, regime, market } = observed(symbol, seen, nowMs)
  return {
    ...{ symbol, snapshot: { status: 'UNINITIALIZED', primitives }, regime, market, nowMs },
    ...(position === undefined ? {} : { position }),
  }
}

/** Confirmed, as it stands. */
export function zoneOf(zone: Partial<SupplyDemandZone> = {}): SupplyDemandZone {
  const { zoneLow = 90, zoneHigh = 100 } = zone
  return {
    zoneId: 'BTCUSDT:demand:4556',
    zoneType: 'demand',
    zoneLow,
    zoneHigh,
    zoneCenter: (zoneLow + zoneHigh) / 2,
    zoneWidth: zoneHigh - zoneLow,
    nodeCount: 3,
    totalInteractions: 12,
    totalVolumeUsd: 50_000,
    avgNodeStrength: 0.3,
    displacementDetected: true,
    displacementDirection: 'up',
    displacementMagnitude: 1,
    retestDetected: true,
    retestCount: 1,
    ...zone,
  }
}

const BIAS = {
  longValueUsd: 1,
  shortValueUsd: 1,
  netImbalanceUsd: 0,
  longShortRatio: 1,
  longParticipantCount: 1,
  shortParticipantCount: 1,
  totalParticipantCount: 2,
  totalOpenInterestUsd: 2,
  avgLongPositionValueUsd: 1,
  avgShortPositionValueUsd: 1,
}
