import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DVOL_START, type DvolWatch, watchDvol } from '../../../src/core/survival/dvol-watch.js'

const MINUTE_MS = 60_000

/** Stamps in minutes. */
function watched(...values: readonly (readonly [minute: number, value: number])[]): DvolWatch {
  return values.reduce((watch, [minute, value]) => watchDvol(watch, { atMs: minute * MINUTE_MS, value }), DVOL_START)
}

describe('a spike of implied volatility', () => {
  it.each([
    ['one value alone is none', [[0, 50]], null],
    [
      'a rise of just under a tenth is none',
      [
        [0, 50],
        [10, 54.99],
      ],
      null,
    ],
    [
      'a rise of a tenth is one',
      [
        [0, 50],
        [10, 55],
      ],
      10,
    ],
    [
      'a tenth counts from the lowest value of the hour',
      [
        [0, 60],
        [10, 50],
        [20, 55],
      ],
      20,
    ],
    [
      'a value from exactly an hour before counts',
      [
        [0, 50],
        [60, 55],
      ],
      60,
    ],
    [
      'a value from more than an hour before does not',
      [
        [0, 50],
        [61, 55],
      ],
      null,
    ],
    [
      'after one only a further tenth is another',
      [
        [0, 50],
        [10, 55],
        [20, 60.4],
      ],
      10,
    ],
    [
      'a further tenth is another',
      [
        [0, 50],
        [10, 55],
        [20, 60.5],
      ],
      20,
    ],
    [
      'a value that is older than the newest changes nothing',
      [
        [10, 50],
        [5, 40],
        [20, 54],
      ],
      null,
    ],
    [
      'a value with the same stamp replaces the one before',
      [
        [10, 40],
        [10, 50],
        [20, 54],
      ],
      null,
    ],
    [
      'hundredths are compared exactly',
      [
        [0, 46.3],
        [10, 50.93],
      ],
      10,
    ],
    [
      'what is no number changes nothing',
      [
        [0, 50],
        [5, Number.NaN],
        [10, 55],
      ],
      10,
    ],
  ] as const)('%s', (_, values, spikeMinute) => {
    const expected = spikeMinute === null ? null : spikeMinute * MINUTE_MS
    expect(watched(...values).spikeAtMs).toBe(expected)
  })

  it('is found as by looking back over everything, and no more than an hour is kept', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 4_000, max: 5_200 })), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(steps, (rows) => {
        let watch = DVOL_START
        let minute = 0
        const seen: { minute: number; hundredths: number }[] = []
        let spike: number | null = null
        for (const [later, hundredths] of rows) {
          minute += later
          watch = watchDvol(watch, { atMs: minute * MINUTE_MS, value: hundredths / 100 })
          const since = Math.max(minute - 60, spike ?? 0)
          const isSpike = seen.some((before) => before.minute >= since && 10 * hundredths >= 11 * before.hundredths)
          if (isSpike) spike = minute
          seen.push({ minute, hundredths })
          expect(watch.spikeAtMs).toBe(spike === null ? null : spike * MINUTE_MS)
          expect(watch.window.length).toBeLessThanOrEqual(61)
        }
      }),
    )
  })
})
