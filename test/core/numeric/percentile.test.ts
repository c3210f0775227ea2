import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lowerMedian, median, percentileInPlace, percentileOfSorted } from '../../../src/core/numeric/percentile.js'
import { SortedRuns } from '../../../src/core/numeric/sorted-runs.js'

const value = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => x + 0),
  fc.constantFrom(0, 1, 2),
)
const values = fc.array(value, { minLength: 1, maxLength: 200 })
const fraction = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.05, 0.5, 0.6, 1))

describe('percentile', () => {
  // numpy 2.x: np.percentile(values, percent).
  test.each([
    [[0.0022, 0.0062, -0.0007, -0.0005, 0.0054, -0.0086], 60, 0.0022],
    [[1, 2, 3, 4], 60, 2.8],
    [[1, 2, 3, 4], 5, 1.15],
    [[1, 2, 3, 4], 0, 1],
    [[1, 2, 3, 4], 100, 4],
    [[7], 60, 7],
  ])('of %j at the %f. hundredth is %f', (values, percent, expected) => {
    const sorted = [...values].sort((a, b) => a - b)
    expect(percentileOfSorted(sorted, percent / 100)).toBeCloseTo(expected, 14)
  })

  test('no values have no percentile', () => {
    expect(percentileOfSorted([], 0.6)).toBeNaN()
    expect(percentileInPlace(new Float64Array(), 0.6)).toBeNaN()
    expect(new SortedRuns().percentile(0.6)).toBeNaN()
    expect(median([])).toBeNaN()
  })

  test.each([
    [[], undefined],
    [[7], 7],
    [[3, 1], 1],
    [[4, 1, 3, 2], 2],
    [[5, 1, 3], 3],
  ])('the lower median of %j is %s', (values, expected) => {
    expect(lowerMedian(values)).toBe(expected)
  })

  test('by selection it is that of the sorted values, bit for bit', () => {
    fc.assert(
      fc.property(values, fraction, (list, at) => {
        const sorted = Float64Array.from(list).sort()
        const expected = percentileOfSorted(sorted, at)
        const rearranged = Float64Array.from(list)
        expect(percentileInPlace(rearranged, at)).toBe(expected)
        expect(rearranged.sort()).toEqual(sorted)
      }),
    )
  })

  test('over runs it is that of all values together, bit for bit, and the caller keeps its runs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(value, { maxLength: 60 }), { minLength: 1, maxLength: 8 }),
        fraction,
        (lists, at) => {
          const runs = new SortedRuns()
          const all: number[] = []
          for (const list of lists) {
            const given = Float64Array.from(list)
            runs.add(given)
            expect([...given]).toEqual(list)
            all.push(...list)
            expect(runs.size).toBe(all.length)
            expect(runs.percentile(at)).toBe(percentileOfSorted(Float64Array.from(all).sort(), at))
          }
        },
      ),
    )
  })

  test('it lies between the smallest and the largest value and rises with the fraction', () => {
    fc.assert(
      fc.property(values, fraction, fraction, (list, a, b) => {
        const sorted = Float64Array.from(list).sort()
        const [low, high] = [percentileOfSorted(sorted, Math.min(a, b)), percentileOfSorted(sorted, Math.max(a, b))]
        expect(low).toBeLessThanOrEqual(high)
        expect(low).toBeGreaterThanOrEqual(sorted[0]!)
        expect(high).toBeLessThanOrEqual(sorted.at(-1)!)
      }),
    )
  })

  test('the median leaves the values in place', () => {
    const list = [3, 1, 2, 10]
    expect(median(list)).toBe(2.5)
    expect(median([3, 1, 2])).toBe(2)
    expect(list).toEqual([3, 1, 2, 10])
  })
})
