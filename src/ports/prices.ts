/** When a step was due, on the clock that paces the source. */
export interface DueTime {
  /** Reading of the clock, ms. */
  readonly atMs: number
  /** Usual time from one step to the next, ms. */
  readonly intervalMs: number
}

/** Where a live price is from: the middle of the best quotes, or the exchange's mark price where there are none. */
export type PriceOrigin = 'mid' | 'mark'

/** The prices of all symbols at one moment. */
export interface PriceStep {
  /** UTC nanoseconds since the epoch. */
  readonly timestampNs: bigint
  /** In the order of the source's symbols; NaN: no price. Valid until the next step is asked for. */
  readonly prices: Float64Array
  /**
   * Of live prices, in the order of the symbols; null: nothing is known of the symbol. One whose origin has just changed has no
   * price at this step: the step from one kind to the other would pass for a return. Valid until the next step is asked for.
   */
  readonly origins?: readonly (PriceOrigin | null)[]
  /** Steps of the usual distance that are missing between the step before and this one. */
  readonly missing: number
  /** Absent where nothing paces the source: its steps come as fast as they are taken. */
  readonly due?: DueTime
}

/**
 * A stream of price vectors, recorded or live.
 *
 * - Order: times rise strictly; no step comes twice.
 * - Gaps: a step that was not recorded or did not come is never invented; `missing` counts it. A step may have no price at all.
 * - Pace: a paced source gives a step when it is due, or at once when that is past; it never leaves one out to catch up.
 * - End: the iteration ends after the last step. A source that cannot go on throws.
 * - Abort: aborting `signal` ends the iteration with the abort reason, also while it waits for a step to be due.
 */
export interface PriceSource {
  readonly symbols: readonly string[]
  steps(signal?: AbortSignal): AsyncIterable<PriceStep>
}
