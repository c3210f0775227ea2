import { assert } from '../../base/assert.js'

/**
 * The loops that a scan spends its time in, most of them over all pairs of symbols. Matrices are `symbols` rows of `stride`
 * values, rows and vectors padded with zeros to a multiple of 8; every array lies in the kernel's own `memory`.
 * The order of every sum is part of the contract, so a scalar and a SIMD kernel give the same bits.
 */
export interface Kernel {
  readonly symbols: number
  readonly stride: number
  /** A zeroed array in the kernel's memory; at most as many values as the kernel was made for, in all. */
  allocate(length: number): Float64Array
  /** `matrix[i][j] += entering[i]·entering[j] − leaving[i]·leaving[j]`. */
  update(matrix: Float64Array, entering: Float64Array, leaving: Float64Array): void
  /**
   * `out[i][j] = (matrix[i][j] − means[i]·means[j]) · (scales[i]·scales[j])`; returns the sum of the squares, taken in
   * eight partial sums by column modulo 8.
   */
  correlate(matrix: Float64Array, means: Float64Array, scales: Float64Array, out: Float64Array): number
  /**
   * `out[j] = Σ vector[i]·matrix[i][j]` over the first `rows` rows, in their order: the product with a symmetric matrix,
   * or a sum of weighted rows.
   */
  multiply(matrix: Float64Array, vector: Float64Array, out: Float64Array, rows: number): void
  /**
   * Adds to `out[j]`, step after step, the products of the deviations `row[i] − shifts[i]` and `row[j] − shifts[j]` of
   * the rows `from … to − 1` of `rows`; a NaN counts as no deviation.
   */
  accumulate(rows: Float64Array, range: RowRange, symbol: number, shifts: Float64Array, out: Float64Array): void
  /** Σ of two padded vectors' products, in four partial sums by position modulo 4. */
  dot(a: Float64Array, b: Float64Array): number
  /**
   * One Lanczos step. `basis` holds `size` (1 or more) orthonormal rows; the product of the last one with the matrix, less
   * its parts along all of them (the last one first), divided by its length, becomes the next row.
   * `out` = [its part along the last row, its length].
   */
  extend(matrix: Float64Array, basis: Float64Array, size: number, out: Float64Array): void
  /**
   * Cholesky factorisation of `sigma·I − matrix` into `factor`, by rows of the upper factor; whether every pivot is
   * positive. Values left of the diagonal are of no meaning.
   */
  factorise(matrix: Float64Array, sigma: number, factor: Float64Array): boolean
}

export interface RowRange {
  readonly from: number
  readonly to: number
}

/** Rows and vectors are padded to whole blocks of this many values: four registers of two float64. */
export const BLOCK = 8

export function strideOf(symbols: number): number {
  return Math.ceil(symbols / BLOCK) * BLOCK
}

/** The plain kernel. */
export function scalarKernel(symbols: number, capacity: number): Kernel {
  const stride = strideOf(symbols)
  const memory = new ArrayBuffer(capacity * 8)
  let used = 0

  function allocate(length: number): Float64Array {
    const array = new Float64Array(memory, used * 8, length)
    used += length
    assert(used <= capacity, 'the kernel was made for this much')
    return array
  }

  function update(matrix: Float64Array, entering: Float64Array, leaving: Float64Array): void {
    for (let i = 0; i < symbols; i++) {
      const a = entering[i]!
      const b = leaving[i]!
      const row = i * stride
      for (let j = 0; j < stride; j++) matrix[row + j]! += a * entering[j]! - b * leaving[j]!
    }
  }

  const squares = new Float64Array(BLOCK)
  function correlate(matrix: Float64Array, means: Float64Array, scales: Float64Array, out: Float64Array): number {
    squares.fill(0)
    for (let i = 0; i < symbols; i++) {
      const mean = means[i]!
      const scale = scales[i]!
      const row = i * stride
      for (let j = 0; j < stride; j++) {
        const value = (matrix[row + j]! - mean * means[j]!) * (scale * scales[j]!)
        out[row + j] = value
        squares[j % BLOCK]! += value * value
      }
    }
    let sum = 0
    for (const part of squares) sum += part
    return sum
  }

  function multiply(matrix: Float64Array, vector: Float64Array, out: Float64Array, rows: number): void {
    for (let column = 0; column < stride; column += 4) {
      let a = 0
      let b = 0
      let c = 0
      let d = 0
      for (let i = 0, at = column; i < rows; i++, at += stride) {
        const factor = vector[i]!
        a += factor * matrix[at]!
        b += factor * matrix[at + 1]!
        c += factor * matrix[at + 2]!
        d += factor * matrix[at + 3]!
      }
      out[column] = a
      out[column + 1] = b
      out[column + 2] = c
      out[column + 3] = d
    }
  }

  function accumulate(
    rows: Float64Array,
    { from, to }: RowRange,
    symbol: number,
    shifts: Float64Array,
    out: Float64Array,
  ): void {
    for (let row = from * stride; row < to * stride; row += stride) {
      const own = deviation(rows[row + symbol]!, shifts[symbol]!)
      for (let j = 0; j < stride; j++) out[j]! += own * deviation(rows[row + j]!, shifts[j]!)
    }
  }

  function extend(matrix: Float64Array, basis: Float64Array, size: number, out: Float64Array): void {
    const next = basis.subarray(size * stride, (size + 1) * stride)
    multiply(matrix, basis.subarray((size - 1) * stride, size * stride), next, symbols)
    for (let k = size - 1; k >= 0; k--) {
      const direction = basis.subarray(k * stride, (k + 1) * stride)
      const amount = dot(direction, next)
      if (k === size - 1) out[0] = amount
      for (let i = 0; i < stride; i++) next[i]! -= amount * direction[i]!
    }
    const length = Math.sqrt(dot(next, next))
    out[1] = length
    const scale = 1 / length
    for (let i = 0; i < stride; i++) next[i]! *= scale
  }

  function factorise(matrix: Float64Array, sigma: number, factor: Float64Array): boolean {
    for (let at = 0; at < symbols * stride; at++) factor[at] = -matrix[at]!
    for (let k = 0; k < symbols; k++) factor[k * stride + k]! += sigma
    for (let k = 0; k < symbols; k++) {
      const row = k * stride
      const pivot = factor[row + k]!
      if (!(pivot > 0)) return false
      const root = Math.sqrt(pivot)
      for (let j = k - (k % BLOCK); j < stride; j++) factor[row + j]! /= root
      for (let i = k + 1; i < symbols; i++) {
        const amount = factor[row + i]!
        const other = i * stride
        for (let j = i - (i % BLOCK); j < stride; j++) factor[other + j]! -= amount * factor[row + j]!
      }
    }
    return true
  }

  return { symbols, stride, allocate, update, correlate, multiply, accumulate, dot, extend, factorise }
}

/** Four partial sums: one chain of additions would wait on itself. */
function dot(a: Float64Array, b: Float64Array): number {
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

function deviation(value: number, shift: number): number {
  const difference = value - shift
  return Number.isNaN(difference) ? 0 : difference
}
