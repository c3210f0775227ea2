import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planCuts, USUAL_CUTS } from '../../../src/core/backtest/cut-plan.js'
import type { Decision } from '../../../src/core/backtest/decisions.js'
import { entryRecord } from '../../support/markets.js'

const days = [
  { date: '2026-01-01', bars: 50 },
  { date: '2026-01-02', bars: 0 },
  { date: '2026-01-03', bars: 50 },
]
const entryAt = (bar: number): Decision => ({ bar, kind: 'entry', record: entryRecord({ entryBar: bar }) })
const refusalAt = (bar: number, reason: string, asset: string | null = null): Decision => ({
  bar,
  kind: 'refusal',
  record: { bar, direction: -1, reason, asset, velDiv: -0.03 },
})
const barsOf = (plan: ReturnType<typeof planCuts>) => plan.map(({ bar }) => bar)

describe('cuts', () => {
  test('lie in their days, in order, each bar once, as many as were asked for, and the same seed gives the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 150 }), fc.nat(), (cuts, seed) => {
        const decisions = [entryAt(30)]
        const plan = planCuts({ days, decisions, cuts, seed })
        expect(plan).toHaveLength(Math.min(cuts, 100))
        expect(new Set(barsOf(plan)).size).toBe(plan.length)
        expect(barsOf(plan)).toEqual(barsOf(plan).sort((a, b) => a - b))
        for (const cut of plan) expect(cut.bar).toBe(cut.row + (cut.date === '2026-01-01' ? 0 : 50))
        expect(planCuts({ days, decisions, cuts, seed })).toEqual(plan)
        expect(barsOf(plan)).toContain(30)
      }),
    )
  })

  test('lie on a decision of every kind, reason and asset before any other has a second one', () => {
    const many = Array.from({ length: 60 }, (_, i) => refusalAt(i, 'VOLATILITY'))
    const rare = [refusalAt(70, 'HALTED'), refusalAt(71, 'CONTRADICTED', 'A'), refusalAt(72, 'CONTRADICTED', 'B')]
    for (let seed = 0; seed < 20; seed++) {
      const bars = barsOf(planCuts({ days, decisions: [...many, ...rare, entryAt(80)], cuts: 5, seed }))
      expect(bars).toEqual(expect.arrayContaining([70, 71, 72, 80]))
    }
  })

  test('come to the bars before entries and to the ends of days after the decisions, and then to any bar', () => {
    const decisions = [entryAt(30), refusalAt(10, 'HALTED'), refusalAt(20, 'HALTED')]
    const bars = barsOf(planCuts({ days, decisions, cuts: 16, seed: 5 }))
    expect(bars).toEqual(expect.arrayContaining([0, 10, 20, 29, 30, 49, 50, 99]))
    expect(bars).toHaveLength(16)
  })

  test('are on every decision and beside it, and nowhere else, when nothing is to be left out', () => {
    const decisions = [entryAt(30), refusalAt(10, 'HALTED'), entryAt(60)]
    const plan = planCuts({ days, decisions, cuts: 'exhaustive', seed: 1 })
    expect(barsOf(plan)).toEqual([0, 10, 29, 30, 49, 50, 59, 60, 99])
  })

  test('by default are on every decision while they are few, with some bars by chance', () => {
    const long = [{ date: '2026-01-01', bars: 40_000 }]
    const few = Array.from({ length: 500 }, (_, i) => refusalAt(60 * i, 'VOLATILITY'))
    const bars = barsOf(planCuts({ days: long, decisions: few, cuts: 'usual', seed: 1 }))
    expect(few.every(({ bar }) => bars.includes(bar))).toBe(true)
    expect(bars.length).toBeGreaterThan(700)
    expect(bars.length).toBeLessThan(900)
    const many = Array.from({ length: 30_000 }, (_, i) => refusalAt(i, 'VOLATILITY'))
    expect(planCuts({ days: long, decisions: many, cuts: 'usual', seed: 1 })).toHaveLength(USUAL_CUTS)
  })

  test('are nowhere without a bar', () => {
    expect(planCuts({ days: [], decisions: [], cuts: 5, seed: 1 })).toEqual([])
    expect(planCuts({ days: [{ date: '2026-01-01', bars: 0 }], decisions: [], cuts: 5, seed: 1 })).toEqual([])
  })
})
