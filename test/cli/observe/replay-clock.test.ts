import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReplayClock } from '../../../src/cli/observe/replay-clock.js'

const NOON_MS = Date.UTC(2026, 0, 5, 12)
const past = (...ms: number[]) => ms.map((each) => NOON_MS + each)

describe('the clock of a replay', () => {
  it('begins with the boundary before the first row, and advances before the row that reaches the next', () => {
    const clock = new ReplayClock({ stepMs: 1_000, isTold: false })
    expect([...clock.before(NOON_MS + 250)]).toEqual(past(0))
    expect([...clock.before(NOON_MS + 999)]).toEqual([])
    expect([...clock.before(NOON_MS + 3_000)]).toEqual(past(1_000, 2_000, 3_000))
  })

  it('is moved by no stamp that is behind, and by none that is no time', () => {
    const clock = new ReplayClock({ stepMs: 1_000, isTold: false })
    expect([...clock.before(0)]).toEqual([])
    expect([...clock.before(NOON_MS)]).toEqual(past(0))
    expect([...clock.before(NOON_MS - 60_000), ...clock.before(0)]).toEqual([])
  })

  it('passes a silence of more than ten minutes at once', () => {
    const clock = new ReplayClock({ stepMs: 1_000, isTold: false })
    expect([...clock.before(NOON_MS)]).toEqual(past(0))
    expect([...clock.before(NOON_MS + 600_000)]).toHaveLength(600)
    expect([...clock.before(NOON_MS + 1_201_000)]).toEqual(past(1_201_000))
  })

  it('lets what came after the last boundary count by the next', () => {
    const clock = new ReplayClock({ stepMs: 1_000, isTold: false })
    expect([...clock.end()]).toEqual([])
    expect([...clock.before(NOON_MS + 100), ...clock.end()]).toEqual(past(0, 1_000))
  })

  it('advances as the recording tells, where it does, and by stamps only where advances are missing', () => {
    const clock = new ReplayClock({ stepMs: 1_000, isTold: true })
    expect([...clock.before(NOON_MS + 250)]).toEqual([])
    expect([...clock.told(NOON_MS), ...clock.before(NOON_MS + 4_000)]).toEqual(past(0))
    expect([...clock.told(NOON_MS + 2_000), ...clock.told(NOON_MS + 1_000)]).toEqual(past(2_000))
    expect([...clock.before(NOON_MS + 9_000)]).toEqual(past(3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000))
    expect([...clock.end()]).toEqual([])
  })

  it('never goes back, whatever rows are stamped', () => {
    const stamps = fc.array(fc.integer({ min: -1_000, max: NOON_MS + 10_000_000 }), { maxLength: 50 })
    fc.assert(
      fc.property(stamps, fc.boolean(), (all, isTold) => {
        const clock = new ReplayClock({ stepMs: 60_000, isTold })
        const times = all.flatMap((ms, i) => [...(i % 3 === 0 ? clock.told(Math.max(0, ms)) : clock.before(ms))])
        for (const [i, ms] of times.entries()) if (i > 0) expect(ms).toBeGreaterThan(times[i - 1]!)
      }),
    )
  })
})
