import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FUTURES } from '../../../src/core/backtest/other-future.js'
import { VeiledDay } from '../../../src/core/backtest/veiled-day.js'
import { dayOf } from '../../support/markets.js'

const BARS = 600
const ramp = (from: number) => Array.from({ length: BARS }, (_, i) => from + i)
const DAY = dayOf('2026-01-02', ramp(1), { A: ramp(1_000), B: ramp(5_000) })

test('at every cut of a rising row the day is its own through it and another after it, in every future', () => {
  const cuts = fc.uniqueArray(fc.nat(BARS - 1), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(cuts, fc.constantFrom(...FUTURES), fc.nat(0xffffffff), (rows, future, seed) => {
      const before = structuredClone(DAY)
      const veiled = new VeiledDay(DAY, future, seed)
      for (const row of rows.sort((a, b) => a - b)) {
        const seen = veiled.through(row)
        for (const [values, own] of [
          [seen.velDiv, DAY.velDiv],
          [seen.prices[0]!, DAY.prices[0]!],
          [seen.prices[1]!, DAY.prices[1]!],
        ] as const) {
          expect(values.length).toBe(seen.bars)
          expect(values.subarray(0, row + 1)).toEqual(own.subarray(0, row + 1))
          for (let i = row + 1; i < values.length; i++) expect(values[i] === own[i]).toBe(false)
        }
        const isAtEnd = future === 'absent' || row === BARS - 1
        expect(seen.bars > row + 1).toBe(!isAtEnd)
      }
      expect(DAY).toEqual(before)
    }),
  )
})
