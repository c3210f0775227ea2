import type { BarObservation, SymbolObservation } from '../../src/ports/vocabulary/observation.js'

export const OBSERVED_MS = Date.UTC(2026, 0, 5, 12)

/** What may be known of a symbol in the middle of a cascade. */
export function cascading(symbol: string, price: number): SymbolObservation {
  return {
    primitives: {
      symbol,
      priceTraversalVelocity: { priceDelta: -120, timeDeltaSec: 40, velocity: -3 },
      directionalContinuity: { totalTrades: 500, buyTrades: 100, sellTrades: 400, continuityValue: 0.8 },
      eventNonOccurrenceCounter: { expectedCount: 3, observedCount: 3, nonOccurrenceCount: 0 },
      traversalVoidSpan: { maxVoidSec: 1.5, voidIntervalsMs: [[OBSERVED_MS - 1_500, OBSERVED_MS]] },
      restingSize: {
        bidSize: 1_234_567,
        askSize: 98_765.4,
        bestBidPrice: price,
        bestAskPrice: price,
        tsMs: OBSERVED_MS,
      },
      orderBlock: {
        ...{ nodeId: `${symbol}#3`, priceCenter: price * 0.9988, priceBand: price * 0.001, interactionCount: 12 },
        ...{
          interactionsPerHour: 480,
          burstinessCoefficient: 0.4,
          timeSinceInteractionSec: 2,
          longestIdlePeriodSec: 30,
        },
        ...{ totalVolumeUsd: 1_250_000, nodeStrength: 0.93, liquidationsWithinBand: 7 },
      },
      supplyDemandZone: {
        ...{ zoneId: `${symbol}:demand:9`, zoneType: 'demand', zoneLow: price * 0.99, zoneHigh: price * 0.994 },
        ...{ zoneCenter: price * 0.992, zoneWidth: price * 0.004, nodeCount: 3, totalInteractions: 40 },
        ...{ totalVolumeUsd: 2_000_000, avgNodeStrength: 0.7, displacementDetected: false, retestDetected: false },
      },
      cascadeState: {
        ...{ phase: 'LIQUIDATING', hasConfirmedLiquidation: true, liquidations5s: 1, liquidations30s: 2 },
        ...{ liquidations60s: 14, confirmedLiquidationValueUsd: 1e6, positionsRemainingAtRisk: 0 },
        ...{ cascadeStartMs: OBSERVED_MS - 50_000, cascadeDurationSec: 50, observationBasis: 'CONFIRMED' },
      },
      liquidationBurst: {
        ...{ totalVolumeUsd: 1_239_000, longLiquidationsUsd: 1_230_000, shortLiquidationsUsd: 9_000 },
        ...{ liquidationCount: 9, windowStartMs: OBSERVED_MS - 10_000, windowEndMs: OBSERVED_MS },
      },
    },
    regime: {
      ...{ regime: 'TRENDING', reason: 'CRITERIA_MET' },
      metrics: { price, liquidationZ: -10, openInterestChange5mFrac: -0.123, atr5m: 12, imbalance30s: 0.44 },
    },
    market: {
      price,
      markPrice: price,
      fundingRate: 0.0001,
      flow10s: { buyUsd: 1, sellUsd: 2 },
      msSinceLiquidation: 900,
    },
  }
}

/** Of which nothing is known. */
export function quiet(symbol: string): SymbolObservation {
  return {
    primitives: { symbol },
    regime: { regime: 'UNKNOWN', reason: 'INSUFFICIENT_DATA', metrics: {} },
    market: { flow10s: { buyUsd: 0, sellUsd: 0 } },
  }
}

export function observedOf(...symbols: readonly SymbolObservation[]): BarObservation {
  return {
    ...{ status: 'UNINITIALIZED', timestampMs: OBSERVED_MS },
    symbols: Object.fromEntries(symbols.map((of) => [of.primitives.symbol, of])),
  }
}
