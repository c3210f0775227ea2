import type { DepthLevel, MarketEvent } from '../../../ports/played-market.js'
import { isDecimal } from '../streams/payload.js'
import type { BookTicker, DepthUpdate, MarkPrice, WireLevel } from '../streams/quote-payloads.js'
import { plainDecimal } from '../venue/decimal-text.js'

/**
 * What happens to a contract, for an exchange that is played real quotes: a quote whenever its best prices or its mark changes,
 * levels of its book, and its funding when a funding time has passed.
 */
export class PlayedQuotes {
  private best: BookTicker | undefined
  private mark: string | undefined
  private funding: { readonly rate: string; readonly dueMs: number } | undefined

  constructor(private readonly symbol: string) {}

  quoted(ticker: BookTicker): readonly MarketEvent[] {
    const [bid, ask] = [Number(ticker.bid), Number(ticker.ask)]
    this.best = bid > 0 && ask > bid ? plainTicker(ticker) : undefined
    return this.quote(ticker.eventMs)
  }

  marked(price: MarkPrice): readonly MarketEvent[] {
    if (!(Number(price.mark) > 0)) return []
    this.mark = plainDecimal(price.mark)
    return [...this.settled(price), ...this.quote(price.eventMs)]
  }

  /** Of a stream of the best levels, whole. */
  levels({ bids, asks }: DepthUpdate): readonly MarketEvent[] {
    return [{ kind: 'depth', symbol: this.symbol, bids: levelsOf(bids), asks: levelsOf(asks) }]
  }

  /** Its best prices, or its mark, are not known to hold any more: an old half would be taken for the present. */
  forget(of: 'best' | 'mark'): void {
    if (of === 'best') this.best = undefined
    else this.mark = undefined
  }

  private quote(timestampMs: number): readonly MarketEvent[] {
    if (this.best === undefined || this.mark === undefined) return []
    const { bid, bidQuantity, ask, askQuantity } = this.best
    const quote = { symbol: this.symbol, bid, bidQuantity, ask, askQuantity, mark: this.mark, timestampMs }
    return [{ kind: 'quote', quote }]
  }

  /** The rate that was announced last before a funding time is the one that settles at it. */
  private settled({ fundingRate: rate, nextFundingMs: dueMs }: MarkPrice): readonly MarketEvent[] {
    const before = this.funding
    if (rate === null || dueMs === null) return []
    this.funding = { rate, dueMs }
    if (before === undefined || dueMs <= before.dueMs) return []
    return [{ kind: 'fundingRate', symbol: this.symbol, rate: plainDecimal(before.rate) }]
  }
}

/** What the paper exchange tells of a price goes into records and messages, which have one text for each number. */
function plainTicker(ticker: BookTicker): BookTicker {
  const { bid, bidQuantity, ask, askQuantity } = ticker
  return {
    ...ticker,
    bid: plainDecimal(bid),
    bidQuantity: plainDecimal(bidQuantity),
    ask: plainDecimal(ask),
    askQuantity: plainDecimal(askQuantity),
  }
}

function levelsOf(levels: readonly WireLevel[]): readonly DepthLevel[] {
  return levels.filter(isLevel).map(([price, quantity]) => [plainDecimal(price), plainDecimal(quantity)])
}

/** A level without a quantity is none. */
function isLevel(level: WireLevel): level is DepthLevel {
  return isDecimal(level[0]) && isDecimal(level[1]) && Number(level[1]) > 0
}
