import type { Kernel } from './kernel.js'
import { LOG_RETURN_UNITS } from './log-return.js'
import { HISTORY, type PriceHistory } from './price-history.js'

/** Unit roundoff of float64. */
export const UNIT = 2 ** -53
/** Roundings of one `update` of a pair: two products, their difference, the sum; |difference| counts twice. */
const UNITS_PER_STEP = 5
/** A moving symbol whose relative moment error passes this is summed again at once (about 4 × the usual level). */
const RENEW_ABOVE = 4e-12
/** Beyond this the first-order bounds below no longer hold: the symbol's correlations say nothing. */
const UNRESOLVED_ABOVE = 1e-3

/**
 * Sums and products of one window's returns for all pairs of symbols, moved on by one step at a time.
 *
 * Each symbol's returns are taken against a shift close to their mean, so that centring cancels nothing. Missing returns
 * count as no deviation: a symbol is only used once its window is complete, and then every step counts.
 *
 * Error of a pair's product sum since it was last summed afresh: `units` roundings, each at most u·√(peakᵢ·peakⱼ) by
 * Cauchy–Schwarz, where `peak` is the largest sum of squares that was held meanwhile. The correction by the means adds at
 * most twice that with peakSum²/W in place of peak. So |eᵢⱼ| ≤ cᵢ·cⱼ with cᵢ² = u·(unitsᵢ + 3)·(peakᵢ + 2·peakSumᵢ²/W).
 */
export class RollingMoments {
  readonly window: number
  /** Moving symbols, and how many of them there are. */
  readonly active: Uint8Array
  count = 0
  /** Correlations of the moving symbols, unit diagonal; rows and columns of the others are zero. */
  readonly correlations: Float64Array
  /** Frobenius norm of `correlations`, within a relative 1e-12. */
  frobenius = 0
  /** Bounds of ‖correlations − those of the float64 returns‖₂ as `sum + largest·λmax`; infinite when unresolved. */
  errorSum = 0
  errorLargest = 0
  /** Bound of ‖unit return vectors − exact ones‖ (Frobenius) that the logarithms and shifts cause. */
  inputError = 0

  private readonly history: PriceHistory
  private readonly kernel: Kernel
  private readonly products: Float64Array
  private readonly shifts: Float64Array
  private readonly sums: Float64Array
  private readonly peaks: Float64Array
  private readonly peakSums: Float64Array
  private readonly units: Float64Array
  private readonly entering: Float64Array
  private readonly leaving: Float64Array
  private readonly means: Float64Array
  private readonly scales: Float64Array
  private readonly row: Float64Array
  private readonly rootInverse: number
  private inputSquares = 0

  /** `correlations` may be shared by the windows of a scanner: it is valid until the next {@link correlate}. */
  constructor(kernel: Kernel, history: PriceHistory, window: number, correlations: Float64Array) {
    this.kernel = kernel
    this.history = history
    this.window = window
    this.correlations = correlations
    this.active = new Uint8Array(kernel.symbols)
    this.rootInverse = 1 / Math.sqrt(window)
    const vector = () => kernel.allocate(kernel.stride)
    this.products = kernel.allocate(kernel.symbols * kernel.stride)
    this.shifts = vector()
    this.entering = vector()
    this.leaving = vector()
    this.means = vector()
    this.scales = vector()
    this.row = vector()
    this.sums = new Float64Array(kernel.symbols)
    this.peaks = new Float64Array(kernel.symbols)
    this.peakSums = new Float64Array(kernel.symbols)
    this.units = new Float64Array(kernel.symbols)
  }

  /** Values that {@link PriceHistory} does not determine: what a snapshot must hold. */
  state(): Float64Array[] {
    return [this.products, this.shifts, this.sums, this.peaks, this.peakSums, this.units]
  }

  /** Takes the history's latest return in and the one that left the window out. */
  advance(): void {
    const { history, kernel, entering, leaving, shifts, sums, products, peaks, peakSums, units } = this
    const { returns } = history
    const { symbols, stride } = kernel
    const now = history.row(0) * stride
    const gone = history.row(this.window) * stride
    for (let i = 0; i < symbols; i++) {
      const shift = shifts[i]!
      const inward = returns[now + i]! - shift
      const outward = returns[gone + i]! - shift
      const a = Number.isNaN(inward) ? 0 : inward
      const b = Number.isNaN(outward) ? 0 : outward
      entering[i] = a
      leaving[i] = b
      const grown = sums[i]! + a
      const sum = grown - b
      sums[i] = sum
      const reached = Math.max(Math.abs(grown), Math.abs(sum))
      if (reached > peakSums[i]!) peakSums[i] = reached
      const squares = products[i * stride + i]! + a * a
      if (squares > peaks[i]!) peaks[i] = squares
      units[i]! += UNITS_PER_STEP
    }
    kernel.update(products, entering, leaving)
  }

  /** Sums one symbol's products afresh, against the mean of its window. */
  renew(symbol: number): void {
    const { history, kernel, window } = this
    const { returns } = history
    const { stride } = kernel
    const last = history.row(0)
    const first = history.row(window - 1)
    let total = 0
    let present = 0
    for (let row = first; ; row = row + 1 === HISTORY ? 0 : row + 1) {
      const value = returns[row * stride + symbol]!
      if (!Number.isNaN(value)) {
        total += value
        present++
      }
      if (row === last) break
    }
    const shift = present === 0 ? 0 : total / present
    this.shifts[symbol] = shift
    let sum = 0
    let peakSum = 0
    for (let row = first; ; row = row + 1 === HISTORY ? 0 : row + 1) {
      const value = returns[row * stride + symbol]! - shift
      if (!Number.isNaN(value)) {
        sum += value
        peakSum = Math.max(peakSum, Math.abs(sum))
      }
      if (row === last) break
    }
    this.sums[symbol] = sum
    this.peakSums[symbol] = peakSum
    this.units[symbol] = window

    this.row.fill(0)
    if (first <= last) kernel.accumulate(returns, { from: first, to: last + 1 }, symbol, this.shifts, this.row)
    else {
      kernel.accumulate(returns, { from: first, to: HISTORY }, symbol, this.shifts, this.row)
      kernel.accumulate(returns, { from: 0, to: last + 1 }, symbol, this.shifts, this.row)
    }
    this.products.set(this.row, symbol * stride)
    for (let j = 0; j < kernel.symbols; j++) this.products[j * stride + symbol] = this.row[j]!
    this.peaks[symbol] = this.row[symbol]!
  }

  /** Brings `active`, `correlations` and the error bounds up to date. */
  correlate(): void {
    const { kernel, scales, means, correlations } = this
    this.count = 0
    for (let i = 0; i < kernel.symbols; i++) {
      const moves = this.history.moves(i, this.window)
      this.active[i] = moves ? 1 : 0
      if (moves) this.count++
    }
    this.errorSum = 0
    this.errorLargest = 0
    this.inputSquares = 0
    for (let i = 0; i < kernel.symbols; i++) {
      if (this.active[i] === 1) this.measure(i)
      else {
        means[i] = 0
        scales[i] = 0
      }
    }
    this.inputError = 1.01 * Math.sqrt(this.inputSquares)

    const squares = kernel.correlate(this.products, means, scales, correlations)
    let diagonal = 0
    for (let i = 0; i < kernel.symbols; i++) {
      const at = i * kernel.stride + i
      diagonal += correlations[at]! * correlations[at]!
      correlations[at] = this.active[i]!
    }
    this.frobenius = Math.sqrt(Math.max(squares - diagonal, 0) + this.count)
    this.bound()
  }

  /**
   * With φᵢ = cᵢ²/Gᵢᵢ the computed matrix is D·(C + E)·D + Θ: |Eᵢⱼ| ≤ √(φᵢφⱼ), so ‖E‖ ≤ Σφ; D = diag(1 + εᵢ)^−½ with
   * |εᵢ| ≤ φᵢ, so ‖D·C·D − C‖ ≤ 1.01·max φ·λmax; Θ the up to 7 roundings of scaling, off the diagonal.
   */
  private bound(): void {
    this.errorSum = 1.01 * (this.errorSum + 8 * UNIT * this.frobenius)
    this.errorLargest *= 1.01
  }

  /** Mean and scale of one moving symbol and what they add to the error bounds; φᵢ of {@link bound}. */
  private measure(i: number): void {
    let error = this.relativeError(i)
    if (!(error <= RENEW_ABOVE) && this.units[i]! > this.window) {
      this.renew(i)
      error = this.relativeError(i)
    }
    if (!(error <= UNRESOLVED_ABOVE)) error = Infinity
    this.errorSum += error
    if (error > this.errorLargest) this.errorLargest = error
    // ‖computed − exact deviations‖/‖exact deviations‖: the logarithms' error and the shift's rounding, (a + b)² ≤ 2a² + 2b².
    const squares = (LOG_RETURN_UNITS + 1) ** 2 * this.products[i * this.kernel.stride + i]!
    const shifted = LOG_RETURN_UNITS ** 2 * this.window * this.shifts[i]! * this.shifts[i]!
    this.inputSquares += 2 * UNIT * UNIT * (squares + shifted) * this.scales[i]! * this.scales[i]!
  }

  /** Sets mean and scale. The error is infinite where rounding has eaten the variance. */
  private relativeError(i: number): number {
    const mean = this.sums[i]! * this.rootInverse
    const variance = this.products[i * this.kernel.stride + i]! - mean * mean
    const scale = variance > 0 ? 1 / Math.sqrt(variance) : 0
    this.means[i] = mean
    this.scales[i] = scale
    const peakSum = this.peakSums[i]! * this.rootInverse
    const peak = this.peaks[i]! + 2 * peakSum * peakSum
    return variance > 0 ? 1.01 * UNIT * (this.units[i]! + 3) * peak * scale * scale : Infinity
  }
}
