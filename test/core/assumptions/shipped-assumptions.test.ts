import { describe, expect, it, test } from 'vitest'
import {
  type AssumptionEvidence,
  SHIPPED_ASSUMPTION_SETTINGS,
  SHIPPED_ASSUMPTIONS,
  SHIPPED_TESTS,
} from '../../../src/core/assumptions/shipped-assumptions.js'

const many = (length: number, value: (i: number) => number): number[] => Array.from({ length }, (_, i) => value(i))
const wave = (i: number) => Math.sin(i * i)

describe('the shipped assumptions', () => {
  it('are nine, each with a test, and every test is of one of them', () => {
    expect(SHIPPED_ASSUMPTIONS).toHaveLength(9)
    expect(SHIPPED_ASSUMPTIONS.map(({ testId }) => testId)).toEqual(Object.keys(SHIPPED_TESTS))
  })

  it('need nothing for an entry that none of them speaks of', () => {
    const named = new Set(SHIPPED_ASSUMPTIONS.flatMap(({ affectedComponents }) => affectedComponents))
    expect(SHIPPED_ASSUMPTION_SETTINGS.entryComponents.filter((component) => !named.has(component))).toEqual([])
  })

  test.each(Object.keys(SHIPPED_TESTS))('%s says nothing without evidence', (testId) => {
    expect(SHIPPED_TESTS[testId]!({})).toBe(undefined)
  })

  test.each<[string, AssumptionEvidence, boolean | undefined]>([
    ['liquidations_observable', { liquidations: { events: 0, listenedMs: 3_599_999 } }, undefined],
    ['liquidations_observable', { liquidations: { events: 0, listenedMs: 3_600_000 } }, false],
    ['liquidations_observable', { liquidations: { events: 1, listenedMs: 3_600_000 } }, true],
    ['open_interest_reflects_positions', { openInterest: { moves: 9, fell: 9 } }, undefined],
    ['open_interest_reflects_positions', { openInterest: { moves: 10, fell: 5 } }, true],
    ['open_interest_reflects_positions', { openInterest: { moves: 10, fell: 4 } }, false],
    ['cascades_have_waves', { cascadeWaves: many(29, () => 2) }, undefined],
    ['cascades_have_waves', { cascadeWaves: many(30, (i) => 1 + (i % 2)) }, true],
    ['cascades_have_waves', { cascadeWaves: many(31, (i) => 2 - (i % 2 === 0 ? 1 : 0)) }, false],
    ['feed_latency', { feedLatencyMs: many(29, () => 1) }, undefined],
    ['feed_latency', { feedLatencyMs: many(30, (i) => (i < 16 ? 10 : 10_000)) }, true],
    ['feed_latency', { feedLatencyMs: many(30, () => 100) }, false],
    ['feed_latency', { feedLatencyMs: many(30, () => 100), feedLatencyMsMax: 101 }, true],
    ['timestamps_monotonic', { timestampsMs: many(30, (i) => Math.floor(i / 2)) }, true],
    ['timestamps_monotonic', { timestampsMs: [...many(30, (i) => i), 28] }, false],
    ['fills_within_slippage', { fillSlippageBps: many(19, () => 0) }, undefined],
    ['fills_within_slippage', { fillSlippageBps: many(20, (i) => (i === 0 ? 9 : 4)) }, true],
    ['fills_within_slippage', { fillSlippageBps: many(20, (i) => (i < 2 ? 4.1 : -1)) }, false],
    ['api_calls_in_time', { exchangeAnswers: { asked: 29, inTime: 29 } }, undefined],
    ['api_calls_in_time', { exchangeAnswers: { asked: 100, inTime: 99 } }, true],
    ['api_calls_in_time', { exchangeAnswers: { asked: 99, inTime: 98 } }, false],
    [
      'success_rate_in_range',
      { tradesWon: { won: many(50, () => 1).map((_, i) => i < 27), expectedWinRate: 0.55 } },
      true,
    ],
    [
      'success_rate_in_range',
      { tradesWon: { won: many(50, () => 1).map((_, i) => i < 16), expectedWinRate: 0.55 } },
      false,
    ],
    ['success_rate_in_range', { tradesWon: { won: many(50, () => 1).map(() => true), expectedWinRate: 0.55 } }, false],
    [
      'success_rate_in_range',
      { tradesWon: { won: many(19, () => 1).map(() => true), expectedWinRate: 0.55 } },
      undefined,
    ],
    ['distributions_stable', { returns: { before: many(199, wave), recent: many(500, wave) } }, undefined],
    [
      'distributions_stable',
      { returns: { before: many(500, wave), recent: many(500, (i) => 3 * wave(i + 500)) } },
      true,
    ],
    ['distributions_stable', { returns: { before: many(500, wave), recent: many(500, (i) => wave(i) ** 9) } }, false],
  ])('%s of %j is %s', (testId, evidence, passed) => {
    expect(SHIPPED_TESTS[testId]!(evidence)?.passed).toBe(passed)
  })
})
