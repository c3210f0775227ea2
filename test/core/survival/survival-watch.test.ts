import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SAFETY } from '../../../src/core/grid/watch-documents.js'
import { POSTURE_LEVELS, type SurvivalInput, step } from '../../../src/core/survival/survival.js'
import {
  fixedSafetyDocument,
  look,
  postureOf,
  resumed,
  SURVIVAL_RESUME,
  type SurvivalWatch,
  safetyDocument,
} from '../../../src/core/survival/survival-watch.js'

const GOOD: SurvivalInput = {
  hzNodes: 1,
  heartbeatAgeS: 0,
  mcStatus: 'OK',
  stalenessHours: 0,
  bookStale: false,
  depthQuality: 1,
  fillProbability: 1,
  minutesSinceSpike: null,
  drawdown: 0,
  minutes: 0,
}
const COLD: SurvivalWatch = { kind: 'cold', sinceMs: 0 }
const NOW = Date.UTC(2026, 0, 5)

const anyInput: fc.Arbitrary<SurvivalInput> = fc.record({
  hzNodes: fc.constantFrom(0, 1, 3),
  heartbeatAgeS: fc.constantFrom(0, 29, 31),
  mcStatus: fc.constantFrom('OK', 'ORANGE', 'RED'),
  stalenessHours: fc.double({ min: 0, max: 30, noNaN: true }),
  bookStale: fc.boolean(),
  depthQuality: fc.double({ min: 0, max: 1, noNaN: true }),
  fillProbability: fc.double({ min: 0, max: 1, noNaN: true }),
  minutesSinceSpike: fc.option(fc.double({ min: 0, max: 500, noNaN: true })),
  drawdown: fc.double({ min: 0, max: 1, noNaN: true }),
  minutes: fc.double({ min: 0, max: 10, noNaN: true }),
})

describe('the survival stack over a run', () => {
  it('is in TURTLE without an update while books are stale, for 10 minutes at most', () => {
    const stale = { ...GOOD, bookStale: true }
    const at = (nowMs: number) => ({ nowMs, isRegular: true })
    expect(look(COLD, stale, at(SURVIVAL_RESUME.coldMsMax - 1))).toBe(COLD)
    expect(postureOf(COLD)).toBe('TURTLE')
    expect(look(COLD, stale, at(SURVIVAL_RESUME.coldMsMax)).kind).toBe('warm')
    expect(look(COLD, GOOD, at(0))).toMatchObject({ kind: 'warm', state: { posture: 'TURTLE', above: 1 } })
  })

  it('is step for step the stack, at regular looks', () => {
    fc.assert(
      fc.property(fc.array(anyInput, { minLength: 1, maxLength: 30 }), (inputs) => {
        let watch = look(COLD, { ...inputs[0]!, bookStale: false }, { nowMs: 0, isRegular: true })
        for (const input of inputs) {
          const expected = step((watch as Extract<SurvivalWatch, { kind: 'warm' }>).state, input)
          watch = look(watch, input, { nowMs: 0, isRegular: true })
          expect(watch).toEqual({ kind: 'warm', state: expected })
        }
      }),
    )
  })

  it('never becomes more permissive by a look that a change brought about', () => {
    const rank = (watch: SurvivalWatch) => -POSTURE_LEVELS.findIndex(([posture]) => posture === postureOf(watch))
    const multiplier = (watch: SurvivalWatch) => (watch.kind === 'warm' ? watch.state.reading!.riskMultiplier : 1)
    fc.assert(
      fc.property(anyInput, fc.array(anyInput, { maxLength: 30 }), (first, inputs) => {
        let watch = look(COLD, { ...first, bookStale: false }, { nowMs: 0, isRegular: true })
        for (const input of inputs) {
          const next = look(watch, input, { nowMs: 0, isRegular: false })
          expect(rank(next)).toBeLessThanOrEqual(rank(watch))
          expect(multiplier(next)).toBeLessThanOrEqual(multiplier(watch))
          watch = next
        }
      }),
    )
  })

  it('goes on from its own document as if nothing had been in between', () => {
    fc.assert(
      fc.property(fc.array(anyInput, { minLength: 1, maxLength: 20 }), (inputs) => {
        let watch = look(COLD, { ...inputs[0]!, bookStale: false }, { nowMs: 0, isRegular: true })
        for (const input of inputs) watch = look(watch, input, { nowMs: 0, isRegular: true })
        const text = SAFETY.write(safetyDocument(watch, inputs[0]!, { nowMs: NOW, spikeAtMs: null }))
        const reading = SAFETY.read(text)
        expect('value' in reading && resumed(reading.value, NOW + SURVIVAL_RESUME.ageMaxMs)).toEqual(watch)
      }),
    )
  })

  it.each([
    ['is too old', { nowMs: NOW + SURVIVAL_RESUME.ageMaxMs + 1 }],
    ['is from the future', { nowMs: NOW - SURVIVAL_RESUME.aheadMaxMs - 1 }],
  ])('does not go on from a document that %s', (_, { nowMs }) => {
    const watch = look(COLD, GOOD, { nowMs: 0, isRegular: true })
    expect(resumed(safetyDocument(watch, GOOD, { nowMs: NOW, spikeAtMs: null }), nowMs)).toBeUndefined()
  })

  it('does not go on from what a person said, or from a run that had made no update', () => {
    expect(resumed(fixedSafetyDocument('APEX', NOW), NOW)).toBeUndefined()
    const cold = safetyDocument(COLD, GOOD, { nowMs: NOW, spikeAtMs: null })
    expect(cold).toMatchObject({ posture: 'TURTLE', cold: true })
    expect(resumed(cold, NOW)).toBeUndefined()
  })

  it('says in words what holds it down', () => {
    const reasonOf = (input: SurvivalInput) =>
      safetyDocument(look(COLD, input, { nowMs: 0, isRegular: true }), input, { nowMs: NOW, spikeAtMs: null }).reason
    expect(reasonOf(GOOD)).toBe('all sensors are good')
    expect(reasonOf({ ...GOOD, mcStatus: 'ORANGE', drawdown: 0.2 })).toBe(
      'Cat2: the forewarner warns, is old, or has not reported; Cat5: drawdown',
    )
  })
})
