import { expect, test } from 'vitest'
import { EXECUTION_TIMINGS } from '../../../src/core/execution/settings.js'
import { Bench } from './bench-of-one.js'

const { reportRepeatMs } = EXECUTION_TIMINGS

test('each report is repeated until it is acknowledged', () => {
  const bench = Bench.ready()
  bench.acknowledges = false
  bench.enter()
  bench.advance(3 * reportRepeatMs + 500)
  const numbers = bench.heardOf('FILL_REPORT').map(({ reportNumber }) => reportNumber)
  expect(numbers).toEqual([1, 1, 1, 1])
  expect(bench.side.unacknowledgedReports).toBe(2)
  bench.reportsSeen = 2
  bench.advance(1100)
  expect(bench.side.unacknowledgedReports).toBe(0)
})

test('a report whose record is not durable never leaves', () => {
  const bench = Bench.ready()
  bench.enter()
  bench.isDiskFast = false
  bench.move('89')
  bench.advance(1500)
  expect(bench.heardOf('FILL_REPORT')).toHaveLength(1)
  bench.sync()
  expect(bench.heardOf('FILL_REPORT')).toHaveLength(2)
})
