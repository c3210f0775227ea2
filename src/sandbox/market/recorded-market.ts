import type { MarketEvent } from '../../ports/played-market.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import { addTrade, type Bar, barOf, MINUTE_MS } from './bar.js'
import type { MarketPlayer } from './market-player.js'
import { QuotedSymbol } from './quoted-symbol.js'

/** Prices as they were recorded: rising times, and a column of prices for each symbol; NaN where there is none. */
export interface RecordedPrices {
  /** UTC ms. */
  readonly timesMs: ArrayLike<number>
  readonly prices: ReadonlyMap<string, ArrayLike<number>>
}

export interface RecordedMarketSettings {
  readonly recorded: RecordedPrices
  readonly instruments: readonly Instrument[]
  readonly seed: number
  /** When the first row is played that was recorded at `fromMs` or later; those before are its past. UTC ms. */
  readonly startMs: number
  readonly fromMs: number
}

/** Recorded prices, played as if they came now: what lies before the moment at which the recording is entered is the market's past. */
export class RecordedMarket implements MarketPlayer {
  private readonly recorded: RecordedPrices
  private readonly symbols: ReadonlyMap<string, QuotedSymbol>
  /** From the recording's time to the time at which it is played, ms. */
  private readonly laterMs: number
  private readonly factors = new Map<string, number>()
  private next: number

  constructor({ recorded, instruments, seed, startMs, fromMs }: RecordedMarketSettings) {
    this.recorded = recorded
    const listed = instruments.filter(({ identity }) => recorded.prices.has(identity.symbol))
    this.symbols = new Map(
      listed.map((instrument) => {
        const { symbol } = instrument.identity
        return [symbol, new QuotedSymbol({ instrument, price: firstPrice(recorded.prices.get(symbol)!) }, seed)]
      }),
    )
    this.next = this.rowAt(fromMs)
    // Whole minutes, so that the bars of the past are those of the recording.
    this.laterMs = Math.floor((startMs - fromMs) / MINUTE_MS) * MINUTE_MS
  }

  nextDueMs(): number | undefined {
    const timeMs = this.recorded.timesMs[this.next]
    return timeMs === undefined ? undefined : timeMs + this.laterMs
  }

  play(nowMs: number): readonly MarketEvent[] {
    const events: MarketEvent[] = []
    for (let dueMs = this.nextDueMs(); dueMs !== undefined && dueMs <= nowMs; dueMs = this.nextDueMs()) {
      for (const [symbol, quoted] of this.symbols) {
        const price = this.price(symbol, this.next) * (this.factors.get(symbol) ?? 1)
        if (price > 0) {
          events.push({ kind: 'quote', quote: quoted.quoteAt(dueMs, price) }, quoted.printAt(dueMs, price))
        }
      }
      this.next++
    }
    return events
  }

  /** The past stays as it was recorded. */
  shift(symbol: string | undefined, factor: number): void {
    const symbols = symbol === undefined ? [...this.symbols.keys()] : [symbol]
    for (const each of symbols) this.factors.set(each, (this.factors.get(each) ?? 1) * factor)
  }

  sinceMs(symbol: string): number | undefined {
    const firstMs = this.recorded.timesMs[0]
    return this.symbols.has(symbol) && firstMs !== undefined ? firstMs + this.laterMs : undefined
  }

  minutes(symbol: string, fromMs: number, untilMs: number): readonly Bar[] {
    const bars: Bar[] = []
    const quoted = this.symbols.get(symbol)
    if (quoted === undefined) return bars
    for (let row = this.rowAt(fromMs - this.laterMs); row < this.next; row++) {
      const timeMs = this.recorded.timesMs[row]! + this.laterMs
      if (timeMs >= untilMs) break
      const price = this.price(symbol, row)
      if (!(price > 0)) continue
      const trade = quoted.tradeAt(timeMs, price)
      const openMs = timeMs - (timeMs % MINUTE_MS)
      const last = bars.at(-1)
      if (last?.openMs === openMs) addTrade(last, trade)
      else bars.push(barOf(openMs, trade))
    }
    return bars
  }

  priceAt(symbol: string, timeMs: number): number | undefined {
    const quoted = this.symbols.get(symbol)
    for (let row = this.rowAt(timeMs - this.laterMs + 1) - 1; row >= 0 && quoted !== undefined; row--) {
      const price = this.price(symbol, row)
      if (price > 0) return quoted.tradeAt(this.recorded.timesMs[row]! + this.laterMs, price).price
    }
    return undefined
  }

  private price(symbol: string, row: number): number {
    return this.recorded.prices.get(symbol)?.[row] ?? Number.NaN
  }

  /** The first row that was recorded at a moment or later. */
  private rowAt(timeMs: number): number {
    const { timesMs } = this.recorded
    let [low, high] = [0, timesMs.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (timesMs[middle]! < timeMs) low = middle + 1
      else high = middle
    }
    return low
  }
}

function firstPrice(prices: ArrayLike<number>): number {
  for (let row = 0; row < prices.length; row++) if (prices[row]! > 0) return prices[row]!
  return 1
}
