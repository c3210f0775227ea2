import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { paddedRange, ticksOf, timeTicksOf } from '../../../../src/adapters/report/cascades/scales.js'

describe('the ticks of a scale', () => {
  test('are one to five, in order and within it', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-8, max: 1e12, noNaN: true }), { minLength: 1 }), (values) => {
        const range = paddedRange(values)
        const ticks = ticksOf(range)
        expect(ticks.length).toBeGreaterThanOrEqual(1)
        expect(ticks.length).toBeLessThanOrEqual(6)
        for (const [i, tick] of ticks.entries()) {
          expect(tick).toBeGreaterThanOrEqual(range.low - 1e-9 * Math.abs(range.low))
          expect(tick).toBeLessThanOrEqual(range.high + 1e-9 * Math.abs(range.high))
          if (i > 0) expect(tick).toBeGreaterThan(ticks[i - 1]!)
        }
      }),
    )
  })

  test.each<[number, number, number[]]>([
    [97, 101, [97, 98, 99, 100, 101]],
    [0.0123, 0.0131, [0.0124, 0.0126, 0.0128, 0.013]],
    [0, 10, [0, 2.5, 5, 7.5, 10]],
  ])('from %d to %d are round', (low, high, expected) => {
    expect(ticksOf({ low, high })).toEqual(expected)
  })

  test('of times are round times, eight at most', () => {
    const low = Date.UTC(2026, 0, 5, 14, 1, 20)
    expect(timeTicksOf({ low, high: low + 720_000 }).map((ms) => new Date(ms).toISOString().slice(11, 19))).toEqual([
      '14:02:00',
      '14:04:00',
      '14:06:00',
      '14:08:00',
      '14:10:00',
      '14:12:00',
    ])
  })
})

test('a range of nothing and of one value can be drawn', () => {
  expect(paddedRange([])).toEqual({ low: 0, high: 1 })
  const { low, high } = paddedRange([5])
  expect(low).toBeLessThan(5)
  expect(high).toBeGreaterThan(5)
})
