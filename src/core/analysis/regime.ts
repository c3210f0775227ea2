import { present } from '../../base/present.js'
import type { RegimeMetrics, RegimeReading, RegimeType } from '../../ports/vocabulary/observation.js'

/**
 * How a market behaves by its figures: the first row of the table whose conditions all hold. What no row describes is UNKNOWN and never
 * guessed; so is everything while a figure is missing. It remembers nothing. Source: module contracts, layer 2; spec, "Analysis: regime".
 */
export function classifyRegime(metrics: RegimeMetrics): RegimeReading {
  const known = present(metrics)
  const figures = figuresOf(known)
  if (figures === undefined) return reading('UNKNOWN', 'INSUFFICIENT_DATA', known)
  if (isRanging(figures)) return reading('RANGING', 'CRITERIA_MET', known)
  if (isTrending(figures)) return reading('TRENDING', 'CRITERIA_MET', known)
  if (isVolatile(figures)) return reading('VOLATILE', 'CRITERIA_MET', known)
  return reading('UNKNOWN', 'NO_CRITERIA', known)
}

/** Thresholds of the table of regimes; distances from the VWAP are in average true ranges of five minutes. Source: spec, "Analysis: regime". */
const RANGING = { distanceMax: 1.25, rangeRatioBelow: 0.8, imbalanceBelow: 0.18, liquidationZBelow: 2 }
const TRENDING = { distanceMin: 1.5, rangeRatioMin: 1, imbalanceMin: 0.35, liquidationZMin: 2.5, openInterestMin: 0.01 }
const VOLATILE = { rangeRatioMin: 1.5, liquidationZMin: 2.5 }

/** The ranges of the short candles against those of the long ones; undefined where either is not known. */
export function rangeRatio({ atr5m, atr30m }: Pick<RegimeMetrics, 'atr5m' | 'atr30m'>): number | undefined {
  return isRange(atr5m) && isRange(atr30m) ? atr5m / atr30m : undefined
}

interface RegimeFigures {
  /** |price − vwap|, quote currency. */
  readonly distance: number
  readonly atr5m: number
  readonly rangeRatio: number
  readonly imbalance: number
  readonly liquidationZ: number
  readonly openInterestChange: number | undefined
}

function figuresOf(metrics: RegimeMetrics): RegimeFigures | undefined {
  const { price, vwap, atr5m, imbalance30s, liquidationZ, openInterestChange5mFrac } = metrics
  const ratio = rangeRatio(metrics)
  if (!isKnown(price) || !isKnown(vwap) || !isKnown(imbalance30s) || !isKnown(liquidationZ)) return undefined
  if (ratio === undefined) return undefined
  return {
    distance: Math.abs(price - vwap),
    atr5m: atr5m!,
    rangeRatio: ratio,
    imbalance: imbalance30s,
    liquidationZ,
    openInterestChange: openInterestChange5mFrac,
  }
}

function isRanging({ distance, atr5m, rangeRatio: ratio, imbalance, liquidationZ }: RegimeFigures): boolean {
  return (
    distance <= RANGING.distanceMax * atr5m &&
    ratio < RANGING.rangeRatioBelow &&
    imbalance < RANGING.imbalanceBelow &&
    liquidationZ < RANGING.liquidationZBelow
  )
}

function isTrending(figures: RegimeFigures): boolean {
  const { distance, atr5m, rangeRatio: ratio, imbalance, liquidationZ, openInterestChange } = figures
  return (
    distance >= TRENDING.distanceMin * atr5m &&
    ratio >= TRENDING.rangeRatioMin &&
    imbalance >= TRENDING.imbalanceMin &&
    (liquidationZ >= TRENDING.liquidationZMin || (openInterestChange ?? 0) >= TRENDING.openInterestMin)
  )
}

function isVolatile({ rangeRatio: ratio, liquidationZ }: RegimeFigures): boolean {
  return ratio >= VOLATILE.rangeRatioMin || liquidationZ >= VOLATILE.liquidationZMin
}

function isKnown(figure: number | undefined): figure is number {
  return figure !== undefined && Number.isFinite(figure)
}

/** A market that has not moved at all has no range to measure anything by. */
function isRange(figure: number | undefined): figure is number {
  return isKnown(figure) && figure > 0
}

function reading(regime: RegimeType, reason: RegimeReading['reason'], metrics: RegimeMetrics): RegimeReading {
  return Object.freeze({ regime, reason, metrics: Object.freeze(metrics) })
}
