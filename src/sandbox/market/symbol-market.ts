import type { DecimalText } from '../../base/exact.js'
import type { DepthLevel, MarketEvent } from '../../ports/played-market.js'
import type { Quote } from '../../ports/venue.js'
import type { Listed } from '../listing.js'
import { addTrade, type Bar, type BarTrade, barOf, MINUTE_MS } from './bar.js'
import { type BookVersion, behindTheQuote, shownBook } from './book-version.js'
import { decimalsOf } from './plain-decimals.js'

/** One trade as the exchange tells it. */
export interface Trade {
  readonly id: number
  readonly price: DecimalText
  readonly quantity: DecimalText
  readonly buyerIsMaker: boolean
  readonly timeMs: number
}

/** What the exchange knows of the market in one symbol, from what has happened in it. */
export class SymbolMarket {
  readonly symbol: string
  readonly priceDecimals: number
  readonly quantityDecimals: number
  quote: Quote | undefined
  /** Of the book: grows with each change. */
  updateId = 0
  /** When it changed last, UTC ms. */
  changedMs = 0
  /** The latest ones, oldest first. */
  readonly trades: Trade[] = []
  /** Minutes in which something was traded since the exchange began, the one in hand last. */
  readonly minutes: Bar[] = []
  private readonly listed: Listed
  private readonly levels: number
  private depth: { readonly bids: readonly DepthLevel[]; readonly asks: readonly DepthLevel[] } | undefined
  private changes = 0
  private tradeIds: number
  private hasTrades = false
  private version: BookVersion | undefined
  private readonly older: BookVersion[] = []

  constructor(listed: Listed, { levels, firstTradeId }: { readonly levels: number; readonly firstTradeId: number }) {
    const { instrument } = listed
    this.symbol = instrument.identity.symbol
    this.listed = listed
    this.levels = levels
    this.tradeIds = firstTradeId
    this.priceDecimals = priceDecimalsOf(instrument.tickSize)
    this.quantityDecimals = decimalsOf(instrument.lotSize)
  }

  /** What has happened in it. `updateId`: of the book, if this changes it. */
  market(event: Exclude<MarketEvent, { readonly kind: 'fundingRate' | 'instrument' }>, at: MarketMoment): void {
    switch (event.kind) {
      case 'quote':
        this.quote = event.quote
        this.change(at)
        if (!this.hasTrades) this.trade(midOf(event.quote, this.listed.instrument.lotSize), at.nowMs)
        break
      case 'depth':
        this.depth = event
        this.change(at)
        break
      case 'print':
        this.beginsToTrade()
        this.keepTrade(event, at.nowMs)
        break
      case 'bar':
        this.beginsToTrade()
        for (const price of pathOf(event)) {
          this.trade({ price: Number(price), quantity: BAR_USD / Number(price), buyerTakes: true }, at.nowMs - 1)
        }
        break
    }
  }

  get lastTrade(): Trade | undefined {
    return this.trades.at(-1)
  }

  /** USD: of the last trade, or the middle of the quote. */
  get lastPrice(): number | undefined {
    return this.minutes.at(-1)?.close ?? (this.quote && (Number(this.quote.bid) + Number(this.quote.ask)) / 2)
  }

  /** The book of now; undefined while there is none. */
  book(): BookVersion | undefined {
    const { quote } = this
    if (quote === undefined) return undefined
    if (this.version?.updateId === this.updateId) return this.version
    const behind =
      this.depth ?? behindTheQuote(quote, { listed: this.listed, levels: this.levels, change: this.changes })
    this.version = shownBook(quote, behind, {
      updateId: this.updateId,
      changedMs: this.changedMs,
      priceDecimals: this.priceDecimals,
      quantityDecimals: this.quantityDecimals,
    })
    return this.version
  }

  /** The book as it was `lagMs` ago, as far back as somebody looked at it meanwhile. */
  bookBefore(nowMs: number, lagMs: number): BookVersion | undefined {
    const now = this.book()
    if (now === undefined || lagMs === 0) return now
    return this.older.findLast((version) => version.changedMs <= nowMs - lagMs) ?? this.older[0] ?? now
  }

  /** Remembers the book of now for whoever is to be given an old one. */
  keepBook(): void {
    const version = this.book()
    if (version === undefined || this.older.at(-1) === version) return
    this.older.push(version)
    if (this.older.length > OLDER_KEPT) this.older.shift()
  }

  /** What quotes stood in for is known now. */
  private beginsToTrade(): void {
    if (!this.hasTrades) this.minutes.length = 0
    this.hasTrades = true
  }

  private change({ nowMs, updateId }: MarketMoment): void {
    this.changes++
    this.updateId = updateId
    this.changedMs = nowMs
  }

  private keepTrade(print: Extract<MarketEvent, { readonly kind: 'print' }>, nowMs: number): void {
    const { price, quantity, aggressor } = print
    const buyerTakes = aggressor === 'BUY'
    this.trades.push({ id: this.tradeIds++, price, quantity, buyerIsMaker: !buyerTakes, timeMs: nowMs })
    if (this.trades.length > 2 * TRADES_KEPT) this.trades.splice(0, TRADES_KEPT)
    this.trade({ price: Number(price), quantity: Number(quantity), buyerTakes }, nowMs)
  }

  private trade(trade: BarTrade, nowMs: number): void {
    const openMs = nowMs - (nowMs % MINUTE_MS)
    const last = this.minutes.at(-1)
    if (last?.openMs === openMs) {
      addTrade(last, trade)
      return
    }
    this.minutes.push(barOf(openMs, trade))
    if (this.minutes.length > 2 * MINUTES_KEPT) this.minutes.splice(0, MINUTES_KEPT)
  }
}

/** When something happens, and the next id of a change of any book. */
export interface MarketMoment {
  /** As the exchange stamps it, UTC ms. */
  readonly nowMs: number
  readonly updateId: number
}

/** Where a market says nothing of trades, each quote counts as one of a lot in its middle. */
function midOf({ bid, ask }: Quote, lot: DecimalText): BarTrade {
  return { price: (Number(bid) + Number(ask)) / 2, quantity: Number(lot), buyerTakes: true }
}

/** A bar is four trades, in the order in which a bar is read elsewhere. */
function pathOf({ close, range }: Extract<MarketEvent, { readonly kind: 'bar' }>): readonly DecimalText[] {
  return range === undefined ? [close] : [range.open, range.low, range.high, close]
}

/** USD of each trade of a bar that says nothing of its volume. */
const BAR_USD = 1_000
const TRADES_KEPT = 1_000
const MINUTES_KEPT = 1_600
const OLDER_KEPT = 64

/** As recorded, a price has two digits where its tick is 0.1, as recorded of BTCUSDT. */
export function priceDecimalsOf(tick: DecimalText): number {
  const decimals = decimalsOf(tick)
  return decimals === 1 ? 2 : decimals
}
