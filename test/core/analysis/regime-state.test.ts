import { expect, it } from 'vitest'
import { classifyRegime } from '../../../src/core/analysis/regime.js'
import { regimeStateOf } from '../../../src/core/analysis/regime-state.js'
import type { RegimeMetrics, RegimeReading, RegimeType } from '../../../src/ports/vocabulary/observation.js'

const of = (regime: RegimeType, metrics: RegimeMetrics = {}): RegimeReading => ({
  regime,
  reason: 'CRITERIA_MET',
  metrics,
})
const state = (regime = of('UNKNOWN')) => ({ regime, scans: [], postures: [] })
const scan = (velDiv: number, dataQuality = 1) => ({ velDiv, dataQuality })

it.each([
  [of('TRENDING', { atr5m: 1.49, atr30m: 1 }), 'TRENDING_NORMAL_VOL'],
  [of('TRENDING', { atr5m: 1.5, atr30m: 1 }), 'TRENDING_HIGH_VOL'],
  [of('RANGING'), 'MEAN_REVERTING_LOW_VOL'],
  [of('VOLATILE'), 'MEAN_REVERTING_HIGH_VOL'],
  [classifyRegime({}), 'UNDEFINED'],
] as const)('the regime %j is the behaviour %s', (regime, behavior) => {
  expect(regimeStateOf(state(regime)).behavior).toBe(behavior)
})

it('what a calendar or the operator says stands for whatever the figures say', () => {
  expect(regimeStateOf({ ...state(of('RANGING')), event: 'EVENT_LOCK' }).behavior).toBe('EVENT_LOCK')
})

it.each([
  [0.002, 'BULLISH'],
  [0.0019, 'NEUTRAL'],
  [-0.0019, 'NEUTRAL'],
  [-0.002, 'BEARISH'],
  [Number.NaN, 'NEUTRAL'],
] as const)('a mean velocity divergence of %d is %s', (velDiv, bias) => {
  expect(regimeStateOf({ ...state(), scans: [scan(velDiv)] }).bias).toBe(bias)
})

it('bias and confidence are of the last hundred scans', () => {
  const scans = [
    ...Array<ReturnType<typeof scan>>(50).fill(scan(-9, 0)),
    ...Array(75).fill(scan(1, 0.9)),
    ...Array(25).fill(scan(1, 0.89)),
  ]
  expect(regimeStateOf({ ...state(), scans })).toMatchObject({ bias: 'BULLISH', confidence: 0.75 })
})

it('without a scan nothing is known: no bias, no confidence', () => {
  expect(regimeStateOf(state())).toEqual({ behavior: 'UNDEFINED', bias: 'NEUTRAL', confidence: 0, isStable: false })
})

it('it is stable once five updates have told the same posture', () => {
  const stable = (...postures: string[]) => regimeStateOf({ ...state(), postures }).isStable
  expect(stable('APEX', 'APEX', 'APEX', 'APEX')).toBe(false)
  expect(stable('TURTLE', 'APEX', 'APEX', 'APEX', 'APEX', 'APEX')).toBe(true)
  expect(stable('APEX', 'APEX', 'APEX', 'APEX', 'TURTLE')).toBe(false)
})
