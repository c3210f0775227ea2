import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { epochDay } from '../../../src/base/utc-date.js'
import { checkTimestamps, MISSING_TIME, refuseDisorder, timesOf, timeText } from '../../../src/core/days/timestamps.js'

const DATE = '2026-01-05'
const START = BigInt(epochDay(DATE)) * 86_400_000_000_000n
const DAY = 86_400_000_000_000n

const check = (times: readonly bigint[]) => checkTimestamps({ date: DATE, timestampNs: BigInt64Array.from(times) })

describe('checkTimestamps', () => {
  it.each([
    ['no bars', [], undefined],
    ['one bar at midnight', [START], undefined],
    ['the last ns of the day', [START, START + DAY - 1n], undefined],
    ['the next midnight', [START, START + DAY], ['timestamp-outside-day', 1]],
    ['one ns before the day', [START - 1n, START], ['timestamp-outside-day', 0]],
    ['a repeat', [START, START + 5n, START + 5n], ['timestamp-order', 2]],
    ['a step back', [START + 9n, START + 5n, START + 12n], ['timestamp-order', 1]],
    ['a missing time', [START, MISSING_TIME, START + 5n], ['timestamp-missing', 1]],
    ['a missing first time', [MISSING_TIME, START], ['timestamp-missing', 0]],
    ['no time at all', [MISSING_TIME, MISSING_TIME], ['timestamp-missing', 0]],
    ['order before place', [START, START, START + DAY], ['timestamp-order', 1]],
  ] as const)('judges %s', (_, times, expected) => {
    const fault = check(times)
    expect(fault && [fault.check, fault.row]).toEqual(expected)
  })

  it('passes a day without timestamps', () => {
    expect(checkTimestamps({ date: DATE })).toBeUndefined()
  })

  it('accepts exactly the strictly increasing times inside the day', () => {
    const near = fc.bigInt({ min: START - 4n, max: START + 12n })
    fc.assert(
      fc.property(fc.array(near, { maxLength: 6 }), (times) => {
        const increasing = times.every((time, i) => i === 0 || time > times[i - 1]!)
        const inside = times.every((time) => time >= START && time < START + DAY)
        expect(check(times) === undefined).toBe(increasing && inside)
      }),
    )
  })
})

describe('a day that is to be run', () => {
  const timestampNs = BigInt64Array.of(START, START + 5n, START + 3n)

  it.each([
    ['of a file', { date: DATE, path: 'in/2026-01-05.parquet', timestampNs }, 'in/2026-01-05.parquet'],
    ['of no file', { date: DATE, timestampNs }, 'day 2026-01-05'],
  ])('%s is refused by the name that a person knows it by', (_, columns, name) => {
    expect(() => refuseDisorder(columns)).toThrow(
      `${name}, column 'timestamp', row 2: expected times that rise from row to row, found 2026-01-05T00:00:00.000000003Z after 2026-01-05T00:00:00.000000005Z`,
    )
  })

  it.each(['2026-01-05', '2026-01-06'])('is refused after %s', (previous) => {
    expect(() => refuseDisorder({ date: DATE }, previous)).toThrow(
      `day 2026-01-05: expected a day after ${previous}, found 2026-01-05`,
    )
  })

  it('passes after the day before, in order', () => {
    expect(() => refuseDisorder({ date: DATE, timestampNs: timestampNs.subarray(0, 2) }, '2026-01-04')).not.toThrow()
  })

  it('is refused where its times are needed and it has none', () => {
    expect(() => timesOf({ date: DATE })).toThrow(
      "day 2026-01-05, column 'timestamp': expected a time for every bar, found no such column",
    )
    expect(timesOf({ date: DATE, timestampNs })).toBe(timestampNs)
  })
})

describe('timeText', () => {
  it.each([
    [START, '2026-01-05T00:00:00Z'],
    [START + 43_200_000_000n, '2026-01-05T00:00:43.200Z'],
    [START + 1n, '2026-01-05T00:00:00.000000001Z'],
    [-1n, '1969-12-31T23:59:59.999999999Z'],
    [-(2n ** 63n), '1677-09-21T00:12:43.145224192Z'],
  ])('shows %s ns as %s', (time, text) => {
    expect(timeText(time)).toBe(text)
  })
})
