import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assessDay, verdictOf } from '../../../src/core/forewarner/gate.js'
import { goldenUnit } from '../../support/golden.js'

const golden = goldenUnit<{ rows: [number, number, string, number][] }>('forewarner')
const query = { date: '2026-01-05', maxLeverage: 5 }
const SEVERITY = { OK: 0, ORANGE: 1, RED: 2 }

test.each(golden.rows)(
  'golden: probability %f and envelope %f are %s',
  (catastrophicProbability, envelopeScore, status, scale) => {
    expect(verdictOf({ catastrophicProbability, envelopeScore })).toEqual({ status, scale })
  },
)

test.each([
  [Number.NaN, 1],
  [0, Number.NaN],
  [Number.NEGATIVE_INFINITY, 1],
  [0, Number.POSITIVE_INFINITY],
])('a report that is not finite is RED (%f, %f)', (catastrophicProbability, envelopeScore) => {
  expect(verdictOf({ catastrophicProbability, envelopeScore }).status).toBe('RED')
})

test('more risk never gives a milder verdict', () => {
  const probability = fc.double({ min: 0, max: 1, noNaN: true })
  const score = fc.double({ min: -2, max: 1, noNaN: true })
  fc.assert(
    fc.property(probability, probability, score, score, (p, q, s, t) => {
      const milder = verdictOf({ catastrophicProbability: Math.min(p, q), envelopeScore: Math.max(s, t) })
      const worse = verdictOf({ catastrophicProbability: Math.max(p, q), envelopeScore: Math.min(s, t) })
      expect(SEVERITY[worse.status]).toBeGreaterThanOrEqual(SEVERITY[milder.status])
    }),
  )
})

test('no forewarner is OK, one that throws is RED, and one that answers is judged', () => {
  expect(assessDay(undefined, query)).toEqual({ status: 'OK', scale: 1 })
  const broken = {
    assess() {
      throw new Error('no model')
    },
  }
  expect(assessDay(broken, query)).toEqual({ status: 'RED', scale: 1 })
  const fallback = { catastrophicProbability: 0.2, envelopeScore: 0.8, source: 'FALLBACK_NO_DATA' as const }
  expect(assessDay({ assess: () => fallback }, query)).toEqual({ status: 'ORANGE', scale: 0.5 })
})
