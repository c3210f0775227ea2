import type {
  CentralTendencyDeviation,
  DisplacementOriginAnchor,
  PriceAcceptanceRatio,
  PriceTraversalVelocity,
  TraversalCompactness,
} from '../../../../ports/vocabulary/primitives.js'
import type { TradeColumns } from '../symbol-view.js'

/** Where the price was, and for how long, before it went where it is: of the first half of the trades, which are given. */
export function displacementOriginAnchor(firstHalf: TradeColumns): DisplacementOriginAnchor {
  const { from, to, tsMs } = firstHalf
  const [anchorLow, anchorHigh] = priceRange(firstHalf)
  return { anchorLow, anchorHigh, anchorDwellSec: (tsMs[to - 1]! - tsMs[from]!) / 1_000 }
}

/** How fast the price went from the first trade to the last; absent when both are of one time. */
export function priceTraversalVelocity({ from, to, tsMs, price }: TradeColumns): PriceTraversalVelocity | undefined {
  const timeDeltaSec = (tsMs[to - 1]! - tsMs[from]!) / 1_000
  if (timeDeltaSec === 0) return undefined
  const priceDelta = price[to - 1]! - price[from]!
  return { priceDelta, timeDeltaSec, velocity: priceDelta / timeDeltaSec }
}

/** How straight the price went: 1 straight on or not at all, towards 0 to and fro. */
export function traversalCompactness({ from, to, price }: TradeColumns): TraversalCompactness {
  const netDisplacement = Math.abs(price[to - 1]! - price[from]!)
  let totalPathLength = 0
  for (let i = from + 1; i < to; i++) totalPathLength += Math.abs(price[i]! - price[i - 1]!)
  const compactnessRatio = totalPathLength === 0 ? 1 : netDisplacement / totalPathLength
  return { netDisplacement, totalPathLength, compactnessRatio }
}

/** How far the last price is from the mean one. */
export function centralTendencyDeviation({ from, to, price }: TradeColumns): CentralTendencyDeviation {
  let sum = 0
  for (let i = from; i < to; i++) sum += price[i]!
  return { deviationValue: price[to - 1]! - sum / (to - from) }
}

/** How much of the range between the lowest and the highest price lies between the first and the last. */
export function priceAcceptanceRatio(trades: TradeColumns): PriceAcceptanceRatio {
  const { from, to, price } = trades
  const [low, high] = priceRange(trades)
  const acceptedRange = Math.abs(price[to - 1]! - price[from]!)
  const range = high - low
  return {
    acceptedRange,
    rejectedRange: range - acceptedRange,
    acceptanceRatio: range === 0 ? 1 : acceptedRange / range,
  }
}

/** Lowest and highest price. */
export function priceRange({ from, to, price }: TradeColumns): readonly [low: number, high: number] {
  let low = price[from]!
  let high = low
  for (let i = from + 1; i < to; i++) {
    const p = price[i]!
    if (p < low) low = p
    if (p > high) high = p
  }
  return [low, high]
}
