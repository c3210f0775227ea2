import { describe, expect, test } from 'vitest'
import type { CountedCascade } from '../../../../src/core/analysis/validators/cascade-hypotheses.js'
import { independentEvents } from '../../../../src/core/analysis/validators/independent-events.js'
import { judgedTogether, validateHypotheses } from '../../../../src/core/analysis/validators/validate-hypotheses.js'
import type { TestedHypothesis } from '../../../../src/core/analysis/validators/validation-result.js'
import { Xoshiro128 } from '../../../../src/core/numeric/xoshiro128.js'

const START_MS = Date.UTC(2026, 0, 5, 4)
const OBSERVED = { coins: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'], fromMs: START_MS, untilMs: START_MS + 400 * 3_600_000 }

function tested(hypothesisName: string, pValue?: number): TestedHypothesis {
  const common = { hypothesisName, proxy: false, totalEvents: 40, details: {} }
  if (pValue === undefined) return common
  return { ...common, counts: { supportingEvents: 30, successRate: 0.75, isLargeEnough: true, pValue } }
}

describe('hypotheses that are tested together', () => {
  test('are validated by the p-value that Holm gives them, over those that have one', () => {
    const results = judgedTogether([tested('a', 0.02), tested('b'), tested('c', 0.03), tested('d', 0.001)])
    expect(
      results.map(({ hypothesisName, status, adjustedPValue }) => [hypothesisName, status, adjustedPValue]),
    ).toEqual([
      ['a', 'VALIDATED', 0.04],
      ['b', 'INSUFFICIENT_DATA', undefined],
      ['c', 'VALIDATED', 0.04],
      ['d', 'VALIDATED', 0.003],
    ])
    const more = judgedTogether([tested('a', 0.02), tested('c', 0.03), tested('d', 0.001), tested('e', 0.9)])
    expect(more.map(({ status }) => status)).toEqual(['FAILED', 'FAILED', 'VALIDATED', 'FAILED'])
  })

  test('are failed, whatever their p-value, where the rate is smaller than the hypothesis says', () => {
    const small = { ...tested('a', 1e-9), counts: { ...tested('a', 1e-9).counts!, isLargeEnough: false } }
    expect(judgedTogether([small])[0]?.status).toBe('FAILED')
  })

  test('without data say nothing: no event supports them, and there is no p-value', () => {
    const { results } = validateHypotheses({ cascades: [], observed: OBSERVED })
    expect(results).toHaveLength(9)
    for (const result of results) {
      expect(result).toMatchObject({ status: 'INSUFFICIENT_DATA', supportingEvents: 0, successRate: 0 })
      expect(result.pValue).toBeUndefined()
      expect(result.details.reason).toBeDefined()
    }
  })

  test('are nine, four of them proxies', () => {
    const { results } = validateHypotheses({ cascades: [], observed: OBSERVED })
    expect(results.map(({ hypothesisName, proxy }) => (proxy ? `${hypothesisName}*` : hypothesisName))).toEqual([
      ...['waveStructure', 'absorption*', 'oiConcentration*', 'fundingSettlement', 'crossAsset'],
      ...['manipulation*', 'basis', 'sequencing*', 'fundingLead'],
    ])
  })
})

test('of cascades of a coin that are less than five minutes apart the first counts, and the next that is not', () => {
  const at = (coin: string, fromMin: number, untilMin: number) => ({
    coin,
    startTsMs: fromMin * 60_000,
    endTsMs: untilMin * 60_000,
  })
  const events = [at('A', 0, 1), at('B', 2, 3), at('A', 5, 6), at('A', 6, 20), at('A', 24, 24.5), at('A', 25, 26)]
  expect(independentEvents([...events].reverse()).map(({ coin, startTsMs }) => [coin, startTsMs / 60_000])).toEqual([
    ['A', 0],
    ['B', 2],
    ['A', 6],
    ['A', 25],
  ])
})

test('of markets in which only chance is at work, one in twenty at most has a validated hypothesis', () => {
  const random = new Xoshiro128(15)
  const runs = 300
  let falsePositives = 0
  for (let run = 0; run < runs; run++) {
    const { results } = validateHypotheses({ cascades: chanceCascades(random, 120), observed: OBSERVED })
    expect(results.filter(({ status }) => status !== 'INSUFFICIENT_DATA').length).toBeGreaterThanOrEqual(6)
    if (results.some(({ status }) => status === 'VALIDATED')) falsePositives++
  }
  expect(falsePositives / runs).toBeLessThan(0.05)
})

/** Times, waves, drops and outcomes without any relation; three to five waves as often as not. */
function chanceCascades(random: Xoshiro128, count: number): CountedCascade[] {
  const WAVES = [1, 2, 2, 6, 3, 4, 4, 5]
  return Array.from({ length: count }, () => {
    const startTsMs = OBSERVED.fromMs + Math.floor(random.double() * (OBSERVED.untilMs - OBSERVED.fromMs))
    return {
      coin: OBSERVED.coins[Math.floor(random.double() * 3)]!,
      startTsMs,
      endTsMs: startTsMs + 60_000,
      oiDropPct: 10 + random.double() * 10,
      waveCount: WAVES[Math.floor(random.double() * 8)]!,
      outcome: random.double() < 0.5 ? 'REVERSAL' : 'CONTINUATION',
    }
  })
}
