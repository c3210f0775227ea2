import type { LiquidationRow, MarkRow, OpenInterestRow } from '../../ports/market-recording.js'
import type { OrderSide } from '../../ports/vocabulary/orders.js'
import type { TimeSpans } from './time-spans.js'
import { TimedColumn } from './timed-column.js'
import { BasisMinutes } from './validators/basis.js'
import { RateMinutes } from './validators/funding-lead.js'

/** What was recorded of a symbol, as far as cascades are found in it. */
export interface SymbolFeed {
  readonly openInterest: TimedColumn
  readonly liquidations: RecordedLiquidation[]
  /** Only where a cascade may be: everything else would be most of what was recorded. */
  readonly marks: TimedColumn
  readonly basis: BasisMinutes
  readonly rates: RateMinutes
}

export interface RecordedLiquidation {
  readonly tsMs: number
  readonly price: number
  readonly valueUsd: number
  /** Of the forced order: SELL closes a long position. */
  readonly side: OrderSide
}

/** Collects rows of recordings by symbol: first open interest and liquidations, then the marks round what those tell. */
export class RecordedFeeds {
  readonly bySymbol = new Map<string, SymbolFeed>()
  private readonly wanted = new Map<string, TimeSpans>()
  /** Times of the first row and of the last, UTC ms. */
  fromMs = Number.POSITIVE_INFINITY
  untilMs = Number.NEGATIVE_INFINITY

  openInterest({ symbol, t_ms: tsMs, open_interest: openInterest }: OpenInterestRow): void {
    this.seen(tsMs)
    // What is not above 0 can fall by no share of itself.
    if (openInterest > 0) this.of(symbol).openInterest.add(tsMs, openInterest)
  }

  /** Of one that is not filled yet what was ordered is all there is, as for whoever observes. */
  liquidation({ symbol, T_ms: tsMs, price, order_price, base_qty, order_qty, side }: LiquidationRow): void {
    this.seen(tsMs)
    const paid = price > 0 ? price : order_price
    const baseQty = base_qty > 0 ? base_qty : (order_qty ?? 0)
    this.of(symbol).liquidations.push({ tsMs, price: paid, valueUsd: paid * baseQty, side })
  }

  /** Says where marks are wanted, before they come. */
  want(symbol: string, spans: TimeSpans): void {
    this.wanted.set(symbol, spans)
  }

  mark({ symbol, E_ms: tsMs, mark, index, funding_rate: rate }: MarkRow, { ofFunding }: MarkUse): void {
    this.seen(tsMs)
    const spans = this.wanted.get(symbol)
    if (!(spans?.hold(tsMs) ?? false) && !ofFunding) return
    const feed = this.of(symbol)
    if (spans?.hold(tsMs)) feed.marks.add(tsMs, mark)
    if (!ofFunding) return
    if (index !== null && index > 0) feed.basis.add({ tsMs, mark, index })
    if (rate !== null) feed.rates.add(tsMs, rate)
  }

  /** By code unit. */
  symbols(): string[] {
    return [...this.bySymbol.keys()].sort()
  }

  private of(symbol: string): SymbolFeed {
    let feed = this.bySymbol.get(symbol)
    if (feed === undefined) {
      const [openInterest, marks] = [new TimedColumn(), new TimedColumn()]
      feed = { openInterest, marks, liquidations: [], basis: new BasisMinutes(), rates: new RateMinutes() }
      this.bySymbol.set(symbol, feed)
    }
    return feed
  }

  private seen(tsMs: number): void {
    this.fromMs = Math.min(this.fromMs, tsMs)
    this.untilMs = Math.max(this.untilMs, tsMs)
  }
}

export interface MarkUse {
  /** Whether basis and funding rates are kept, too, by the minute. */
  readonly ofFunding: boolean
}

/** Where a drop of open interest may begin a cascade, UTC ms: a superset, found without prices. */
export function dropTimes(
  openInterest: TimedColumn,
  { dropMin, windowMs }: { readonly dropMin: number; readonly windowMs: number },
): number[] {
  const { times, values } = openInterest.inTime()
  const found: number[] = []
  for (let i = 0; i < times.length; i++) {
    // A share that is exact in decimals may be a little less in binary.
    const enough = values[i]! * (1 - dropMin) * (1 + 1e-9)
    for (let j = i + 1; j < times.length && times[j]! - times[i]! <= windowMs; j++) {
      if (values[j]! > enough) continue
      found.push(times[i]!)
      break
    }
  }
  return found
}
