import type { CascadeState, LiquidationBurst, LiquidationDensity } from '../../../../ports/vocabulary/primitives.js'
import type { TradeColumns } from '../symbol-view.js'

/** How many liquidations lie around the price; absent when fewer than two are known at all. */
export function liquidationDensity(
  { from, to, price, baseQty }: TradeColumns,
  priceCenter: number,
): LiquidationDensity | undefined {
  const priceWindow = DENSITY_WIDTH_FRAC * priceCenter
  // The smallest of prices has a percent that is 0 in float64: no density can be told.
  if (to - from < 2 || priceWindow === 0) return undefined
  const [low, high] = [priceCenter - priceWindow / 2, priceCenter + priceWindow / 2]
  let liquidationCount = 0
  let totalVolume = 0
  let totalValueUsd = 0
  for (let i = from; i < to; i++) {
    if (price[i]! < low || price[i]! > high) continue
    liquidationCount++
    totalVolume += baseQty[i]!
    totalValueUsd += price[i]! * baseQty[i]!
  }
  const densityScore = liquidationCount / priceWindow
  return { priceCenter, priceWindow, liquidationCount, totalVolume, totalValueUsd, densityScore }
}

/** Width around the price in which liquidations are counted, as a share of it. */
const DENSITY_WIDTH_FRAC = 0.01

const CASCADING = { withinMs: 30_000, liquidations: 3 }
const LIQUIDATING_WITHIN_MS = 5_000
const CONFIRMED_WITHIN_MS = 60_000

/** Where in a cascade the market is, by what was liquidated in the last minute and by how many positions are near it. */
export function cascadeState(liquidations: TradeColumns, atRiskCount: number, nowMs: number): CascadeState {
  const { to, tsMs } = liquidations
  const firstIn60s = firstSince(liquidations, nowMs - CONFIRMED_WITHIN_MS)
  const counts = {
    liquidations5s: to - firstSince(liquidations, nowMs - LIQUIDATING_WITHIN_MS),
    liquidations30s: to - firstSince(liquidations, nowMs - CASCADING.withinMs),
    liquidations60s: to - firstIn60s,
  }
  const isConfirmed = counts.liquidations60s > 0
  return {
    phase: cascadePhase(counts, atRiskCount),
    hasConfirmedLiquidation: isConfirmed,
    ...counts,
    confirmedLiquidationValueUsd: valueUsd(liquidations, firstIn60s),
    positionsRemainingAtRisk: atRiskCount,
    ...(isConfirmed && { cascadeStartMs: tsMs[firstIn60s]! }),
    cascadeDurationSec: isConfirmed ? (nowMs - tsMs[firstIn60s]!) / 1_000 : 0,
    observationBasis: isConfirmed ? 'CONFIRMED' : atRiskCount > 0 ? 'PROXIMITY_ONLY' : 'NONE',
  }
}

function cascadePhase(
  counts: Pick<CascadeState, 'liquidations5s' | 'liquidations30s' | 'liquidations60s'>,
  atRiskCount: number,
): CascadeState['phase'] {
  if (counts.liquidations30s >= CASCADING.liquidations) return 'CASCADING'
  if (counts.liquidations5s >= 1) return 'LIQUIDATING'
  if (counts.liquidations60s >= 1 && atRiskCount === 0) return 'EXHAUSTED'
  return atRiskCount > 0 ? 'PROXIMITY' : 'NONE'
}

const BURST_MS = 10_000

/** What was liquidated in the last ten seconds; absent when nothing was. A forced order to SELL closes a long. */
export function liquidationBurst(liquidations: TradeColumns, nowMs: number): LiquidationBurst | undefined {
  const { to, price, baseQty, isBuy } = liquidations
  const windowStartMs = nowMs - BURST_MS
  const first = firstSince(liquidations, windowStartMs)
  if (first === to) return undefined
  let longLiquidationsUsd = 0
  let shortLiquidationsUsd = 0
  for (let i = first; i < to; i++) {
    if (isBuy[i] === 1) shortLiquidationsUsd += price[i]! * baseQty[i]!
    else longLiquidationsUsd += price[i]! * baseQty[i]!
  }
  return {
    totalVolumeUsd: longLiquidationsUsd + shortLiquidationsUsd,
    longLiquidationsUsd,
    shortLiquidationsUsd,
    liquidationCount: to - first,
    windowStartMs,
    windowEndMs: nowMs,
  }
}

/** Where the entries of `sinceMs` and later begin. */
function firstSince({ from, to, tsMs }: TradeColumns, sinceMs: number): number {
  let first = to
  while (first > from && tsMs[first - 1]! >= sinceMs) first--
  return first
}

function valueUsd({ to, price, baseQty }: TradeColumns, first: number): number {
  let sum = 0
  for (let i = first; i < to; i++) sum += price[i]! * baseQty[i]!
  return sum
}
