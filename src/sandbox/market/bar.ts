/** What was traded in an interval. Prices in USD, volumes in base units; `takerBuy`: the part that buyers took. */
export interface Bar {
  /** UTC ms. */
  readonly openMs: number
  open: number
  high: number
  low: number
  close: number
  volume: number
  quoteVolume: number
  trades: number
  takerBuyVolume: number
  takerBuyQuoteVolume: number
}

/** One trade, as far as a bar knows it. */
export interface BarTrade {
  readonly price: number
  /** Base units. */
  readonly quantity: number
  readonly buyerTakes: boolean
}

export const MINUTE_MS = 60_000

export function barOf(openMs: number, trade: BarTrade): Bar {
  const bar = untradedBar(openMs, trade.price)
  addTrade(bar, trade)
  return bar
}

/** Nothing was traded in it. */
export function untradedBar(openMs: number, price: number): Bar {
  const volumes = { volume: 0, quoteVolume: 0, trades: 0, takerBuyVolume: 0, takerBuyQuoteVolume: 0 }
  return { openMs, open: price, high: price, low: price, close: price, ...volumes }
}

export function addTrade(bar: Bar, { price, quantity, buyerTakes }: BarTrade): void {
  if (price > bar.high) bar.high = price
  if (price < bar.low) bar.low = price
  bar.close = price
  bar.volume += quantity
  bar.quoteVolume += quantity * price
  bar.trades++
  if (!buyerTakes) return
  bar.takerBuyVolume += quantity
  bar.takerBuyQuoteVolume += quantity * price
}

/** What comes after it belongs to the same bar. */
export function addBar(bar: Bar, later: Bar): void {
  bar.high = Math.max(bar.high, later.high)
  bar.low = Math.min(bar.low, later.low)
  bar.close = later.close
  bar.volume += later.volume
  bar.quoteVolume += later.quoteVolume
  bar.trades += later.trades
  bar.takerBuyVolume += later.takerBuyVolume
  bar.takerBuyQuoteVolume += later.takerBuyQuoteVolume
}

/** Minutes as bars of a longer interval, whatever that begins at. */
export function barsOf(minutes: readonly Bar[], startOf: (timeMs: number) => number): Bar[] {
  const bars: Bar[] = []
  for (const minute of minutes) {
    const openMs = startOf(minute.openMs)
    const last = bars.at(-1)
    if (last?.openMs === openMs) addBar(last, minute)
    else bars.push({ ...minute, openMs })
  }
  return bars
}

/** The intervals of klines, and where they begin. */
export class KlineInterval {
  readonly name: string

  private constructor(name: string) {
    this.name = name
  }

  /** Undefined where the exchange has no such interval. */
  static of(name: string): KlineInterval | undefined {
    return name === '1M' || Object.hasOwn(LENGTH_MS, name) ? new KlineInterval(name) : undefined
  }

  /** When the one began that `timeMs` lies in. Weeks begin on Mondays; the epoch was a Thursday. */
  startOf(timeMs: number): number {
    if (this.name === '1M') return monthStart(timeMs, 0)
    const lengthMs = LENGTH_MS[this.name]!
    const offsetMs = this.name === '1w' ? 4 * DAY_MS : 0
    return Math.floor((timeMs - offsetMs) / lengthMs) * lengthMs + offsetMs
  }

  endOf(timeMs: number): number {
    return this.name === '1M' ? monthStart(timeMs, 1) : this.startOf(timeMs) + LENGTH_MS[this.name]!
  }

  /** About how long one is, ms. */
  get lengthMs(): number {
    return LENGTH_MS[this.name] ?? 30 * DAY_MS
  }
}

export const DAY_MS = 1_440 * MINUTE_MS

const LENGTH_MS: Readonly<Record<string, number>> = {
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '2h': 120 * MINUTE_MS,
  '4h': 240 * MINUTE_MS,
  '6h': 360 * MINUTE_MS,
  '8h': 480 * MINUTE_MS,
  '12h': 720 * MINUTE_MS,
  '1d': DAY_MS,
  '3d': 3 * DAY_MS,
  '1w': 7 * DAY_MS,
}

function monthStart(timeMs: number, later: number): number {
  const date = new Date(timeMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later)
}
