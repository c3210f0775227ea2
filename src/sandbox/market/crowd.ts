import type { MarketEvent } from '../../ports/played-market.js'
import type { Strike } from '../fault-board.js'
import type { Floor } from '../floor.js'
import type { ForcedOrder } from '../streams/forced-order.js'
import type { MarketData } from './market-data.js'
import type { SymbolMarket } from './symbol-market.js'

/**
 * Everybody else who trades here, as far as the exchange closes their positions: now and then one with a trade, and many in the waves
 * of a `cascade`. A forced order is a trade like any other, is told as forced, and takes its share of the open interest.
 */
export class Crowd {
  private readonly floor: Floor
  private readonly data: MarketData
  private readonly market: CrowdMarket
  /** The trade in hand is its own. */
  private isTrading = false

  constructor(floor: Floor, data: MarketData, market: CrowdMarket) {
    this.floor = floor
    this.data = data
    this.market = market
  }

  /** After everybody was told of it. */
  happened(event: MarketEvent): void {
    const { faults, settings } = this.floor
    if (event.kind !== 'print' || this.isTrading || !faults.happens(settings.market?.liquidatedShare ?? 0)) return
    const { symbol, aggressor: side, quantity, price } = event
    this.market.forced({ symbol, side, quantity, price })
    this.data.closePositions(symbol, Number(quantity) / this.data.openInterest(symbol, this.floor.clock.exchangeMs))
  }

  strike({ act, argument }: Strike): void {
    if (act !== 'cascade') return
    const { agenda, clock } = this.floor
    const beganMs = clock.nowMs
    for (const [startMs, share] of WAVES)
      for (let i = 0; i < WAVE_ORDERS; i++)
        agenda.at(beganMs + startMs + i * ORDER_EVERY_MS, () => this.liquidate(String(argument), share))
  }

  /** Somebody's long position is sold at the best bid. */
  private liquidate(name: string, share: number): void {
    const symbol = this.data.find(name)
    if (symbol?.quote === undefined) return
    const quantity = this.quantityOf(symbol)
    const { bid: price } = symbol.quote
    this.isTrading = true
    this.market.happens({ kind: 'print', symbol: name, price, quantity, aggressor: 'SELL' })
    this.isTrading = false
    this.market.forced({ symbol: name, side: 'SELL', quantity, price })
    this.data.closePositions(name, share)
  }

  private quantityOf({ symbol, quantityDecimals }: SymbolMarket): string {
    const interest = this.data.openInterest(symbol, this.floor.clock.exchangeMs)
    const least = 10 ** -quantityDecimals
    return Math.max(least, interest * TOLD_SHARE).toFixed(quantityDecimals)
  }
}

/** What the crowd does to the exchange. */
export interface CrowdMarket {
  happens(event: MarketEvent): void
  forced(order: ForcedOrder): void
}

/** From when on, ms, and which share of the open interest each order of it stands for: most are not told. */
const WAVES: readonly (readonly [startMs: number, share: number])[] = [
  [0, 0.015],
  [45_000, 0.006],
  [90_000, 0.003],
]
const WAVE_ORDERS = 12
/** As often as the exchange tells of forced orders of a symbol. */
const ORDER_EVERY_MS = 1_000
/** Of the open interest, in the one order of a second that is told. */
const TOLD_SHARE = 0.0005
