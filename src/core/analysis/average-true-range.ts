/**
 * Average true range, in the currency of the price: the exponential mean of the true ranges, begun at the first, α = 2/(candles + 1).
 */
export class AverageTrueRange {
  private readonly weight: number
  private count = 0
  private mean = 0
  private closeBefore = Number.NaN

  constructor(private readonly candles: number = CANDLES) {
    this.weight = 2 / (candles + 1)
  }

  /** Undefined until there have been enough candles. */
  get value(): number | undefined {
    return this.count < this.candles ? undefined : this.mean
  }

  /** The next closed candle. */
  add({ high, low, close }: CandleRange): void {
    const range = this.count === 0 ? high - low : trueRange(high, low, this.closeBefore)
    this.mean = this.count === 0 ? range : this.weight * range + (1 - this.weight) * this.mean
    this.closeBefore = close
    this.count++
  }
}

/** Smoothing over so many candles; before that there is no figure. Source: spec, "Analysis: ATR". */
const CANDLES = 14

export interface CandleRange {
  readonly high: number
  readonly low: number
  readonly close: number
}

function trueRange(high: number, low: number, closeBefore: number): number {
  return Math.max(high - low, Math.abs(high - closeBefore), Math.abs(low - closeBefore))
}
