import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DVOL_START } from '../../../src/core/survival/dvol-watch.js'
import { cat3Inputs, type SurvivalFacts, survivalInput } from '../../../src/core/survival/sensors.js'
import { cat3InputsCase, survivalCase } from '../../golden/survival-functions.js'
import { marketCases, marketDifference } from '../../support/golden-market.js'

const HOUR_MS = 3_600_000
const NOW_MS = 1_767_225_600_000
const MOMENT = { nowMs: NOW_MS, hzNodes: 1, heartbeatAgeS: 2, capitalUsd: 22_000, peakUsd: 25_000 }
const FACTS: SurvivalFacts = { dvol: DVOL_START }

describe('the independent vectors are reproduced', () => {
  it.each(marketCases('factors', 'cat3_inputs'))('%s', (_, { args, expected, tolerance }) => {
    expect(marketDifference(expected, cat3InputsCase(args), tolerance)).toBeUndefined()
  })
  it.each(marketCases('factors', 'survival'))('%s', (_, { args, expected, tolerance }) => {
    expect(marketDifference(expected, survivalCase(args), tolerance)).toBeUndefined()
  })
})

describe('what is not known', () => {
  it('counts as ORANGE and fresh where it is the report of the forewarner', () => {
    expect(survivalInput(FACTS, MOMENT)).toMatchObject({ mcStatus: 'ORANGE', stalenessHours: 0 })
  })
  it('counts as stale where it is the books, and as full where no order book is configured', () => {
    expect(survivalInput(FACTS, MOMENT).bookStale).toBe(true)
    expect(survivalInput({ ...FACTS, books: 'none' }, MOMENT)).toMatchObject({
      bookStale: false,
      depthQuality: 1,
      fillProbability: 1,
    })
  })
  it('is no spike of volatility, and no time before the first update', () => {
    expect(survivalInput(FACTS, MOMENT)).toMatchObject({ minutesSinceSpike: null, minutes: 0 })
  })
})

describe('what is known', () => {
  it('is said in the units of the stack', () => {
    const facts: SurvivalFacts = {
      forewarner: { status: 'RED', reportedAtMs: NOW_MS - 3 * HOUR_MS },
      books: {
        barMs: NOW_MS - 5_000,
        stepMs: 5_000,
        traded: 2,
        figures: [{ depthQuality: 0.4, fillQuality: 0.6 }, { depthQuality: 2 }],
      },
      dvol: { window: [], spikeAtMs: NOW_MS - 90_000 },
      updatedAtMs: NOW_MS - 5_000,
    }
    expect(survivalInput(facts, MOMENT)).toEqual({
      hzNodes: 1,
      heartbeatAgeS: 2,
      mcStatus: 'RED',
      stalenessHours: 3,
      bookStale: false,
      depthQuality: 0.5,
      fillProbability: 0.6 / 0.8,
      minutesSinceSpike: 1.5,
      drawdown: 0.12,
      minutes: 5 / 60,
    })
  })
  it('is never a negative drawdown nor a spike in the future', () => {
    const facts = { ...FACTS, dvol: { window: [], spikeAtMs: NOW_MS + 5_000 } }
    const input = survivalInput(facts, { ...MOMENT, capitalUsd: 26_000 })
    expect(input).toMatchObject({ drawdown: 0, minutesSinceSpike: 0 })
  })
})

describe('depth and fill', () => {
  it('lie between 0 and 1, or are stale, whatever the figures', () => {
    const ratio = fc.option(fc.double({ min: 0, max: 3, noNaN: true }), { nil: undefined })
    const figures = fc.array(fc.record({ depthQuality: ratio, fillQuality: ratio }), { maxLength: 12 })
    fc.assert(
      fc.property(
        figures,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 30_000 }),
        (rows, traded, ageMs) => {
          const inputs = cat3Inputs({ figures: rows, traded, barAgeMs: ageMs, stepMs: 5_000 })
          if (inputs.stale) return
          expect(ageMs).toBeLessThanOrEqual(15_000)
          for (const score of [inputs.depth, inputs.fill]) expect(score >= 0 && score <= 1).toBe(true)
        },
      ),
    )
  })
})
