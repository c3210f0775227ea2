import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { epochDay } from '../../../src/base/utc-date.js'
import { checkTimestamps, timeText } from '../../../src/core/days/timestamps.js'

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
    ['a missing time', [START, -(2n ** 63n), START + 5n], ['timestamp-order', 1]],
    ['order before place', [START, START, START + DAY], ['timestamp-order', 1]],
  ] as const)('judges %s', (_, times, expected) => {
    const finding = check(times)
    expect(finding && [finding.check, finding.row]).toEqual(expected)
    if (finding !== undefined) expect(finding.severity).toBe('error')
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
