import type { DecimalText } from '../base/exact.js'
import type { Quote, Venue } from './venue.js'
import type { Instrument } from './vocabulary/instrument.js'
import type { OrderSide } from './vocabulary/orders.js'

/** A venue whose market is played to it: recorded, made up, or taken from elsewhere. */
export interface PlayedMarket extends Venue {
  /** Something happens in the market now, after everything that was sent before. Once closed, nothing happens any more. */
  market(event: MarketEvent): void
  /** Absent: every question is asked. */
  readonly standstill?: Standstill
}

/** Whether it waits for its market to be played; any other venue has one of its own. */
export function isPlayed(venue: Venue): venue is PlayedMarket {
  return typeof (venue as Partial<PlayedMarket>).market === 'function'
}

/** A venue at which nothing happens by itself: while its market stands still, what it would answer is known. */
export interface Standstill {
  /** What asking for a snapshot and having it takes at the longest, ms; undefined while anything is on its way. */
  answerMaxMs(): number | undefined
  /** As if so many snapshots had been asked for and had come, one after the other; what the last took there and back, ms. */
  passOver(snapshots: number): { readonly thereMs: number; readonly backMs: number }
}

/** What happens in a market that is played to a venue. */
export type MarketEvent =
  | { readonly kind: 'quote'; readonly quote: Quote }
  /** A bar that has just closed. With open, high and low, resting orders see the path between them too. */
  | {
      readonly kind: 'bar'
      readonly symbol: string
      readonly close: DecimalText
      readonly range?: { readonly open: DecimalText; readonly high: DecimalText; readonly low: DecimalText }
    }
  | {
      readonly kind: 'print'
      readonly symbol: string
      readonly price: DecimalText
      readonly quantity: DecimalText
      readonly aggressor: OrderSide
    }
  /** Levels of the book. Those at or inside the best quote are passed over: the quote knows better. */
  | {
      readonly kind: 'depth'
      readonly symbol: string
      readonly bids: readonly DepthLevel[]
      readonly asks: readonly DepthLevel[]
    }
  /** Funding settles now: longs pay `rate` × notional at the mark, shorts receive it. */
  | { readonly kind: 'fundingRate'; readonly symbol: string; readonly rate: DecimalText }
  /** New rules or another status of an instrument the exchange lists. */
  | { readonly kind: 'instrument'; readonly instrument: Instrument }

/** Price and base units; best first. */
export type DepthLevel = readonly [price: DecimalText, quantity: DecimalText]
