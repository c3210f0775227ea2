import type { MarketDataEvent } from '../../ports/market-data.js'
import type { FrameRow, LiquidationRow, ListingRow, MarketRows, RecordingFacts } from '../../ports/market-recording.js'
import { eventOfRow, NOBODY_WAITS } from '../recording/event-rows.js'
import { MarketBooks, type MarketBooksBar } from './market-books.js'

/** Tables of a recording that make bars. */
export const REPLAYED_TABLES = ['frames', 'liquidations', 'closings', 'listings'] as const

export type ReplayedTable = (typeof REPLAYED_TABLES)[number]

/** A row with the table that it is from. */
export type ReplayedRow = {
  [Table in ReplayedTable]: { readonly table: Table; readonly row: MarketRows[Table] }
}[ReplayedTable]

/**
 * The bars of a recorded market, from its rows in the order of their running number `n`: bit for bit those that were made when it
 * was recorded. A snapshot answers what its book waits for, whatever number that request had.
 *
 * A recording without closings (one made elsewhere) closes each bar before the first frame that is stamped at or after its end.
 */
export class ReplayedBooks {
  private readonly facts: RecordingFacts
  private readonly hasClosings: boolean
  private market: MarketBooks | undefined

  /** @param options `hasClosings`: whether the recording says when its bars were closed. */
  constructor({ facts, hasClosings }: { readonly facts: RecordingFacts; readonly hasClosings: boolean }) {
    this.facts = facts
    this.hasClosings = hasClosings
  }

  /** Undefined before the first row. A row that says that all begins anew makes other books. */
  get books(): MarketBooks | undefined {
    return this.market
  }

  /** The next row; answers the bars that it closes. */
  take(next: ReplayedRow): readonly MarketBooksBar[] {
    switch (next.table) {
      case 'listings':
        this.listing(next.row)
        return NO_BARS
      case 'closings':
        return this.at(next.row.t_ms - 1).closeUntil(next.row.t_ms)
      case 'liquidations':
        this.liquidation(next.row)
        return NO_BARS
      case 'frames':
        return this.frame(next.row)
    }
  }

  private frame(row: FrameRow): readonly MarketBooksBar[] {
    const market = this.at(row.E_ms)
    const closed = this.hasClosings ? NO_BARS : market.closeUntil(row.E_ms)
    this.join(market, row.symbol)
    const event = eventOfRow({ table: 'frames', row })
    market.handle(event.kind === 'snapshot' ? answering(event, market) : event, row.received_ms)
    return closed
  }

  private liquidation(row: LiquidationRow): void {
    const market = this.at(row.T_ms)
    this.join(market, row.symbol)
    market.handle(eventOfRow({ table: 'liquidations', row }), row.received_ms)
  }

  private listing({ symbol, t_ms: atMs, is_listed: isListed }: ListingRow): void {
    if (symbol === '') {
      this.market = this.begin(atMs)
      return
    }
    const market = this.at(atMs)
    market.drop(symbol)
    if (isListed) this.join(market, symbol)
  }

  /** A symbol of which nothing is said joins with what first comes of it; one without decimals in the facts cannot be read. */
  private join(market: MarketBooks, symbol: string): void {
    const { scales } = this.facts
    if (Object.hasOwn(scales, symbol)) market.list({ symbol, ...scales[symbol]! })
  }

  private at(ms: number): MarketBooks {
    this.market ??= this.begin(ms)
    return this.market
  }

  private begin(startMs: number): MarketBooks {
    return new MarketBooks({ stepMs: this.facts.stepMs, startMs, books: this.facts.books })
  }
}

const NO_BARS: readonly MarketBooksBar[] = Object.freeze([])

/** A snapshot as the answer that its book waits for. */
function answering(event: Extract<MarketDataEvent, { readonly kind: 'snapshot' }>, market: MarketBooks) {
  const requestId = market.requestId(event.symbol) ?? NOBODY_WAITS
  return { ...event, snapshot: { ...event.snapshot, requestId } }
}
