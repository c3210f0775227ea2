import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TimeSpans } from '../../../src/core/analysis/time-spans.js'
import { firstAtOrAfter, TimedColumn } from '../../../src/core/analysis/timed-column.js'

const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 9 })), { maxLength: 300 })

describe('a column of timed values', () => {
  test('is in the order of time, and of equal times in the order in which they came', () => {
    fc.assert(
      fc.property(rows, (values) => {
        const column = columnOf(values)
        const { times, values: kept } = column.inTime()
        const sorted = values.map((row, i) => ({ row, i })).sort((a, b) => a.row[0] - b.row[0] || a.i - b.i)
        expect([...times]).toEqual(sorted.map(({ row }) => row[0]))
        expect([...kept]).toEqual(sorted.map(({ row }) => row[1]))
        expect(column.length).toBe(values.length)
      }),
    )
  })

  test('gives those from a time to another, both included', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 1_000 }), fc.nat(500), (values, fromMs, lengthMs) => {
        const found = columnOf(values).between(fromMs, fromMs + lengthMs)
        expect(found).toHaveLength(values.filter(([ms]) => ms >= fromMs && ms <= fromMs + lengthMs).length)
        for (const { tsMs } of found) expect(tsMs >= fromMs && tsMs <= fromMs + lengthMs).toBe(true)
      }),
    )
  })

  test('takes more after it was looked at', () => {
    const column = columnOf([[5, 1]])
    expect(column.between(0, 9)).toHaveLength(1)
    column.add(3, 2)
    expect([...column.inTime().times]).toEqual([3, 5])
  })
})

test('the first time at or after another is found by halves as by looking at each', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), fc.integer({ min: -1, max: 51 }), (unsorted, ms) => {
      const times = unsorted.sort((a, b) => a - b)
      const slowly = times.findIndex((time) => time >= ms)
      expect(firstAtOrAfter(times, ms)).toBe(slowly === -1 ? times.length : slowly)
    }),
  )
})

test('spans hold exactly the times that are in one of them', () => {
  const span = fc.tuple(fc.nat(60), fc.nat(10))
  fc.assert(
    fc.property(fc.array(span, { maxLength: 20 }), (unsorted) => {
      const added = unsorted.sort((a, b) => a[0] - b[0])
      const spans = new TimeSpans()
      for (const [fromMs, lengthMs] of added) spans.add(fromMs, fromMs + lengthMs)
      for (let ms = -1; ms < 75; ms++)
        expect(spans.hold(ms)).toBe(added.some(([fromMs, lengthMs]) => ms >= fromMs && ms <= fromMs + lengthMs))
    }),
  )
})

function columnOf(values: readonly (readonly [number, number])[]): TimedColumn {
  const column = new TimedColumn()
  for (const [ms, value] of values) column.add(ms, value)
  return column
}
