import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classifyRegime } from '../../../src/core/analysis/regime.js'
import type { RegimeMetrics } from '../../../src/ports/vocabulary/observation.js'

/** RANGING; each row below changes what it is about. */
const RANGING: RegimeMetrics = { price: 100, vwap: 100, atr5m: 1, atr30m: 2, imbalance30s: 0.1, liquidationZ: 0 }
const TRENDING: RegimeMetrics = { price: 102, vwap: 100, atr5m: 1, atr30m: 1, imbalance30s: 0.4, liquidationZ: 2.5 }

describe('a market', () => {
  const ROWS: readonly (readonly [law: string, metrics: RegimeMetrics, regime: string])[] = [
    ['ranges at 1.25 short ranges from its average', { ...RANGING, price: 101.25 }, 'RANGING'],
    ['does not range any further from it, on either side', { ...RANGING, price: 98.74 }, 'UNKNOWN'],
    ['does not range where short ranges are 0.8 of long ones', { ...RANGING, atr30m: 1.25 }, 'UNKNOWN'],
    ['does not range where flow is one-sided by 0.18', { ...RANGING, imbalance30s: 0.18 }, 'UNKNOWN'],
    ['does not range where liquidations are at 2 deviations', { ...RANGING, liquidationZ: 2 }, 'UNKNOWN'],
    ['trends 2.5 deviations of liquidations high', TRENDING, 'TRENDING'],
    ['trends at 1.5 short ranges from its average', { ...TRENDING, price: 98.5 }, 'TRENDING'],
    [
      'does not trend nearer to it',
      { ...TRENDING, price: 101.49, liquidationZ: 2.4, openInterestChange5mFrac: 1 },
      'UNKNOWN',
    ],
    [
      'trends on open interest that grew by a hundredth',
      { ...TRENDING, liquidationZ: 0, openInterestChange5mFrac: 0.01 },
      'TRENDING',
    ],
    [
      'does not trend on open interest that fell',
      { ...TRENDING, liquidationZ: 0, openInterestChange5mFrac: -0.5 },
      'UNKNOWN',
    ],
    ['does not trend where nothing is known of open interest', { ...TRENDING, liquidationZ: 2.49 }, 'UNKNOWN'],
    [
      'does not trend where flow is not one-sided by 0.35',
      { ...TRENDING, liquidationZ: 2.4, openInterestChange5mFrac: 1, imbalance30s: 0.34 },
      'UNKNOWN',
    ],
    ['that trends is not said to be volatile', { ...TRENDING, atr5m: 1.2, atr30m: 0.8 }, 'TRENDING'],
    ['is volatile where short ranges are 1.5 of long ones', { ...RANGING, atr5m: 3 }, 'VOLATILE'],
    ['is volatile where liquidations are at 2.5 deviations', { ...RANGING, liquidationZ: 2.5 }, 'VOLATILE'],
  ]
  it.each(ROWS)('%s', (_, metrics, regime) => {
    const reason = regime === 'UNKNOWN' ? 'NO_CRITERIA' : 'CRITERIA_MET'
    expect(classifyRegime(metrics)).toEqual({ regime, reason, metrics })
  })

  it.each(['price', 'vwap', 'atr5m', 'atr30m', 'imbalance30s', 'liquidationZ'] as const)(
    'of which %s is not known is not guessed',
    (figure) => {
      const { [figure]: _, ...others } = TRENDING
      expect(classifyRegime(others)).toEqual({ regime: 'UNKNOWN', reason: 'INSUFFICIENT_DATA', metrics: others })
    },
  )

  it.each(['atr5m', 'atr30m'] as const)('whose %s is 0 is not guessed', (figure) => {
    expect(classifyRegime({ ...RANGING, [figure]: 0 }).reason).toBe('INSUFFICIENT_DATA')
  })
})

const anything = fc.option(fc.double({ min: -20, max: 200 }), { nil: undefined })
const metrics = fc.record({
  ...{
    price: anything,
    vwap: anything,
    atr5m: anything,
    atr30m: anything,
    imbalance30s: anything,
    liquidationZ: anything,
  },
  openInterestChange5mFrac: anything,
}) as fc.Arbitrary<RegimeMetrics>

it('every market is told something, the same each time, whatever was asked before', () => {
  fc.assert(
    fc.property(metrics, metrics, (one, other) => {
      const first = classifyRegime(one)
      classifyRegime(other)
      expect(classifyRegime(one)).toEqual(first)
      expect(first.regime === 'UNKNOWN').toBe(first.reason !== 'CRITERIA_MET')
      expect(Object.isFrozen(first) && Object.isFrozen(first.metrics)).toBe(true)
      expect(Object.values(first.metrics)).not.toContain(undefined)
    }),
  )
})
