import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Cut } from '../../../src/core/backtest/other-future.js'
import {
  alterAfter,
  breakerInFuture,
  dayInFuture,
  FUTURES,
  orderBookInFuture,
  truncateAfter,
} from '../../../src/core/backtest/other-future.js'
import { Xoshiro128 } from '../../../src/core/numeric/xoshiro128.js'
import type { DayColumns } from '../../../src/ports/days.js'
import { dayOf } from '../../support/markets.js'

const DAY: DayColumns = {
  ...dayOf('2026-01-02', [1, 2, 3, 4, 5], { A: [1, Number.NaN, 3, 4, 5], B: [5, 4, 3, 2, 1] }),
  eigen: { v50_lambda_max_velocity: Float64Array.of(1, 2, 3, 4, 5) },
  scanNumber: BigInt64Array.of(1n, 2n, 3n, 4n, 5n),
}
const row = fc.integer({ min: -1, max: 4 })
const seed = fc.nat(0xffffffff)
const floatColumns = (day: DayColumns) => [day.velDiv, ...Object.values(day.eigen), ...day.prices]

function cutAt(fields: Partial<Cut>): Cut {
  return { date: '2026-01-02', row: 2, bar: 2, future: 'altered', seed: 1, ...fields }
}

const others = FUTURES.filter((future) => future !== 'absent')

test('rows through the cut stay, every value after it is another, and the day itself is not touched', () => {
  const before = structuredClone(DAY)
  fc.assert(
    fc.property(row, seed, fc.constantFrom(...others), (through, key, future) => {
      const altered = alterAfter(DAY, through, future, new Xoshiro128(key))
      floatColumns(altered).forEach((values, column) => {
        const original = floatColumns(DAY)[column]!
        values.forEach((value, i) => {
          // A hole may fall on a hole.
          if (i > through) expect(value === original[i]).toBe(false)
          else expect(value).toBe(original[i])
        })
      })
      expect(altered.timestampNs).toBe(DAY.timestampNs)
      expect(alterAfter(DAY, through, future, new Xoshiro128(key))).toEqual(altered)
    }),
  )
  expect(DAY).toEqual(before)
})

test.each([
  ['higher', 1],
  ['lower', -1],
] as const)(
  'each price of the %s future lies to that side of the one before it, and so does the signal',
  (future, side) => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 3 }), seed, (through, key) => {
        const { prices, velDiv } = alterAfter(DAY, through, future, new Xoshiro128(key))
        for (const [i, column] of prices.entries()) {
          for (let at = through + 1; at < 5; at++) {
            expect(side * (column[at]! - DAY.prices[i]![at - 1]!)).toBeGreaterThan(0)
            expect(side * velDiv[at]!).toBeGreaterThan(0)
          }
        }
      }),
    )
  },
)

test('the missing future has neither a price nor a signal', () => {
  const { prices, velDiv, eigen } = alterAfter(DAY, 2, 'missing', new Xoshiro128(1))
  for (const column of [...prices, velDiv, ...Object.values(eigen)]) {
    expect([...column.subarray(3)]).toEqual([Number.NaN, Number.NaN])
  }
})

test('a truncated day is its first rows, in every column', () => {
  fc.assert(
    fc.property(row, (through) => {
      const cut = truncateAfter(DAY, through)
      expect(cut.bars).toBe(through + 1)
      for (const values of [...floatColumns(cut), cut.timestampNs!, cut.scanNumber!]) {
        expect(values).toHaveLength(through + 1)
      }
      expect(cut.prices.map((prices) => [...prices])).toEqual(
        DAY.prices.map((prices) => [...prices].slice(0, through + 1)),
      )
    }),
  )
})

test.each<[string, Partial<Cut>, number | 'same' | undefined]>([
  ['a day before the cut is the same', { date: '2026-01-03' }, 'same'],
  ['a day after it is gone', { date: '2026-01-01', future: 'absent' }, undefined],
  ['or has other data throughout', { date: '2026-01-01', future: 'altered' }, 0],
  ['the day of the cut keeps its rows', { future: 'altered' }, 3],
  ['and may end there', { future: 'absent' }, 3],
])('%s', (_, fields, kept) => {
  const cut = cutAt(fields)
  const seen = dayInFuture(DAY, cut)
  if (kept === 'same' || kept === undefined) {
    expect(seen).toBe(kept === undefined ? undefined : DAY)
    return
  }
  const same = DAY.velDiv.findIndex((value, i) => seen!.velDiv[i] !== value)
  expect(same).toBe(kept)
  expect(seen!.bars).toBe(cut.future === 'absent' ? kept : 5)
})

test('breaker rows through the date of the cut stay; later ones are gone or others', () => {
  const dates = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04']
  const table = {
    factors: new Map(dates.map((date) => [date, { dvolBtc: 50 }])),
    w750: new Map<string, number | null>(dates.map((date, i) => [date, i - 1])),
    betaPolicy: 'full-sample' as const,
  }
  const absent = breakerInFuture(table, cutAt({ future: 'absent' }))
  expect([...absent.w750]).toEqual([...table.w750].slice(0, 2))
  expect([...absent.factors]).toEqual([...table.factors].slice(0, 2))
  fc.assert(
    fc.property(seed, (key) => {
      const { w750, factors } = breakerInFuture(table, cutAt({ seed: key }))
      expect([...w750.keys()]).toEqual(dates)
      expect([...w750.values()].slice(0, 2)).toEqual([-1, 0])
      const later = [...w750.values()].slice(2) as number[]
      expect(later.every((velocity) => velocity > 2) || later.every((velocity) => velocity < -1)).toBe(true)
      expect(factors.get('2026-01-02')).toBe(table.factors.get('2026-01-02'))
      expect(factors.get('2026-01-03')).not.toEqual({ dvolBtc: 50 })
    }),
  )
})

test('order-book rows through the bar of the cut stay; later ones are gone or others', () => {
  const book = { imbalanceMa5: 0, persistence: 0, withdrawalVelocity: 0, depthQuality: 1, fillProbability: 0 }
  const rows = [0, 2, 3].map((bar) => ({ bar, assetIndex: 0, book }))
  const macro = [1, 5].map((bar) => ({ bar, macro: { cascadeCount: 9, regimeSignal: 0 as const } }))
  const table = { assets: ['A'], rows, macro }
  expect(orderBookInFuture(table, cutAt({ future: 'absent' }))).toEqual({
    assets: ['A'],
    rows: rows.slice(0, 2),
    macro: macro.slice(0, 1),
  })
  const altered = orderBookInFuture(table, cutAt({}))
  expect(altered.rows.slice(0, 2)).toEqual(rows.slice(0, 2))
  expect(altered.rows[2]!.book).not.toEqual(book)
  expect([altered.rows[2]!.bar, altered.macro[0], altered.macro[1]!.bar]).toEqual([3, macro[0], 5])
  expect(altered.macro[1]!.macro.cascadeCount).not.toBe(9)
})
