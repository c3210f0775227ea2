import { type DecimalText, Exact } from '../../base/exact.js'
import type { DepthLevel } from '../../ports/played-market.js'
import type { Quote } from '../../ports/venue.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { OrderSide } from '../../ports/vocabulary/orders.js'

export interface BookSnapshot {
  readonly quote: Quote | null
  readonly depth: Depth
  /** Base units that own orders took since they were displayed: at the best prices, and behind them by price. */
  readonly taken: Readonly<Record<OrderSide, DecimalText>>
  readonly takenBehind: Readonly<Record<DecimalText, DecimalText>>
  /** The quote is of a time before a restart: it values what is held, and nobody trades at it. */
  readonly isOld?: boolean
}

export interface Depth {
  readonly bids: readonly DepthLevel[]
  readonly asks: readonly DepthLevel[]
}

/** What an order could take at one price. */
export interface Offer {
  readonly price: Exact
  readonly quantity: Exact
  readonly best: boolean
}

const NO_DEPTH: Depth = { bids: [], asks: [] }
const NOTHING = new Exact(0)
const EVERYTHING = new Exact(Infinity)

/**
 * One symbol's market as recorded. The recording does not react to own orders, so the book remembers what they took:
 * a displayed size is consumed once, until the next quote (or, behind the best price, the next depth) shows it anew.
 */
export class Book {
  instrument: Instrument
  quote: Quote | undefined
  private depth = NO_DEPTH
  /** By the side of the order that takes. */
  private taken: Record<OrderSide, Exact> = { BUY: NOTHING, SELL: NOTHING }
  private takenBehind = new Map<DecimalText, Exact>()
  private isOld = false
  private readonly bottomless: boolean

  /** `bottomless`: any quantity is there at the best prices. */
  constructor(instrument: Instrument, bottomless: boolean) {
    this.instrument = instrument
    this.bottomless = bottomless
  }

  showQuote(quote: Quote): void {
    this.quote = quote
    this.isOld = false
    this.taken.BUY = NOTHING
    this.taken.SELL = NOTHING
  }

  showDepth(bids: readonly DepthLevel[], asks: readonly DepthLevel[]): void {
    this.depth = { bids, asks }
    this.takenBehind.clear()
  }

  /** The best price that an order of this side would take. */
  opposite(side: OrderSide): DecimalText {
    return side === 'BUY' ? this.quote!.ask : this.quote!.bid
  }

  /** Is anything shown at the best price to an order of this side, taken or not? */
  displays(side: OrderSide): boolean {
    if (this.isOld) return false
    return this.bottomless || Number(side === 'BUY' ? this.quote!.askQuantity : this.quote!.bidQuantity) > 0
  }

  /** Offers to an order of this side, best first, in whole lots, less what was taken; `displayedMax` caps each. */
  offers(side: OrderSide, displayedMax: DecimalText | null): readonly Offer[] {
    const { quote } = this
    if (quote === undefined || this.isOld) return []
    const best = new Exact(this.opposite(side))
    if (this.bottomless) return [{ price: best, quantity: EVERYTHING, best: true }]
    const shown = side === 'BUY' ? quote.askQuantity : quote.bidQuantity
    const offers: Offer[] = [{ price: best, quantity: this.left(shown, this.taken[side], displayedMax), best: true }]
    for (const [text, behind] of side === 'BUY' ? this.depth.asks : this.depth.bids) {
      const price = new Exact(text)
      if (side === 'BUY' ? price.lte(best) : price.gte(best)) continue
      const taken = this.takenBehind.get(price.toFixed()) ?? NOTHING
      offers.push({ price, quantity: this.left(behind, taken, displayedMax), best: false })
    }
    return offers
  }

  take(side: OrderSide, { price, best }: Offer, quantity: Exact): void {
    if (best) this.taken[side] = this.taken[side].plus(quantity)
    else {
      const key = price.toFixed()
      this.takenBehind.set(key, (this.takenBehind.get(key) ?? NOTHING).plus(quantity))
    }
  }

  /**
   * Base units shown on the order's own side at its price: what stands ahead of it when it joins. Where the book at that
   * price is not known, the best price's size stands in; an order that improves on the best price has nobody ahead.
   */
  shownAt(side: OrderSide, price: Exact): Exact {
    const quote = this.quote!
    const [best, shown, levels] =
      side === 'BUY' ? [quote.bid, quote.bidQuantity, this.depth.bids] : [quote.ask, quote.askQuantity, this.depth.asks]
    if (side === 'BUY' ? price.gt(best) : price.lt(best)) return NOTHING
    if (price.eq(best)) return new Exact(shown)
    const level = levels.find(([text]) => price.eq(text))
    return new Exact(level === undefined ? shown : level[1])
  }

  snapshot(): BookSnapshot {
    return {
      quote: this.quote ?? null,
      depth: this.depth,
      taken: { BUY: this.taken.BUY.toFixed(), SELL: this.taken.SELL.toFixed() },
      takenBehind: Object.fromEntries([...this.takenBehind].map(([price, taken]) => [price, taken.toFixed()])),
      ...(this.isOld && { isOld: true }),
    }
  }

  restore({ quote, depth, taken, takenBehind, isOld = false }: BookSnapshot): void {
    this.quote = quote ?? undefined
    this.depth = depth
    this.isOld = isOld
    this.taken = { BUY: new Exact(taken.BUY), SELL: new Exact(taken.SELL) }
    this.takenBehind = new Map(Object.entries(takenBehind).map(([price, text]) => [price, new Exact(text)]))
  }

  private left(shown: DecimalText, taken: Exact, displayedMax: DecimalText | null): Exact {
    const displayed = displayedMax === null ? new Exact(shown) : Exact.min(shown, displayedMax)
    const left = floorTo(displayed.minus(taken), this.instrument.lotSize)
    return left.isNegative() ? NOTHING : left
  }
}

/** Towards minus infinity. */
export function floorTo(value: Exact, step: DecimalText): Exact {
  return value.toNearest(step, Exact.ROUND_FLOOR)
}
