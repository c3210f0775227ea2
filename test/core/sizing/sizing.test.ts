import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import { VelDivHistory } from '../../../src/core/engine/vel-div-history.js'
import { confidence, signalShape } from '../../../src/core/signal/signal.js'
import type { TradeFeedback } from '../../../src/core/sizing/sizing.js'
import {
  bucketMultiplier,
  NO_FEEDBACK,
  recordResult,
  regimeSizeMultiplier,
  size,
  streakMultiplier,
  trendMultiplier,
} from '../../../src/core/sizing/sizing.js'
import type { Direction, Posture } from '../../../src/ports/vocabulary/market.js'
import type { Bucket } from '../../../src/ports/vocabulary/trades.js'
import { closeTo, goldenUnit } from '../../support/golden.js'

interface Golden {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (number | string | boolean)[])[]
  readonly regime_size_mult: readonly [number, Direction, number][]
  readonly trend: readonly [number[], number, number, number][]
  readonly regime_size_mult_nonfinite_vel_div: number
}

/** One row of the golden table by its column names. */
interface SizingRow {
  readonly direction: Direction
  readonly vel_div: number
  readonly bucket_wins: number
  readonly bucket_closed: number
  readonly results: string
  readonly trend: number
  readonly boost: number
  readonly beta: number
  readonly mc_scale: number
  readonly ob_mult: number
  readonly posture: Posture
  readonly capital: number
  readonly strength: number
  readonly bucket: Bucket
  readonly is_extreme: boolean
  readonly confidence: number
  readonly leverage: number
  readonly bucket_mult: number
  readonly streak_mult: number
  readonly trend_mult: number
  readonly fraction: number
  readonly regime_size_mult: number
  readonly leverage_ceiling: number
  readonly final_leverage: number
  readonly notional: number
}

const golden = goldenUnit<Golden>('sizing')
const rows = golden.rows.map(
  (row) => Object.fromEntries(golden.columns.map((column, i) => [column, row[i]])) as unknown as SizingRow,
)
const SHAPES = { '-1': signalShape(DEFAULT_PARAMETERS, -1), '1': signalShape(DEFAULT_PARAMETERS, 1) }

describe('golden', () => {
  test(`the size of all ${rows.length} entries`, () => {
    for (const row of rows) {
      const shape = SHAPES[`${row.direction}`]
      const day = { boost: row.boost, beta: row.beta, mcScale: row.mc_scale }
      const regimeSizeMult = regimeSizeMultiplier(shape, 3, row.vel_div, day)
      const found = size(DEFAULT_PARAMETERS, shape, feedbackOf(row), {
        velDiv: row.vel_div,
        trend: row.trend,
        regimeSizeMult,
        obMult: row.ob_mult,
        postureCap: row.posture === 'STALKER' ? 2 : Number.POSITIVE_INFINITY,
      })
      const place = JSON.stringify(row)
      expect([found.bucket, found.isExtreme, found.bucketMult, found.streakMult, found.trendMult], place).toEqual([
        row.bucket,
        row.is_extreme,
        row.bucket_mult,
        row.streak_mult,
        row.trend_mult,
      ])
      const floats: readonly (readonly [number, number])[] = [
        [found.strength, row.strength],
        [confidence(shape, row.vel_div), row.confidence],
        [found.baseLeverage, row.leverage],
        [found.fraction, row.fraction],
        [regimeSizeMult, row.regime_size_mult],
        [found.leverageCeiling, row.leverage_ceiling],
        [found.leverage, row.final_leverage],
        [row.capital * found.fraction * found.leverage, row.notional],
      ]
      for (const [value, expected] of floats) {
        expect(closeTo(value, expected), `${place}: ${value}, expected ${expected}`).toBe(true)
      }
    }
  })

  test.each(golden.regime_size_mult)(
    'vel_div %f in direction %i scales the size by %f',
    (velDiv, direction, expected) => {
      const found = regimeSizeMultiplier(SHAPES[`${direction}`], 3, velDiv, { boost: 1.5, beta: 0.8, mcScale: 1 })
      expect(closeTo(found, expected)).toBe(true)
    },
  )

  test('a signal that is not finite counts as strength 0', () => {
    for (const velDiv of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (const shape of [SHAPES[-1], SHAPES[1]]) {
        expect(regimeSizeMultiplier(shape, 3, velDiv, { boost: 1.5, beta: 0.8, mcScale: 0.5 })).toBe(
          golden.regime_size_mult_nonfinite_vel_div,
        )
      }
    }
  })

  test.each(golden.trend)('the trend of %j is %f', (values, trend, short, long) => {
    const history = new VelDivHistory()
    for (const value of values) history.push(value)
    expect(closeTo(history.trend(), trend)).toBe(true)
    expect(trendMultiplier(-1, history.trend())).toBe(short)
    expect(trendMultiplier(1, history.trend())).toBe(long)
  })
})

test('last digits come from the literals 0.02, 0.18 and 0.03, and from products rather than powers', () => {
  for (let i = 1; i < 30; i++) {
    const velDiv = -0.02 - i / 1000
    const strength = (-0.02 - velDiv) / 0.03
    const found = size(DEFAULT_PARAMETERS, SHAPES[-1], NO_FEEDBACK, {
      velDiv,
      trend: 0,
      regimeSizeMult: 1,
      obMult: 1,
      postureCap: Number.POSITIVE_INFINITY,
    })
    expect(found.strength).toBe(strength)
    expect(found.fraction).toBe(Math.max(0.02, (0.02 + strength * 0.18) * (0.55 / 0.95)))
    expect(found.leverage).toBe(0.5 + strength * strength * strength * 4.5)
  }
})

describe('feedback', () => {
  test.each([
    [0, 0, 1],
    [9, 9, 1],
    [0, 9, 1],
    [7, 10, 1.3],
    [6, 10, 1.1],
    [11, 20, 1],
    [5, 10, 1],
    [9, 20, 1],
    [44, 100, 0.85],
    [4, 10, 0.85],
    [3, 10, 0.7],
  ])('%i wins of %i trades multiply a bucket by %f', (wins, trades, multiplier) => {
    expect(bucketMultiplier(wins, trades)).toBe(multiplier)
  })

  test.each([
    ['', 1],
    ['0000', 1],
    ['00000', 0.5],
    ['10000', 0.5],
    ['11000', 0.7],
    ['11100', 1],
    ['11110', 1.1],
    ['11111', 1.1],
    ['0000011111', 1.1],
  ])('the results %s multiply by %f', (results, multiplier) => {
    let feedback: TradeFeedback = NO_FEEDBACK
    for (const result of results) feedback = recordResult(feedback, 0, result === '1')
    expect(streakMultiplier(feedback.recentWins)).toBe(multiplier)
  })

  test('a result counts in its own bucket only, and nothing is changed in place', () => {
    const results = fc.array(fc.tuple(fc.constantFrom<Bucket>(0, 1, 2, 3), fc.boolean()))
    fc.assert(
      fc.property(results, (closed) => {
        let feedback: TradeFeedback = NO_FEEDBACK
        for (const [bucket, won] of closed) feedback = recordResult(feedback, bucket, won)
        for (const bucket of [0, 1, 2, 3]) {
          const own = closed.filter(([b]) => b === bucket)
          expect(feedback.bucketTrades[bucket]).toBe(own.length)
          expect(feedback.bucketWins[bucket]).toBe(own.filter(([, won]) => won).length)
        }
        expect(feedback.recentWins).toEqual(closed.slice(-5).map(([, won]) => won))
        expect(NO_FEEDBACK).toEqual({ bucketWins: [0, 0, 0, 0], bucketTrades: [0, 0, 0, 0], recentWins: [] })
      }),
    )
  })
})

describe('caps', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true })
  const inputs = fc.record({
    direction: fc.constantFrom<Direction>(-1, 1),
    velDiv: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
    trend: fc.double({ min: -0.1, max: 0.1, noNaN: true }),
    boost: fc.double({ min: 1, max: 3, noNaN: true }),
    beta: unit,
    mcScale: fc.constantFrom(0.5, 1),
    obMult: fc.double({ min: 0.85, max: 1.2, noNaN: true }),
    stalker: fc.boolean(),
    wins: fc.array(fc.tuple(fc.constantFrom<Bucket>(0, 1, 2, 3), fc.boolean()), { maxLength: 40 }),
    fraction: fc.constantFrom(0.2, 0.1, 0.05),
    maxLeverage: fc.constantFrom(5, 0.2, 3),
  })

  test('leverage never exceeds any of its caps; the fraction stays between 2 % and its own', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const parameters = { ...DEFAULT_PARAMETERS, fraction: input.fraction, max_leverage: input.maxLeverage }
        const shape = SHAPES[`${input.direction}`]
        let feedback: TradeFeedback = NO_FEEDBACK
        for (const [bucket, won] of input.wins) feedback = recordResult(feedback, bucket, won)
        const regimeSizeMult = regimeSizeMultiplier(shape, 3, input.velDiv, input)
        const { leverage, leverageCeiling, fraction } = size(parameters, shape, feedback, {
          velDiv: input.velDiv,
          trend: input.trend,
          regimeSizeMult,
          obMult: input.obMult,
          postureCap: input.stalker ? 2 : Number.POSITIVE_INFINITY,
        })
        const cap = Math.min(6, input.maxLeverage * regimeSizeMult * input.obMult, input.stalker ? 2 : 6)
        expect(leverageCeiling).toBe(cap)
        expect(leverage).toBeLessThanOrEqual(cap)
        expect(leverage).toBeGreaterThanOrEqual(Math.min(0.5, cap))
        expect(fraction).toBeGreaterThanOrEqual(0.02)
        expect(fraction).toBeLessThanOrEqual(input.fraction)
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['the minimum yields to a lower cap', { max_leverage: 0.3 }, 0.3],
    ['the absolute cap yields to nothing', { max_leverage: 50, abs_max_leverage: 1 }, 1],
    ['a fraction capped below 2 % stays at its cap', { fraction: 0.01 }, 5],
  ])('%s', (_, overrides, leverage) => {
    const parameters = { ...DEFAULT_PARAMETERS, ...overrides }
    const sized = size(parameters, SHAPES[-1], NO_FEEDBACK, {
      velDiv: -0.08,
      trend: 0,
      regimeSizeMult: 1,
      obMult: 1,
      postureCap: Number.POSITIVE_INFINITY,
    })
    expect(sized.leverage).toBe(leverage)
    expect(sized.fraction).toBeLessThanOrEqual(parameters.fraction)
  })
})

/** Feedback with the row's bucket counts and its last results. */
function feedbackOf(row: SizingRow): TradeFeedback {
  const own = (value: number) => [0, 1, 2, 3].map((bucket) => (bucket === row.bucket ? value : 0))
  return {
    bucketWins: own(row.bucket_wins),
    bucketTrades: own(row.bucket_closed),
    recentWins: [...row.results].map((result) => result === '1').slice(-5),
  }
}
