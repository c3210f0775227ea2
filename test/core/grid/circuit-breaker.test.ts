import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CIRCUIT,
  CIRCUIT_START,
  type CircuitBreaker,
  isRefusing,
  step,
} from '../../../src/core/grid/circuit-breaker.js'
import { breakerCase } from '../../golden/guard-functions.js'
import { marketCases, marketDifference } from '../../support/golden-market.js'

describe('the independent vectors are reproduced', () => {
  it.each(marketCases('guards', 'breaker'))('%s', (_, { args, expected, tolerance }) => {
    expect(marketDifference(expected, breakerCase(args), tolerance)).toBeUndefined()
  })
})

describe('jitter', () => {
  it('lengthens the time it is open by a fifth at most, beyond its cap too', () => {
    expect(failing(CIRCUIT.failuresMax, 1)).toMatchObject({ state: 'OPEN', openUntilMs: 1_200 })
    let breaker = failing(CIRCUIT.failuresMax, 0)
    for (let opening = 0; opening < 10; opening++) {
      assertOpen(breaker)
      const nowMs = breaker.openUntilMs
      breaker = step(breaker, { type: 'attempt', nowMs }).breaker
      breaker = step(breaker, { type: 'fail', era: breaker.era, nowMs: 0, jitter: 1 }).breaker
    }
    expect(breaker).toMatchObject({ state: 'OPEN', openUntilMs: 72_000 })
  })
})

describe('whatever is attempted and answered', () => {
  it('lets one probe through at a time, refuses while it is open, and never opens before the fifth failure', () => {
    const event = fc.tuple(
      fc.constantFrom('attempt', 'ok', 'fail'),
      fc.integer({ min: 0, max: 3_000 }),
      fc.nat({ max: 9 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        let breaker: CircuitBreaker = CIRCUIT_START
        let nowMs = 0
        let failures = 0
        const underWay: { era: number; isProbe: boolean }[] = []
        for (const [type, laterMs, pick, jitter] of events) {
          nowMs += laterMs
          if (type === 'attempt') {
            const refusing = isRefusing(breaker, nowMs)
            const { breaker: next, verdict } = step(breaker, { type, nowMs })
            expect(verdict === 'refuse').toBe(refusing)
            if (verdict === 'probe')
              expect(underWay.some(({ isProbe, era }) => isProbe && era === next.era)).toBe(false)
            if (verdict !== 'refuse') underWay.push({ era: next.era, isProbe: verdict === 'probe' })
            breaker = next
            continue
          }
          const [answered] = underWay.splice(pick % Math.max(1, underWay.length), 1)
          if (answered === undefined) continue
          const before = breaker
          const answer =
            type === 'ok'
              ? ({ type, era: answered.era } as const)
              : ({ type: 'fail', era: answered.era, nowMs, jitter } as const)
          breaker = step(breaker, answer).breaker
          if (answered.era !== before.era) expect(breaker).toBe(before)
          else failures = type === 'ok' ? 0 : failures + 1
          if (before.state === 'CLOSED' && breaker.state === 'OPEN') expect(failures).toBe(CIRCUIT.failuresMax)
          if (breaker.state === 'OPEN') failures = 0
        }
      }),
    )
  })
})

function failing(times: number, jitter: number): CircuitBreaker {
  let breaker: CircuitBreaker = CIRCUIT_START
  for (let i = 0; i < times; i++) breaker = step(breaker, { type: 'fail', era: 0, nowMs: 0, jitter }).breaker
  return breaker
}

function assertOpen(breaker: CircuitBreaker): asserts breaker is CircuitBreaker & { state: 'OPEN' } {
  expect(breaker.state).toBe('OPEN')
}
