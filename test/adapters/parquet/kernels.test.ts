import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { snappyCompress } from 'hyparquet-writer/src/snappy.js'
import { describe, expect, test } from 'vitest'
import { assemble, generatedPath } from '../../../scripts/build-wasm.js'
import { Kernels } from '../../../src/adapters/parquet/kernels.js'

const NAME = 'src/adapters/parquet/kernels'

test('the assembled kernels are those of the text', async () => {
  expect(readFileSync(generatedPath(NAME), 'utf8')).toBe(await assemble(NAME))
})

/** A region of the kernels' memory that holds `bytes`. */
function placed(kernels: Kernels, bytes: Uint8Array): { at: number; end: number } {
  const at = kernels.reserve(bytes.length)
  kernels.bytes.set(bytes, at)
  return { at, end: at + bytes.length }
}

describe('Snappy', () => {
  /** Bytes with repetitions at short and long distances, as dictionaries of prices have. */
  const compressible = fc
    .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 24 }), fc.integer({ min: 1, max: 60 })), { maxLength: 30 })
    .map((runs) =>
      Uint8Array.from(runs.flatMap(([bytes, times]) => Array.from({ length: times }, () => [...bytes]).flat())),
    )

  test('gives back what was compressed', () => {
    fc.assert(
      fc.property(compressible, (original) => {
        const kernels = new Kernels()
        const block = snappyBlock(original)
        const { at, end } = placed(kernels, block)
        const out = kernels.reserve(original.length)
        expect(kernels.run.snappy(at, end, out, out + original.length)).toBe(0)
        expect(kernels.bytes.slice(out, out + original.length)).toEqual(original)
      }),
    )
  })

  test('never writes beyond its output, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(300), (bytes, size) => {
        const kernels = new Kernels()
        const { at, end } = placed(kernels, bytes)
        const out = kernels.reserve(size)
        const behind = kernels.reserve(16)
        kernels.bytes.fill(7, behind, behind + 16)
        kernels.run.snappy(at, end, out, out + size)
        expect(kernels.bytes.subarray(behind, behind + 16).every((byte) => byte === 7)).toBe(true)
      }),
    )
  })
})

/** The block without the length before it. */
function snappyBlock(bytes: Uint8Array): Uint8Array {
  const packed = snappyCompress(bytes)
  return packed.slice(packed.findIndex((byte) => byte < 128) + 1)
}

describe('dictionary indices', () => {
  test('of every width and any mixture of runs become the entries they stand for', () => {
    const runs = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 70 }), fc.nat()), {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), runs, fc.nat(7), (width, shapes, cut) => {
        const entries = Math.min(2 ** width, 5_000)
        const { bytes, indices } = encoded(width, entries, shapes)
        const wanted = indices.slice(0, Math.max(1, indices.length - cut))
        const { status, values } = gathered(bytes, width, entries, wanted.length)
        expect(status).toBe(0)
        expect(values).toEqual(wanted.map((index) => index + 0.5))
      }),
      { numRuns: 400 },
    )
  })

  test('beyond the dictionary or cut short are told', () => {
    const { bytes, indices } = encoded(7, 100, [
      [true, 5, 99],
      [false, 9, 3],
    ])
    expect(gathered(bytes, 7, 100, indices.length).status).toBe(0)
    expect(gathered(bytes, 7, 99, indices.length).status).toBe(2)
    for (let length = 0; length < bytes.length; length++) {
      expect(gathered(bytes.slice(0, length), 7, 100, indices.length).status).toBe(1)
    }
  })
})

/** Runs of the RLE / bit-packed hybrid: packed ones hold 8 × length scattered indices, others one index repeated. */
function encoded(width: number, entries: number, shapes: readonly (readonly [boolean, number, number])[]) {
  const bytes: number[] = []
  const indices: number[] = []
  const varint = (value: number): void => {
    for (; value >= 128; value >>>= 7) bytes.push((value & 127) | 128)
    bytes.push(value)
  }
  for (const [packed, length, seed] of shapes) {
    if (packed) {
      varint((length << 1) | 1)
      let bits = 0n
      for (let i = 0; i < length * 8; i++) {
        const index = (seed + i * 7_919) % entries
        indices.push(index)
        bits |= BigInt(index) << BigInt(i * width)
      }
      for (let i = 0; i < length * width; i++) bytes.push(Number((bits >> BigInt(i * 8)) & 255n))
    } else {
      varint(length << 1)
      const index = seed % entries
      for (let i = 0; i < length; i++) indices.push(index)
      for (let i = 0; i < width; i += 8) bytes.push((index >>> i) & 255)
    }
  }
  return { bytes: Uint8Array.from(bytes), indices }
}

/** The kernel's values where entry `i` of the dictionary is `i + 0.5`. */
function gathered(bytes: Uint8Array, width: number, entries: number, count: number) {
  const kernels = new Kernels()
  const { at, end } = placed(kernels, bytes)
  const dictionary = kernels.reserve(entries * 8)
  const out = kernels.reserve(count * 8)
  new Float64Array(kernels.bytes.buffer, dictionary, entries).forEach((_, i, all) => {
    all[i] = i + 0.5
  })
  const status = kernels.run.gather(at, end, width, count, dictionary, entries, out)
  return { status, values: [...new Float64Array(kernels.bytes.buffer, out, count)] }
}
