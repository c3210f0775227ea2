/** Values kept, and the span of the trend (nine steps, ten values). Sections 2 and 7.4. */
export const KEPT_VEL_DIVS = 200
const TREND_VALUES = 10
const RING = 256

/** The last finite `vel_div` values. */
export class VelDivHistory {
  private readonly ring = new Float64Array(RING)
  private pushed = 0

  push(velDiv: number): void {
    this.ring[this.pushed++ & (RING - 1)] = velDiv
  }

  /** The finite values of the rows from `from` to `to` (exclusive) of a day's signal. */
  pushRows(velDiv: Float64Array, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      const value = velDiv[row]!
      if (Number.isFinite(value)) this.push(value)
    }
  }

  /** The latest value minus the one nine before it; 0 until there are ten. */
  trend(): number {
    if (this.pushed < TREND_VALUES) return 0
    return this.ring[(this.pushed - 1) & (RING - 1)]! - this.ring[(this.pushed - TREND_VALUES) & (RING - 1)]!
  }

  /** Oldest first. */
  values(): number[] {
    const n = Math.min(this.pushed, KEPT_VEL_DIVS)
    return Array.from({ length: n }, (_, i) => this.ring[(this.pushed - n + i) & (RING - 1)]!)
  }
}
