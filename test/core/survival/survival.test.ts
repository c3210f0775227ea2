import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  assess,
  capital,
  combine,
  environment,
  invariant,
  levelOf,
  microstructure,
  SURVIVAL_START,
  type SurvivalInput,
  type SurvivalState,
  step,
  structural,
} from '../../../src/core/survival/survival.js'
import type { Posture } from '../../../src/ports/vocabulary/market.js'
import type { ForewarnerStatus } from '../../../src/ports/vocabulary/trades.js'
import { closeTo, goldenUnit } from '../../support/golden.js'

type InputRow = [number, number, ForewarnerStatus, number, boolean, number, number, number | null, number, number]
const golden = goldenUnit<{
  cat1: [number, number, number][]
  cat2: [ForewarnerStatus, number, number][]
  cat3: [boolean, number, number, number][]
  cat4: [number | null, number][]
  cat5: [number, number][]
  levels: [number, Posture][]
  traces: { seed: number; start_posture: Posture; inputs: InputRow[]; outputs: [number, number, Posture, Posture][] }[]
}>('survival')

const close = (expected: number) => (found: number) => closeTo(found, expected)

describe('golden', () => {
  test.each(golden.cat1)('Cat1 of %i nodes and a heartbeat %f s old is %i', (nodes, age, expected) => {
    expect(invariant(nodes, age)).toBe(expected)
  })
  test.each(golden.cat2)('Cat2 of %s, %f h old', (status, hours, expected) => {
    expect(structural(status, hours)).toSatisfy(close(expected))
  })
  test.each(golden.cat3)('Cat3 of a book stale=%s, depth %f, fill %f', (stale, depth, fill, expected) => {
    expect(microstructure(stale, depth, fill)).toSatisfy(close(expected))
  })
  test.each(golden.cat4)('Cat4 %s minutes after a spike', (minutes, expected) => {
    expect(environment(minutes)).toSatisfy(close(expected))
  })
  test.each(golden.cat5)('Cat5 of a drawdown of %f', (drawdown, expected) => {
    expect(capital(drawdown)).toSatisfy(close(expected))
  })
  test.each(golden.levels)('a multiplier of %f is %s', (multiplier, expected) => {
    expect(levelOf(multiplier)).toBe(expected)
  })

  test.each(golden.traces)('trace $seed', ({ start_posture, inputs, outputs }) => {
    let state: SurvivalState = { ...SURVIVAL_START, posture: start_posture }
    for (const [index, row] of inputs.entries()) {
      state = step(state, inputOf(row))
      const [target, riskMultiplier, level, posture] = outputs[index]!
      const found = state.reading!
      expect(closeTo(found.target, target), `target of update ${index}`).toBe(true)
      expect(closeTo(found.riskMultiplier, riskMultiplier), `Rm of update ${index}`).toBe(true)
      expect([found.level, state.posture], `update ${index}`).toEqual([level, posture])
    }
  })
})

function inputOf(row: InputRow): SurvivalInput {
  const [hzNodes, heartbeatAgeS, mcStatus, stalenessHours, bookStale, depthQuality, fillProbability] = row
  const [minutesSinceSpike, drawdown, minutes] = [row[7], row[8], row[9]]
  return {
    hzNodes,
    heartbeatAgeS,
    mcStatus,
    stalenessHours,
    bookStale,
    depthQuality,
    fillProbability,
    minutesSinceSpike,
    drawdown,
    minutes,
  }
}

const CALM = inputOf([3, 1, 'OK', 0, false, 1.2, 1, null, 0, 1])
const input: fc.Arbitrary<SurvivalInput> = fc.record({
  hzNodes: fc.constantFrom(0, 1, 3, 3, 3, 3),
  heartbeatAgeS: fc.constantFrom(0, 1, 30, 30.1),
  mcStatus: fc.constantFrom('OK', 'OK', 'ORANGE', 'RED'),
  stalenessHours: fc.double({ min: 0, max: 12, noNaN: true }),
  bookStale: fc.boolean(),
  depthQuality: fc.double({ min: 0, max: 2, noNaN: true }),
  fillProbability: fc.double({ min: 0, max: 1, noNaN: true }),
  minutesSinceSpike: fc.option(fc.double({ min: 0, max: 600, noNaN: true })),
  drawdown: fc.double({ min: 0, max: 1, noNaN: true }),
  minutes: fc.double({ min: 0, max: 120, noNaN: true }),
})

describe('laws', () => {
  test('degradation is immediate; recovery covers at most 2 % of the gap per minute', () => {
    fc.assert(
      fc.property(fc.array(input, { minLength: 2 }), (updates) => {
        let state = step(SURVIVAL_START, updates[0]!)
        expect(state.reading!.riskMultiplier).toBe(state.reading!.target)
        for (const update of updates.slice(1)) {
          const before = state.reading!.riskMultiplier
          state = step(state, update)
          const { target, riskMultiplier } = state.reading!
          if (target < before) expect(riskMultiplier).toBe(target)
          else {
            expect(riskMultiplier).toBeGreaterThanOrEqual(before)
            const share = Math.min(1, 0.02 * update.minutes)
            expect(riskMultiplier).toBeLessThanOrEqual(before + share * (target - before) + 1e-15)
          }
        }
      }),
    )
  })

  test('the kill switch hibernates at once, from any posture', () => {
    fc.assert(
      fc.property(fc.array(input), (updates) => {
        const state = updates.reduce(step, SURVIVAL_START)
        const killed = step(state, { ...CALM, hzNodes: 0 })
        expect(killed.posture).toBe('HIBERNATE')
        expect([killed.below, killed.above]).toEqual([0, 0])
      }),
    )
  })

  test('without the kill switch a posture falls on the second and rises on the fifth update in a row', () => {
    const rank: Record<Posture, number> = { HIBERNATE: 0, TURTLE: 1, STALKER: 2, APEX: 3 }
    const alive = input.map((update) => ({ ...update, hzNodes: 3, heartbeatAgeS: 1 }))
    fc.assert(
      fc.property(fc.array(alive, { maxLength: 60 }), (updates) => {
        let state = SURVIVAL_START
        let runBelow = 0
        let runAbove = 0
        for (const update of updates) {
          const before = state.posture
          state = step(state, update)
          const level = state.reading!.level
          runBelow = rank[level] < rank[before] ? runBelow + 1 : 0
          runAbove = rank[level] > rank[before] ? runAbove + 1 : 0
          const changes = runBelow === 2 || runAbove === 5
          expect(state.posture).toBe(changes ? level : before)
          if (changes) runBelow = runAbove = 0
        }
      }),
    )
  })

  test('a calm system is APEX, and at no drawdown Rm cannot exceed 0.9734', () => {
    const calm = step(SURVIVAL_START, CALM)
    expect(calm.posture).toBe('APEX')
    expect(calm.reading!.riskMultiplier).toBeCloseTo(0.9734, 4)
  })

  test('two degraded sensors halve the multiplier, one does not', () => {
    const healthy = { invariant: 1, structural: 1, microstructure: 1, environment: 1, capital: 1 }
    expect(combine({ ...healthy, structural: 0.79 })).toBeCloseTo(0.79, 15)
    expect(combine({ ...healthy, structural: 0.79, environment: 0.79 })).toBeCloseTo(0.395, 15)
    expect(combine({ ...healthy, structural: 0.8, environment: 0.8 })).toBeCloseTo(0.8, 15)
  })

  test('a reading that is not a number is never safe', () => {
    expect(assess({ ...CALM, heartbeatAgeS: Number.NaN }).invariant).toBe(0)
    expect(assess({ ...CALM, hzNodes: Number.NaN }).invariant).toBe(0)
    for (const key of ['stalenessHours', 'depthQuality', 'fillProbability', 'minutesSinceSpike', 'drawdown'] as const) {
      const blind = step(SURVIVAL_START, { ...CALM, [key]: Number.NaN })
      expect(blind.reading!.level, key).toBe('HIBERNATE')
      expect(step(blind, CALM).reading!.riskMultiplier, key).toBeGreaterThan(0)
    }
  })
})
