import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TakerRatio } from '../../../src/core/factors/taker-ratio.js'
import type { TakerRow } from '../../../src/ports/factor-source.js'

const START = Date.UTC(2026, 0, 5)
const row = (i: number, bought = 2 + (i % 5), sold = 1 + (i % 7)): TakerRow => [START + i * 300_000, bought, sold]
const day = Array.from({ length: 288 }, (_, i) => row(i))

it('is the same in whichever order and however split the rows of a day come', () => {
  const whole = new TakerRatio().take(day)
  fc.assert(
    fc.property(fc.shuffledSubarray(day, { minLength: 288 }), fc.integer({ min: 1, max: 287 }), (rows, split) => {
      const ratio = new TakerRatio()
      ratio.take(rows.slice(0, split))
      expect(ratio.take(rows.slice(split))).toEqual(whole)
    }),
  )
})

it('takes exactly the 24 h that end with the newest row, and each period once', () => {
  const ratio = new TakerRatio()
  ratio.take([row(-1, 1_000_000, 1), ...day, row(0)])
  expect(ratio.take([row(287)])).toEqual(new TakerRatio().take(day))
})

it.each([
  [199, 'refused'],
  [200, 'ratio'],
])('of %d rows is %s', (count, kind) => {
  expect(new TakerRatio().take(day.slice(0, count)).kind).toBe(kind)
})
