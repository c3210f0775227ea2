import type { DecimalText } from '../../src/base/exact.js'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import type { StrategyBar } from '../../src/ports/strategy.js'
import type { Quote } from '../../src/ports/venue.js'
import type { Instrument } from '../../src/ports/vocabulary/instrument.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import type { FaultBoard } from './fault-board.js'

/** Instruments of the simulated venue: lots and ticks of different kinds, one with lots that binary floats cannot hold. */
export const INSTRUMENTS: readonly Instrument[] = [
  instrument('BTCUSDT', { tickSize: '0.1', lotSize: '0.001', maxQuantity: '100' }),
  instrument('ETHUSDT', { tickSize: '0.01', lotSize: '0.01', maxQuantity: '2000' }),
  instrument('DOGEUSDT', { tickSize: '0.0001', lotSize: '1', maxQuantity: '5000000' }),
]

const START_PRICES = [60_000, 3_000, 0.15]

export interface MarketListeners {
  quote(quote: Quote): void
  /** Funding settles. */
  funding(symbol: string, rate: DecimalText): void
  bar(bar: Omit<StrategyBar, 'bar'>): void
}

/** Random walks with the odd jump: a quote of each symbol about every second, a bar of all of them every five. */
export class Market {
  private readonly random: Xoshiro128
  private readonly normals = new Float64Array(64)
  private nextNormal = 64
  /** USD, mid. */
  private readonly prices = Float64Array.from(START_PRICES)
  /** Fraction per second. */
  private readonly volatility: number
  private readonly trend: number
  private silent = false

  constructor(
    { seed, volatility }: { readonly seed: number; readonly volatility?: number },
    private readonly time: VirtualTime,
    private readonly faults: FaultBoard,
    private readonly listeners: MarketListeners,
  ) {
    this.random = new Xoshiro128(seed, MARKET_STREAM)
    const drawn = 0.0001 * 2 ** this.random.between(0, 4.5)
    this.volatility = volatility ?? drawn
    this.trend = this.volatility * this.random.between(-0.2, 0.2)
    INSTRUMENTS.forEach((_, symbol) => {
      time.after(this.random.integer(0, 1_000), () => this.tick(symbol))
    })
    time.after(BAR_MS, () => this.bar())
    time.after(FUNDING_MS, () => this.funding())
  }

  /** Moves the price by a fraction of it, at once. */
  jump(symbol: string, fraction: number): void {
    const index = SYMBOLS.indexOf(symbol)
    this.prices[index]! *= 1 + fraction
    this.listeners.quote(this.quote(index))
  }

  /** The price times `factor`, in ticks. */
  price(symbol: string, factor: number): DecimalText {
    const index = SYMBOLS.indexOf(symbol)
    return inTicks(this.prices[index]! * factor, TICKS[index]!)
  }

  /** What that much money buys, in lots. */
  quantity(symbol: string, usd: number): DecimalText {
    const index = SYMBOLS.indexOf(symbol)
    return inLots(usd / this.prices[index]!, LOTS[index]!)
  }

  /** No more bars: the strategies have nothing to decide on. */
  endBars(): void {
    this.silent = true
  }

  private tick(symbol: number): void {
    this.time.after(this.random.integer(800, 1_200), () => this.tick(symbol))
    const spike = this.random.integer(0, 999) === 0 ? 12 : 1
    this.prices[symbol]! *= Math.exp(this.trend + this.volatility * spike * this.normal())
    if (this.faults.under('market-silence')?.strikes()) return
    this.listeners.quote(this.quote(symbol))
  }

  /** Eight hours pass quickly here. */
  private funding(): void {
    this.time.after(FUNDING_MS, () => this.funding())
    for (const symbol of SYMBOLS) this.listeners.funding(symbol, String(this.random.integer(-30, 30) / 100_000))
  }

  private bar(): void {
    this.time.after(BAR_MS, () => this.bar())
    if (this.silent || this.faults.under('bars-stall')?.strikes()) return
    this.listeners.bar({
      timestampMs: this.time.epochMs(),
      symbols: SYMBOLS,
      prices: Float64Array.from(this.prices, (price, index) => Number(inTicks(price, TICKS[index]!))),
      velDiv: -0.02 - 0.04 * this.random.double(),
      volOk: true,
      posture: 'APEX',
    })
  }

  private quote(index: number): Quote {
    const tick = TICKS[index]!
    const price = this.prices[index]!
    const half = price * 0.0001 * this.random.between(0.2, 1.5)
    const thin = this.faults.under('venue-thin-book')
    const shown = (200_000 / price) * 2 ** this.random.between(-2, 2) * (thin?.strikes() ? thin.fault.amount : 1)
    const lots = (share: number): DecimalText => inLots(shown * share, LOTS[index]!)
    const share = this.random.between(0.5, 1.5)
    return {
      symbol: SYMBOLS[index]!,
      bid: inTicks(price - half, tick),
      bidQuantity: lots(share),
      ask: inTicks(price + half + 1 / tick, tick),
      askQuantity: lots(2 - share),
      mark: inTicks(price, tick),
      timestampMs: this.time.epochMs(),
    }
  }

  private normal(): number {
    if (this.nextNormal === this.normals.length) {
      this.random.fillNearNormal(this.normals)
      this.nextNormal = 0
    }
    return this.normals[this.nextNormal++]!
  }
}

export const BAR_MS = 5_000
const FUNDING_MS = 17_000

const MARKET_STREAM = 0x3a7e
export const SYMBOLS = INSTRUMENTS.map(({ identity }) => identity.symbol)
/** Steps per unit: a double times a whole number and back prints as the decimal that it is. */
const TICKS = INSTRUMENTS.map(({ tickSize }) => Math.round(1 / Number(tickSize)))
const LOTS = INSTRUMENTS.map(({ lotSize }) => Math.round(1 / Number(lotSize)))

function inTicks(price: number, perUnit: number): DecimalText {
  return String(Math.max(1, Math.floor(price * perUnit)) / perUnit)
}

function inLots(quantity: number, perUnit: number): DecimalText {
  return String(Math.max(1, Math.floor(quantity * perUnit)) / perUnit)
}

function instrument(symbol: string, rules: Pick<Instrument, 'tickSize' | 'lotSize' | 'maxQuantity'>): Instrument {
  return {
    identity: { symbol, exchange: 'PAPER', contractType: 'PERPETUAL', expiry: 'PERPETUAL' },
    status: 'TRADING',
    minQuantity: rules.lotSize,
    minNotionalUsd: '5',
    priceBand: '0.15',
    maxLeverage: 20,
    maintenanceMarginRate: '0.01',
    ...rules,
  }
}
