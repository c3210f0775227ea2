import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NumberSet } from '../../../src/core/recording/number-set.js'

test('a number is new once', () => {
  const set = new NumberSet()
  expect([3, 70_000, 3, 70_000].map((n) => set.add(n))).toEqual([true, true, false, false])
})

test('a number of a chunk that is full is not new', () => {
  const set = new NumberSet()
  for (let n = 0; n < 65_536; n++) set.add(n)
  expect([set.add(0), set.add(65_535), set.add(65_536)]).toEqual([false, false, true])
  expect(set.missing(1)).toEqual([])
})

test('the missing runs are those between the numbers that are there, over chunks', () => {
  const around = fc.integer({ min: -4, max: 4 })
  const some = fc.uniqueArray(fc.tuple(fc.constantFrom(5, 65_536, 131_072, 200_000), around).map(([n, by]) => n + by))
  fc.assert(
    fc.property(some, (numbers) => {
      const set = new NumberSet()
      for (const n of numbers) set.add(n)
      const there = [0, ...numbers.filter((n) => n > 0).sort((a, b) => a - b)]
      const runs = there.slice(1).map((n, i) => ({ first: there[i]! + 1, last: n - 1 }))
      expect(set.missing(1)).toEqual(runs.filter(({ first, last }) => first <= last))
    }),
  )
})
