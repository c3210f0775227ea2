import { describe, expect, it } from 'vitest'
import { medianOfLastScans, takerRatio } from '../../../src/core/breaker/daily-factors.js'

describe('the velocity known before a date', () => {
  it('is the median of the last ten scans', () => {
    const scans = Array.from({ length: 40 }, (_, i) => i)
    expect(medianOfLastScans(scans)).toBe(34.5)
  })

  it('leaves scans without a value out and is unknown when none has one', () => {
    expect(medianOfLastScans([Number.NaN, 2, null, 4])).toBe(3)
    expect(medianOfLastScans([Number.NaN, null])).toBeNull()
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

  it('is bought over sold, and bars with a missing volume say nothing', () => {
    expect(takerRatio(day([4, 6], [1, 2]))).toBe(3 / 7)
    expect(takerRatio(day([4, Number.NaN], [1, 2]))).toBe(1 / 3)
    expect(takerRatio(day([4, 6], [1, Number.NaN]))).toBe(1 / 3)
  })

  it('is unknown when nothing was sold or the input has no volumes', () => {
    expect(takerRatio(day([4], [4]))).toBeUndefined()
    const { volume: _, ...without } = day([4], [1])
    expect(takerRatio(without)).toBeUndefined()
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
