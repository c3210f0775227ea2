import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { median } from '../../../src/core/numeric/percentile.js'
import { SlidingMedian } from '../../../src/core/numeric/sliding-median.js'

describe('a sliding median', () => {
  it('is the median of the numbers among the last values', () => {
    const value = fc.option(fc.constantFrom(-1, 0, 0.5, 1, 2, 3, 1e9), { nil: undefined })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(value, { maxLength: 60 }), (window, values) => {
        const sliding = new SlidingMedian(window)
        for (const [i, value] of values.entries()) {
          sliding.push(value)
          const numbers = values.slice(Math.max(0, i + 1 - window), i + 1).filter((number) => number !== undefined)
          expect(sliding.count).toBe(numbers.length)
          expect(sliding.median()).toBe(numbers.length === 0 ? undefined : median(numbers))
        }
      }),
    )
  })

  it('is absent while there are fewer numbers than it needs', () => {
    const sliding = new SlidingMedian(5)
    sliding.push(1)
    sliding.push(undefined)
    sliding.push(3)
    expect([sliding.median(2), sliding.median(3)]).toEqual([2, undefined])
  })
})
