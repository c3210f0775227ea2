import type { CandleRange } from './average-true-range.js'

export const FIVE_MINUTES_MS = 300_000
export const THIRTY_MINUTES_MS = 1_800_000

/**
 * Candles of trades, handed out when they are closed: by the first trade of a later one, or by the time. What trades in a candle that
 * was closed is too late for it; a time without trades has no candle. Where candles of the venue went before, one of which not all
 * trades were heard is none: the venue's may come for it until the next one is closed. Source: spec, "M3 temporal windows".
 */
export class Candles {
  /** Trades that came after their candle. */
  late = 0
  /** Of the open candle, when there is one; `openMs` is NaN otherwise. The same object every time. */
  private readonly open = { openMs: Number.NaN, high: 0, low: 0, close: 0 }
  /** Of the last candle that was handed out. */
  private closedMs = Number.NEGATIVE_INFINITY
  /** Of the last that trades come too late for: one that was left out is over, too. */
  private overMs = Number.NEGATIVE_INFINITY
  private heardMs = Number.NEGATIVE_INFINITY
  private isWarm = false

  /** @param closed is told within the call, of an object that it does not keep. */
  constructor(
    private readonly lengthMs: number,
    private readonly closed: (candle: CandleRange) => void,
  ) {}

  trade(tsMs: number, price: number): void {
    const openMs = this.openOf(tsMs)
    const { open } = this
    if (openMs <= this.overMs || openMs < open.openMs) {
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

  /** Trades are heard since then; of the candle of that time some are missing, unless it began just then. */
  heardSince(tMs: number): void {
    this.heardMs = tMs
  }

  /**
   * A candle that the venue closed: it stands for the trades of its time, of which perhaps not all were heard. One that is known already
   * changes nothing.
   */
  kline(candle: CandleRange & { readonly openMs: number }): void {
    const { openMs } = candle
    if (openMs !== this.openOf(openMs) || openMs <= this.closedMs) return
    this.isWarm = true
    if (openMs > this.open.openMs) this.close()
    if (openMs === this.open.openMs) this.open.openMs = Number.NaN
    this.tell(openMs, candle)
  }

  advanced(tMs: number): void {
    if (this.openOf(tMs) > this.open.openMs) this.close()
  }

  private close(): void {
    const { open } = this
    const { openMs } = open
    if (Number.isNaN(openMs)) return
    open.openMs = Number.NaN
    if (this.isWarm && openMs < this.heardMs) this.overMs = openMs
    else this.tell(openMs, open)
  }

  private tell(openMs: number, candle: CandleRange): void {
    this.closedMs = openMs
    this.overMs = Math.max(this.overMs, openMs)
    this.closed(candle)
  }

  private openOf(tsMs: number): number {
    return Math.floor(tsMs / this.lengthMs) * this.lengthMs
  }
}
