import type {
  LeverageConcentrationRatio,
  LiquidationCascadeProximity,
  OpenInterestDirectionalBias,
} from '../../../../ports/vocabulary/primitives.js'
import type { PositionView } from '../symbol-view.js'

/** Which positions are about to be liquidated at a price; absent when none is. */
export function liquidationCascadeProximity(
  priceLevel: number,
  positions: readonly PositionView[],
  { nowMs, thresholdFrac = AT_RISK_FRAC }: { readonly nowMs: number; readonly thresholdFrac?: number },
): LiquidationCascadeProximity | undefined {
  const long = nobodyNear()
  const short = nobodyNear()
  for (const { tsMs, positionSize, positionValueUsd, liquidationPrice } of positions) {
    if (positionSize === 0 || liquidationPrice === undefined || liquidationPrice <= 0) continue
    if (nowMs - tsMs > OLDEST_POSITION_MS) continue
    const distanceFrac = Math.abs(priceLevel - liquidationPrice) / priceLevel
    if (distanceFrac > thresholdFrac) continue
    const side = positionSize > 0 ? long : short
    if (side.count === 0 || distanceFrac < side.closestFrac) {
      side.closestFrac = distanceFrac
      side.closestPrice = liquidationPrice
    }
    side.count++
    side.valueUsd += positionValueUsd
    side.distanceFracSum += distanceFrac
  }
  if (long.count + short.count === 0) return undefined
  return {
    priceLevel,
    thresholdFrac,
    positionsAtRiskCount: long.count + short.count,
    aggregatePositionValueUsd: long.valueUsd + short.valueUsd,
    longPositionsCount: long.count,
    longPositionsValueUsd: long.valueUsd,
    ...(long.count > 0 && {
      longClosestPrice: long.closestPrice,
      longAvgDistanceFrac: long.distanceFracSum / long.count,
    }),
    shortPositionsCount: short.count,
    shortPositionsValueUsd: short.valueUsd,
    ...(short.count > 0 && {
      shortClosestPrice: short.closestPrice,
      shortAvgDistanceFrac: short.distanceFracSum / short.count,
    }),
  }
}

/** How near to liquidation a position must be, as a share of the price, to be counted. */
const AT_RISK_FRAC = 0.02
const OLDEST_POSITION_MS = 600_000

function nobodyNear() {
  return { count: 0, valueUsd: 0, closestPrice: 0, closestFrac: 0, distanceFracSum: 0 }
}

/** How leverage is spread over the positions that have any; absent when none has. */
export function leverageConcentrationRatio(
  positions: readonly Pick<PositionView, 'leverage' | 'positionValueUsd'>[],
): LeverageConcentrationRatio | undefined {
  const counted = positions.filter(({ leverage, positionValueUsd }) => leverage > 0 && positionValueUsd > 0)
  if (counted.length === 0) return undefined
  const sorted = Float64Array.from(counted, ({ leverage }) => leverage).sort()
  let leverageSum = 0
  let weightedSum = 0
  let totalPositionValueUsd = 0
  for (const { leverage, positionValueUsd } of counted) {
    leverageSum += leverage
    weightedSum += leverage * positionValueUsd
    totalPositionValueUsd += positionValueUsd
  }
  const below = (limit: number) => counted.reduce((count, { leverage }) => count + (leverage < limit ? 1 : 0), 0)
  return {
    medianLeverage: quantile(sorted, 0.5),
    meanLeverage: leverageSum / counted.length,
    leverage25thPct: quantile(sorted, 0.25),
    leverage75thPct: quantile(sorted, 0.75),
    leverage90thPct: quantile(sorted, 0.9),
    leverageMax: sorted.at(-1)!,
    lowLeverageCount: below(5),
    mediumLeverageCount: below(10) - below(5),
    highLeverageCount: below(20) - below(10),
    extremeLeverageCount: counted.length - below(20),
    weightedAvgLeverage: weightedSum / totalPositionValueUsd,
    totalPositionsObserved: counted.length,
    totalPositionValueUsd,
  }
}

/** Between the two values around it, linearly. */
function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)]!
  const above = sorted[Math.ceil(place)]!
  return below + (above - below) * (place - Math.floor(place))
}

/** What is held long and what short; absent when nobody is known to hold anything. */
export function openInterestDirectionalBias(
  positions: readonly Pick<PositionView, 'positionSize' | 'positionValueUsd'>[],
): OpenInterestDirectionalBias | undefined {
  let [longValueUsd, longParticipantCount, shortValueUsd, shortParticipantCount] = [0, 0, 0, 0]
  for (const { positionSize, positionValueUsd } of positions) {
    if (positionSize > 0) {
      longValueUsd += Math.abs(positionValueUsd)
      longParticipantCount++
    } else if (positionSize < 0) {
      shortValueUsd += Math.abs(positionValueUsd)
      shortParticipantCount++
    }
  }
  const totalParticipantCount = longParticipantCount + shortParticipantCount
  if (totalParticipantCount === 0) return undefined
  return {
    longValueUsd,
    shortValueUsd,
    netImbalanceUsd: longValueUsd - shortValueUsd,
    ...(shortValueUsd > 0 && { longShortRatio: longValueUsd / shortValueUsd }),
    longParticipantCount,
    shortParticipantCount,
    totalParticipantCount,
    totalOpenInterestUsd: longValueUsd + shortValueUsd,
    avgLongPositionValueUsd: longParticipantCount === 0 ? 0 : longValueUsd / longParticipantCount,
    avgShortPositionValueUsd: shortParticipantCount === 0 ? 0 : shortValueUsd / shortParticipantCount,
  }
}
