import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { thinned } from '../../../../src/adapters/report/cascades/thinned.js'

const line = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.double({ min: 1, max: 1e6, noNaN: true })), {
    maxLength: 3_000,
  })
  .map((steps) => {
    let tsMs = 0
    return steps.map(([stepMs, value]) => {
      tsMs += stepMs
      return { tsMs, value }
    })
  })

describe('a thinned line', () => {
  test('has no more values than asked for, all of its own, in time, with its ends and its extremes', () => {
    fc.assert(
      fc.property(line, fc.integer({ min: 8, max: 500 }), (values, count) => {
        const kept = thinned(values, count)
        expect(kept.length).toBeLessThanOrEqual(Math.max(count, 4))
        const own = new Set(values)
        for (const [i, value] of kept.entries()) {
          expect(own.has(value)).toBe(true)
          if (i > 0) expect(value.tsMs).toBeGreaterThanOrEqual(kept[i - 1]!.tsMs)
        }
        expect(kept.at(0)).toBe(values.at(0))
        expect(kept.at(-1)).toBe(values.at(-1))
        expect(extremes(kept)).toEqual(extremes(values))
      }),
    )
  })

  test('is the line itself where it has few values', () => {
    const values = [{ tsMs: 1, value: 2 }]
    expect(thinned(values, 8)).toBe(values)
  })
})

function extremes(values: readonly { readonly value: number }[]): readonly number[] {
  const all = values.map(({ value }) => value)
  return all.length === 0 ? [] : [Math.min(...all), Math.max(...all)]
}
