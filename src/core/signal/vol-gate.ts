import { assert } from '../../base/assert.js'
import type { DayColumns } from '../../ports/days.js'
import { exactDeviationExceeds } from '../numeric/exact-dispersion.js'
import { SortedRuns } from '../numeric/sorted-runs.js'

/** The asset whose volatility gates entries. */
export const VOLATILITY_ASSET = 'BTCUSDT'

/** Returns per volatility; a window is one price longer. Engine semantics, section 12. */
export const VOLATILITY_RETURNS = 50

/** A volatility (deviation of simple returns per bar), or a percentile (0 … 100) of the volatilities of earlier days. */
export type VolGateSetting =
  /** `threshold`: deviation of simple returns per bar, a fraction. */
  | { readonly kind: 'fixed'; readonly threshold: number }
  /** `percentile`: 0 to 100, of earlier days. */
  | { readonly kind: 'percentile'; readonly percentile: number }

/**
 * The volatility gate of a run. Days are given in order, once each: a percentile threshold is taken from all defined
 * volatilities of the days before, and never from the day it gates.
 */
export class VolGate {
  private readonly earlier = new SortedRuns()
  private escalated = 0

  constructor(private readonly setting: VolGateSetting) {}

  /** The threshold of the next day; undefined while a percentile has no earlier volatility to be taken from. */
  get threshold(): number | undefined {
    if (this.setting.kind === 'fixed') return this.setting.threshold
    return this.earlier.size === 0 ? undefined : this.earlier.percentile(this.setting.percentile / 100)
  }

  /** How many bars so far had to be decided in exact arithmetic. */
  get escalations(): number {
    return this.escalated
  }

  /** Another gate that has seen the same days. */
  copy(): VolGate {
    const other = new VolGate(this.setting)
    other.earlier.addAll(this.earlier)
    other.escalated = this.escalated
    return other
  }

  /**
   * The day's mask, one byte per bar, 1 where entries are allowed; undefined where the warm-up rule holds instead. The
   * day then counts as an earlier one. A day without a BTCUSDT column has no defined volatility: all zeros.
   */
  maskForDay(day: DayColumns): Uint8Array | undefined {
    const { threshold } = this
    const prices = day.prices[day.assets.indexOf(VOLATILITY_ASSET)] ?? new Float64Array(day.bars)
    if (this.setting.kind === 'percentile') this.earlier.add(definedDvols(prices).filter((dvol) => !Number.isNaN(dvol)))
    if (threshold === undefined) return undefined
    const { mask, escalations } = volOkMask(prices, threshold)
    this.escalated += escalations
    return mask
  }
}

/**
 * Per bar, the population standard deviation of the 50 simple returns that end there, in float64 (two passes); NaN while
 * undefined. These are the values a threshold is calibrated on; verdicts come from {@link volOkMask}.
 */
export function definedDvols(prices: Float64Array): Float64Array {
  const returns = simpleReturns(prices)
  const dvols = new Float64Array(prices.length).fill(Number.NaN)
  let run = 0
  for (let bar = 0; bar < returns.length; bar++) {
    run = Number.isNaN(returns[bar]!) ? 0 : run + 1
    if (run < VOLATILITY_RETURNS) continue
    const start = bar - VOLATILITY_RETURNS + 1
    let sum = 0
    for (let i = start; i <= bar; i++) sum += returns[i]!
    const mean = sum / VOLATILITY_RETURNS
    let squares = 0
    for (let i = start; i <= bar; i++) {
      const deviation = returns[i]! - mean
      squares += deviation * deviation
    }
    const dvol = Math.sqrt(squares / VOLATILITY_RETURNS)
    // An overflowing return makes the deviations ∞ − ∞; the volatility is defined all the same, and beyond float64.
    dvols[bar] = Number.isNaN(dvol) ? Number.POSITIVE_INFINITY : dvol
  }
  return dvols
}

/**
 * Bound of the filter's error in units of 2⁻⁵³·n·Σr̂², n = 50 returns r (u = 2⁻⁵³, γk = ku/(1 − ku)):
 *
 * Two unequal positive floats differ by at least u relative, so r = (p − q)/q is 0 or at least u in size: neither r, r²
 * nor a sum underflows, and r̂ = r(1 + θ2), r̂² = r²(1 + θ5). Every term passes at most 50 additions, hence
 * |Ŝ2 − S2| ≤ γ55·S2 and |Ŝ1 − S1| ≤ γ52·Σ|r|, where (Σ|r|)² ≤ n·S2 by Cauchy and Schwarz. So S1² is off by at most
 * (2γ52 + γ52²)·n·S2, and n·S2 by γ55·n·S2; the two products and their difference round by u·n·S2 each. In all
 * |V̂ − V| ≤ (55 + 104 + 3 + 0.1)·u·n·Ŝ2 for V = n·S2 − S1². The rest up to 200 pays for rounding the bound itself and
 * adding it to V̂.
 */
const FILTER_ERROR_UNITS = 200
const UNIT_ROUNDOFF = 2 ** -53
/** Beyond this, a sum of squares could overflow on the way to a verdict. */
const FILTER_MAX = 2 ** 1000
/** Below this, the square of a threshold may have lost digits to underflow. */
const SQUARE_SURE_FROM = 2 ** -900

/**
 * `vol_ok` per bar: 1 where the volatility of BTCUSDT exceeds `threshold`, equal to the verdict of exact rational
 * arithmetic on every input. False while undefined, for a tie, and for a threshold of NaN or +∞; a negative threshold is
 * exceeded wherever the volatility is defined.
 *
 * V = n·Σr² − (Σr)² is compared with n²·threshold² in float64, with the error bound above; bars that the bound does not
 * separate are decided exactly (`escalations` counts them). The sums over a window are those of the tail of one block of
 * 50 returns and the head of the next, so nothing is ever subtracted and no error accumulates over the day; an invalid
 * price is a NaN that reaches exactly the windows that contain it.
 *
 * @param out receives the mask; of the same length as `prices`.
 */
export function volOkMask(
  prices: Float64Array,
  threshold: number,
  out: Uint8Array = new Uint8Array(prices.length),
): { readonly mask: Uint8Array; readonly escalations: number } {
  assert(out.length === prices.length, 'the mask has one byte per price')
  const n = VOLATILITY_RETURNS
  const foregone = threshold < 0 ? 1 : threshold < Number.POSITIVE_INFINITY ? undefined : 0
  const square = n * n * (threshold * threshold)
  const limit = {
    low: square < SQUARE_SURE_FROM ? 0 : square * (1 - 4 * UNIT_ROUNDOFF),
    high: threshold === 0 ? 0 : Math.max(square * (1 + 4 * UNIT_ROUNDOFF), SQUARE_SURE_FROM),
  }
  const returns = simpleReturns(prices)
  const tailSum = new Float64Array(n + 1).fill(Number.NaN, 0, n)
  const tailSquares = tailSum.slice()
  let escalations = 0

  for (let blockStart = 0; blockStart < prices.length; blockStart += n) {
    const blockEnd = Math.min(blockStart + n, prices.length)
    let headSum = 0
    let headSquares = 0
    for (let bar = blockStart; bar < blockEnd; bar++) {
      const value = returns[bar]!
      headSum += value
      headSquares += value * value
      const tail = bar - blockStart + 1
      const sum = headSum + tailSum[tail]!
      const squares = n * (headSquares + tailSquares[tail]!)
      const spread = squares - sum * sum
      const error = squares * (FILTER_ERROR_UNITS * UNIT_ROUNDOFF)
      if (Number.isNaN(squares)) out[bar] = 0
      else if (foregone !== undefined) out[bar] = foregone
      else if (squares <= FILTER_MAX && spread - error > limit.high) out[bar] = 1
      else if (squares <= FILTER_MAX && spread + error <= limit.low) out[bar] = 0
      else {
        out[bar] = exactDeviationExceeds(prices.subarray(bar - n, bar + 1), threshold) ? 1 : 0
        escalations++
      }
    }
    for (let tail = n - 1; tail >= 0 && blockEnd === blockStart + n; tail--) {
      const value = returns[blockStart + tail]!
      tailSum[tail] = tailSum[tail + 1]! + value
      tailSquares[tail] = tailSquares[tail + 1]! + value * value
    }
  }
  return { mask: out, escalations }
}

/** Simple returns by the bar that ends them; NaN at the first bar and wherever one of the two prices is invalid. */
function simpleReturns(prices: Float64Array): Float64Array {
  const returns = new Float64Array(prices.length)
  let previous = Number.NaN
  for (let bar = 0; bar < prices.length; bar++) {
    const price = prices[bar]!
    const valid = price > 0 && price < Number.POSITIVE_INFINITY
    returns[bar] = valid ? (price - previous) / previous : Number.NaN
    previous = valid ? price : Number.NaN
  }
  return returns
}
