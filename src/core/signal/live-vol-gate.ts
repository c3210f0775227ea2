import type { DayColumns } from '../../ports/days.js'
import { VOLATILITY_ASSET, VOLATILITY_RETURNS, type VolGate, volOkMask } from './vol-gate.js'

/**
 * The volatility gate bar by bar, for whoever has no columns yet: the same verdicts as {@link VolGate.maskForDay} of the days
 * that the bars come to.
 */
export class LiveVolGate {
  private readonly days: VolGate
  private threshold: number | undefined
  private prices: number[] = []

  /** @param days that has seen the days before; it is not changed. */
  constructor(days: VolGate) {
    this.days = days.copy()
    this.threshold = this.days.threshold
  }

  /** A day begins; the one before counts as an earlier one. */
  beginDay(): void {
    if (this.prices.length > 0) this.days.maskForDay(dayOf(this.prices))
    this.threshold = this.days.threshold
    this.prices = []
  }

  /** The verdict on the next bar; undefined where the warm-up rule holds instead. `price` is BTCUSDT's, NaN where it has none. */
  next(price: number): boolean | undefined {
    this.prices.push(price)
    if (this.threshold === undefined) return undefined
    const window = Float64Array.from(this.prices.slice(-(VOLATILITY_RETURNS + 1)))
    return volOkMask(window, this.threshold).mask.at(-1) === 1
  }
}

function dayOf(prices: readonly number[]): DayColumns {
  const bars = prices.length
  const columns = { assets: [VOLATILITY_ASSET], prices: [Float64Array.from(prices)] }
  return { ...columns, date: '1970-01-01', bars, velDiv: new Float64Array(bars), eigen: {} }
}
