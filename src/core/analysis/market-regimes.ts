import { assert } from '../../base/assert.js'
import { present } from '../../base/present.js'
import type { ObservedMarket, RegimeMetrics, RegimeReading } from '../../ports/vocabulary/observation.js'
import type { AppliedEvent, AppliedListener } from '../observation/applied-event.js'
import { AverageTrueRange } from './average-true-range.js'
import { Candles, FIVE_MINUTES_MS, THIRTY_MINUTES_MS } from './candles.js'
import { TakerFlow } from './flow-imbalance.js'
import { LiquidationZ } from './liquidation-z.js'
import { OpenInterestChange } from './open-interest-change.js'
import { classifyRegime } from './regime.js'
import { DailyVwap } from './vwap.js'

/**
 * The figures by which the market of each symbol is told to trend or not, kept as events are applied. What it remembers is bounded,
 * and once it is warm a trade allocates nothing. Source: spec, "Analysis".
 */
export class MarketRegimes implements AppliedListener {
  private readonly symbols: readonly string[]
  private readonly markets: readonly SymbolMarket[]
  private readonly places: ReadonlyMap<string, number>
  /** Since when the market is heard: the last time that was told before anything came by itself. */
  private sinceMs: number | undefined
  private isHeard = false

  /** @param symbols those of the observation; in the order of their code units they have the places that its events name. */
  constructor(symbols: readonly string[]) {
    this.symbols = [...new Set(symbols)].sort()
    this.markets = this.symbols.map(() => new SymbolMarket())
    this.places = new Map(this.symbols.map((symbol, place) => [symbol, place]))
  }

  applied(event: AppliedEvent): void {
    if (!this.isHeard && !ASKED_FOR.has(event.kind)) this.heard()
    this.markets[event.symbolIndex]!.applied(event)
  }

  advanced(tMs: number): void {
    if (!this.isHeard) this.sinceMs = tMs
    for (const market of this.markets) market.advanced(tMs)
  }

  /** As of a time that has been advanced to, UTC ms. */
  reading(symbol: string, nowMs: number): RegimeReading {
    return classifyRegime(this.of(symbol).metrics({ nowMs, sinceMs: this.sinceMs ?? nowMs }))
  }

  /** As of a time that has been advanced to, UTC ms. Frozen. */
  market(symbol: string, nowMs: number): ObservedMarket {
    return this.of(symbol).market(nowMs)
  }

  counters(): MarketRegimesCounters {
    const counts = { candleTradesLate: 0, flowDropped: 0, liquidationsDropped: 0, openInterestDropped: 0 }
    for (const market of this.markets) market.addTo(counts)
    return counts
  }

  private heard(): void {
    this.isHeard = true
    for (const market of this.markets) market.heardSince(this.sinceMs ?? 0)
  }

  private of(symbol: string): SymbolMarket {
    const place = this.places.get(symbol)
    assert(place !== undefined, 'a market that is asked for is one of those that are observed')
    return this.markets[place]!
  }
}

/** Of times before anybody listened, too: that these are known does not say that liquidations or trades of then were heard. */
const ASKED_FOR: ReadonlySet<AppliedEvent['kind']> = new Set(['KLINE', 'FUNDING', 'OPEN_INTEREST'])

/** A trade or a liquidation that is older tells nothing of now. Source: spec, "M1 ingestion": the horizon of the buffers. */
const HORIZON_MS = 300_000

const FLOW_MS = 10_000

/** What was left out of the figures of all symbols. */
export interface MarketRegimesCounters {
  /** Trades that came after their candle of five or of thirty minutes was closed. */
  candleTradesLate: number
  /** Entries that made room for later ones while they were needed; the same of the others. */
  flowDropped: number
  /** Liquidations of the last minute. */
  liquidationsDropped: number
  /** Readings of the open interest. */
  openInterestDropped: number
}

class SymbolMarket {
  private readonly atr5m = new AverageTrueRange()
  private readonly atr30m = new AverageTrueRange()
  private readonly candles5m = new Candles(FIVE_MINUTES_MS, (candle) => this.atr5m.add(candle))
  private readonly candles30m = new Candles(THIRTY_MINUTES_MS, (candle) => this.atr30m.add(candle))
  private readonly vwap = new DailyVwap()
  private readonly flow = new TakerFlow()
  private readonly liquidationZ = new LiquidationZ()
  private readonly openInterest = new OpenInterestChange()
  private tradeMs = Number.NEGATIVE_INFINITY
  private price = Number.NaN
  private liquidationMs = Number.NEGATIVE_INFINITY
  private markMs = Number.NEGATIVE_INFINITY
  private markPrice = Number.NaN
  private fundingRate = Number.NaN
  /** What is handed to the flow with each trade: the same object every time. */
  private readonly taken = { tsMs: 0, price: 0, baseQty: 0, isBuy: false }

  applied(event: AppliedEvent): void {
    switch (event.kind) {
      case 'TRADE':
        this.trade(event)
        break
      case 'LIQUIDATION':
        this.liquidationMs = Math.max(this.liquidationMs, event.tsMs)
        this.liquidationZ.add(event.tsMs, event.price * event.baseQty)
        break
      case 'MARK_PRICE':
        this.mark(event)
        break
      case 'OPEN_INTEREST':
        this.openInterest.add(event.tsMs, event.openInterest)
        break
      case 'KLINE':
        if (event.interval === '5m') this.candles5m.kline(event)
        if (event.interval === '30m') this.candles30m.kline(event)
        break
      default:
    }
  }

  heardSince(tMs: number): void {
    this.candles5m.heardSince(tMs)
    this.candles30m.heardSince(tMs)
  }

  advanced(tMs: number): void {
    this.candles5m.advanced(tMs)
    this.candles30m.advanced(tMs)
  }

  metrics({ nowMs, sinceMs }: { readonly nowMs: number; readonly sinceMs: number }): RegimeMetrics {
    return present({
      price: this.priceAt(nowMs),
      vwap: this.vwap.at(nowMs),
      atr5m: this.atr5m.value,
      atr30m: this.atr30m.value,
      imbalance30s: this.flow.imbalanceAt(nowMs),
      liquidationZ: this.liquidationZ.at({ nowMs, sinceMs }),
      openInterestChange5mFrac: this.openInterest.fracAt(nowMs),
    })
  }

  market(nowMs: number): ObservedMarket {
    const sinceLiquidationMs = nowMs - this.liquidationMs
    return Object.freeze({
      ...present({
        price: this.priceAt(nowMs),
        markPrice: known(this.markPrice),
        openInterest: this.openInterest.latest,
        fundingRate: known(this.fundingRate),
      }),
      flow10s: Object.freeze(this.flow.usdAt({ nowMs, lastMs: FLOW_MS })),
      ...(sinceLiquidationMs < HORIZON_MS && { msSinceLiquidation: sinceLiquidationMs }),
    })
  }

  addTo(counts: MarketRegimesCounters): void {
    counts.candleTradesLate += this.candles5m.late + this.candles30m.late
    counts.flowDropped += this.flow.dropped
    counts.liquidationsDropped += this.liquidationZ.dropped
    counts.openInterestDropped += this.openInterest.dropped
  }

  private trade({ tsMs, price, baseQty, side }: AppliedEvent): void {
    if (tsMs >= this.tradeMs) {
      this.tradeMs = tsMs
      this.price = price
    }
    this.candles5m.trade(tsMs, price)
    this.candles30m.trade(tsMs, price)
    this.vwap.trade(tsMs, price, baseQty)
    const { taken } = this
    taken.tsMs = tsMs
    taken.price = price
    taken.baseQty = baseQty
    taken.isBuy = side === 'BUY'
    this.flow.trade(taken)
  }

  /** One that tells no rate leaves nothing known of it. */
  private mark({ tsMs, markPrice, fundingRate }: AppliedEvent): void {
    if (tsMs < this.markMs) return
    this.markMs = tsMs
    this.markPrice = markPrice
    this.fundingRate = fundingRate
  }

  private priceAt(nowMs: number): number | undefined {
    return nowMs - this.tradeMs < HORIZON_MS ? this.price : undefined
  }
}

function known(figure: number): number | undefined {
  return Number.isNaN(figure) ? undefined : figure
}
