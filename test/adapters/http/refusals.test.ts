import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { RefusalCount } from '../../../src/adapters/http/refusals.js'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('refusals are told once a minute while there are any, each once, and at the end', () => {
  const told: string[] = []
  const count = new RefusalCount((line) => told.push(line))
  for (let i = 0; i < 1_000; i++) count.add('rate')
  count.add('no-token')
  expect(told).toEqual([])
  vi.advanceTimersByTime(60_000)
  expect(told).toEqual([
    'The status server turned away in the last minute: 1 without the right token, 1000 beyond the rate',
  ])
  vi.advanceTimersByTime(600_000)
  expect(told).toHaveLength(1)
  count.add('foreign-page')
  count.close()
  count.close()
  expect(told.slice(1)).toEqual(['The status server turned away in the last minute: 1 from pages of other origins'])
  expect(count.totals).toEqual({ 'foreign-page': 1, 'no-token': 1, rate: 1_000, connection: 0 })
})
