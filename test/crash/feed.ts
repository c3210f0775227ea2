import { Exact } from '../../src/base/exact.js'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import type { StrategyBar } from '../../src/ports/strategy.js'
import type { Quote } from '../../src/ports/venue.js'
import type { Script } from '../support/scripted-strategy.js'

/** Symbol → price it starts from, and decimals of its tick. */
const MARKETS = [
  { symbol: 'BTCUSDT', price: 60_000, decimals: 1, shown: 0.4 },
  { symbol: 'ETHUSDT', price: 3_000, decimals: 2, shown: 8 },
  { symbol: 'DOGEUSDT', price: 0.2, decimals: 5, shown: 120_000 },
] as const

export const SYMBOLS: readonly string[] = MARKETS.map(({ symbol }) => symbol)

/** Largest step from quote to quote, a fraction of the price: take-profits are reached within seconds. */
const STEP = 0.0006

/** A market that moves fast and shows little, so that orders fill in parts. The same seed gives the same walk. */
export class Feed {
  private readonly random: Xoshiro128
  private readonly prices: number[] = MARKETS.map(({ price }) => price)
  private bars = 0

  constructor(seed: number) {
    this.random = new Xoshiro128(seed, FEED_STREAM)
  }

  quotes(timestampMs: number): Quote[] {
    return MARKETS.map(({ symbol, price, decimals, shown }, i) => {
      const walked = this.prices[i]! * (1 + (this.random.uint32() / 2 ** 31 - 1) * STEP)
      // Walks that would leave a price's neighbourhood turn round: notionals stay what they are meant to be.
      this.prices[i] = Math.min(price * 1.2, Math.max(price * 0.8, walked))
      const ticks = Math.floor(this.prices[i]! * 10 ** decimals)
      const bid = new Exact(ticks).div(10 ** decimals).toFixed()
      const ask = new Exact(ticks + 1).div(10 ** decimals).toFixed()
      const quantity = new Exact((shown * (0.2 + this.random.uint32() / 2 ** 32)).toPrecision(3)).toFixed()
      return { symbol, bid, bidQuantity: quantity, ask, askQuantity: quantity, mark: bid, timestampMs }
    })
  }

  bar(timestampMs: number): StrategyBar {
    return {
      bar: this.bars++,
      timestampMs,
      symbols: SYMBOLS,
      prices: Float64Array.from(this.prices),
      velDiv: 0,
      volOk: true,
      posture: 'APEX',
    }
  }
}

const FEED_STREAM = 0xfeed

/** Enters whenever it is flat, leaves after some bars, now and then reduces; `isResting` makes it leave and stay out. */
export function churn(seed: number, isResting: () => boolean): Script {
  return ({ bar, symbols, prices }, { held, pending, bars }) => {
    const random = new Xoshiro128(seed, bar)
    const dice = random.uint32() % 16
    if (held !== null) {
      const price = prices[symbols.indexOf(held.symbol)]!
      const wish = { symbol: held.symbol, price, reason: 'CHURN' }
      if (isResting() || (bars > held.sinceBar + 1 && dice < 4)) return [{ ...wish, type: 'EXIT' }]
      return dice === 15 ? [{ ...wish, type: 'REDUCE', notionalUsd: 2_000 }] : [{ ...wish, type: 'HOLD' }]
    }
    if (pending !== null || isResting() || dice > 12) return []
    const pick = random.uint32() % symbols.length
    const direction = random.uint32() % 2 === 0 ? 1 : -1
    const notionalUsd = 5_000 + (random.uint32() % 20_000)
    return [{ type: 'ENTRY', symbol: symbols[pick]!, direction, notionalUsd, price: prices[pick]!, reason: 'CHURN' }]
  }
}
