import { describe, expect, it } from 'vitest'
import { CHAMPION_RISK, type RiskConfig } from '../../../src/core/risk/risk-config.js'
import { riskConfig } from '../../support/risk-config.js'

const { circuitBreaker } = CHAMPION_RISK

describe('a risk configuration', () => {
  it.each<[string, Partial<RiskConfig>]>([
    ['leverageTarget ≤ leverageMax (L_target ≤ L_max) expected, 11 and 10 found', { leverageTarget: 11 }],
    [
      'symbolLeverageMax ≤ leverageMax (L_symbol_max ≤ L_max) expected, 6 and 5.5 found',
      { leverageMax: 5.5, leverageTarget: 5 },
    ],
    ['(D_critical < D_min_safe) expected, 0.08 and 0.08 found', { liquidationDistanceCritical: 0.08 }],
    ['leverageMax: above zero expected, 0 found', { leverageMax: 0 }],
    ['leverageTarget: above zero expected, NaN found', { leverageTarget: Number.NaN }],
    ['symbolLeverageMax: above zero expected, Infinity found', { symbolLeverageMax: Number.POSITIVE_INFINITY }],
    ['liquidationDistanceMin: above 0 and below 1 expected, 1 found', { liquidationDistanceMin: 1 }],
    ['stopLossPct: above 0 and below 1 expected, 0 found', { stopLossPct: 0 }],
    ['consecutiveLossesMax: a whole number', { circuitBreaker: { ...circuitBreaker, consecutiveLossesMax: 1.5 } }],
    ['lossPctMax: above 0 and below 1 expected, 2 found', { circuitBreaker: { ...circuitBreaker, lossPctMax: 2 } }],
  ])('says which constraint does not hold: %s', (message, changes) => {
    expect(() => riskConfig(changes)).toThrow(message)
  })

  it('may have equal leverages, a stop, and no breaker', () => {
    const off = { consecutiveLossesMax: null, lossPctMax: null }
    const config = { leverageTarget: 10, symbolLeverageMax: 10, stopLossPct: 0.02, circuitBreaker: off }
    expect(riskConfig(config)).toMatchObject(config)
  })

  it('has no position stop for the champion', () => {
    expect(CHAMPION_RISK.stopLossPct).toBeNull()
  })
})
