import { describe, expect, it } from 'vitest'
import { readingOf } from '../../../src/core/assumptions/assumption-registry.js'
import { SHIPPED_ASSUMPTIONS } from '../../../src/core/assumptions/shipped-assumptions.js'
import { NO_TRADES } from '../../../src/core/assumptions/system-regime.js'
import { assumptionCounts, marketRegimeText } from '../../../src/core/status/health-text.js'
import { type HealthFacts, healthView } from '../../../src/core/status/health-view.js'

const UNTESTED: HealthFacts = {
  assumptions: SHIPPED_ASSUMPTIONS.map((definition) => readingOf(definition, undefined, 0)),
  entryComponents: ['execution'],
  isLive: false,
  health: { regime: NO_TRADES, parameters: [] },
  observation: undefined,
}

describe('the view of what the system takes for granted', () => {
  it('of a session that has only begun says that nothing was tested', () => {
    const view = healthView(UNTESTED)
    expect(assumptionCounts(view)).toBe('9 UNTESTED')
    expect(view.components).toEqual([
      { component: 'cascadeAnalysis', safety: 'DEGRADED', isNeeded: false, against: [] },
      { component: 'marketData', safety: 'DEGRADED', isNeeded: false, against: [] },
      { component: 'execution', safety: 'DEGRADED', isNeeded: true, against: [] },
      { component: 'calibration', safety: 'DEGRADED', isNeeded: false, against: [] },
    ])
    expect(view.systemRegime).toEqual({ regime: 'UNKNOWN', confidence: 0, trades: 0, winRate: null })
    expect(view.marketRegimes).toEqual([])
  })

  it('with money at stake calls every component unsafe of which something was not tested', () => {
    const { components } = healthView({ ...UNTESTED, isLive: true })
    expect(components.map(({ safety }) => safety)).toEqual(['UNSAFE', 'UNSAFE', 'UNSAFE', 'UNSAFE'])
  })

  it('has the win rate and the confidence as fractions', () => {
    const regime = { regime: 'EDGE_PRESENT', confidence: 7, trades: 60, recent: [true, false], winRates: [] } as const
    expect(healthView({ ...UNTESTED, health: { regime, parameters: [] } }).systemRegime).toEqual({
      regime: 'EDGE_PRESENT',
      confidence: 0.7,
      trades: 60,
      winRate: 0.5,
    })
  })
})

it('counts assumptions from the worst to the best', () => {
  const statuses = ['VALID', 'UNTESTED', 'INVALID', 'VALID'] as const
  const assumptions = statuses.map((status) => ({ name: 'a', status, testedAtMs: null, detail: null }))
  expect(assumptionCounts({ assumptions })).toBe('1 INVALID, 1 UNTESTED, 2 VALID')
})

it('names three symbols of each market regime', () => {
  const of = (regime: 'RANGING' | 'UNKNOWN', symbols: string) => [...symbols].map((symbol) => ({ symbol, regime }))
  expect(marketRegimeText([...of('UNKNOWN', 'ABCDE'), ...of('RANGING', 'X')])).toBe(
    'RANGING X; UNKNOWN A, B, C and 2 more',
  )
})
