import { describe, expect, it } from 'vitest'
import { CHAMPION_RISK, type RiskConfig } from '../../../src/core/risk/risk-config.js'
import { riskConfig } from '../../support/risk-config.js'

const { lossBreaker } = CHAMPION_RISK

describe('a risk configuration', () => {
  it.each<[string, Partial<RiskConfig>]>([
    ['leverageTarget: expected at most leverageMax (L_target ≤ L_max), 10, found 11', { leverageTarget: 11 }],
    [
      'symbolLeverageMax: expected at most leverageMax (L_symbol_max ≤ L_max), 5.5, found 6',
      { leverageMax: 5.5, leverageTarget: 5 },
    ],
    [
      'expected below liquidationDistanceMin (D_critical < D_min_safe), 0.08, found 0.08',
      { liquidationDistanceCritical: 0.08 },
    ],
    ['leverageMax: expected a finite number above 0, found 0', { leverageMax: 0 }],
    ['leverageTarget: expected a finite number above 0, found NaN', { leverageTarget: Number.NaN }],
    [
      'symbolLeverageMax: expected a finite number above 0, found Infinity',
      { symbolLeverageMax: Number.POSITIVE_INFINITY },
    ],
    ['liquidationDistanceMin: expected a number above 0 and below 1, found 1', { liquidationDistanceMin: 1 }],
    ['stopLossPct: expected a number above 0 and below 1, found 0', { stopLossPct: 0 }],
    [
      'lossBreaker.consecutiveLossesMax: expected an integer from 1 on, found 1.5',
      { lossBreaker: { ...lossBreaker, consecutiveLossesMax: 1.5 } },
    ],
    [
      'lossBreaker.lossPctMax: expected a number above 0 and below 1, found 2',
      { lossBreaker: { ...lossBreaker, lossPctMax: 2 } },
    ],
  ])('says which constraint does not hold: %s', (message, changes) => {
    expect(() => riskConfig(changes)).toThrow(message)
  })

  it('is told all that is wrong with it at once', () => {
    const changes = { leverageMax: 0, stopLossPct: 1, lossBreaker: { ...lossBreaker, lossPctMax: -1 } }
    expect(() => riskConfig(changes)).toThrow(
      'leverageMax: expected a finite number above 0, found 0; ' +
        'stopLossPct: expected a number above 0 and below 1, found 1; ' +
        'lossBreaker.lossPctMax: expected a number above 0 and below 1, found -1',
    )
  })

  it('may have equal leverages, a stop, and no breaker', () => {
    const off = { consecutiveLossesMax: null, lossPctMax: null }
    const config = { leverageTarget: 10, symbolLeverageMax: 10, stopLossPct: 0.02, lossBreaker: off }
    expect(riskConfig(config)).toMatchObject(config)
  })

  it('has no position stop for the champion', () => {
    expect(CHAMPION_RISK.stopLossPct).toBeNull()
  })
})
