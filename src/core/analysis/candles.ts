import type { CandleRange } from './average-true-range.js'

export const FIVE_MINUTES_MS = 300_000
export const THIRTY_MINUTES_MS = 1_800_000

/**
 * Candles of trades, handed out when they are closed: by the first trade of a later one, or by the time. What trades in a candle that
 * was closed is too late for it; a time without trades has no candle. Source: spec, "M3 temporal windows".
 */
export class Candles {
  /** Trades that came after their candle. */
  late = 0
  /** Of the open candle, when there is one; `openMs` is NaN otherwise. The same object every time. */
  private readonly open = { openMs: Number.NaN, high: 0, low: 0, close: 0 }
  private closedMs = Number.NEGATIVE_INFINITY

  /** @param closed is told within the call, of an object that it does not keep. */
  constructor(
    private readonly lengthMs: number,
    private readonly closed: (candle: CandleRange) => void,
  ) {}

  trade(tsMs: number, price: number): void {
    const openMs = this.openOf(tsMs)
    const { open } = this
    if (openMs <= this.closedMs || openMs < open.openMs) {
      this.late++
      return
    }
    if (openMs > open.openMs) this.close()
    if (Number.isNaN(open.openMs)) {
      open.openMs = openMs
      open.high = price
      open.low = price
    }
    if (price > open.high) open.high = price
    if (price < open.low) open.low = price
    open.close = price
  }

  /**
   * A candle that the venue closed: it stands for the trades of its time, of which perhaps not all were heard. One that is known already
   * changes nothing.
   */
  kline({ openMs, high, low, close }: CandleRange & { readonly openMs: number }): void {
    const { open } = this
    if (openMs !== this.openOf(openMs) || openMs <= this.closedMs || openMs < open.openMs) return
    if (openMs > open.openMs) this.close()
    open.openMs = openMs
    open.high = high
    open.low = low
    open.close = close
    this.close()
  }

  advanced(tMs: number): void {
    if (this.openOf(tMs) > this.open.openMs) this.close()
  }

  private close(): void {
    const { open } = this
    if (Number.isNaN(open.openMs)) return
    this.closedMs = open.openMs
    this.closed(open)
    open.openMs = Number.NaN
  }

  private openOf(tsMs: number): number {
    return Math.floor(tsMs / this.lengthMs) * this.lengthMs
  }
}
