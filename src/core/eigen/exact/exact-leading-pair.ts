import { symmetricEigen } from '../../numeric/symmetric-eigen.js'
import { CORRELATION_ERROR, type ExactCorrelations } from './exact-moments.js'
import { FRACTION, FRACTION_BITS, fixed, floorRoot, ONE, toNumber } from './fixed-point.js'

/** A closed interval of fixed-point values. */
export interface Enclosure {
  readonly low: bigint
  readonly high: bigint
}

export interface ExactPair {
  /** The largest eigenvalue of the exact correlation matrix. */
  readonly lambda: Enclosure
  /** Fixed-point leading eigenvector, close to unit length. */
  readonly vector: readonly bigint[]
}

/** The proof ends at λ₁ ≤ ρ + 2^−520; the enclosure is a little wider by the errors of the matrix. */
const MARGIN_BITS = 520
const FIRST_MARGIN_BITS = 60
/** σ = ρ + 2^14 is above every eigenvalue of a correlation matrix of up to 16,384 symbols. */
const SAFE_BITS = 14n
const TURNS_MAX = 120
const GOLDEN_RATIO = 0.6180339887498949

/**
 * A certified enclosure of the largest eigenvalue from an approximate vector.
 *
 * For σ = ρ + 2^−bits a Cholesky factorisation of σI − C that runs to its end proves λ₁ ≤ σ, and the same factor serves
 * one step of inverse iteration, which shrinks everything beside the leading vector by about 2^−bits over the gap; ρ is
 * then good for twice the bits, and the next σ comes much closer: 60, 190, 520 bits. A factorisation that stops means
 * σ < λ₁: the step shortens, and the nearest factor so far improves the vector meanwhile. Needs no gap between the
 * eigenvalues: a cluster closer than the margin is one eigenvalue for the purpose.
 */
export function exactLeadingPair(correlations: ExactCorrelations, start: readonly number[]): ExactPair {
  const { matrix, order } = correlations
  let vector = start.map(fixed)
  let rho = rayleighQuotient(matrix, vector)
  let upper = rho + (ONE << SAFE_BITS)
  let nearest: bigint[] | undefined
  let proved = 0
  let stride = FIRST_MARGIN_BITS
  for (let turn = 0, restarted = false; turn < TURNS_MAX && proved < MARGIN_BITS; turn++) {
    const bits = Math.min(proved + stride, MARGIN_BITS)
    const sigma = rho + margin(bits)
    const factor = cholesky(matrix, order, sigma)
    if (factor !== undefined) {
      nearest = factor
      if (sigma < upper) upper = sigma
      proved = bits
      stride = Math.max(2, 3 * stride - 50)
      if (proved === MARGIN_BITS) break
    } else if (!restarted) {
      restarted = true
      vector = genericStart(correlations)
      stride = Math.max(1, stride >> 1)
    } else if (stride > 1) stride >>= 1
    else if (nearest === undefined) proved--
    if (nearest !== undefined) vector = normalised(solve(nearest, order, vector))
    rho = rayleighQuotient(matrix, vector)
  }
  return { lambda: widened(correlations, rho, upper), vector }
}

/**
 * From the fixed-point matrix to the exact one: entries off by 2 units move an eigenvalue by up to 2n of them, the
 * factorisation's rounding by 2n(√n + 1), the quotient's by one; unit return vectors off by h in all move √λ by up to h.
 */
function widened({ order, inputErrorUnits }: ExactCorrelations, rho: bigint, upper: bigint): Enclosure {
  const entries = CORRELATION_ERROR * BigInt(order)
  const factorisation = 2n * BigInt(order) * BigInt(Math.ceil(Math.sqrt(order)) + 2)
  const inputError = inputErrorUnits * 2 ** -FRACTION_BITS
  const input = BigInt(Math.ceil(1.01 * inputErrorUnits * (2 * Math.sqrt(toNumber(upper)) + inputError)))
  return { low: rho - entries - input, high: upper + entries + factorisation + input }
}

function margin(bits: number): bigint {
  return 1n << BigInt(FRACTION_BITS - bits)
}

/** `⌊vᵀCv / vᵀv⌋` with no other rounding. */
function rayleighQuotient(matrix: readonly bigint[], vector: readonly bigint[]): bigint {
  const n = vector.length
  let form = 0n
  let squares = 0n
  for (let i = 0; i < n; i++) {
    let half = 0n
    for (let j = 0; j < i; j++) half += matrix[i * n + j]! * vector[j]!
    form += vector[i]! * (2n * half + matrix[i * n + i]! * vector[i]!)
    squares += vector[i]! * vector[i]!
  }
  const quotient = form / squares
  return form < 0n ? quotient - 1n : quotient
}

/**
 * Lower triangular R with R·Rᵀ = σI − C + Δ, or undefined when a pivot is not positive. Sums are exact and rounded once,
 * so |Δᵢⱼ| ≤ 2·max Rₖₖ ≤ 2(√n + 1) units however small a pivot is.
 */
function cholesky(matrix: readonly bigint[], n: number, sigma: bigint): bigint[] | undefined {
  const factor = new Array<bigint>(n * n).fill(0n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let sum = -(matrix[i * n + j]! << FRACTION)
      for (let k = 0; k < j; k++) sum -= factor[i * n + k]! * factor[j * n + k]!
      factor[i * n + j] = sum / factor[j * n + j]!
    }
    let pivot = (sigma - matrix[i * n + i]!) << FRACTION
    for (let k = 0; k < i; k++) pivot -= factor[i * n + k]! * factor[i * n + k]!
    if (pivot <= 0n) return undefined
    const root = floorRoot(pivot)
    if (root === 0n) return undefined
    factor[i * n + i] = root
  }
  return factor
}

/** Solves R·Rᵀ·x = b. */
function solve(factor: readonly bigint[], n: number, right: readonly bigint[]): bigint[] {
  const x = [...right]
  for (let i = 0; i < n; i++) {
    let sum = x[i]! << FRACTION
    for (let k = 0; k < i; k++) sum -= factor[i * n + k]! * x[k]!
    x[i] = sum / factor[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i]! << FRACTION
    for (let k = i + 1; k < n; k++) sum -= factor[k * n + i]! * x[k]!
    x[i] = sum / factor[i * n + i]!
  }
  return x
}

function normalised(vector: readonly bigint[]): bigint[] {
  let squares = 0n
  for (const value of vector) squares += value * value
  const length = floorRoot(squares)
  return vector.map((value) => (value << FRACTION) / length)
}

/**
 * A float64 solver's leading vector with a little of everything mixed in: a start that has nothing of the leading vector
 * in it would never find it.
 */
function genericStart({ matrix, order }: ExactCorrelations): bigint[] {
  const { vectors } = symmetricEigen(
    Float64Array.from(matrix, (value) => toNumber(value)),
    order,
  )
  return Array.from({ length: order }, (_, i) => {
    const scattered = ((i + 1) * GOLDEN_RATIO) % 1
    return fixed(vectors[i * order + order - 1]! + 2 ** -20 * (scattered - 0.5))
  })
}
