import { expect, it } from 'vitest'
import { FundingTimes } from '../../../src/runtime/session/funding-times.js'

it('funding settles once between two times that lie on different sides of 00:00, 08:00 or 16:00 UTC', () => {
  const funding = new FundingTimes()
  const at = (text: string) => Date.parse(`${text}:00Z`)
  const settled = (text: string) => funding.settledBy(at(text))
  expect(settled('2026-01-01T07:59')).toBeUndefined()
  expect(settled('2026-01-01T08:00')).toBe(at('2026-01-01T08:00'))
  expect(settled('2026-01-01T08:01')).toBeUndefined()
  expect(settled('2026-01-01T16:05')).toBe(at('2026-01-01T16:00'))
  expect(settled('2026-01-03T01:00')).toBe(at('2026-01-03T00:00'))
})

it('a settlement since the time that is gone on from is told at the first time', () => {
  const at = (text: string) => Date.parse(`${text}:00Z`)
  expect(new FundingTimes(at('2026-01-01T07:59')).settledBy(at('2026-01-01T08:01'))).toBe(at('2026-01-01T08:00'))
  expect(new FundingTimes(at('2026-01-01T08:00')).settledBy(at('2026-01-01T08:01'))).toBeUndefined()
})
