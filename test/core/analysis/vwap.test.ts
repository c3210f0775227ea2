import { expect, it } from 'vitest'
import { DailyVwap } from '../../../src/core/analysis/vwap.js'

const DAY_MS = 86_400_000

it('the average begins anew at midnight UTC, and is absent until somebody trades', () => {
  const vwap = new DailyVwap()
  vwap.trade(DAY_MS - 1, 10, 1)
  expect(vwap.at(DAY_MS - 1)).toBe(10)
  expect(vwap.at(DAY_MS)).toBeUndefined()
  vwap.trade(DAY_MS, 20, 3)
  expect(vwap.at(DAY_MS)).toBe(20)
})

it('a trade of yesterday that comes after the first of today counts no more', () => {
  const vwap = new DailyVwap()
  vwap.trade(DAY_MS, 20, 1)
  vwap.trade(DAY_MS - 1, 10, 100)
  expect(vwap.at(DAY_MS)).toBe(20)
})

it('a price weighs as much as was traded at it', () => {
  const vwap = new DailyVwap()
  vwap.trade(0, 10, 3)
  vwap.trade(1, 20, 1)
  expect(vwap.at(1)).toBe(12.5)
})
