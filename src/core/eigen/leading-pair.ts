import { symmetricEigen } from '../numeric/symmetric-eigen.js'
import type { Kernel } from './kernel.js'
import { Lanczos, type Spectrum } from './lanczos.js'
import { UNIT } from './rolling-moments.js'

/** How the largest eigenvalue was proved to be the largest. */
export type Proof = 'norm' | 'factorisation' | 'dimension'

export interface LeadingValue {
  readonly lambda: number
  /** Rigorous: |lambda − largest eigenvalue of the float64 matrix| is at most this. */
  readonly bound: number
  readonly proof: Proof
}

/**
 * The largest eigenvalue of a float64 correlation matrix with its vector and a proof.
 *
 * From below the Rayleigh quotient itself is the bound. From above, cheapest first:
 * - norm: λ₂² ≤ ‖C‖²_F − λ₁², so where β = √(‖C‖²_F − ρ²) < ρ, no second eigenvalue is beyond β, and then
 *   λ₁ ≤ ρ + ‖r‖²/(ρ − β), since (λₖ − λ₁)(λₖ − β) ≥ 0 for every eigenvalue (Kato–Temple).
 * - factorisation: a Cholesky factorisation of σI − C that runs to its end proves λ₁ ≤ σ up to its rounding.
 */
export class LeadingPair {
  private readonly kernel: Kernel
  private readonly lanczos: Lanczos
  private readonly image: Float64Array
  private readonly factor: Float64Array

  constructor(kernel: Kernel) {
    this.kernel = kernel
    this.lanczos = new Lanczos(kernel)
    this.image = kernel.allocate(kernel.stride)
    this.factor = kernel.allocate(kernel.symbols * kernel.stride)
  }

  /** Improves `vector` (padded, zero outside the active symbols, not zero) to the leading eigenvector. */
  solve(spectrum: Spectrum, vector: Float64Array): LeadingValue {
    if (this.lanczos.improve(spectrum, vector)) {
      const found = this.enclose(spectrum, vector)
      if (found.proof !== 'dimension') return found
    }
    this.solveCompletely(spectrum, vector)
    return this.enclose(spectrum, vector, 5)
  }

  private enclose(spectrum: Spectrum, vector: Float64Array, attempts = 1): LeadingValue {
    const { kernel, image } = this
    const { dimension, frobenius } = spectrum
    kernel.multiply(spectrum.matrix, vector, image, kernel.symbols)
    const squares = kernel.dot(vector, vector)
    const lambda = kernel.dot(vector, image) / squares
    // Rounding of the product and of both dot products, on |v|ᵀ|C||v| ≤ ‖C‖_F·|v|².
    const rounding = 1.01 * UNIT * (2 * kernel.symbols + 8) * frobenius
    let residualSquares = 0
    for (let i = 0; i < image.length; i++) {
      const part = image[i]! - lambda * vector[i]!
      residualSquares += part * part
    }
    const residual = 1.01 * (Math.sqrt(residualSquares / squares) + rounding)

    const least = lambda - rounding
    const second = Math.sqrt(Math.max(1.0001 * (frobenius * frobenius) - least * least, 0))
    if (second < 0.99 * least) {
      return { lambda, bound: rounding + (1.01 * residual * residual) / (least - second), proof: 'norm' }
    }
    // A factorisation that runs to its end proves σI − C + Δ positive semidefinite for some ‖Δ‖ ≤ (n + 1)u/(1 − (n + 1)u)
    // times the trace, and one u more for forming the diagonal: Rump, "Verification of positive definiteness", BIT 46
    // (2006). Rows of symbols that are left out are multiples of unit vectors and take no part.
    const trace = dimension * (lambda + 1)
    const rump = (1.01 * (dimension + 2) * UNIT * trace) / (1 - (dimension + 2) * UNIT)
    let margin = rounding + 8 * rump
    for (let attempt = 0; attempt < attempts; attempt++, margin *= 64) {
      if (kernel.factorise(spectrum.matrix, lambda + margin, this.factor)) {
        return { lambda, bound: margin + rump, proof: 'factorisation' }
      }
    }
    return { lambda, bound: Math.max(lambda - 1, Math.min(frobenius * 1.0001, dimension) - lambda), proof: 'dimension' }
  }

  /** The complete solver, for what the iteration cannot see: a start orthogonal to the leading vector. */
  private solveCompletely({ matrix, active, dimension }: Spectrum, vector: Float64Array): void {
    const { stride, symbols } = this.kernel
    const kept: number[] = []
    for (let i = 0; i < symbols; i++) if (active[i] === 1) kept.push(i)
    const compact = new Float64Array(dimension * dimension)
    kept.forEach((i, row) => {
      kept.forEach((j, column) => {
        compact[row * dimension + column] = matrix[i * stride + j]!
      })
    })
    const { vectors } = symmetricEigen(compact, dimension)
    vector.fill(0)
    kept.forEach((i, row) => {
      vector[i] = vectors[row * dimension + dimension - 1]!
    })
  }
}
