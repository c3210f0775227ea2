import { expect, test } from 'vitest'
import { UsageWindow } from '../../../../src/adapters/binance/rest/usage-window.js'

const window = () => new UsageWindow({ lengthMs: 60_000, limit: 2_400 })
const span = (sentMs: number, overMs = sentMs) => ({ sentMs, overMs })

test('what is under way counts in every window, what is over in those that it spans', () => {
  const usage = window()
  usage.sent(40)
  expect([usage.used(0), usage.used(60_000)]).toEqual([40, 40])
  usage.over(40, span(59_000, 61_000))
  expect([usage.used(0), usage.used(60_000), usage.used(120_000)]).toEqual([40, 40, 0])
  usage.reach(120_000)
  expect(usage.used(120_000)).toBe(0)
})

test('a clock that jumps by half a century does not fill the memory', () => {
  const usage = window()
  usage.sent(40)
  usage.over(40, span(0, Date.UTC(2026, 10, 30)))
  expect(usage.used(Date.UTC(2026, 10, 30))).toBe(40)
  expect(usage.used(Date.UTC(2000, 0, 1))).toBe(0)
})

test('what never left does not count', () => {
  const usage = window()
  usage.sent(40)
  usage.takenBack(40)
  expect(usage.used(0)).toBe(0)
})

test('of what the exchange counts, all that ours cannot explain is of others', () => {
  const usage = window()
  usage.sent(40)
  usage.sent(5)
  usage.over(40, span(1_000))
  // The 5 that are under way may be in it or not.
  usage.heard(145, span(1_000))
  expect(usage.used(2_000)).toBe(145)
  usage.over(5, span(2_000))
  usage.heard(150, span(2_000))
  expect(usage.used(2_000)).toBe(150)
  // An answer that was overtaken says less, which is true no longer.
  usage.heard(41, span(1_000))
  expect(usage.used(2_000)).toBe(150)
  expect(usage.used(60_000)).toBe(0)
})

test('a lower count of a later request shows that the one before was of another window', () => {
  const usage = window()
  usage.heard(1_600, span(60_010, 60_050))
  expect(usage.used(60_100)).toBe(1_600)
  usage.heard(20, span(60_020, 60_060))
  expect(usage.used(60_100)).toBe(1_600)
  usage.heard(30, span(60_100, 60_140))
  expect(usage.used(60_200)).toBe(30)
})

test('a count of a request that spans two windows may be of either, and says nothing', () => {
  const usage = window()
  usage.sent(1)
  usage.over(1, span(59_999, 60_001))
  usage.heard(900, span(59_999, 60_001))
  expect([usage.used(0), usage.used(60_000)]).toEqual([1, 1])
})

test('a window ends where the next begins, on multiples of its length', () => {
  expect([window().endMs(0), window().endMs(59_999), window().endMs(60_000)]).toEqual([60_000, 60_000, 120_000])
})
