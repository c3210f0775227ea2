import type { DecimalText } from '../base/exact.js'
import type { Quote, Venue } from './venue.js'
import type { Instrument } from './vocabulary/instrument.js'
import type { OrderSide } from './vocabulary/orders.js'

/** A venue whose market is played to it: recorded, made up, or taken from elsewhere. */
export interface PlayedMarket extends Venue {
  /** Something happens in the market now, after everything that was sent before. Once closed, nothing happens any more. */
  market(event: MarketEvent): void
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
