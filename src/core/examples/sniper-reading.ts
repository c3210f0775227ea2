import type { Direction } from '../../ports/vocabulary/market.js'
import type {
  LiquidationCascadeProximity,
  M4PrimitiveBundle,
  PrimitiveName,
} from '../../ports/vocabulary/primitives.js'
import type { PolicyInput } from './policy.js'

/** What the cascade sniper looks at, of what is observed of a symbol. USD; absent: not known. */
export interface SniperReading {
  readonly symbol: string
  readonly nowMs: number
  /** Whether the venue tells positions at all, also when none is near its liquidation. */
  readonly knowsPositions: boolean
  /** Positions that are near their liquidation together: of whom, 1 longs, −1 shorts. */
  readonly cluster?: Direction
  /** How many positions are at risk. */
  readonly atRisk?: number
  /** What was liquidated within ten seconds. */
  readonly burst?: { readonly longUsd: number; readonly shortUsd: number }
  readonly flow: { readonly buyUsd: number; readonly sellUsd: number }
  readonly msSinceLiquidation?: number
  /** What rests in the book within 2 % over the value at risk. */
  readonly depthRatio?: number
}

export function sniperReading({ symbol, snapshot, market, nowMs }: PolicyInput): SniperReading {
  const { primitives } = snapshot
  const { liquidationCascadeProximity: proximity, liquidationBurst: burst } = primitives
  const knowsPositions = knowsPositionsOf(primitives)
  const side = clusterOf(proximity)
  const valueUsd = proximity?.aggregatePositionValueUsd ?? 0
  const { depthWithin2PctUsd: depthUsd, msSinceLiquidation, flow10s } = market
  return {
    symbol,
    nowMs,
    knowsPositions,
    ...(side === undefined ? {} : { cluster: side }),
    ...(knowsPositions ? { atRisk: proximity?.positionsAtRiskCount ?? 0 } : {}),
    ...(burst === undefined
      ? {}
      : { burst: { longUsd: burst.longLiquidationsUsd, shortUsd: burst.shortLiquidationsUsd } }),
    flow: flow10s,
    ...(msSinceLiquidation === undefined ? {} : { msSinceLiquidation }),
    ...(depthUsd === undefined || valueUsd <= 0 ? {} : { depthRatio: depthUsd / valueUsd }),
  }
}

/** The primitives that are read here: the others need be neither made nor kept for it. */
export const SNIPER_PRIMITIVES = [
  'liquidationCascadeProximity',
  'liquidationBurst',
  'openInterestDirectionalBias',
] as const satisfies readonly PrimitiveName[]

const CLUSTER = { positionsMin: 2, valueUsdMin: 100_000, sideShareMin: 0.65, distanceFracMax: 0.005 }

/**
 * Of whom there is a cluster. The primitive looks 2 % far and tells of each side how far it is on average: that of the larger one
 * must be within half a percent.
 */
function clusterOf(proximity: LiquidationCascadeProximity | undefined): Direction | undefined {
  if (proximity === undefined) return undefined
  const { positionsAtRiskCount, longPositionsValueUsd: longUsd, shortPositionsValueUsd: shortUsd } = proximity
  const totalUsd = longUsd + shortUsd
  if (positionsAtRiskCount < CLUSTER.positionsMin || totalUsd < CLUSTER.valueUsdMin) return undefined
  if (Math.max(longUsd, shortUsd) / totalUsd < CLUSTER.sideShareMin) return undefined
  const side = longUsd > shortUsd ? 1 : -1
  const distance = side === 1 ? proximity.longAvgDistanceFrac : proximity.shortAvgDistanceFrac
  return distance !== undefined && distance <= CLUSTER.distanceFracMax ? side : undefined
}

/** A bias is told of every position, however far it is from its liquidation. */
function knowsPositionsOf(primitives: M4PrimitiveBundle): boolean {
  return primitives.liquidationCascadeProximity !== undefined || primitives.openInterestDirectionalBias !== undefined
}
