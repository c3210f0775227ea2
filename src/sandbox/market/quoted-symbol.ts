import type { DecimalText } from '../../base/exact.js'
import type { MarketEvent } from '../../ports/played-market.js'
import type { Quote } from '../../ports/venue.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { BarTrade } from './bar.js'
import { hash, hashOfText } from './book-version.js'
import { decimalsOf } from './plain-decimals.js'

/** What is quoted and traded of a symbol around a price: a tick of spread, and a trade at one of its sides. It follows from the seed and the time. */
export class QuotedSymbol {
  readonly symbol: string
  private readonly keys: readonly number[]
  private readonly ticks: Grid
  private readonly lots: Grid
  private readonly lotsPerTrade: number
  private readonly lotsShown: number

  /** `price`: of its usual order, USD, by which sizes are made. */
  constructor({ instrument, price }: SyntheticListing, seed: number) {
    this.symbol = instrument.identity.symbol
    const key = hash(seed, hashOfText(this.symbol))
    this.keys = Array.from({ length: 7 }, (_, i) => hash(key, i))
    this.ticks = new Grid(instrument.tickSize)
    this.lots = new Grid(instrument.lotSize)
    this.lotsPerTrade = TRADE_USD / price / this.lots.step
    this.lotsShown = SHOWN_USD / price / this.lots.step
  }

  quoteAt(timeMs: number, price: number): Quote {
    const ticks = this.bidTicks(price)
    const shown = (side: number): string => this.lots.text(whole(this.lotsShown * (0.2 + this.drawn(timeMs, side))))
    return {
      symbol: this.symbol,
      bid: this.ticks.text(ticks),
      bidQuantity: shown(3),
      ask: this.ticks.text(ticks + 1),
      askQuantity: shown(4),
      mark: plain(price.toFixed(Math.min(8, this.ticks.decimals + 2))),
      timestampMs: timeMs,
    }
  }

  printAt(timeMs: number, price: number): MarketEvent {
    const buyerTakes = this.buyerTakes(timeMs)
    return {
      kind: 'print',
      symbol: this.symbol,
      price: this.ticks.text(this.bidTicks(price) + (buyerTakes ? 1 : 0)),
      quantity: this.lots.text(this.tradedLots(timeMs)),
      aggressor: buyerTakes ? 'BUY' : 'SELL',
    }
  }

  /** The same trade, as a bar takes it. */
  tradeAt(timeMs: number, price: number): BarTrade {
    const buyerTakes = this.buyerTakes(timeMs)
    const ticks = this.bidTicks(price) + (buyerTakes ? 1 : 0)
    return { price: this.ticks.value(ticks), quantity: this.lots.value(this.tradedLots(timeMs)), buyerTakes }
  }

  private bidTicks(price: number): number {
    return Math.max(1, Math.floor(price / this.ticks.step))
  }

  private buyerTakes(timeMs: number): boolean {
    return this.drawn(timeMs, 5) < 0.5
  }

  private tradedLots(timeMs: number): number {
    const part = this.drawn(timeMs, 6)
    return whole(this.lotsPerTrade * part * part * 3)
  }

  private drawn(timeMs: number, what: number): number {
    return hash(this.keys[what]!, Math.floor(timeMs / 10)) / 2 ** 32
  }
}

/** Multiples of a step as numbers and as texts that mean the same to the last bit. */
class Grid {
  readonly step: number
  readonly decimals: number
  private readonly units: number
  private readonly scale: number

  constructor(step: DecimalText) {
    this.step = Number(step)
    this.decimals = decimalsOf(step)
    this.scale = 10 ** this.decimals
    this.units = Math.round(this.step * this.scale)
  }

  /** A whole number by a power of ten is the float64 nearest to the decimal. */
  value(steps: number): number {
    return (steps * this.units) / this.scale
  }

  text(steps: number): DecimalText {
    return plain(this.value(steps).toFixed(this.decimals))
  }
}

/** At least one lot. */
function whole(lots: number): number {
  return Math.max(1, Math.round(lots))
}

/** Without zeros at the end, as decimals cross our links. */
function plain(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** USD of a trade on average, and of what is shown at the best prices. */
const TRADE_USD = 1_500
const SHOWN_USD = 100_000

export interface SyntheticListing {
  readonly instrument: Instrument
  /** USD, around which it moves. */
  readonly price: number
}
