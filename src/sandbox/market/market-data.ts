import type { MarketEvent } from '../../ports/played-market.js'
import type { Floor } from '../floor.js'
import { type Bar, barsOf, DAY_MS, type KlineInterval, MINUTE_MS, untradedBar } from './bar.js'
import { hashOfText } from './book-version.js'
import { Funding } from './funding.js'
import type { BarHistory } from './market-settings.js'
import { OpenInterest } from './open-interest.js'
import { SymbolMarket } from './symbol-market.js'

/** What anybody may ask of the market: rules, prices, books, bars. */
export class MarketData {
  readonly floor: Floor
  readonly funding: Funding
  private readonly symbols = new Map<string, SymbolMarket>()
  private readonly history: BarHistory | undefined
  /** Of the last change of any book: ids are shared by all symbols, so those of one symbol have gaps. */
  private updateIds = FIRST_UPDATE_ID
  private readonly interests = new Map<string, OpenInterest>()
  private readonly dayStarts = new Map<string, DaySummary>()

  constructor(floor: Floor) {
    this.floor = floor
    const { market = {}, seed } = floor.settings
    this.history = market.history
    this.funding = new Funding(market.fundingIntervalHours ?? 8, seed)
    for (const [i, symbol] of floor.listing.symbols.entries()) {
      const levels = market.bookLevels ?? 50
      const firstTradeId = FIRST_TRADE_ID + i * 1_000_000
      this.symbols.set(symbol, new SymbolMarket(floor.listing.find(symbol)!, { levels, firstTradeId }))
    }
  }

  /** After the matching engine has seen it. A bar is followed by the quote that it ended with. */
  market(event: MarketEvent): void {
    if (event.kind === 'instrument') return
    if (event.kind === 'fundingRate') {
      const mark = this.symbols.get(event.symbol)?.quote?.mark ?? '0'
      this.funding.settled({ ...event, mark, timeMs: this.floor.clock.exchangeMs })
      return
    }
    const symbol = this.symbols.get(event.kind === 'quote' ? event.quote.symbol : event.symbol)
    if (symbol === undefined) return
    this.updateIds += 1 + (this.updateIds % 7)
    symbol.market(event, { nowMs: this.floor.clock.exchangeMs, updateId: this.updateIds })
    if (this.floor.faults.plan.depthSnapshotLagMs > 0) symbol.keepBook()
  }

  find(symbol: string): SymbolMarket | undefined {
    return this.floor.listing.isHeldBack(symbol) ? undefined : this.symbols.get(symbol)
  }

  get all(): Iterable<SymbolMarket> {
    return [...this.symbols.values()].filter(({ symbol }) => !this.floor.listing.isHeldBack(symbol))
  }

  /** From when on there are bars of a symbol, UTC ms. */
  sinceMs(symbol: string): number {
    const live = this.symbols.get(symbol)?.minutes[0]?.openMs
    return this.history?.sinceMs(symbol) ?? live ?? this.floor.clock.exchangeMs
  }

  /** Bars that began at or after `fromMs` and before `untilMs`, rising, the one in hand as far as it is; at most `limit`, the first. */
  klines(symbol: string, interval: KlineInterval, span: KlineSpan): Bar[] {
    const fromMs = Math.max(span.fromMs, this.sinceMs(symbol))
    const firstMs = interval.startOf(fromMs) < span.fromMs ? interval.endOf(fromMs) : interval.startOf(fromMs)
    const lastMs = Math.min(span.untilMs, this.floor.clock.exchangeMs + 1)
    const untilMs = Math.min(lastMs, firstMs + span.limit * interval.lengthMs)
    if (untilMs <= firstMs) return []
    const endMs = Math.min(interval.endOf(untilMs - 1), this.floor.clock.exchangeMs + 1)
    const isLong = interval.lengthMs >= LONG_MS && this.history?.hours !== undefined
    const parts = isLong ? this.history!.hours!(symbol, firstMs, endMs) : this.minutes(symbol, firstMs, endMs)
    const bars = barsOf(parts, (timeMs) => interval.startOf(timeMs))
    return withUntraded(bars, interval, untilMs).slice(0, span.limit)
  }

  /** Of the last 24 hours. */
  daySummary(symbol: SymbolMarket): DaySummary {
    const nowMs = this.floor.clock.exchangeMs
    const slotMs = nowMs - (nowMs % SLOT_MS)
    const known = this.dayStarts.get(symbol.symbol)
    const last = symbol.lastPrice ?? 0
    if (known !== undefined && known.slotMs === slotMs) {
      known.high = Math.max(known.high, last)
      known.low = Math.min(known.low, last)
      return known
    }
    const summary = this.summarise(symbol, slotMs, last)
    this.dayStarts.set(symbol.symbol, summary)
    return summary
  }

  /** USD, of the last trade at or before a moment; undefined: not known. */
  priceAt(symbol: SymbolMarket, timeMs: number): number | undefined {
    const { minutes } = symbol
    const place = firstAt(minutes, timeMs + 1) - 1
    return minutes[place]?.close ?? this.history?.priceAt(symbol.symbol, timeMs)
  }

  /** Base units held at a moment: it follows from the seed, and from the positions that were closed by then. */
  openInterest(symbol: string, timeMs: number): number {
    return this.interestIn(symbol).at(timeMs)
  }

  /** A share of all positions in a symbol is closed now. */
  closePositions(symbol: string, share: number): void {
    this.interestIn(symbol).close(share, this.floor.clock.exchangeMs)
  }

  private interestIn(symbol: string): OpenInterest {
    const known = this.interests.get(symbol)
    if (known !== undefined) return known
    const price = this.symbols.get(symbol)?.lastPrice
    const interest = new OpenInterest(price ?? 1, hashOfText(symbol) ^ this.floor.settings.seed)
    // What is asked for before there is a price is no measure of what comes.
    if (price !== undefined) this.interests.set(symbol, interest)
    return interest
  }

  /** The bar in hand of an interval, as far as it is; undefined: nothing was traded in it. */
  barInHand(symbol: SymbolMarket, interval: KlineInterval, timeMs: number): Bar | undefined {
    const startMs = interval.startOf(timeMs)
    return barsOf(this.minutes(symbol.symbol, startMs, timeMs + 1), () => startMs)[0]
  }

  /** What was seen here where it was seen from its first moment on, else what the history says. */
  private minutes(symbol: string, fromMs: number, untilMs: number): readonly Bar[] {
    const live = this.symbols.get(symbol)?.minutes ?? []
    const first = live[0]
    if (this.history === undefined || first === undefined) {
      if (first === undefined) return this.history?.minutes(symbol, fromMs, untilMs) ?? []
      return live.filter(({ openMs }) => openMs >= fromMs && openMs < untilMs)
    }
    const wholeMs = first.openMs + MINUTE_MS
    const before = fromMs >= wholeMs ? [] : this.history.minutes(symbol, fromMs, Math.min(untilMs, wholeMs))
    const seen = untilMs <= wholeMs ? [] : live.slice(firstAt(live, Math.max(fromMs, wholeMs)), firstAt(live, untilMs))
    return before.length === 0 ? seen : [...before, ...seen]
  }

  private summarise({ symbol }: SymbolMarket, slotMs: number, last: number): DaySummary {
    const summary: DaySummary = { slotMs, open: last, high: last, low: last, volume: 0 }
    const live = this.symbols.get(symbol)!.minutes
    for (const bar of live.slice(firstAt(live, slotMs - DAY_MS))) include(summary, bar)
    const first = live[0]
    if (first !== undefined && first.openMs > slotMs - DAY_MS) summary.open = first.open
    for (let timeMs = slotMs; timeMs >= slotMs - DAY_MS; timeMs -= SLOT_MS) {
      const price = this.history?.priceAt(symbol, timeMs)
      if (price === undefined) break
      summary.open = price
      summary.high = Math.max(summary.high, price)
      summary.low = Math.min(summary.low, price)
    }
    summary.volume ||= (DAY_USD / (last || 1)) * (1 + (symbol.length % 5))
    return summary
  }
}

/** The last 24 hours as they were when the quarter of an hour began, with the highest and lowest price since. */
export interface DaySummary {
  readonly slotMs: number
  open: number
  high: number
  low: number
  /** Base units, about. */
  volume: number
}

export interface KlineSpan {
  readonly fromMs: number
  /** Not included. */
  readonly untilMs: number
  readonly limit: number
}

/** Where nothing was traded a bar has the price of the one before, and no volume. */
function withUntraded(bars: readonly Bar[], interval: KlineInterval, untilMs: number): Bar[] {
  const all: Bar[] = []
  const fill = (nextMs: number): void => {
    for (let last = all.at(-1); last !== undefined; last = all.at(-1)) {
      const openMs = interval.endOf(last.openMs)
      if (openMs >= nextMs) return
      all.push(untradedBar(openMs, last.close))
    }
  }
  for (const bar of bars) {
    fill(bar.openMs)
    all.push(bar)
  }
  fill(untilMs)
  return all
}

function include(summary: DaySummary, bar: Bar): void {
  summary.high = Math.max(summary.high, bar.high)
  summary.low = Math.min(summary.low, bar.low)
  summary.volume += bar.volume
}

/** The place of the first bar that began at `timeMs` or later. */
function firstAt(bars: readonly Bar[], timeMs: number): number {
  let [low, high] = [0, bars.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (bars[middle]!.openMs < timeMs) low = middle + 1
    else high = middle
  }
  return low
}

/** Bars of this length and longer are made of hours where the history has them. */
const LONG_MS = 6 * 3_600_000
const SLOT_MS = 900_000
/** USD that are traded in a day where nobody says how much. */
const DAY_USD = 200_000_000
/** As large as those of the exchange: beyond 2^43. */
const FIRST_UPDATE_ID = 11_747_004_000_000
const FIRST_TRADE_ID = 8_149_000_000
