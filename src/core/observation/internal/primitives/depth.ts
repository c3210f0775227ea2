import type {
  AbsorptionEvent,
  BookSideName,
  OrderConsumption,
  RefillEvent,
  RestingSize,
} from '../../../../ports/vocabulary/primitives.js'
import type { DepthTop, TradeColumns } from '../symbol-view.js'

/** What rests at the top of the book; absent when nothing does. */
export function restingSize({ bidSize, askSize, bestBid, bestAsk, tsMs }: DepthTop): RestingSize | undefined {
  if (bidSize === 0 && askSize === 0) return undefined
  return {
    bidSize,
    askSize,
    ...(bestBid !== undefined && { bestBidPrice: bestBid }),
    ...(bestAsk !== undefined && { bestAskPrice: bestAsk }),
    tsMs,
  }
}

/** How much less rests than did before; absent when it is no more than a tenth on either side. */
export function orderConsumption(before: DepthTop, latest: DepthTop): OrderConsumption | undefined {
  const change = firstSideThat(before, latest, (sizeBefore, size) => sizeBefore - size)
  return change && { consumedSize: change.size, side: change.side, priceLevel: change.priceLevel, tsMs: latest.tsMs }
}

/** How much more rests than did before, likewise. */
export function refillEvent(before: DepthTop, latest: DepthTop): RefillEvent | undefined {
  const change = firstSideThat(before, latest, (sizeBefore, size) => size - sizeBefore)
  return change && { addedSize: change.size, side: change.side, priceLevel: change.priceLevel, tsMs: latest.tsMs }
}

/** A share of what was there: a size in base units would mean another thing for each symbol. */
const CHANGE_FRAC = 0.1

interface SideChange {
  readonly side: BookSideName
  readonly size: number
  readonly priceLevel: number
}

/** The first side, of bid and ask, that changed by more than a tenth and whose best price is known. */
function firstSideThat(
  before: DepthTop,
  latest: DepthTop,
  changeOf: (sizeBefore: number, size: number) => number,
): SideChange | undefined {
  if (before.tsMs >= latest.tsMs) return undefined
  const bid = changeOf(before.bidSize, latest.bidSize)
  if (before.bidSize > 0 && bid > CHANGE_FRAC * before.bidSize && latest.bestBid !== undefined) {
    return { side: 'bid', size: bid, priceLevel: latest.bestBid }
  }
  const ask = changeOf(before.askSize, latest.askSize)
  if (before.askSize > 0 && ask > CHANGE_FRAC * before.askSize && latest.bestAsk !== undefined) {
    return { side: 'ask', size: ask, priceLevel: latest.bestAsk }
  }
  return undefined
}

/** How old the last trade before a consumption may be, to say what the price was. */
const PRICE_BEFORE_MS = 2_000
const ABSORBED_PCT = 1

/** A consumption that hardly moved the price; absent when it moved it by more than a percent, or a price is not known. */
export function absorptionEvent(
  { consumedSize, side, tsMs }: OrderConsumption,
  { from, to, tsMs: times, price }: TradeColumns,
  beforeMs: number,
): AbsorptionEvent | undefined {
  let i = to - 1
  while (i >= from && times[i]! > tsMs) i--
  const after = i >= from && times[i]! > beforeMs ? price[i]! : undefined
  while (i >= from && times[i]! > beforeMs) i--
  const before = i >= from && times[i]! >= beforeMs - PRICE_BEFORE_MS ? price[i]! : undefined
  if (before === undefined || after === undefined) return undefined
  const priceMovementPct = Math.abs(after / before - 1) * 100
  return priceMovementPct <= ABSORBED_PCT ? { consumedSize, priceMovementPct, side, tsMs } : undefined
}
