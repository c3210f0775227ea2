import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import {
  bucket,
  confidence,
  depth,
  directionConfirmation,
  gateOpen,
  isExtreme,
  signalShape,
  strength,
} from '../../../src/core/signal/signal.js'
import type { Direction } from '../../../src/ports/vocabulary/market.js'
import type { Bucket, DirectionConfirmation } from '../../../src/ports/vocabulary/trades.js'
import { goldenUnit } from '../../support/golden.js'

interface Row {
  readonly prices: readonly number[]
  readonly lookback: number
  readonly change_bps: number | null
  readonly short: DirectionConfirmation
  readonly long: DirectionConfirmation
}

const { rows } = goldenUnit<{ readonly rows: readonly Row[] }>('dc')
const SHORT = signalShape(DEFAULT_PARAMETERS, -1)
const LONG = signalShape(DEFAULT_PARAMETERS, 1)

test(`golden: the direction confirmation of ${rows.length} histories`, () => {
  for (const { prices, lookback, short, long } of rows) {
    const first = prices.at(-1 - lookback)
    const last = prices.at(-1)!
    const found = ([-1, 1] as const).map((direction) => directionConfirmation(direction, first, last, 0.75))
    expect(found, `${prices}`).toEqual([short, long])
  }
})

describe('the edges of the signal', () => {
  test.each<[number, boolean, boolean, Bucket]>([
    [-0.02, false, false, 3],
    [-0.020000000000000004, true, false, 3],
    [-0.034999999999999996, true, false, 3],
    [-0.035, true, false, 2],
    [-0.049999999999999996, true, false, 2],
    [-0.05, true, true, 1],
    [-0.07499999999999998, true, true, 1],
    [-0.075, true, true, 0],
    [0.02, false, false, 3],
    [Number.NaN, false, false, 3],
  ])('SHORT at %f: gate %s, extreme %s, bucket %i', (velDiv, open, extreme, expected) => {
    expect([gateOpen(SHORT, velDiv), isExtreme(SHORT, velDiv), bucket(SHORT, velDiv)]).toEqual([
      open,
      extreme,
      expected,
    ])
  })

  test.each<[number, boolean, boolean, Bucket]>([
    [0.01, false, false, 3],
    [0.010000000000000002, true, false, 3],
    [0.024999999999999998, true, false, 3],
    [0.025, true, false, 2],
    [0.039999999999999994, true, false, 2],
    [0.04, true, true, 1],
    [0.059999999999999991, true, true, 1],
    [0.06, true, true, 0],
    [-0.03, false, false, 3],
    [Number.NaN, false, false, 3],
  ])('LONG at %f: gate %s, extreme %s, bucket %i', (velDiv, open, extreme, expected) => {
    expect([gateOpen(LONG, velDiv), isExtreme(LONG, velDiv), bucket(LONG, velDiv)]).toEqual([open, extreme, expected])
  })

  test('other thresholds derive their buckets, and the span runs from threshold to extreme', () => {
    const shape = signalShape({ ...DEFAULT_PARAMETERS, vel_div_threshold: -0.1, vel_div_extreme: -0.3 }, -1)
    expect([shape.extremeBucket, shape.moderateBucket, shape.span]).toEqual([-0.3 * 1.5, -0.2, -0.1 + 0.3])
  })
})

test('a deeper signal is never weaker, and everything stays in its range', () => {
  const signal = fc.double({ min: -0.2, max: 0.2, noNaN: true })
  fc.assert(
    fc.property(signal, signal, fc.constantFrom<Direction>(-1, 1), (a, b, direction) => {
      const shape = direction === -1 ? SHORT : LONG
      const [shallow, deep] = direction * a < direction * b ? [a, b] : [b, a]
      expect(depth(shape, deep)).toBeGreaterThanOrEqual(depth(shape, shallow))
      expect(strength(shape, deep)).toBeGreaterThanOrEqual(strength(shape, shallow))
      expect(bucket(shape, deep)).toBeLessThanOrEqual(bucket(shape, shallow))
      expect(gateOpen(shape, deep) || !gateOpen(shape, shallow)).toBe(true)
      expect(confidence(shape, a)).toBeGreaterThanOrEqual(0.5)
      expect(confidence(shape, a)).toBeLessThanOrEqual(0.9)
      expect(strength(shape, a)).toBeLessThanOrEqual(1)
    }),
  )
})

test('both directions read a price move alike, mirrored', () => {
  const price = fc.double({ min: 99.9, max: 100.1, noNaN: true })
  const mirrored = { CONFIRM: 'CONTRADICT', CONTRADICT: 'CONFIRM', NEUTRAL: 'NEUTRAL' }
  fc.assert(
    fc.property(price, price, (first, last) => {
      expect(directionConfirmation(1, first, last, 0.75)).toBe(mirrored[directionConfirmation(-1, first, last, 0.75)])
    }),
  )
  expect(directionConfirmation(-1, undefined, 100, 0.75)).toBe('NEUTRAL')
})
