/**
 * What can be said of one symbol's market at one time without an opinion: twenty-four primitives, each absent where its condition
 * is not met. Numbers describe; none is a rank, a score or a signal. `…Sec` are seconds, `…Ms` UTC ms, `…Frac` fractions.
 * Source: module contracts, layer 1; spec, "M4 primitives" (formulas), in whose order they stand.
 */
export interface M4PrimitiveBundle {
  readonly symbol: string
  readonly zonePenetration?: ZonePenetration
  readonly displacementOriginAnchor?: DisplacementOriginAnchor
  readonly priceTraversalVelocity?: PriceTraversalVelocity
  readonly traversalCompactness?: TraversalCompactness
  readonly centralTendencyDeviation?: CentralTendencyDeviation
  readonly structuralAbsenceDuration?: StructuralAbsenceDuration
  readonly traversalVoidSpan?: TraversalVoidSpan
  /** Never absent in a snapshot; absent in an empty bundle. */
  readonly eventNonOccurrenceCounter?: EventNonOccurrenceCounter
  readonly structuralPersistenceDuration?: StructuralPersistenceDuration
  readonly restingSize?: RestingSize
  readonly orderConsumption?: OrderConsumption
  readonly absorptionEvent?: AbsorptionEvent
  readonly refillEvent?: RefillEvent
  readonly priceAcceptanceRatio?: PriceAcceptanceRatio
  readonly liquidationDensity?: LiquidationDensity
  readonly directionalContinuity?: DirectionalContinuity
  readonly tradeBurst?: TradeBurst
  readonly orderBlock?: OrderBlock
  readonly supplyDemandZone?: SupplyDemandZone
  readonly liquidationCascadeProximity?: LiquidationCascadeProximity
  readonly cascadeState?: CascadeState
  readonly leverageConcentrationRatio?: LeverageConcentrationRatio
  readonly openInterestDirectionalBias?: OpenInterestDirectionalBias
  readonly liquidationBurst?: LiquidationBurst
}

export type PrimitiveName = Exclude<keyof M4PrimitiveBundle, 'symbol'>

const PRIMITIVES: Readonly<Record<PrimitiveName, true>> = {
  zonePenetration: true,
  displacementOriginAnchor: true,
  priceTraversalVelocity: true,
  traversalCompactness: true,
  centralTendencyDeviation: true,
  structuralAbsenceDuration: true,
  traversalVoidSpan: true,
  eventNonOccurrenceCounter: true,
  structuralPersistenceDuration: true,
  restingSize: true,
  orderConsumption: true,
  absorptionEvent: true,
  refillEvent: true,
  priceAcceptanceRatio: true,
  liquidationDensity: true,
  directionalContinuity: true,
  tradeBurst: true,
  orderBlock: true,
  supplyDemandZone: true,
  liquidationCascadeProximity: true,
  cascadeState: true,
  leverageConcentrationRatio: true,
  openInterestDirectionalBias: true,
  liquidationBurst: true,
}

/** All of them, in the order of the spec. */
export const PRIMITIVE_NAMES: readonly PrimitiveName[] = Object.freeze(Object.keys(PRIMITIVES) as PrimitiveName[])

/** Makes bundles: one of which nothing is known. */
export const M4PrimitiveBundle = {
  empty(symbol: string): M4PrimitiveBundle {
    return Object.freeze({ symbol })
  },
}

export interface ZonePenetration {
  readonly zoneId: string
  /** Quote currency per base unit. */
  readonly zoneLow: number
  /** Quote currency per base unit. */
  readonly zoneHigh: number
  /** Quote currency. */
  readonly penetrationDepth: number
}

export interface DisplacementOriginAnchor {
  /** Quote currency per base unit. */
  readonly anchorLow: number
  /** Quote currency per base unit. */
  readonly anchorHigh: number
  readonly anchorDwellSec: number
}

export interface PriceTraversalVelocity {
  /** Quote currency per base unit. */
  readonly priceDelta: number
  readonly timeDeltaSec: number
  /** Quote currency per second. */
  readonly velocity: number
}

export interface TraversalCompactness {
  /** Quote currency per base unit. */
  readonly netDisplacement: number
  /** Quote currency per base unit. */
  readonly totalPathLength: number
  readonly compactnessRatio: number
}

export interface CentralTendencyDeviation {
  /** Quote currency, signed. */
  readonly deviationValue: number
}

export interface StructuralAbsenceDuration {
  readonly absenceSec: number
  readonly observationWindowSec: number
  readonly absenceRatio: number
}

export interface TraversalVoidSpan {
  readonly maxVoidSec: number
  /** Of a second and more. */
  readonly voidIntervalsMs: readonly (readonly [fromMs: number, toMs: number])[]
}

export interface EventNonOccurrenceCounter {
  readonly expectedCount: number
  readonly observedCount: number
  readonly nonOccurrenceCount: number
}

export interface StructuralPersistenceDuration {
  readonly totalPersistenceSec: number
  readonly observationWindowSec: number
  readonly persistenceRatio: number
}

/** Base units; a price is absent where it was not told. */
export interface RestingSize {
  /** Base units. */
  readonly bidSize: number
  /** Base units. */
  readonly askSize: number
  /** Quote currency per base unit. */
  readonly bestBidPrice?: number
  /** Quote currency per base unit. */
  readonly bestAskPrice?: number
  readonly tsMs: number
}

export type BookSideName = 'bid' | 'ask'

export interface OrderConsumption {
  /** Base units. */
  readonly consumedSize: number
  readonly side: BookSideName
  /** Quote currency per base unit. */
  readonly priceLevel: number
  readonly tsMs: number
}

export interface AbsorptionEvent {
  /** Base units. */
  readonly consumedSize: number
  readonly priceMovementPct: number
  readonly side: BookSideName
  readonly tsMs: number
}

export interface RefillEvent {
  /** Base units. */
  readonly addedSize: number
  readonly side: BookSideName
  /** Quote currency per base unit. */
  readonly priceLevel: number
  readonly tsMs: number
}

export interface PriceAcceptanceRatio {
  /** Quote currency per base unit. */
  readonly acceptedRange: number
  /** Quote currency per base unit. */
  readonly rejectedRange: number
  readonly acceptanceRatio: number
}

export interface LiquidationDensity {
  /** Quote currency per base unit. */
  readonly priceCenter: number
  /** Full width, quote currency per base unit. */
  readonly priceWindow: number
  readonly liquidationCount: number
  /** Base units. */
  readonly totalVolume: number
  readonly totalValueUsd: number
  /** Liquidations per unit of price. */
  readonly densityScore: number
}

export interface DirectionalContinuity {
  /** How many. */
  readonly totalTrades: number
  /** How many. */
  readonly buyTrades: number
  /** How many. */
  readonly sellTrades: number
  /** The share of the more frequent side, 0.5 … 1. */
  readonly continuityValue: number
}

export interface TradeBurst {
  readonly burstStartMs: number
  readonly burstEndMs: number
  readonly burstDurationSec: number
  readonly tradeCount: number
  /** Over the burst; how many, where it lasts no time. */
  readonly tradesPerSecond: number
}

export interface OrderBlock {
  readonly nodeId: string
  /** Quote currency per base unit. */
  readonly priceCenter: number
  /** Full width, quote currency per base unit. */
  readonly priceBand: number
  readonly interactionCount: number
  /** Since it was first seen. */
  readonly interactionsPerHour: number
  /** −1 for times that are even, towards 1 for bursts. */
  readonly burstinessCoefficient: number
  readonly timeSinceInteractionSec: number
  readonly longestIdlePeriodSec: number
  readonly totalVolumeUsd: number
  /** 0 … 1. */
  readonly nodeStrength: number
  /** How many. */
  readonly liquidationsWithinBand: number
}

/** Direction and magnitude (quote currency) are absent where the price has not left the zone, the count where nobody came back. */
export interface SupplyDemandZone {
  readonly zoneId: string
  readonly zoneType: 'supply' | 'demand'
  /** Quote currency per base unit. */
  readonly zoneLow: number
  /** Quote currency per base unit. */
  readonly zoneHigh: number
  /** Quote currency per base unit. */
  readonly zoneCenter: number
  /** Quote currency per base unit. */
  readonly zoneWidth: number
  readonly nodeCount: number
  /** How many. */
  readonly totalInteractions: number
  readonly totalVolumeUsd: number
  /** 0 … 1. */
  readonly avgNodeStrength: number
  readonly displacementDetected: boolean
  readonly displacementDirection?: 'up' | 'down'
  /** Quote currency per base unit. */
  readonly displacementMagnitude?: number
  readonly retestDetected: boolean
  readonly retestCount?: number
}

export interface LiquidationCascadeProximity {
  /** Quote currency per base unit. */
  readonly priceLevel: number
  readonly thresholdFrac: number
  readonly positionsAtRiskCount: number
  readonly aggregatePositionValueUsd: number
  readonly longPositionsCount: number
  readonly longPositionsValueUsd: number
  /** Quote currency per base unit. */
  readonly longClosestPrice?: number
  readonly longAvgDistanceFrac?: number
  readonly shortPositionsCount: number
  readonly shortPositionsValueUsd: number
  /** Quote currency per base unit. */
  readonly shortClosestPrice?: number
  readonly shortAvgDistanceFrac?: number
}

export interface CascadeState {
  readonly phase: 'NONE' | 'PROXIMITY' | 'LIQUIDATING' | 'CASCADING' | 'EXHAUSTED'
  readonly hasConfirmedLiquidation: boolean
  /** How many in five seconds. */
  readonly liquidations5s: number
  /** How many in thirty seconds. */
  readonly liquidations30s: number
  /** How many in a minute. */
  readonly liquidations60s: number
  readonly confirmedLiquidationValueUsd: number
  /** How many. */
  readonly positionsRemainingAtRisk: number
  readonly cascadeStartMs?: number
  readonly cascadeDurationSec: number
  readonly observationBasis: 'CONFIRMED' | 'PROXIMITY_ONLY' | 'NONE'
}

export interface LeverageConcentrationRatio {
  /** Value of a position by its margin. */
  readonly medianLeverage: number
  /** Value of a position by its margin. */
  readonly meanLeverage: number
  readonly leverage25thPct: number
  readonly leverage75thPct: number
  readonly leverage90thPct: number
  /** Value of a position by its margin. */
  readonly leverageMax: number
  readonly lowLeverageCount: number
  readonly mediumLeverageCount: number
  readonly highLeverageCount: number
  readonly extremeLeverageCount: number
  /** The mean, by the value of the positions. */
  readonly weightedAvgLeverage: number
  /** How many. */
  readonly totalPositionsObserved: number
  readonly totalPositionValueUsd: number
}

export interface OpenInterestDirectionalBias {
  readonly longValueUsd: number
  readonly shortValueUsd: number
  readonly netImbalanceUsd: number
  readonly longShortRatio?: number
  readonly longParticipantCount: number
  readonly shortParticipantCount: number
  readonly totalParticipantCount: number
  readonly totalOpenInterestUsd: number
  readonly avgLongPositionValueUsd: number
  readonly avgShortPositionValueUsd: number
}

export interface LiquidationBurst {
  readonly totalVolumeUsd: number
  readonly longLiquidationsUsd: number
  readonly shortLiquidationsUsd: number
  readonly liquidationCount: number
  readonly windowStartMs: number
  readonly windowEndMs: number
}
