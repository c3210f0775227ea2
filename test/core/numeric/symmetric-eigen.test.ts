import fc from 'fast-check'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { symmetricEigen } from '../../../src/core/numeric/symmetric-eigen.js'

/** A symmetric matrix of small numbers, some of them equal or zero. */
const symmetric = fc.integer({ min: 1, max: 14 }).chain((n) =>
  fc
    .array(fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(0, 1, -1, 1e-12)), {
      minLength: n * n,
      maxLength: n * n,
    })
    .map((values) => {
      const matrix = Float64Array.from(values)
      for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) matrix[i * n + j] = matrix[j * n + i]!
      return { n, matrix }
    }),
)

describe('the complete symmetric eigensystem', () => {
  it('has orthonormal vectors, each with its value, in ascending order', () => {
    fc.assert(
      fc.property(symmetric, ({ n, matrix }) => {
        const { values, vectors } = symmetricEigen(matrix, n)
        const product = (k: number, l: number) =>
          Array.from({ length: n }, (_, i) => vectors[i * n + k]! * vectors[i * n + l]!).reduce((a, b) => a + b, 0)
        for (let k = 0; k < n; k++) {
          if (k > 0) expect(values[k]!).toBeGreaterThanOrEqual(values[k - 1]!)
          for (let l = 0; l <= k; l++) expect(Math.abs(product(k, l) - (k === l ? 1 : 0))).toBeLessThan(1e-13 * n)
          for (let i = 0; i < n; i++) {
            let image = 0
            for (let j = 0; j < n; j++) image += matrix[i * n + j]! * vectors[j * n + k]!
            expect(Math.abs(image - values[k]! * vectors[i * n + k]!)).toBeLessThan(1e-13 * n)
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  it('agrees with an independent solver', () => {
    fc.assert(
      fc.property(symmetric, ({ n, matrix: any }) => {
        // The other one breaks off where squares underflow.
        const matrix = any.map((value) => (Math.abs(value) < 1e-100 ? 0 : value))
        const rows = Array.from({ length: n }, (_, i) => Array.from(matrix.subarray(i * n, (i + 1) * n)))
        const { realEigenvalues } = new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true })
        const expected = realEigenvalues.toSorted((a, b) => a - b)
        symmetricEigen(matrix, n).values.forEach((value, k) => {
          expect(Math.abs(value - expected[k]!)).toBeLessThan(1e-12 * n)
        })
      }),
      { numRuns: 200 },
    )
  })

  it('leaves its argument as it was', () => {
    const matrix = Float64Array.of(2, 1, 1, 2)
    expect(Array.from(symmetricEigen(matrix, 2).values, (value) => Math.round(value))).toEqual([1, 3])
    expect(Array.from(matrix)).toEqual([2, 1, 1, 2])
  })
})
