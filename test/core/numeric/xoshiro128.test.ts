import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Xoshiro128 } from '../../../src/core/numeric/xoshiro128.js'

const uint32 = fc.integer({ min: 0, max: 0xffffffff })

describe('xoshiro128**', () => {
  it('gives the outputs of the C reference for a known state', () => {
    const draw = Xoshiro128.fromState([0x964d4a0c, 0xd40ab895, 0xad7fdecb, 0x3006f0f0])
    expect([draw.uint32(), draw.uint32(), draw.uint32(), draw.uint32()]).toEqual([
      0xf1391922, 0x6fe53806, 0xa5be2840, 0xf510ee70,
    ])
  })

  it('repeats a stream for the same key and gives another one for a neighbouring key', () => {
    fc.assert(
      fc.property(uint32, uint32, (seed, day) => {
        const stream = (...key: number[]) => {
          const draw = new Xoshiro128(...key)
          return Array.from({ length: 4 }, () => draw.uint32())
        }
        expect(stream(seed, day)).toEqual(stream(seed, day))
        expect(stream(seed, day)).not.toEqual(stream(seed, day + 1))
        expect(stream(seed, day)).not.toEqual(stream(day === seed ? seed + 1 : day, seed))
      }),
    )
  })

  it('continues after a bulk fill where single draws would: two words a value', () => {
    const [bulk, single] = [new Xoshiro128(5), new Xoshiro128(5)]
    bulk.fillNearNormal(new Float64Array(7))
    for (let i = 0; i < 14; i++) single.uint32()
    expect(bulk.uint32()).toBe(single.uint32())
  })

  it('fills with mean 0, variance 1 and kurtosis 2.7, inside ±3.47', () => {
    const values = new Float64Array(400_000)
    new Xoshiro128(1).fillNearNormal(values)
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / values.length
    expect(moment(1)).toBeCloseTo(0, 2)
    expect(moment(2)).toBeCloseTo(1, 2)
    expect(moment(4)).toBeCloseTo(2.7, 1)
    expect(values.every((value) => Math.abs(value) < 3.47)).toBe(true)
  })

  it('draws integers with both ends and doubles below 1', () => {
    const draw = new Xoshiro128(9)
    const rolls = new Set(Array.from({ length: 300 }, () => draw.integer(1, 6)))
    expect([...rolls].sort()).toEqual([1, 2, 3, 4, 5, 6])
    expect(Array.from({ length: 1000 }, () => draw.between(-2, 3)).every((x) => x >= -2 && x < 3)).toBe(true)
  })
})
