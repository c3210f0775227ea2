import { BLOCK, type Kernel } from './kernel.js'

/** A matrix with its order and norm: zero rows (symbols that are left out) do not count into `dimension`. */
export interface Spectrum {
  readonly matrix: Float64Array
  readonly dimension: number
  readonly active: Uint8Array
  /** Frobenius norm, within a relative 1e-12. */
  readonly frobenius: number
}

/** A residual this small against the eigenvalue ends the iteration: the Rayleigh quotient is then exact to rounding. */
const RESIDUAL_MAX = 2 ** -36
/** Steps after which a matrix counts as hard and goes to the complete solver. */
const STEPS_MAX = 96
/** From this step on every third Ritz value is looked at, whatever the guess. */
const GUESSES_MAX = 10

/**
 * The leading eigenvector by the Lanczos method from a start vector. From the previous scan's eigenvector six to eight
 * products with the matrix are enough where power iteration needs about fifteen.
 *
 * Every new direction is orthogonalised against all earlier ones, so at `symbols` steps the space is complete and nearly
 * degenerate eigenvalues do no harm. What the iteration cannot see is an eigenvector orthogonal to the start; whether a
 * larger eigenvalue exists is for the caller to prove. Source: Golub & Van Loan, Matrix Computations, §10.1.
 */
export class Lanczos {
  private readonly kernel: Kernel
  private readonly steps: number
  /** One row per direction, and one more for the next. */
  private readonly basis: Float64Array
  private readonly first: Float64Array
  private readonly diagonal: Float64Array
  private readonly beside: Float64Array
  /** Continued fraction of the tridiagonal matrix at the current Ritz value, from the last row up. */
  private readonly pivots: Float64Array
  private readonly weights: Float64Array
  private readonly found: Float64Array

  /** Rows that an instance allocates in its kernel. */
  static rows(symbols: number): number {
    return stepsFor(symbols) + 1 + Math.ceil(stepsFor(symbols) / BLOCK) + 1
  }

  constructor(kernel: Kernel) {
    this.kernel = kernel
    this.steps = stepsFor(kernel.symbols)
    this.basis = kernel.allocate((this.steps + 1) * kernel.stride)
    this.first = this.basis.subarray(0, kernel.stride)
    this.weights = kernel.allocate(Math.ceil(this.steps / BLOCK) * BLOCK)
    this.found = kernel.allocate(BLOCK)
    this.diagonal = new Float64Array(this.steps)
    this.beside = new Float64Array(this.steps)
    this.pivots = new Float64Array(this.steps)
  }

  /**
   * Replaces `vector` (not zero) by a unit vector whose residual should be below 2^−36 of its Rayleigh quotient.
   * Returns whether the iteration ended that way.
   */
  improve({ matrix, dimension, frobenius }: Spectrum, vector: Float64Array): boolean {
    const { kernel, basis, found, diagonal, beside } = this
    const stepsMax = Math.min(dimension, this.steps)
    scaleInto(this.first, vector, 1 / Math.sqrt(kernel.dot(vector, vector)))
    let ritz = 0
    let guess = 1
    for (let step = 0; step < stepsMax; step++) {
      kernel.extend(matrix, basis, step + 1, found)
      const length = found[1]!
      diagonal[step] = found[0]!
      beside[step] = length
      if (step > 0) guess *= beside[step - 1]! / Math.max(diagonal[0]! - diagonal[step]!, 0.1 * beside[step - 1]!)
      // A guess from the diagonal says when the last weight may be small enough; Ritz values are only worth their
      // divisions then, or when the guess is none.
      const guessed = guess * length <= 64 * RESIDUAL_MAX * diagonal[0]!
      if (guessed || (step >= GUESSES_MAX && step % 3 === 0) || step + 1 === stepsMax) {
        ritz = this.largestRitzValue(step + 1, Math.max(ritz, diagonal[0]!), 1.01 * frobenius)
        if (length * Math.abs(this.ritzWeights(step + 1, ritz)) <= RESIDUAL_MAX * ritz) {
          this.assemble(vector, step + 1)
          return true
        }
      }
    }
    this.assemble(vector, stepsMax)
    return false
  }

  /**
   * Largest eigenvalue of the leading tridiagonal block, known to lie in `floor … ceiling`. The continued fraction
   * d₁(θ) grows and is concave right of its last pole, so Newton's method climbs to the zero from the left; left of a
   * pole, or out of the bracket, the bracket is halved instead.
   */
  private largestRitzValue(size: number, floor: number, ceiling: number): number {
    const { diagonal, beside } = this
    let low = floor
    let high = ceiling
    let theta = floor
    for (let turn = 0; turn < 100; turn++) {
      let pivot = theta - diagonal[size - 1]!
      let slope = 1
      let rightOfPoles = pivot > 0
      for (let k = size - 2; k >= 0; k--) {
        const ratio = beside[k]! / pivot
        slope = 1 + ratio * ratio * slope
        pivot = theta - diagonal[k]! - beside[k]! * ratio
        if (k > 0 && !(pivot > 0)) rightOfPoles = false
      }
      if (rightOfPoles && pivot >= 0) high = theta
      else low = theta
      let guess = rightOfPoles ? theta - pivot / slope : NaN
      if (!(guess > low && guess <= high)) guess = (low + high) / 2
      const change = Math.abs(guess - theta)
      theta = guess
      // Newton's steps square the error, over the distance to the pole: the next one would be below rounding.
      if (change <= (rightOfPoles ? 2 ** -44 : 2 ** -52) * theta) return theta
    }
    return theta
  }

  /** Fills the Ritz vector's coordinates in the basis, the first one 1 before normalising; returns the last. */
  private ritzWeights(size: number, theta: number): number {
    const { diagonal, beside, pivots, weights } = this
    pivots[size - 1] = theta - diagonal[size - 1]!
    for (let k = size - 2; k > 0; k--) {
      pivots[k] = theta - diagonal[k]! - (beside[k]! * beside[k]!) / pivots[k + 1]!
    }
    weights[0] = 1
    let squares = 1
    for (let k = 1; k < size; k++) {
      weights[k] = (weights[k - 1]! * beside[k - 1]!) / pivots[k]!
      squares += weights[k]! * weights[k]!
    }
    const scale = 1 / Math.sqrt(squares)
    for (let k = 0; k < size; k++) weights[k]! *= scale
    return weights[size - 1]!
  }

  private assemble(vector: Float64Array, size: number): void {
    this.kernel.multiply(this.basis, this.weights, vector, size)
    scaleInto(vector, vector, 1 / Math.sqrt(this.kernel.dot(vector, vector)))
  }
}

function stepsFor(symbols: number): number {
  return Math.min(symbols, STEPS_MAX)
}

function scaleInto(out: Float64Array, vector: Float64Array, factor: number): void {
  for (let i = 0; i < out.length; i++) out[i] = vector[i]! * factor
}
