import type { Kernel } from './kernel.js'
import { logReturn, powerOfTwoRatio } from './log-return.js'

/** Steps kept: the longest window's returns end with 751 prices, and the scan before it needs one more. */
export const HISTORY = 752
/** Longest run that can be told from a history; every window is shorter. */
const RUN_MAX = HISTORY - 1

/** The last prices and log returns of every symbol, step by step in a ring. */
export class PriceHistory {
  readonly symbols: number
  readonly stride: number
  /** Log returns, one padded row a step, NaN where a price is missing. */
  readonly returns: Float64Array
  /** Steps seen so far. */
  steps = 0
  private readonly prices: Float64Array
  /** Latest consecutive steps with a return. */
  private readonly valid: Int32Array
  /** Latest consecutive returns that are exactly the same. */
  private readonly constant: Int32Array
  private readonly exponents: Float64Array

  constructor(kernel: Kernel) {
    this.symbols = kernel.symbols
    this.stride = kernel.stride
    this.returns = kernel.allocate(HISTORY * kernel.stride)
    for (let row = 0; row < HISTORY; row++) this.returns.fill(NaN, row * this.stride, row * this.stride + this.symbols)
    this.prices = new Float64Array(HISTORY * this.symbols).fill(NaN)
    this.valid = new Int32Array(this.symbols)
    this.constant = new Int32Array(this.symbols)
    this.exponents = new Float64Array(this.symbols)
  }

  /** Takes one step; a price that is not positive is missing. */
  push(prices: Float64Array): void {
    const rowNow = (this.steps % HISTORY) * this.symbols
    const rowBefore = ((this.steps + HISTORY - 1) % HISTORY) * this.symbols
    const returnsAt = (this.steps % HISTORY) * this.stride
    for (let i = 0; i < this.symbols; i++) {
      const now = prices[i]! > 0 ? prices[i]! : NaN
      const before = this.prices[rowBefore + i]!
      this.prices[rowNow + i] = now
      if (now > 0 && before > 0) {
        this.returns[returnsAt + i] = logReturn(before, now)
        if (this.valid[i]! < RUN_MAX) this.valid[i]!++
        this.countConstant(i, before, now)
      } else {
        this.returns[returnsAt + i] = NaN
        this.valid[i] = 0
        this.constant[i] = 0
      }
    }
    this.steps++
  }

  /**
   * Whether the symbol has every return of the window and they are not all the same. "The same" is exact: 33 or more
   * equal price ratios between float64 prices can only be a power of two, since the odd part of the ratio would appear
   * to that power in a mantissa of 53 bits.
   */
  moves(symbol: number, window: number): boolean {
    return this.valid[symbol]! >= window && this.constant[symbol]! < window
  }

  /** Price of the step `back` steps before the latest; NaN where missing or before the first. */
  price(symbol: number, back: number): number {
    if (back >= Math.min(this.steps, HISTORY)) return NaN
    return this.prices[((this.steps - 1 - back) % HISTORY) * this.symbols + symbol]!
  }

  /** The ring row of the return `back` steps before the latest; rows before the first step hold NaN. */
  row(back: number): number {
    return (this.steps - 1 - back + 2 * HISTORY) % HISTORY
  }

  /** Prices of the latest steps, oldest first, one row a step. */
  latest(): Float64Array {
    const rows = Math.min(this.steps, HISTORY)
    return Float64Array.from({ length: rows * this.symbols }, (_, at) => {
      const row = Math.floor(at / this.symbols)
      return this.price(at - row * this.symbols, rows - 1 - row)
    })
  }

  /** Becomes the history that had these latest prices after `steps` steps; must be new. */
  resume(steps: number, latest: Float64Array): void {
    const rows = Math.min(steps, HISTORY)
    this.steps = steps - rows
    for (let row = 0; row < rows; row++) this.push(latest.subarray(row * this.symbols, (row + 1) * this.symbols))
  }

  private countConstant(symbol: number, before: number, now: number): void {
    // Within a factor 2 the only such ratio is 1: the bits need no look in the usual case.
    const exponent =
      now === before ? 0 : now < before * 2 && now > before * 0.5 ? undefined : powerOfTwoRatio(before, now)
    if (exponent === undefined) this.constant[symbol] = 0
    else if (this.constant[symbol]! > 0 && this.exponents[symbol] === exponent) {
      if (this.constant[symbol]! < RUN_MAX) this.constant[symbol]!++
    } else this.constant[symbol] = 1
    this.exponents[symbol] = exponent ?? 0
  }
}
