import { reaches } from '../../adapters/paper/admission.js'
import { pathOf, QuoteMaker } from '../../adapters/paper/bars.js'
import { Book } from '../../adapters/paper/book.js'
import { PaperFaults } from '../../adapters/paper/faults.js'
import { Matcher } from '../../adapters/paper/matcher.js'
import { completeSettings } from '../../adapters/paper/settings.js'
import type { DecimalText, Exact } from '../../base/exact.js'
import type { MarketEvent } from '../../ports/played-market.js'
import type { Quote, VenueEvent } from '../../ports/venue.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { OrderSide } from '../../ports/vocabulary/orders.js'
import type { PaperSettings } from '../../ports/vocabulary/paper.js'
import type { Floor } from '../floor.js'

/** Prices, books and the matcher of the paper exchange: the market in which orders meet, without a wire before it. */
export class Engine {
  readonly matcher: Matcher
  private readonly books: ReadonlyMap<string, Book>
  private readonly paper: Required<PaperSettings>
  private readonly makers = new WeakMap<Instrument, QuoteMaker>()
  /** What was traded last, by symbol. */
  private readonly lasts = new Map<string, DecimalText>()
  private readonly floor: Floor

  private readonly exhausted: () => void

  /** `tell`: what becomes of orders, at once. `exhausted`: a price has come at which the account is about to be liquidated. */
  constructor(floor: Floor, tell: (event: VenueEvent) => void, exhausted: () => void) {
    this.floor = floor
    this.exhausted = exhausted
    const { instruments, startingBalanceUsd, seed, makerFee, takerFee, liquidationFee } = floor.settings
    this.paper = completeSettings({
      instruments,
      startingBalanceUsd,
      seed,
      leverage: 1,
      ...(makerFee !== undefined && { makerFee }),
      ...(takerFee !== undefined && { takerFee }),
      ...(liquidationFee !== undefined && { liquidationFee }),
    })
    this.books = new Map(instruments.map((instrument) => [instrument.identity.symbol, new Book(instrument, false)]))
    this.matcher = new Matcher(this.paper, this.books, new PaperFaults(() => {}), tell)
  }

  get fees(): { readonly maker: DecimalText; readonly taker: DecimalText } {
    return { maker: this.paper.makerFee, taker: this.paper.takerFee }
  }

  quote(symbol: string): Quote | undefined {
    return this.books.get(symbol)?.quote
  }

  /** What was traded last; where nothing was yet, the mark. */
  last(symbol: string): DecimalText | undefined {
    return this.lasts.get(symbol) ?? this.quote(symbol)?.mark
  }

  /** Signed base units. */
  held(symbol: string): Exact {
    return this.matcher.account.position(symbol).quantity
  }

  /** Does what is shown to an order of this side fill it whole, at its limit or better? */
  fillsWhole(symbol: string, side: OrderSide, quantity: Exact, limit: DecimalText): boolean {
    let left = quantity
    for (const offer of this.books.get(symbol)!.offers(side, null)) {
      if (!reaches(side, limit, offer.price.toFixed())) break
      left = left.minus(offer.quantity)
      if (!left.isPositive() || left.isZero()) return true
    }
    return false
  }

  displays(symbol: string, side: OrderSide): boolean {
    return this.books.get(symbol)!.displays(side)
  }

  opposite(symbol: string, side: OrderSide): DecimalText {
    return this.books.get(symbol)!.opposite(side)
  }

  /**
   * The market moves. `moved` is called for each price, after orders have met it. A bar is gone through as its path says;
   * what it ends with is returned. What is not listed for trading is passed over.
   */
  happens(event: MarketEvent, moved: (symbol: string) => void): Quote | undefined {
    const { nowMs } = this.floor.clock
    const symbol = symbolOf(event)
    const book = this.books.get(symbol)
    if (book === undefined) return undefined
    switch (event.kind) {
      case 'quote':
        book.showQuote(event.quote)
        this.priced(symbol, moved)
        return undefined
      case 'print':
        this.lasts.set(symbol, event.price)
        this.matcher.onPrint(symbol, event, nowMs)
        moved(symbol)
        return undefined
      case 'depth':
        book.showDepth(event.bids, event.asks)
        return undefined
      case 'instrument':
        book.instrument = event.instrument
        this.matcher.onInstrument(symbol, nowMs)
        return undefined
      case 'fundingRate':
        return undefined
      case 'bar':
        return this.bar(event, book, moved)
    }
  }

  private priced(symbol: string, moved: (symbol: string) => void): void {
    if (this.matcher.margin.isExhausted) this.exhausted()
    this.matcher.onPrices(symbol, this.floor.clock.nowMs)
    moved(symbol)
  }

  private bar(bar: Extract<MarketEvent, { kind: 'bar' }>, book: Book, moved: (symbol: string) => void): Quote {
    const { exchangeMs } = this.floor.clock
    const maker = this.makerOf(book.instrument)
    let quote = book.quote
    for (const price of pathOf(bar, this.held(bar.symbol))) {
      quote = maker.quote(price, exchangeMs)
      book.showQuote(quote)
      this.lasts.set(bar.symbol, price)
      this.priced(bar.symbol, moved)
    }
    return quote!
  }

  private makerOf(instrument: Instrument): QuoteMaker {
    let maker = this.makers.get(instrument)
    if (maker === undefined) {
      maker = new QuoteMaker(instrument, this.paper)
      this.makers.set(instrument, maker)
    }
    return maker
  }
}

function symbolOf(event: MarketEvent): string {
  switch (event.kind) {
    case 'quote':
      return event.quote.symbol
    case 'instrument':
      return event.instrument.identity.symbol
    default:
      return event.symbol
  }
}
