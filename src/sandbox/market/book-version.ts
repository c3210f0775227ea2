import type { DepthLevel } from '../../ports/played-market.js'
import type { Quote } from '../../ports/venue.js'
import type { Listed } from '../listing.js'
import { decimalsOf, padded } from './plain-decimals.js'

/** A book as it was after a change: levels best first, as they are printed. */
export interface BookVersion {
  /** Of the last change in it. */
  readonly updateId: number
  /** When that was, UTC ms. */
  readonly changedMs: number
  readonly bids: readonly DepthLevel[]
  readonly asks: readonly DepthLevel[]
}

export interface Behind {
  readonly bids: readonly DepthLevel[]
  readonly asks: readonly DepthLevel[]
}

export interface BookPrint {
  readonly updateId: number
  readonly changedMs: number
  readonly priceDecimals: number
  readonly quantityDecimals: number
}

/** The quote with what is behind it: levels at or inside the quote are passed over, since the quote knows better. */
export function shownBook(quote: Quote, behind: Behind, print: BookPrint): BookVersion {
  const [bid, ask] = [Number(quote.bid), Number(quote.ask)]
  const shown = ([price, quantity]: DepthLevel): DepthLevel => [
    padded(price, print.priceDecimals),
    padded(quantity, print.quantityDecimals),
  ]
  return {
    updateId: print.updateId,
    changedMs: print.changedMs,
    bids: [[quote.bid, quote.bidQuantity] as const, ...behind.bids.filter(([price]) => Number(price) < bid)].map(shown),
    asks: [[quote.ask, quote.askQuantity] as const, ...behind.asks.filter(([price]) => Number(price) > ask)].map(shown),
  }
}

/**
 * Levels behind a quote, where nobody says what stands there: a price has the same quantity whichever quote is before it, some
 * prices have none, and with each change of the market an eighth of them change.
 */
export function behindTheQuote(
  quote: Quote,
  { listed, levels, change }: { readonly listed: Listed; readonly levels: number; readonly change: number },
): Behind {
  const { instrument } = listed
  const [tick, lot] = [Number(instrument.tickSize), Number(instrument.lotSize)]
  const decimals = { price: decimalsOf(instrument.tickSize), quantity: decimalsOf(instrument.lotSize) }
  const lots = (LEVEL_USD / Number(quote.bid) / lot) * 2
  const key = hashOfText(instrument.identity.symbol)
  const side = (best: string, step: 1 | -1): DepthLevel[] => {
    const found: DepthLevel[] = []
    const first = Math.round(Number(best) / tick)
    for (let ticks = first + step; found.length < levels && ticks > 0; ticks += step) {
      const place = hash(key, ticks)
      if (place % 4 === 0) continue
      const size = hash(place, (change + (place & 7)) >> 3) / 2 ** 32
      const quantity = Math.max(1, Math.floor(lots * size)) * lot
      found.push([(ticks * tick).toFixed(decimals.price), quantity.toFixed(decimals.quantity)])
    }
    return found
  }
  return { bids: side(quote.bid, -1), asks: side(quote.ask, 1) }
}

/** USD of a level, on average. */
const LEVEL_USD = 20_000

/** A number of 32 bits that looks like none of those it is made of (MurmurHash3's finalizer). */
export function hash(a: number, b: number): number {
  let h = Math.imul(a | 0, 0x9e3779b1) ^ (b | 0)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

export function hashOfText(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}
