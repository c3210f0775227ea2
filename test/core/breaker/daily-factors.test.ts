import { describe, expect, test } from 'vitest'
import { medianOfFirstScans, medianOfLastScans, takerRatio } from '../../../src/core/breaker/daily-factors.js'
import { closeTo, goldenUnit } from '../../support/golden.js'

type Known = number | null
const golden = goldenUnit<{ median_first_10: [Known[], Known][] }>('acb-boost')

describe('a date from its scans', () => {
  test.each(golden.median_first_10)('golden: the first ten of %j give %s', (scans, expected) => {
    const found = medianOfFirstScans(scans)
    if (expected === null || found === null) expect(found).toBe(expected)
    else expect(closeTo(found, expected)).toBe(true)
    expect(medianOfLastScans([...scans].reverse())).toBe(found)
  })

  test('a value that is not a number is a missing one', () => {
    expect(medianOfFirstScans([Number.NaN, 2, null, 4])).toBe(3)
    expect(medianOfFirstScans([Number.NaN, null])).toBeNull()
  })
})

describe('the taker ratio of a day', () => {
  const day = (volume: number[], takerBuyVolume: number[]) => ({
    openTimesMs: Float64Array.from(volume, (_, i) => i),
    closes: new Float64Array(volume.length).fill(1),
    volume: Float64Array.from(volume),
    takerBuyVolume: Float64Array.from(takerBuyVolume),
    duplicates: 0,
  })

  test('is bought over sold, and bars with a missing volume say nothing', () => {
    expect(takerRatio(day([4, 6], [1, 2]))).toBe(3 / 7)
    expect(takerRatio(day([4, Number.NaN], [1, 2]))).toBe(1 / 3)
    expect(takerRatio(day([4, 6], [1, Number.NaN]))).toBe(1 / 3)
  })

  test('is unknown when nothing was sold or the input has no volumes', () => {
    expect(takerRatio(day([4], [4]))).toBeUndefined()
    const { volume: _, ...without } = day([4], [1])
    expect(takerRatio(without)).toBeUndefined()
  })
})
