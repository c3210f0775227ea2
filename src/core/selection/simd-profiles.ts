import { assert } from '../../base/assert.js'
import type { SegmentProfiles } from './impulse-response.js'
import { SEGMENT_PRICES, scalarProfiles } from './impulse-response.js'
import { SEGMENT_PROFILES_WASM } from './segment-profiles.wasm.js'

const PAGE_BYTES = 65_536
const PAIR_BYTES = 2 * SEGMENT_PRICES * 8
const RESULTS = 5

/** The one export of the assembled module; see `segment-profiles.wat`. */
interface Kernel {
  readonly memory: WebAssembly.Memory
  /** The first `pairs` pairs; outputs from byte `results`, each output `run` bytes after the one before. */
  compute(pairs: number, results: number, run: number): void
}

let compiled: WebAssembly.Module | undefined

/**
 * The scalar kernel's SIMD twin, two segments per instruction: bit-identical results, about five times faster on 50
 * assets. Relative differences (research only) go to the scalar kernel.
 */
export function simdProfiles(capacity: number): SegmentProfiles {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(SEGMENT_PROFILES_WASM), (char) => char.charCodeAt(0)))
  const kernel = new WebAssembly.Instance(compiled).exports as unknown as Kernel
  const pairs = (capacity + 1) >> 1
  const resultsAt = pairs * PAIR_BYTES
  const runBytes = pairs * 16
  const bytes = resultsAt + RESULTS * runBytes
  kernel.memory.grow(Math.ceil(bytes / PAGE_BYTES))

  const { buffer } = kernel.memory
  const results = Array.from(
    { length: RESULTS },
    (_, i) => new Float64Array(buffer, resultsAt + i * runBytes, pairs * 2),
  )
  const [highest, lowest, rises, falls, noise] = results as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const prices = new Float64Array(buffer, 0, pairs * 2 * SEGMENT_PRICES)
  let scalar: SegmentProfiles | undefined

  function compute(segments: number, relative: boolean): void {
    assert(segments <= capacity, 'the segments fit the profiles')
    if (!relative) {
      kernel.compute((segments + 1) >> 1, resultsAt, runBytes)
      return
    }
    scalar ??= scalarProfiles(capacity)
    scalar.prices.set(prices)
    scalar.compute(segments, true)
    highest.set(scalar.highest)
    lowest.set(scalar.lowest)
    rises.set(scalar.rises)
    falls.set(scalar.falls)
    noise.set(scalar.noise)
  }

  return { prices, highest, lowest, rises, falls, noise, compute }
}

/** The SIMD kernel where the platform has it, else the scalar one. */
export function segmentProfiles(capacity: number): SegmentProfiles {
  try {
    return simdProfiles(capacity)
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return scalarProfiles(capacity)
    throw error
  }
}
