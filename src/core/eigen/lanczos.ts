import type { Kernel } from './kernel.js'

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
/** The first step whose Ritz value is looked at. */
const FIRST_LOOK = 3

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
  /** One row per direction. */
  private readonly basis: Float64Array
  private readonly directions: readonly Float64Array[]
  private readonly next: Float64Array
  private readonly diagonal: Float64Array
  private readonly beside: Float64Array
  /** Continued fraction of the tridiagonal matrix at the current Ritz value, from the last row up. */
  private readonly pivots: Float64Array
  private readonly weights: Float64Array

  static steps(symbols: number): number {
    return Math.min(symbols, STEPS_MAX)
  }

  constructor(kernel: Kernel) {
    const steps = Lanczos.steps(kernel.symbols)
    this.kernel = kernel
    const { stride } = kernel
    this.basis = kernel.allocate(steps * stride)
    this.directions = Array.from({ length: steps }, (_, k) => this.basis.subarray(k * stride, (k + 1) * stride))
    this.next = kernel.allocate(stride)
    this.diagonal = new Float64Array(steps)
    this.beside = new Float64Array(steps)
    this.pivots = new Float64Array(steps)
    this.weights = new Float64Array(steps)
  }

  /**
   * Replaces `vector` (not zero) by a unit vector whose residual should be below 2^−36 of its Rayleigh quotient.
   * Returns whether the iteration ended that way.
   */
  improve({ matrix, dimension, frobenius }: Spectrum, vector: Float64Array): boolean {
    const { kernel, basis, directions, next, diagonal, beside } = this
    const stepsMax = Math.min(dimension, directions.length)
    scaleInto(directions[0]!, vector, 1 / Math.sqrt(kernel.dot(vector, vector)))
    let ritz = 0
    for (let step = 0; step < stepsMax; step++) {
      const current = directions[step]!
      kernel.multiply(matrix, current, next)
      diagonal[step] = kernel.dot(current, next)
      // The two directions of the recurrence first: what is left then is small, and the others are only rounding.
      const length = Math.sqrt(kernel.orthogonalise(next, basis, step + 1))
      beside[step] = length
      const enough = length <= RESIDUAL_MAX * diagonal[0]!
      // The first steps are never enough unless the space ends there, and their Ritz values are not needed for the next.
      if (enough || step >= FIRST_LOOK || step + 1 === stepsMax) {
        ritz = this.largestRitzValue(step + 1, Math.max(ritz, diagonal[0]!), 1.01 * frobenius)
        if (length * Math.abs(this.ritzWeights(step + 1, ritz)) <= RESIDUAL_MAX * ritz) {
          this.assemble(vector, step + 1)
          return true
        }
      }
      if (step + 1 < stepsMax) scaleInto(directions[step + 1]!, next, 1 / length)
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
    vector.fill(0)
    for (let k = 0; k < size; k++) addTo(vector, this.directions[k]!, this.weights[k]!)
    scaleInto(vector, vector, 1 / Math.sqrt(this.kernel.dot(vector, vector)))
  }
}

function addTo(out: Float64Array, direction: Float64Array, amount: number): void {
  for (let i = 0; i < out.length; i++) out[i]! += amount * direction[i]!
}

function scaleInto(out: Float64Array, vector: Float64Array, factor: number): void {
  for (let i = 0; i < out.length; i++) out[i] = vector[i]! * factor
}
