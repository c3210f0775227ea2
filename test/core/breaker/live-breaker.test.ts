import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateOfEpochDay, epochDay, MS_PER_DAY } from '../../../src/base/utc-date.js'
import { DailyBreaker } from '../../../src/core/breaker/breaker.js'
import { LiveBreaker, type LiveBreakerSettings } from '../../../src/core/breaker/live-breaker.js'
import { scanFactors } from '../../../src/core/breaker/scan-factors.js'

const DAY = epochDay('2026-01-05')
const SETTINGS: LiveBreakerSettings = { betaPolicy: 'expanding', w750Scans: 'last-10' }
const at = (day: number, scan: number) => (DAY + day) * MS_PER_DAY + scan * 5_000

describe('the breaker as a day goes on', () => {
  it('says nothing before the first scan', () => {
    expect(new LiveBreaker(SETTINGS).boost()).toBeUndefined()
  })

  it.each(['last-10', 'first-10'] as const)(
    'says at the end of every day what a backtest says that is given the %s scans of the same days',
    (w750Scans) => {
      const velocity = fc.option(fc.double({ min: -1, max: 1, noNaN: true }), { nil: null })
      const days = fc.array(fc.array(velocity, { minLength: 1, maxLength: 25 }), { minLength: 1, maxLength: 12 })
      fc.assert(
        fc.property(days, fc.constantFrom('expanding' as const, 'fixed' as const), (scans, betaPolicy) => {
          const policy = { betaPolicy, ...(betaPolicy === 'fixed' ? { fixedThreshold: 0.1 } : {}) }
          const live = new LiveBreaker({ ...policy, w750Scans })
          const scanDays = scans.map((w750, day) => ({
            date: dateOfEpochDay(DAY + day),
            first: [],
            firstW750: w750.slice(0, 10),
            lastW750: w750.slice(-10),
          }))
          for (const [day, w750] of scans.entries()) {
            for (const [scan, velocity] of w750.entries()) {
              live.takeScan({ timestampMs: at(day, scan), w750: velocity })
            }
            const known = scanDays.slice(0, day + 1)
            const { boost, beta, threshold } = live.boost()!
            const bulk = new DailyBreaker({ ...scanFactors(known, w750Scans), ...policy })
            expect({ boost, beta, threshold }).toEqual(
              (({ boost, beta, threshold }) => ({ boost, beta, threshold }))(
                bulk.boostForDate(dateOfEpochDay(DAY + day)),
              ),
            )
          }
        }),
      )
    },
  )

  it('may change its answer with a new date, and with the first ten scans where those count', () => {
    const changes = (w750Scans: LiveBreakerSettings['w750Scans']) => {
      const live = new LiveBreaker({ ...SETTINGS, w750Scans })
      return Array.from({ length: 24 }, (_, scan) =>
        live.takeScan({ timestampMs: at(Math.floor(scan / 12), scan % 12), w750: 0.1 }),
      ).map(Number)
    }
    expect(changes('last-10').join('')).toBe('100000000000100000000000')
    expect(changes('first-10').join('')).toBe('111111111100111111111100')
  })

  it('never goes back to an earlier date', () => {
    const live = new LiveBreaker(SETTINGS)
    live.takeScan({ timestampMs: at(1, 0), w750: 1 })
    expect(live.takeScan({ timestampMs: at(0, 5), w750: 9 })).toBe(false)
    expect(live.boost()!.date).toBe('2026-01-06')
  })

  it('believes the file over what arrived, value by value', () => {
    const live = new LiveBreaker(SETTINGS)
    live.takeFactor({ factor: 'dvol_btc', value: 90, atMs: at(0, 0) }, at(0, 0))
    live.takeFactor({ factor: 'funding_btc', value: -0.0002, atMs: at(0, 0) }, at(0, 0))
    live.takeScan({ timestampMs: at(0, 0), w750: null })
    expect(live.boost()).toMatchObject({ signals: 2 })
    live.useFile({ factors: new Map([['2026-01-05', { dvolBtc: 10, fundingBtc: null }]]), w750: new Map() })
    expect(live.boost()).toMatchObject({ signals: 1, factors: { dvolBtc: 10, fundingBtc: -0.0002 } })
  })

  it('goes on with the row and the velocities that were in force when it is started anew within a date', () => {
    const live = new LiveBreaker({ betaPolicy: 'fixed', fixedThreshold: 0.5, w750Scans: 'first-10' })
    live.resume({
      date: '2026-01-05',
      factors: { dvolBtc: 90, fundingBtc: null },
      w750: new Map([['2026-01-05', 0.9]]),
    })
    live.takeScan({ timestampMs: at(0, 9_000), w750: 0.1 })
    expect(live.boost()).toMatchObject({ beta: 0.8, signals: 1, w750: 0.9, factors: { dvolBtc: 90 } })
    live.takeScan({ timestampMs: at(1, 0), w750: 0.1 })
    expect(live.boost()).toMatchObject({ date: '2026-01-06', beta: 0.2, signals: 0, w750: 0.1, factors: {} })
  })
})
