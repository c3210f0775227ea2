import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assessDay } from '../../../src/core/forewarner/gate.js'
import { envelopeScoreOf, MonteCarloForewarner, NO_DATA_REPORT } from '../../../src/core/forewarner/monte-carlo.js'

const DAY_MS = 86_400_000
const DATE = '2026-02-01'
const DATE_MS = Date.UTC(2026, 1, 1)

interface Evidence {
  readonly net: number
  readonly daysBefore?: number
}

function trade({ net, daysBefore = 5 }: Evidence) {
  return { net, capitalBefore: 1000, leverageCeiling: 5, exitTimeMs: DATE_MS - daysBefore * DAY_MS }
}

function forewarnerOf(evidence: readonly Evidence[], options = {}): MonteCarloForewarner {
  const forewarner = new MonteCarloForewarner({ paths: 501, ...options })
  for (const item of evidence) forewarner.observe(trade(item))
  return forewarner
}

const at = (maxLeverage: number) => ({ date: DATE, maxLeverage })
const repeated = (count: number, net: number, daysBefore = 5): Evidence[] =>
  Array.from({ length: count }, () => ({ net, daysBefore }))

describe('evidence', () => {
  test('below 50 trades the report is the ORANGE fallback, from 50 on the model’s', () => {
    expect(forewarnerOf(repeated(49, 1)).assess(at(5))).toEqual(NO_DATA_REPORT)
    expect([NO_DATA_REPORT.catastrophicProbability, NO_DATA_REPORT.envelopeScore]).toEqual([0.2, 0.8])
    expect(assessDay(forewarnerOf(repeated(49, 1)), at(5))).toEqual({ status: 'ORANGE', scale: 0.5 })
    expect(forewarnerOf(repeated(50, 1)).assess(at(5)).source).toBe('REAL_MODEL')
  })

  test.each([
    [1, 'REAL_MODEL'],
    [30, 'REAL_MODEL'],
    [31, 'FALLBACK_NO_DATA'],
    [0, 'FALLBACK_NO_DATA'],
    [-3, 'FALLBACK_NO_DATA'],
  ])('trades closed %i days before the date give %s', (daysBefore, source) => {
    expect(forewarnerOf(repeated(60, 1, daysBefore)).assess(at(5)).source).toBe(source)
  })

  test('the date of closing may be given instead of a time', () => {
    const forewarner = new MonteCarloForewarner()
    const timeless = { ...trade({ net: 1 }), exitTimeMs: null }
    for (let i = 0; i < 50; i++) forewarner.observe(timeless, '2026-01-31')
    expect(forewarner.assess(at(5)).source).toBe('REAL_MODEL')
    expect(() => forewarner.observe(timeless)).toThrow(/closing day is known/)
  })

  test('of more than 250 trades the last 250 count', () => {
    const calm = repeated(250, 1, 2)
    const report = forewarnerOf([...repeated(300, -500, 3), ...calm]).assess(at(5))
    expect(report).toEqual(forewarnerOf(calm).assess(at(5)))
    expect(report.catastrophicProbability).toBe(0)
  })

  test('a RED verdict cannot feed on itself for longer than 30 days', () => {
    const forewarner = forewarnerOf(repeated(100, -50, 1))
    expect(assessDay(forewarner, at(5)).status).toBe('RED')
    expect(assessDay(forewarner, { date: '2026-03-02', maxLeverage: 5 }).status).toBe('RED')
    expect(assessDay(forewarner, { date: '2026-03-03', maxLeverage: 5 }).status).toBe('ORANGE')
  })

  test('the order of observation across days does not matter, nor do trades of the query’s day and later', () => {
    const item = fc.record({
      net: fc.double({ min: -20, max: 20, noNaN: true }),
      daysBefore: fc.integer({ min: 1, max: 40 }),
    })
    const onePerDay = fc.uniqueArray(item, { maxLength: 40, selector: ({ daysBefore }) => daysBefore })
    fc.assert(
      fc.property(onePerDay, (items) => {
        const evidence = [...items.filter(({ daysBefore }) => daysBefore !== 11), ...repeated(50, 3, 11)]
        const report = forewarnerOf(evidence).assess(at(4))
        const later = [...evidence].reverse().concat(repeated(20, -900, 0), repeated(20, -900, -9))
        expect(forewarnerOf(later).assess(at(4))).toEqual(report)
      }),
      { numRuns: 25 },
    )
  })

  test.each([
    [{ ...trade({ net: 1 }), net: Number.NaN }, /finite/],
    [{ ...trade({ net: 1 }), capitalBefore: 0 }, /finite/],
    [{ ...trade({ net: 1 }), leverageCeiling: 0 }, /positive leverage ceiling/],
  ])('%j is refused', (bad, message) => {
    expect(() => new MonteCarloForewarner().observe(bad)).toThrow(message)
  })
})

const nets = fc.array(
  fc.double({ min: -40, max: 30, noNaN: true }).map((net) => ({ net: net * 0.99731 })),
  { minLength: 50, maxLength: 80 },
)

describe('laws', () => {
  test('without leverage nothing can happen', () => {
    fc.assert(
      fc.property(nets, (evidence) => {
        expect(forewarnerOf(evidence).assess(at(0))).toEqual({
          catastrophicProbability: 0,
          envelopeScore: 1,
          source: 'REAL_MODEL',
        })
      }),
      { numRuns: 25 },
    )
  })

  test('more leverage never lowers the catastrophic probability, and never mends a losing tail', () => {
    const leverage = fc.double({ min: 0.1, max: 4, noNaN: true })
    fc.assert(
      fc.property(nets, leverage, fc.double({ min: 1.01, max: 1.5, noNaN: true }), (evidence, less, factor) => {
        // With 501 paths the 5 % tail is one path's return and not an interpolation.
        const forewarner = forewarnerOf(evidence)
        const calmer = forewarner.assess(at(less))
        const bolder = forewarner.assess(at(less * factor))
        expect(bolder.catastrophicProbability).toBeGreaterThanOrEqual(calmer.catastrophicProbability)
        if (calmer.envelopeScore < 1) expect(bolder.envelopeScore).toBeLessThanOrEqual(calmer.envelopeScore)
      }),
      { numRuns: 40 },
    )
  })

  test('only the ratio of the leverages counts, and the query’s is capped', () => {
    const evidence = Array.from({ length: 60 }, (_, i) => ({ net: 12 * Math.sin(i * i) }))
    const forewarner = forewarnerOf(evidence)
    const halfCeiling = new MonteCarloForewarner({ paths: 501 })
    for (const item of evidence) halfCeiling.observe({ ...trade(item), leverageCeiling: 2.5 })
    expect(halfCeiling.assess(at(2))).toEqual(forewarner.assess(at(4)))
    expect(forewarner.assess(at(9))).toEqual(forewarner.assess(at(6)))
    expect(forewarner.assess(at(6))).not.toEqual(forewarner.assess(at(5)))
    expect(forewarnerOf(evidence, { leverageMax: 5 }).assess(at(6))).toEqual(forewarner.assess(at(5)))
  })

  test('the same question has the same answer, asked again or after a restart', () => {
    const evidence = Array.from({ length: 60 }, (_, i) => ({ net: 15 * Math.sin(i * i), daysBefore: 1 + (i % 9) }))
    const forewarner = forewarnerOf(evidence)
    const report = forewarner.assess(at(6))
    forewarner.assess({ date: '2026-02-02', maxLeverage: 3 })
    expect(forewarner.assess(at(6))).toEqual(report)
    const restored = MonteCarloForewarner.restore({ paths: 501 }, JSON.parse(JSON.stringify(forewarner.snapshot())))
    expect(restored.assess(at(6))).toEqual(report)
  })

  test('another seed or date draws other paths', () => {
    const evidence = Array.from({ length: 60 }, (_, i) => ({ net: 15 * Math.sin(i * i) }))
    const report = forewarnerOf(evidence).assess(at(6))
    expect(forewarnerOf(evidence, { seed: 43 }).assess(at(6))).not.toEqual(report)
    expect(forewarnerOf(evidence).assess({ ...at(6), date: '2026-02-02' })).not.toEqual(report)
  })
})

describe('the whole model, 10,000 paths', () => {
  const paths = 10_000

  test('steady gains are safe, steady losses catastrophic', () => {
    expect(forewarnerOf(repeated(100, 1), { paths }).assess(at(5))).toEqual({
      catastrophicProbability: 0,
      envelopeScore: 1,
      source: 'REAL_MODEL',
    })
    expect(forewarnerOf(repeated(100, -10), { paths }).assess(at(5))).toEqual({
      catastrophicProbability: 1,
      envelopeScore: -2,
      source: 'REAL_MODEL',
    })
  })

  test.each([
    [0.7005, 0],
    [0.6995, 1],
  ])('a path that ends at %f of its peak has probability %i of a fall beyond 30 %%', (final, probability) => {
    const net = 1000 * (final ** (1 / 250) - 1)
    const report = forewarnerOf(repeated(60, net), { paths: 100 }).assess(at(5))
    expect(report.catastrophicProbability).toBe(probability)
  })

  test('wins and losses in turn balance in every path, at the known score', () => {
    const alternating = Array.from({ length: 100 }, (_, i) => ({ net: i % 2 === 0 ? 30 : -30 }))
    const report = forewarnerOf(alternating, { paths }).assess(at(5))
    expect(report.catastrophicProbability).toBe(0)
    expect(report.envelopeScore).toBeCloseTo(((1.03 * 0.97) ** 125 - 1 + 0.15) / 0.15, 9)
  })

  test('losses in streaks are worse than the same losses spread out', () => {
    const spread = Array.from({ length: 200 }, (_, i) => ({ net: i % 2 === 0 ? 32 : -30 }))
    const streaks = Array.from({ length: 200 }, (_, i) => ({ net: i % 20 < 10 ? 32 : -30 }))
    expect(forewarnerOf(streaks, { paths }).assess(at(5)).catastrophicProbability).toBeGreaterThan(
      forewarnerOf(spread, { paths }).assess(at(5)).catastrophicProbability + 0.5,
    )
  })
})

test.each([
  [0.3, 1],
  [0, 1],
  [-0.15, 0],
  [-0.3, -1],
  [-0.45, -2],
  [-1, -2],
])('a 5 %% tail of %f scores %f', (tail, score) => {
  expect(envelopeScoreOf(tail)).toBeCloseTo(score, 12)
})

test('a leverage that is not a number is an error, which the gate turns into RED', () => {
  const forewarner = forewarnerOf(repeated(60, 1))
  expect(() => forewarner.assess(at(Number.NaN))).toThrow(/leverage/)
  expect(assessDay(forewarner, at(Number.NaN)).status).toBe('RED')
})
