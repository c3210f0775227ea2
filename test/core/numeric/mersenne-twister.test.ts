import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MersenneTwister } from '../../../src/core/numeric/mersenne-twister.js'
import { goldenUnit } from '../../support/golden.js'

const golden = goldenUnit<{ seeds: { seed: number; first20: number[]; draw1000: number }[] }>('rng')
const seeds = fc.integer({ min: 0, max: 4294967295 })

describe('golden', () => {
  test.each(golden.seeds)('the stream of seed $seed is numpy’s', ({ seed, first20, draw1000 }) => {
    const twister = new MersenneTwister(seed)
    expect(first20.map(() => twister.double())).toEqual(first20)
    while (twister.draws < 999) twister.double()
    expect(twister.double()).toBe(draw1000)
  })
})

describe('laws', () => {
  test('a restored generator continues the stream, and the snapshot is plain JSON', () => {
    fc.assert(
      fc.property(seeds, fc.nat(1500), (seed, before) => {
        const twister = new MersenneTwister(seed)
        for (let i = 0; i < before; i++) twister.double()
        const restored = MersenneTwister.restore(JSON.parse(JSON.stringify(twister.snapshot())))
        expect(restored.draws).toBe(before)
        for (let i = 0; i < 700; i++) expect(restored.double()).toBe(twister.double())
        expect(restored.draws).toBe(before + 700)
      }),
      { numRuns: 30 },
    )
  })

  test('a snapshot is not touched by later draws', () => {
    const twister = new MersenneTwister(42)
    const snapshot = twister.snapshot()
    const first = twister.double()
    for (let i = 0; i < 1000; i++) twister.double()
    expect(MersenneTwister.restore(snapshot).double()).toBe(first)
  })

  test('doubles lie in [0, 1) and count as draws; words do not', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const twister = new MersenneTwister(seed)
        for (let i = 0; i < 100; i++) {
          const value = twister.double()
          expect(value >= 0 && value < 1).toBe(true)
        }
        twister.uint32()
        expect(twister.draws).toBe(100)
      }),
      { numRuns: 20 },
    )
  })
})
