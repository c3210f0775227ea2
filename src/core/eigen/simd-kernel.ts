import { assert } from '../../base/assert.js'
import { type Kernel, type RowRange, scalarKernel, strideOf } from './kernel.js'
import { SCAN_KERNEL_WASM } from './scan-kernel.wasm.js'

/** The scalar kernel's SIMD twin: bit-identical results, two columns per instruction. */
export function simdKernel(symbols: number, capacity: number): Kernel {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(SCAN_KERNEL_WASM), (char) => char.charCodeAt(0)))
  const wasm = new WebAssembly.Instance(compiled).exports as unknown as Exports
  const stride = strideOf(symbols)
  const row = stride * 8
  wasm.memory.grow(Math.ceil((capacity * 8) / PAGE_BYTES))
  const { buffer } = wasm.memory
  let used = 0

  return {
    symbols,
    stride,
    allocate(length) {
      const array = new Float64Array(buffer, used * 8, length)
      used += length
      assert(used <= capacity, 'the kernel was made for this much')
      return array
    },
    update(matrix, entering, leaving) {
      wasm.update(matrix.byteOffset, entering.byteOffset, leaving.byteOffset, symbols, row)
    },
    correlate(matrix, means, scales, out) {
      return wasm.correlate(matrix.byteOffset, means.byteOffset, scales.byteOffset, out.byteOffset, symbols, row)
    },
    multiply(matrix, vector, out, rows) {
      wasm.multiply(matrix.byteOffset, vector.byteOffset, out.byteOffset, rows, row)
    },
    accumulate(rows, { from, to }: RowRange, symbol, shifts, out) {
      if (from >= to) return
      wasm.accumulate(rows.byteOffset + from * row, to - from, symbol * 8, shifts.byteOffset, out.byteOffset, row)
    },
    dot: (a, b) => wasm.dot(a.byteOffset, b.byteOffset, row),
    extend(matrix, basis, size, out) {
      wasm.extend(matrix.byteOffset, basis.byteOffset, size, out.byteOffset, symbols, row)
    },
    factorise(matrix, sigma, factor) {
      return wasm.factorise(matrix.byteOffset, sigma, factor.byteOffset, symbols, row) === 1
    },
  }
}

const PAGE_BYTES = 65_536

/** Exports of the assembled module; every array is the byte where it begins. See `scan-kernel.wat`. */
interface Exports {
  readonly memory: WebAssembly.Memory
  update(matrix: number, entering: number, leaving: number, symbols: number, row: number): void
  correlate(matrix: number, means: number, scales: number, out: number, symbols: number, row: number): number
  multiply(matrix: number, vector: number, out: number, symbols: number, row: number): void
  accumulate(rows: number, count: number, own: number, shifts: number, out: number, row: number): void
  dot(a: number, b: number, row: number): number
  extend(matrix: number, basis: number, size: number, out: number, symbols: number, row: number): void
  factorise(matrix: number, sigma: number, factor: number, symbols: number, row: number): number
}

let compiled: WebAssembly.Module | undefined

/** The SIMD kernel where the platform has it, else the scalar one. */
export function scanKernel(symbols: number, capacity: number): Kernel {
  try {
    return simdKernel(symbols, capacity)
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return scalarKernel(symbols, capacity)
    throw error
  }
}
