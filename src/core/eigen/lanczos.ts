import type { Kernel } from './kernel.js'

/** A residual this small against the eigenvalue ends the iteration: the Rayleigh quotient is then exact to rounding. */
const RESIDUAL_MAX = 2 ** -36
/** Steps after which a matrix counts as hard and goes to the complete solver. */
const STEPS_MAX = 96

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
  private readonly basis: Float64Array[]
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
    this.basis = Array.from({ length: steps }, () => kernel.allocate(kernel.stride))
    this.next = kernel.allocate(kernel.stride)
    this.diagonal = new Float64Array(steps)
    this.beside = new Float64Array(steps)
    this.pivots = new Float64Array(steps)
    this.weights = new Float64Array(steps)
  }

  /**
   * Replaces `vector` (not zero) by a unit vector whose residual should be below 2^−36 of its Rayleigh quotient.
   * `dimension` is the number of rows that are not zero. Returns whether the iteration ended that way.
   */
  improve(matrix: Float64Array, vector: Float64Array, dimension: number): boolean {
    const { kernel, basis, next, diagonal, beside } = this
    const stepsMax = Math.min(dimension, basis.length)
    scaleInto(basis[0]!, vector, 1 / Math.sqrt(dot(vector, vector)))
    let ritz = 0
    for (let step = 0; step < stepsMax; step++) {
      const current = basis[step]!
      kernel.multiply(matrix, current, next)
      diagonal[step] = dot(current, next)
      // The two directions of the recurrence first: what is left then is small, and the others are only rounding.
      for (let k = step; k >= 0; k--) subtract(next, basis[k]!, dot(basis[k]!, next))
      const length = Math.sqrt(dot(next, next))
      beside[step] = length
      ritz = step === 0 ? diagonal[0]! : this.largestRitzValue(step + 1, ritz)
      const last = this.ritzWeights(step + 1, ritz)
      if (length * Math.abs(last) <= RESIDUAL_MAX * ritz) {
        this.assemble(vector, step + 1)
        return true
      }
      if (step + 1 < stepsMax) scaleInto(basis[step + 1]!, next, 1 / length)
    }
    this.assemble(vector, stepsMax)
    return false
  }

  /**
   * Largest eigenvalue of the leading tridiagonal block, not below that of the block before. The continued fraction
   * d₁(θ) grows and is concave right of its last pole, so Newton's method climbs to the zero from the left; left of a
   * pole, or out of the bracket, the bracket is halved instead.
   */
  private largestRitzValue(size: number, before: number): number {
    const { diagonal, beside } = this
    let low = before
    let high = Math.max(before, diagonal[size - 1]!) + beside[size - 2]!
    let theta = before
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
      if (Math.abs(guess - theta) <= 2 ** -52 * theta) return theta
      theta = guess
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
    for (let k = 0; k < size; k++) subtract(vector, this.basis[k]!, -this.weights[k]!)
    scaleInto(vector, vector, 1 / Math.sqrt(dot(vector, vector)))
  }
}

/** Four partial sums: one chain of additions would wait on itself. */
export function dot(a: Float64Array, b: Float64Array): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  for (let i = 0; i < a.length; i += 4) {
    s0 += a[i]! * b[i]!
    s1 += a[i + 1]! * b[i + 1]!
    s2 += a[i + 2]! * b[i + 2]!
    s3 += a[i + 3]! * b[i + 3]!
  }
  return s0 + s1 + (s2 + s3)
}

function subtract(from: Float64Array, direction: Float64Array, amount: number): void {
  for (let i = 0; i < from.length; i++) from[i]! -= amount * direction[i]!
}

function scaleInto(out: Float64Array, vector: Float64Array, factor: number): void {
  for (let i = 0; i < out.length; i++) out[i] = vector[i]! * factor
}
