import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ACB,
  type BetaPolicy,
  bearishSignals,
  boostOfSignals,
  DailyBreaker,
  orderBookBeta,
} from '../../../src/core/breaker/breaker.js'
import { breakerTable } from '../../support/breaker-table.js'
import { closeTo, goldenDir, goldenRuns, goldenUnit } from '../../support/golden.js'

type Known = number | null
const boosts = goldenUnit<{ rows: [Known, Known, Known, Known, number, number][] }>('acb-boost')
const betas = goldenUnit<{
  tables: {
    w750: Record<string, Known>
    fixed_threshold: number
    dates: [string, number, Known, number, Known, number][]
  }[]
}>('acb-beta')

function expectClose(found: Known, expected: Known, message: string): void {
  if (found === null || expected === null) expect(found, message).toBe(expected)
  else expect(closeTo(found, expected), `${message}: found ${found}, expected ${expected}`).toBe(true)
}

describe('golden', () => {
  test(`the boost of all ${boosts.rows.length} factor combinations`, () => {
    for (const [fundingBtc, dvolBtc, fng, taker, signals, boost] of boosts.rows) {
      const found = bearishSignals({ fundingBtc, dvolBtc, fng, taker })
      expect(found).toBe(signals)
      expectClose(boostOfSignals(found), boost, `${signals} signals`)
    }
  })

  test.each(betas.tables.map((table, index) => ({ ...table, index })))(
    'the beta of every policy, table $index',
    ({ w750, fixed_threshold, dates }) => {
      const under = (beta_policy: BetaPolicy) =>
        new DailyBreaker(breakerTable({ factors: {}, w750, beta_policy, fixed_threshold }))
      const [expanding, fullSample, fixed] = [under('expanding'), under('full-sample'), under('fixed')]
      for (const [date, ofExpanding, expandingAt, ofFullSample, fullSampleAt, ofFixed] of dates) {
        expect(expanding.boostForDate(date).beta, date).toBe(ofExpanding)
        expectClose(expanding.boostForDate(date).threshold, expandingAt, date)
        expect(fullSample.boostForDate(date).beta, date).toBe(ofFullSample)
        expectClose(fullSample.boostForDate(date).threshold, fullSampleAt, date)
        expect(fixed.boostForDate(date).beta, date).toBe(ofFixed)
        expect(fixed.boostForDate(date).boost, date).toBe(1)
      }
    },
  )

  const runs = goldenRuns()
    .map((name) => ({
      name,
      run: JSON.parse(readFileSync(join(goldenDir(), name, 'run.json'), 'utf8')),
      expected: JSON.parse(readFileSync(join(goldenDir(), name, 'expected.json'), 'utf8')),
    }))
    .filter(({ run }) => run.acb !== null)

  test.each(runs)('the boost and beta at the start of every day of $name', ({ run, expected }) => {
    const breaker = new DailyBreaker(breakerTable(run.acb))
    for (const [index, day] of run.days.entries()) {
      if (day.acb !== null) continue
      const { boost, beta } = breaker.boostForDate(day.date)
      expectClose(boost, expected.days[index].boost_start, `boost of ${day.date}`)
      if (run.order_book === null) expectClose(beta, expected.days[index].beta_start, `beta of ${day.date}`)
    }
  })
})

const factor = (min: number, max: number) => fc.option(fc.double({ min, max, noNaN: true }))
const factors = fc.record({
  fundingBtc: factor(-0.001, 0.001),
  dvolBtc: factor(20, 120),
  fng: factor(0, 100),
  taker: factor(0.5, 1.5),
})

describe('boost', () => {
  test('a missing factor never raises it, and it stays within 1 … 1 + ½ ln 5', () => {
    fc.assert(
      fc.property(factors, fc.constantFrom('fundingBtc', 'dvolBtc', 'fng', 'taker'), (row, missing) => {
        const boost = boostOfSignals(bearishSignals(row))
        expect(boost).toBeGreaterThanOrEqual(1)
        expect(boost).toBeLessThanOrEqual(1 + 0.5 * Math.log(5))
        expect(boostOfSignals(bearishSignals({ ...row, [missing]: null }))).toBeLessThanOrEqual(boost)
        expect(bearishSignals({ ...row, [missing]: Number.NaN })).toBe(bearishSignals({ ...row, [missing]: null }))
      }),
    )
  })

  test('fear alone is no signal', () => {
    expect(bearishSignals({ fng: 1 })).toBe(0)
    expect(bearishSignals({ fng: 1, taker: 0.95 })).toBe(0)
  })
})

const velocities = fc.array(fc.option(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { freq: 8 }), {
  minLength: 1,
  maxLength: 40,
})
const dateOf = (index: number) =>
  `2026-${String(1 + Math.floor(index / 28)).padStart(2, '0')}-${String(1 + (index % 28)).padStart(2, '0')}`

describe('beta', () => {
  test('under the expanding policy nothing later than the day changes it', () => {
    fc.assert(
      fc.property(velocities, fc.nat(39), (all, day) => {
        const table = (rows: (number | null)[]) => ({
          factors: new Map(),
          w750: new Map(rows.map((velocity, index) => [dateOf(index), velocity])),
          betaPolicy: 'expanding' as const,
        })
        const date = dateOf(Math.min(day, all.length - 1))
        const whole = new DailyBreaker(table(all)).boostForDate(date)
        expect(new DailyBreaker(table(all.slice(0, day + 1))).boostForDate(date)).toEqual(whole)
      }),
    )
  })

  test('the order of the table does not matter', () => {
    const w750 = Array.from({ length: 12 }, (_, index): [string, number] => [dateOf(index), Math.sin(index) / 50])
    const forward = new DailyBreaker({ factors: new Map(), w750: new Map(w750), betaPolicy: 'expanding' })
    const backward = new DailyBreaker({
      factors: new Map(),
      w750: new Map([...w750].reverse()),
      betaPolicy: 'expanding',
    })
    for (const [date] of w750) expect(backward.boostForDate(date)).toEqual(forward.boostForDate(date))
  })

  test('with no known velocity every policy is low', () => {
    for (const betaPolicy of ['expanding', 'full-sample'] as const) {
      const blind = new DailyBreaker({ factors: new Map(), w750: new Map([['2026-01-01', Number.NaN]]), betaPolicy })
      expect(blind.boostForDate('2026-01-01').threshold).toBeNull()
      const breaker = new DailyBreaker({ factors: new Map(), w750: new Map([['2026-01-01', null]]), betaPolicy })
      expect(breaker.boostForDate('2026-01-01')).toEqual({ boost: 1, beta: ACB.BETA_LOW, signals: 0, threshold: null })
    }
  })

  test('a fixed policy without a threshold is a bug', () => {
    expect(() => new DailyBreaker({ factors: new Map(), w750: new Map(), betaPolicy: 'fixed' })).toThrow(
      /finite threshold/,
    )
  })
})

describe('OB-4', () => {
  test.each([
    [1, 0.5, 0.225],
    [1, 1, 0.25],
    [1, 0, 0.2],
    [0, 1, 0.2],
    [-1, 1, 0.2],
  ])('regime %i with %f of the market withdrawing turns 0.2 into %f', (regimeSignal, stressShare, beta) => {
    expect(orderBookBeta(0.2, { regimeSignal, stressShare })).toBeCloseTo(beta, 14)
  })
})
