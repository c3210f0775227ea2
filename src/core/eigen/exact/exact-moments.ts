import { EXACT_LOG_ERROR } from './exact-log.js'
import { FRACTION, FRACTION_BITS, floorRoot, toNumber } from './fixed-point.js'

/** Correlations as fixed-point values with what is known of their error. */
export interface ExactCorrelations {
  /** Row-major, `order × order`, unit diagonal; every entry within 2 units of 2^−576 of the given returns' correlation. */
  readonly matrix: readonly bigint[]
  readonly order: number
  /**
   * Bound of the distance (Frobenius) of the unit return vectors from the exact ones, which the logarithms' error causes,
   * in units of 2^−576: its square would underflow otherwise.
   */
  readonly inputErrorUnits: number
}

/** Entries of {@link ExactCorrelations} are this many units of 2^−576 off at most. */
export const CORRELATION_ERROR = 2n

/**
 * Sums and products of one window's fixed-point returns for all pairs of symbols. Integers add without rounding, so these
 * sums never drift and do not depend on where they were started.
 */
export class ExactMoments {
  private readonly symbols: number
  private readonly window: number
  private readonly sums: bigint[]
  /** Lower triangle by rows, the diagonal included. */
  private readonly products: bigint[]

  /** Empty, or with the sums of another window so far. */
  constructor(symbols: number, window: number, from?: ExactMoments) {
    this.symbols = symbols
    this.window = window
    this.sums = from === undefined ? new Array<bigint>(symbols).fill(0n) : [...from.sums]
    const pairs = (symbols * (symbols + 1)) / 2
    this.products = from === undefined ? new Array<bigint>(pairs).fill(0n) : [...from.products]
  }

  /** Takes one step's returns in; a missing one counts as zero, and its symbol's window as incomplete elsewhere. */
  add(returns: readonly bigint[]): void {
    const { sums, products } = this
    for (let i = 0, at = 0; i < this.symbols; i++) {
      const own = returns[i]!
      if (own === 0n) {
        at += i + 1
        continue
      }
      sums[i]! += own
      for (let j = 0; j <= i; j++, at++) products[at]! += own * returns[j]!
    }
  }

  /** Takes one step's returns out again. */
  remove(returns: readonly bigint[]): void {
    const { sums, products } = this
    for (let i = 0, at = 0; i < this.symbols; i++) {
      const own = returns[i]!
      if (own === 0n) {
        at += i + 1
        continue
      }
      sums[i]! -= own
      for (let j = 0; j <= i; j++, at++) products[at]! -= own * returns[j]!
    }
  }

  /**
   * The correlations of the `kept` symbols, whose windows must be complete and moving. With K the covariances times W²,
   * Kᵢⱼ/√(Kᵢᵢ·Kⱼⱼ), the roots taken to 64 bits more than the result.
   */
  correlations(kept: readonly number[]): ExactCorrelations {
    const order = kept.length
    const extra: bigint[] = []
    const roots: bigint[] = []
    let inputSquares = 0
    for (const i of kept) {
      const variance = this.covariance(i, i)
      const bits = variance.toString(16).length * 4
      const widen = BigInt(Math.max(0, FRACTION_BITS + 72 - (bits >> 1)))
      const root = floorRoot(variance << (2n * widen))
      roots.push(root)
      extra.push(widen)
      // √Σ(error)² = √W·(error of one) over ‖centred returns‖ = √(K/W).
      const relative = (Number(EXACT_LOG_ERROR) * this.window) / toNumber(root, Number(widen) + FRACTION_BITS)
      inputSquares += relative * relative
    }
    const matrix = new Array<bigint>(order * order)
    for (let row = 0; row < order; row++) {
      matrix[row * order + row] = 1n << FRACTION
      for (let column = 0; column < row; column++) {
        const scaled = this.covariance(kept[row]!, kept[column]!) << (FRACTION + extra[row]! + extra[column]!)
        const value = scaled / (roots[row]! * roots[column]!)
        matrix[row * order + column] = value
        matrix[column * order + row] = value
      }
    }
    return { matrix, order, inputErrorUnits: 1.01 * Math.sqrt(inputSquares) }
  }

  private covariance(i: number, j: number): bigint {
    return BigInt(this.window) * this.products[(i * (i + 1)) / 2 + j]! - this.sums[i]! * this.sums[j]!
  }
}
