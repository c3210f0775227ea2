import type { MarketEvent } from '../../ports/played-market.js'
import { addTrade, type Bar, type BarTrade, barOf, MINUTE_MS } from './bar.js'
import { hash, hashOfText } from './book-version.js'
import { Funding } from './funding.js'
import type { MarketPlayer } from './market-player.js'
import { PricePath } from './price-path.js'
import { QuotedSymbol, type SyntheticListing } from './quoted-symbol.js'

/** A market that is made up. The same settings give the same prices at the same times, on every machine and in every run. */
export interface SyntheticMarketSettings {
  readonly seed: number
  readonly assets: readonly SyntheticListing[]
  /** When it begins to be played, UTC ms; what was traded before is known nevertheless. */
  readonly startMs: number
  /** Between two quotes of a symbol, ms; each fourth comes with a trade, of each symbol another. Default 500. */
  readonly stepMs?: number
  readonly fundingIntervalHours?: number
}

/**
 * Quotes, one trade each, and funding, of which every past moment can be asked: prices are a function of the seed and the time. All
 * symbols move with one market and each by itself.
 */
export class SyntheticMarket implements MarketPlayer {
  private readonly assets: ReadonlyMap<string, Asset>
  private readonly market: PricePath
  private readonly stepMs: number
  private readonly tradeMs: number
  private readonly startMs: number
  private readonly funding: Funding
  private nextStepMs: number
  private readonly shifts: Shift[] = []

  constructor({ seed, assets, startMs, stepMs = 500, fundingIntervalHours = 8 }: SyntheticMarketSettings) {
    this.stepMs = stepMs
    this.tradeMs = TRADE_STEPS * stepMs
    this.startMs = startMs
    this.nextStepMs = startMs - (startMs % stepMs)
    this.market = new PricePath(hash(seed, MARKET_KEY), MARKET_PER_DAY)
    this.funding = new Funding(fundingIntervalHours, seed)
    this.assets = new Map(
      assets.map((listing) => [listing.instrument.identity.symbol, new Asset(listing, seed, stepMs)]),
    )
  }

  nextDueMs(): number {
    return this.nextStepMs
  }

  play(nowMs: number): readonly MarketEvent[] {
    const events: MarketEvent[] = []
    for (; this.nextStepMs <= nowMs; this.nextStepMs += this.stepMs) this.step(this.nextStepMs, events)
    return events
  }

  /** From the next step on prices of a symbol, or of all, are `factor` times what they would have been. */
  shift(symbol: string | undefined, factor: number): void {
    this.shifts.push({ symbol, factor, fromMs: this.nextStepMs })
  }

  sinceMs(symbol: string): number | undefined {
    return this.assets.has(symbol) ? FIRST_MS : undefined
  }

  minutes(symbol: string, fromMs: number, untilMs: number): readonly Bar[] {
    const asset = this.assets.get(symbol)
    const bars: Bar[] = []
    if (asset === undefined) return bars
    const firstMs = Math.ceil((fromMs - asset.phaseMs) / this.tradeMs) * this.tradeMs + asset.phaseMs
    for (let timeMs = firstMs; timeMs < untilMs; timeMs += this.tradeMs) {
      addTo(bars, { openMs: timeMs - (timeMs % MINUTE_MS), trade: this.tradeOf(asset, timeMs) })
    }
    return bars
  }

  /** By the first and the last trade of each minute, each for half of it: of a year of days a second's work, not a minute's. */
  hours(symbol: string, fromMs: number, untilMs: number): readonly Bar[] {
    const asset = this.assets.get(symbol)
    const bars: Bar[] = []
    if (asset === undefined) return bars
    const weight = MINUTE_MS / this.tradeMs / 2
    for (let minuteMs = Math.ceil(fromMs / MINUTE_MS) * MINUTE_MS; minuteMs < untilMs; minuteMs += MINUTE_MS) {
      const firstMs = minuteMs + asset.phaseMs
      for (const timeMs of [firstMs, firstMs + MINUTE_MS - this.tradeMs]) {
        if (timeMs >= untilMs) continue
        const trade = this.tradeOf(asset, timeMs)
        const openMs = timeMs - (timeMs % HOUR_MS)
        addTo(bars, { openMs, trade: { ...trade, quantity: trade.quantity * weight } })
      }
    }
    return bars
  }

  priceAt(symbol: string, timeMs: number): number | undefined {
    const asset = this.assets.get(symbol)
    if (asset === undefined) return undefined
    return this.tradeOf(asset, timeMs - ((timeMs - asset.phaseMs) % this.tradeMs)).price
  }

  private tradeOf(asset: Asset, timeMs: number): BarTrade {
    return asset.tradeAt(timeMs, this.priceOf(asset, timeMs))
  }

  private step(timeMs: number, events: MarketEvent[]): void {
    const settles = timeMs > this.startMs && this.funding.nextMs(timeMs - this.stepMs) <= timeMs
    for (const [symbol, asset] of this.assets) {
      const price = this.priceOf(asset, timeMs)
      events.push({ kind: 'quote', quote: asset.quoteAt(timeMs, price) })
      if ((timeMs - asset.phaseMs) % this.tradeMs === 0) events.push(asset.printAt(timeMs, price))
      if (settles) events.push({ kind: 'fundingRate', symbol, rate: this.funding.rateAt(symbol, timeMs - 1) })
    }
  }

  private priceOf(asset: Asset, timeMs: number): number {
    const price = asset.base * Math.exp(asset.share * this.market.at(timeMs) + asset.path.at(timeMs))
    if (this.shifts.length === 0) return price
    return this.shifts.reduce(
      (shifted, { symbol, factor, fromMs }) =>
        timeMs >= fromMs && (symbol === undefined || symbol === asset.symbol) ? shifted * factor : shifted,
      price,
    )
  }
}

function addTo(bars: Bar[], { openMs, trade }: { readonly openMs: number; readonly trade: BarTrade }): void {
  const last = bars.at(-1)
  if (last?.openMs === openMs) addTrade(last, trade)
  else bars.push(barOf(openMs, trade))
}

const TRADE_STEPS = 4
const HOUR_MS = 60 * MINUTE_MS

interface Shift {
  readonly symbol: string | undefined
  readonly factor: number
  readonly fromMs: number
}

/** One symbol: where its price is at any time. */
class Asset extends QuotedSymbol {
  readonly base: number
  /** How much of the market's moves it follows. */
  readonly share: number
  readonly path: PricePath
  /** Of its trades, from the multiples of their period. */
  readonly phaseMs: number

  constructor(listing: SyntheticListing, seed: number, stepMs: number) {
    super(listing, seed)
    const key = hash(seed ^ ASSET_KEY, hashOfText(this.symbol))
    this.base = listing.price
    this.share = 0.6 + (0.8 * hash(key, 1)) / 2 ** 32
    this.path = new PricePath(hash(key, 2), ASSET_PER_DAY)
    this.phaseMs = stepMs * (hash(key, 3) % TRADE_STEPS)
  }
}

/** "MKT" and "AST": streams of their own. */
const MARKET_KEY = 0x4d_4b_54
const ASSET_KEY = 0x41_53_54
/** Standard deviations of a day's move. */
const MARKET_PER_DAY = 0.012
const ASSET_PER_DAY = 0.01
/** The first day of which anything can be asked: there is no older one in the public archive. */
const FIRST_MS = Date.UTC(2019, 11, 31)
