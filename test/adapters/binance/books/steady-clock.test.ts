import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SteadyClock } from '../../../../src/adapters/binance/books/steady-clock.js'

const NOW_MS = 1_800_000_000_000

describe('the steady clock', () => {
  it('is not known before the exchange’s is', () => {
    expect(new SteadyClock().read(undefined, NOW_MS)).toBeUndefined()
  })

  it('stands while nothing is known of the exchange’s any more', () => {
    const clock = new SteadyClock()
    clock.read(NOW_MS + 40, NOW_MS)
    expect(clock.read(undefined, NOW_MS + 5_000)).toBe(NOW_MS + 40)
  })

  it('stands where the exchange’s goes back, until it is reached again', () => {
    const clock = new SteadyClock()
    const reads = [
      [0, 3_000, 3_000],
      [1_000, 1_000, 3_000],
      [2_999, 2_999, 3_000],
      [4_000, 4_000, 4_000],
    ]
    for (const [atMs, exchangeMs, read] of reads)
      expect(clock.read(NOW_MS + exchangeMs!, NOW_MS + atMs!)).toBe(NOW_MS + read!)
  })

  it.each([
    { leapMs: 4_999, afterMs: 0, followed: true },
    { leapMs: 5_000, afterMs: 0, followed: false },
    { leapMs: 5_000, afterMs: 59_999, followed: false },
    { leapMs: 5_000, afterMs: 60_000, followed: true },
  ])('follows a leap of $leapMs ms after $afterMs ms: $followed', ({ leapMs, afterMs, followed }) => {
    const clock = new SteadyClock()
    clock.read(NOW_MS, NOW_MS)
    clock.read(NOW_MS + leapMs, NOW_MS)
    expect(clock.read(NOW_MS + leapMs + afterMs, NOW_MS + afterMs)).toBe(NOW_MS + afterMs + (followed ? leapMs : 0))
  })

  it('forgets a leap that was none', () => {
    const clock = new SteadyClock()
    clock.read(NOW_MS, NOW_MS)
    clock.read(NOW_MS + 3_600_000, NOW_MS)
    clock.read(NOW_MS + 20_000, NOW_MS + 20_000)
    expect(clock.read(NOW_MS + 3_670_000, NOW_MS + 70_000)).toBe(NOW_MS + 70_000)
  })

  it('never goes back, whatever the exchange’s does', () => {
    const reading = fc.tuple(fc.option(fc.integer({ min: -1e7, max: 1e7 })), fc.nat(100_000))
    fc.assert(
      fc.property(fc.array(reading), (readings) => {
        const clock = new SteadyClock()
        let [nowMs, lastMs] = [NOW_MS, Number.NEGATIVE_INFINITY]
        for (const [offsetMs, afterMs] of readings) {
          nowMs += afterMs
          const read = clock.read(offsetMs === null ? undefined : nowMs + offsetMs, nowMs)
          if (read === undefined) continue
          expect(read).toBeGreaterThanOrEqual(lastMs)
          lastMs = read
        }
      }),
    )
  })
})
