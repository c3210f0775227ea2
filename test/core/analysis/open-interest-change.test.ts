import { expect, it } from 'vitest'
import { OpenInterestChange } from '../../../src/core/analysis/open-interest-change.js'

function told(...readings: readonly (readonly [tsMs: number, openInterest: number])[]): OpenInterestChange {
  const change = new OpenInterestChange()
  for (const [tsMs, openInterest] of readings) change.add(tsMs, openInterest)
  return change
}

it('the change is from what was known five minutes ago to what is known now', () => {
  expect(told([0, 100], [300_000, 101]).fracAt(300_000)).toBe(0.01)
  expect(told([0, 100], [200_000, 500], [300_000, 90]).fracAt(499_999)).toBe(-0.1)
})

it('it is not known before there was a reading five minutes ago, nor when that was 0', () => {
  expect(told([1, 100], [300_000, 101]).fracAt(300_000)).toBeUndefined()
  expect(told([0, 0], [300_000, 101]).fracAt(300_000)).toBeUndefined()
})

it('a reading tells nothing of a time that is more than five minutes later', () => {
  const change = told([0, 100], [300_000, 101])
  expect(change.fracAt(600_000)).toBe(0)
  expect(change.fracAt(600_001)).toBeUndefined()
})

it('a reading that is older than the last is not used, and of one time the last stands', () => {
  const change = told([10, 1], [10, 2], [5, 3])
  expect(change.latest).toBe(2)
  expect(told().latest).toBeUndefined()
})

it('it keeps 256 readings: those that nobody needs leave uncounted, others are counted', () => {
  const slow = new OpenInterestChange()
  for (let i = 0; i < 1_000; i++) slow.add(i * 5_000, 100 + i)
  expect([slow.dropped, slow.fracAt(999 * 5_000)]).toEqual([0, 60 / 1_039])
  const fast = new OpenInterestChange()
  for (let i = 0; i < 300; i++) fast.add(i, 100)
  expect(fast.dropped).toBe(44)
})
