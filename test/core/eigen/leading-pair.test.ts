import fc from 'fast-check'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { Lanczos } from '../../../src/core/eigen/lanczos.js'
import { LeadingPair } from '../../../src/core/eigen/leading-pair.js'
import { scanKernel } from '../../../src/core/eigen/simd-kernel.js'

type Entry = (i: number, j: number) => number

/** Solves the matrix of the active symbols from a start vector. */
function solve(order: number, entry: Entry, start: (i: number) => number, active: (i: number) => boolean = () => true) {
  const stride = Math.ceil(order / 8) * 8
  const kernel = scanKernel(order, (2 * order + Lanczos.rows(order) + 2) * stride)
  const members = Uint8Array.from({ length: order }, (_, i) => (active(i) ? 1 : 0))
  const matrix = kernel.allocate(order * stride)
  let squares = 0
  for (let i = 0; i < order; i++) {
    for (let j = 0; j < order; j++) {
      const value = members[i]! * members[j]! * (i === j ? 1 : entry(i, j))
      matrix[i * stride + j] = value
      squares += value * value
    }
  }
  const vector = kernel.allocate(stride)
  for (let i = 0; i < order; i++) vector[i] = members[i]! * start(i)
  const dimension = members.reduce((sum, member) => sum + member, 0)
  const spectrum = { matrix, dimension, active: members, frobenius: Math.sqrt(squares) }
  return { ...new LeadingPair(kernel).solve(spectrum, vector), vector }
}

describe('the leading eigenpair', () => {
  const inBlock = (i: number) => i % 3 !== 0

  it.each([
    { title: 'all symbols the same', entry: () => 1, lambda: 12, proof: 'norm' },
    {
      title: 'up or down together',
      entry: (i: number, j: number) => ((i + j) % 2 === 0 ? 1 : -1),
      lambda: 12,
      proof: 'norm',
    },
    { title: 'equal correlations', entry: () => 0.5, lambda: 6.5, proof: 'norm' },
    { title: 'no correlation at all', entry: () => 0, lambda: 1, proof: 'factorisation' },
    {
      title: 'a block of eight and one of four that the start lies in',
      entry: (i: number, j: number) => (inBlock(i) === inBlock(j) ? 0.5 : 0),
      lambda: 4.5,
      proof: 'norm',
    },
    {
      title: 'two equal blocks',
      entry: (i: number, j: number) => (i % 2 === j % 2 ? 0.5 : 0),
      lambda: 3.5,
      proof: 'factorisation',
    },
    {
      title: 'two blocks a hair apart, the start in the lesser one',
      entry: (i: number, j: number) => (i % 2 !== j % 2 ? 0 : i % 2 === 0 ? 0.5 : 0.5 + 2 ** -40),
      lambda: 3.5 + 5 * 2 ** -40,
      proof: 'factorisation',
    },
  ])('is found and proved: $title', ({ entry, lambda, proof }) => {
    const starts = [
      () => 1,
      (i: number) => (i % 3 === 0 ? 1 : 0),
      (i: number) => (i % 2 === 0 ? 1 : 0),
      (i: number) => i - 5.5,
    ]
    for (const start of starts) {
      const found = solve(12, entry, start)
      expect(Math.abs(found.lambda - lambda)).toBeLessThanOrEqual(found.bound)
      expect(found.bound).toBeLessThan(1e-11)
      expect(found.proof).toBe(proof)
      expect(Math.abs(found.vector.reduce((sum, value) => sum + value * value, 0) - 1)).toBeLessThan(1e-14)
    }
  })

  it('agrees with an independent solver to 1e-10 on correlations of anything, some symbols left out', () => {
    const factors = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 64, maxLength: 64 })
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 6 }), factors, (order, rank, values) => {
        // Unit vectors in a few dimensions: their products are correlations.
        const columns = Array.from({ length: order }, (_, i) => {
          const column = Array.from({ length: rank }, (_, k) => values[(i * rank + k) % 64]! + (k === 0 ? 1e-3 : 0))
          const length = Math.sqrt(column.reduce((sum, value) => sum + value * value, 0))
          return column.map((value) => value / length)
        })
        fc.pre(columns.flat().every(Number.isFinite))
        const entry = (i: number, j: number) => columns[i]!.reduce((sum, value, k) => sum + value * columns[j]![k]!, 0)
        const active = (i: number) => i % 5 !== 4
        const kept = [...columns.keys()].filter(active)
        const exact = new Matrix(kept.map((i) => kept.map((j) => (i === j ? 1 : entry(i, j)))))
        const expected = Math.max(...new EigenvalueDecomposition(exact, { assumeSymmetric: true }).realEigenvalues)
        const { lambda, bound, proof } = solve(order, entry, (i) => 1 + i, active)
        expect(Math.abs(lambda - expected)).toBeLessThanOrEqual(bound + 1e-13 * order)
        expect(bound).toBeLessThan(1e-10)
        expect(proof).not.toBe('dimension')
      }),
      { numRuns: 300 },
    )
  })
})
