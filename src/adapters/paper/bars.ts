import { type DecimalText, Exact } from '../../ports/exact.js'
import type { Instrument } from '../../ports/instrument.js'
import type { Quote } from '../../ports/venue.js'
import { ceilTo, floorTo } from './book.js'
import type { PaperMarketEvent, PaperSettings } from './settings.js'

type Bar = Extract<PaperMarketEvent, { kind: 'bar' }>

/**
 * Prices in the order in which a bar went through them: open, then the extreme on the far side of the close, then the
 * other, then close. A bar says no more; this order is the usual one for trends and the worse one for stops.
 */
export function pathOf({ close, range }: Bar): readonly DecimalText[] {
  if (range === undefined) return [close]
  const { open, high, low } = range
  return new Exact(close).gte(open) ? [open, low, high, close] : [open, high, low, close]
}

/** A quote around a price: half the spread on each side, rounded away from it, and the same value displayed on both. */
export function quoteAround(
  price: DecimalText,
  { identity, tickSize, lotSize }: Instrument,
  settings: Required<PaperSettings>,
  timestampMs: number,
): Quote {
  const { symbol } = identity
  const middle = new Exact(price)
  const displayed = floorTo(new Exact(settings.displayedUsd).div(middle), lotSize)
  const quantity = Exact.max(displayed, lotSize).toFixed()
  const sizes = { bidQuantity: quantity, askQuantity: quantity }
  if (settings.fillMode === 'bar-price') return { symbol, bid: price, ask: price, ...sizes, mark: price, timestampMs }
  const half = middle.times(settings.halfSpreadBps).div(10_000)
  return {
    symbol,
    bid: floorTo(middle.minus(half), tickSize).toFixed(),
    ask: ceilTo(middle.plus(half), tickSize).toFixed(),
    ...sizes,
    mark: price,
    timestampMs,
  }
}
