import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assemble, generatedPath } from '../../../scripts/build-wasm.js'
import { type Kernel, scalarKernel, strideOf } from '../../../src/core/eigen/kernel.js'
import { scanKernel, simdKernel } from '../../../src/core/eigen/simd-kernel.js'

const STEPS = 20

/** Runs every loop once on the same numbers and returns all that it wrote. */
function everything(kernel: Kernel, values: readonly number[]): number[] {
  const { symbols, stride } = kernel
  let next = 0
  const value = () => values[next++ % values.length]!
  const vector = (fill: () => number = value) => {
    const array = kernel.allocate(stride)
    for (let i = 0; i < symbols; i++) array[i] = fill()
    return array
  }
  const matrix = kernel.allocate(symbols * stride)
  const out = kernel.allocate(symbols * stride)
  const finite = () => {
    const found = value()
    return Number.isNaN(found) ? 0.5 : found
  }
  const [entering, leaving, means, scales, shifts] = Array.from({ length: 5 }, () => vector(finite)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  kernel.update(matrix, entering, leaving)
  kernel.update(matrix, means, scales)
  const squares = kernel.correlate(matrix, means, scales, out)
  const product = kernel.allocate(stride)
  kernel.multiply(matrix, shifts, product, symbols)

  const returns = kernel.allocate(STEPS * stride)
  for (let step = 0; step < STEPS; step++) for (let i = 0; i < symbols; i++) returns[step * stride + i] = value()
  const sums = kernel.allocate(stride)
  kernel.accumulate(returns, { from: 3, to: STEPS }, symbols - 1, shifts, sums)
  kernel.accumulate(returns, { from: 0, to: 3 }, symbols - 1, shifts, sums)
  kernel.accumulate(returns, { from: 3, to: 3 }, symbols - 1, shifts, sums)

  const basis = kernel.allocate(4 * stride)
  basis.set(entering)
  const found = kernel.allocate(8)
  for (let size = 1; size <= 3; size++) kernel.extend(matrix, basis, size, found)
  const factor = kernel.allocate(symbols * stride)
  const complete = kernel.factorise(out, 4 * symbols * values.length, factor) ? 1 : 0
  return [
    complete,
    squares,
    kernel.dot(entering, scales),
    ...factor,
    ...matrix,
    ...out,
    ...product,
    ...sums,
    ...basis,
    ...found,
  ]
}

const capacity = (symbols: number) => strideOf(symbols) * (4 * symbols + STEPS + 12) + 8

describe('the SIMD kernel', () => {
  it('gives the scalar kernel’s results to the bit, missing returns included', () => {
    const numbers = fc.array(
      fc.oneof({ weight: 9, arbitrary: fc.double({ min: -2, max: 2 }) }, { weight: 1, arbitrary: fc.constant(NaN) }),
      {
        minLength: 50,
        maxLength: 400,
      },
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 34 }), numbers, (symbols, values) => {
        const simd = everything(simdKernel(symbols, capacity(symbols)), values)
        const scalar = everything(scalarKernel(symbols, capacity(symbols)), values)
        expect(simd.findIndex((value, i) => !Object.is(value, scalar[i]))).toBe(-1)
      }),
    )
  })

  it('is what the assembler makes of the committed text', async () => {
    const name = 'src/core/eigen/scan-kernel'
    expect(readFileSync(generatedPath(name), 'utf8')).toBe(await assemble(name))
  })

  it('is the one in use where the platform has SIMD, and refuses more memory than it was made for', () => {
    const kernel = scanKernel(10, 100)
    expect(kernel.allocate(100).buffer.byteLength).toBeGreaterThan(800)
    expect(() => kernel.allocate(1)).toThrow(/made for this much/)
    expect(() => scalarKernel(10, 100).allocate(101)).toThrow()
  })
})
