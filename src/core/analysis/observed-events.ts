import type { KlineEvent, LiquidationEvent, MarkEvent, MarketDataEvent, TradeEvent } from '../../ports/market-data.js'
import type { ObservationEvent } from '../../ports/vocabulary/observation-events.js'
import type { BookKind } from '../orderbook/market-features.js'
import { ObservedBooks, type ObservedBooksCounters } from './observed-books.js'

/**
 * What an observer is told, from the events of a market, live or recorded. Events of symbols that nobody observes are passed on: the
 * observer refuses and counts them. Of a book there is something to tell with each frame that it has taken, and only while it is known;
 * its decimals come with `listed`. Nothing is asked for: books of changes wait for the snapshots that others ask for.
 */
export class ObservedEvents {
  private readonly books: ObservedBooks

  /** @param options `books`: what the depth frames are, changes or best levels whole; one stream is never both. */
  constructor({ books }: { readonly books: BookKind }) {
    this.books = new ObservedBooks(books)
  }

  /** What is told of an event; often nothing. */
  of(event: MarketDataEvent): readonly ObservationEvent[] {
    switch (event.kind) {
      case 'trade':
        return [trade(event)]
      case 'liquidation':
        return [liquidation(event)]
      case 'mark':
        return [mark(event)]
      case 'settledFunding':
        return [{ kind: 'FUNDING', symbol: event.symbol, tsMs: event.atMs, rate: event.rate }]
      case 'openInterest': {
        const { symbol, atMs: tsMs, openInterest } = event
        return [{ kind: 'OPEN_INTEREST', symbol, tsMs, openInterest }]
      }
      case 'kline':
        return event.baseVolume > 0 ? [kline(event)] : NOTHING
      case 'depth':
        return some(this.books.depth(event))
      case 'snapshot':
        return some(this.books.snapshot(event))
      case 'lost':
        this.books.lost(event.symbols)
        return NOTHING
      case 'listed':
        this.books.listed(event.contracts)
        return NOTHING
      default:
        return NOTHING
    }
  }

  /** Quote currency that rests within 2 % of the middle of a book, as of a time, UTC ms; undefined where that is not known. */
  depthWithin2PctUsd(symbol: string, nowMs: number): number | undefined {
    return this.books.depthWithin2PctUsd(symbol, nowMs)
  }

  counters(): ObservedBooksCounters {
    return this.books.counters()
  }
}

const NOTHING: readonly ObservationEvent[] = Object.freeze([])

function some(event: ObservationEvent | undefined): readonly ObservationEvent[] {
  return event === undefined ? NOTHING : [event]
}

function trade({ symbol, atMs: tsMs, price, baseQuantity: baseQty, side, venueId }: TradeEvent): ObservationEvent {
  return { kind: 'TRADE', symbol, tsMs, price, baseQty, side, venueId }
}

/** Of one that is not filled yet what was ordered is all there is. */
function liquidation(event: LiquidationEvent): ObservationEvent {
  const { symbol, atMs: tsMs, side, orderPrice, baseQuantity, orderBaseQuantity } = event
  const price = event.price > 0 ? event.price : orderPrice
  const baseQty = baseQuantity > 0 ? baseQuantity : (orderBaseQuantity ?? 0)
  return { kind: 'LIQUIDATION', symbol, tsMs, price, baseQty, side, orderPrice }
}

function mark({ symbol, atMs: tsMs, mark, index, fundingRate, nextFundingMs }: MarkEvent): ObservationEvent {
  const told = { indexPrice: index, fundingRate, nextFundingMs }
  const known = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null))
  return { kind: 'MARK_PRICE', symbol, tsMs, markPrice: mark, ...known }
}

/** What the exchange calls the candle of a time without trades is no candle. */
function kline({ symbol, closeMs: tsMs, kind: _, receivedMs: __, ...candle }: KlineEvent): ObservationEvent {
  return { kind: 'KLINE', symbol, tsMs, closeMs: tsMs, closed: true, ...candle }
}
