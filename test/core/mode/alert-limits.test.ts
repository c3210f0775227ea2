import { describe, expect, it } from 'vitest'
import { PERFORMANCE_LIMITS, performanceAlerts } from '../../../src/core/mode/alert-limits.js'
import { performanceSnapshot } from '../../support/session.js'

describe('alerts of the performance', () => {
  const at = (currentDrawdownPct: number, streak = 0) =>
    performanceSnapshot({ currentDrawdownPct, streak, totalTrades: 12, atMs: 7 })

  it.each([
    ['nothing', at(0), at(0.079, -7), []],
    ['a first fall', at(0.02), at(0.08), ['WARNING drawdown.12']],
    ['the same level again', at(0.08), at(0.1), []],
    ['a level skipped', at(0), at(0.21), ['CRITICAL drawdown.12']],
    ['a deeper level', at(0.21), at(0.3), ['EMERGENCY drawdown.12']],
    ['a recovery', at(0.3), at(0.1), []],
    ['losses in a row', at(0, -7), at(0, -8), ['WARNING loss-streak.12']],
    ['wins in a row', at(0, 17), at(0, 18), []],
    ['both at once', at(0.11, -17), at(0.12, -18), ['ERROR drawdown.12', 'CRITICAL loss-streak.12']],
  ])('after %s', (_, before, after, expected) => {
    expect(performanceAlerts(before, after).map(({ level, alertId }) => `${level} ${alertId}`)).toEqual(expected)
  })

  it('say the figure and the limit', () => {
    expect(performanceAlerts(at(0), at(0.2))).toEqual([
      {
        alertId: 'drawdown.12',
        level: 'CRITICAL',
        category: 'risk',
        message: 'capital is 20.00 % below its peak; CRITICAL from 0.2 on',
        atMs: 7,
      },
    ])
  })

  it('have limits that nobody can change on the way', () => {
    expect(Object.isFrozen(PERFORMANCE_LIMITS)).toBe(true)
    expect(Object.values(PERFORMANCE_LIMITS).every((limits) => Object.isFrozen(limits))).toBe(true)
  })
})
