import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assemble, generatedPath, MODULES } from '../../../scripts/build-wasm.js'
import { PROFILE_ROWS, SEGMENT_PRICES, scalarProfiles } from '../../../src/core/selection/impulse-response.js'
import { segmentProfiles, simdProfiles } from '../../../src/core/selection/simd-profiles.js'
import { computeSegments, segment } from '../../support/segments.js'

const OUTPUTS = ['highest', 'lowest', 'rises', 'falls', 'noise'] as const

/** Anything float64 can hold: the kernels must agree even where the prices make no sense. */
const anyNumbers = fc.float64Array({ minLength: 50, maxLength: 50 })

test('the SIMD kernel equals the scalar one to the bit, for any prices, counts, spare capacity and place of the window', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 4, arbitrary: segment }, anyNumbers), { maxLength: 7 }),
      fc.boolean(),
      fc.nat(5),
      fc.nat(PROFILE_ROWS - SEGMENT_PRICES),
      (segments, relative, spare, firstRow) => {
        const scalar = scalarProfiles(segments.length + spare)
        const simd = simdProfiles(segments.length + spare)
        computeSegments(scalar, segments, relative, firstRow)
        computeSegments(simd, segments, relative, firstRow)
        for (const output of OUTPUTS) {
          for (let s = 0; s < segments.length; s++) {
            if (!Object.is(simd[output][s], scalar[output][s])) {
              expect.fail(`${output}[${s}] of ${segments.length}: ${simd[output][s]}, scalar ${scalar[output][s]}`)
            }
          }
        }
      },
    ),
    { numRuns: 1000 },
  )
})

test('a kernel may be used again: what was computed before does not show', () => {
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 6 }), fc.array(segment, { maxLength: 6 }), (before, now) => {
      const used = simdProfiles(6)
      const fresh = simdProfiles(6)
      computeSegments(used, before, false)
      computeSegments(used, now, false)
      computeSegments(fresh, now, false)
      for (const output of OUTPUTS) {
        expect(Array.from(used[output].subarray(0, now.length))).toEqual(
          Array.from(fresh[output].subarray(0, now.length)),
        )
      }
    }),
    { numRuns: 50 },
  )
})

test('more segments than the capacity are refused', () => {
  expect(() => simdProfiles(2).compute(0, 3, false)).toThrow('the segments fit the profiles')
})

test('where the platform has no SIMD the scalar kernel takes over, and other errors are not swallowed', () => {
  const original = Object.getOwnPropertyDescriptor(WebAssembly, 'Instance')!
  const failing = (error: Error) => {
    Object.defineProperty(WebAssembly, 'Instance', {
      ...original,
      value: class {
        constructor() {
          throw error
        }
      },
    })
  }
  try {
    failing(new WebAssembly.CompileError('no simd'))
    expect(segmentProfiles(3).highest).toHaveLength(3)
    failing(new RangeError('out of memory'))
    expect(() => segmentProfiles(3)).toThrow('out of memory')
  } finally {
    Object.defineProperty(WebAssembly, 'Instance', original)
  }
})

test.each(MODULES)('%s is what its text assembles to', async (name) => {
  expect(readFileSync(generatedPath(name), 'utf8')).toBe(await assemble(name))
})
