import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { percentileOfSorted } from '../../../src/core/numeric/percentile.js'
import { definedDvols, VolGate, volOkMask } from '../../../src/core/signal/vol-gate.js'
import type { DayColumns } from '../../../src/ports/days.js'
import { goldenNumber, goldenUnit } from '../../support/golden.js'
import { deviationExceeds } from '../../support/rational.js'

type Number_ = number | 'NaN' | 'Infinity' | '-Infinity'
const golden = goldenUnit<{
  cases: { name: string; prices: Number_[]; verdicts: { threshold: Number_; vol_ok: string }[] }[]
}>('vol-ok')

describe('golden', () => {
  test.each(golden.cases)('$name', ({ prices, verdicts }) => {
    const column = Float64Array.from(prices, goldenNumber)
    for (const { threshold, vol_ok } of verdicts) {
      expect(volOkMask(column, goldenNumber(threshold)).mask.join(''), `threshold ${threshold}`).toBe(vol_ok)
    }
  })
})

const valid = (price: number) => price > 0 && price < Number.POSITIVE_INFINITY

/** The definition, bar by bar in rational arithmetic. */
function literalMask(prices: readonly number[], threshold: number): number[] {
  return prices.map((_, bar) => {
    const window = prices.slice(bar - 50, bar + 1)
    if (bar < 50 || !window.every(valid) || Number.isNaN(threshold)) return 0
    if (threshold < 0) return 1
    return threshold < Number.POSITIVE_INFINITY && deviationExceeds(window, threshold) ? 1 : 0
  })
}

/** A walk in ticks: steps repeat, so that windows tie, and some prices may be missing. */
const walk = fc
  .record({
    start: fc.constantFrom(67123.4, 101.25, 64000, 1.234e-5, 1),
    tick: fc.constantFrom(0.1, 0.25, 1, 1e-9, 1e-3),
    steps: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 55, maxLength: 110 }),
    holes: fc.array(fc.nat(109), { maxLength: 2 }),
  })
  .map(({ start, tick, steps, holes }) => {
    let ticks = 0
    const prices = steps.map((step) => {
      ticks += step
      return start + ticks * tick
    })
    for (const hole of holes) if (hole < prices.length) prices[hole] = Number.NaN
    return prices
  })

describe('mask', () => {
  test('it is the exact rational verdict at thresholds on and beside a window’s own volatility', () => {
    fc.assert(
      fc.property(walk, fc.nat(), fc.integer({ min: -2, max: 2 }), (prices, at, ulps) => {
        const dvols = definedDvols(Float64Array.from(prices)).filter((dvol) => !Number.isNaN(dvol))
        fc.pre(dvols.length > 0)
        const dvol = dvols[at % dvols.length]!
        const threshold = Math.max(0, dvol + ulps * 2 ** -53 * dvol)
        const { mask } = volOkMask(Float64Array.from(prices), threshold)
        expect([...mask]).toEqual(literalMask(prices, threshold))
      }),
      { numRuns: 60 },
    )
  })

  test('wild prices get the exact verdict too', () => {
    const price = fc.oneof(
      fc.double({ min: 5e-324, max: 1.7e308, noNaN: true }),
      fc.constantFrom(5e-324, 1e-323, 1, 2, 2 ** 500, 2 ** -500, 1.7e308, 1e-308),
    )
    const threshold = fc.constantFrom(0, 0.75, 1, 1e-200, 1e160, 1e300, 1.7e308)
    fc.assert(
      fc.property(fc.array(price, { minLength: 51, maxLength: 52 }), threshold, (prices, limit) => {
        expect([...volOkMask(Float64Array.from(prices), limit).mask]).toEqual(literalMask(prices, limit))
      }),
      { numRuns: 60 },
    )
  })

  test('ordinary volatility is decided without exact arithmetic', () => {
    const prices = Float64Array.from({ length: 2000 }, (_, i) => 67000 + Math.round(500 * Math.sin(i * i)) / 10)
    const threshold = percentileOfSorted(definedDvols(prices).slice(50).sort(), 0.6) * 1.0000001
    const { mask, escalations } = volOkMask(prices, threshold)
    expect(escalations).toBe(0)
    expect(mask.reduce((sum, ok) => sum + ok)).toBe(780)
    expect([...mask.slice(0, 300)]).toEqual(literalMask([...prices.slice(0, 300)], threshold))
  })

  test('a later price never changes an earlier verdict', () => {
    fc.assert(
      fc.property(walk, fc.nat(110), (prices, cut) => {
        const whole = volOkMask(Float64Array.from(prices), 3e-5).mask
        expect(volOkMask(Float64Array.from(prices.slice(0, cut)), 3e-5).mask).toEqual(whole.slice(0, cut))
      }),
    )
  })

  test('it is written to the given array, whatever that held', () => {
    const prices = new Float64Array(120).fill(100)
    const out = new Uint8Array(120).fill(7)
    expect(volOkMask(prices, 0, out).mask).toBe(out)
    expect([...out]).toEqual(new Array(120).fill(0))
    expect(() => volOkMask(prices, 0, new Uint8Array(119))).toThrow(/one byte per price/)
  })
})

describe('volatility', () => {
  test('it is defined exactly where 51 valid prices end', () => {
    fc.assert(
      fc.property(walk, (prices) => {
        const dvols = definedDvols(Float64Array.from(prices))
        for (const [bar, dvol] of dvols.entries()) {
          const defined = bar >= 50 && prices.slice(bar - 50, bar + 1).every(valid)
          expect(Number.isNaN(dvol), `bar ${bar}`).toBe(!defined)
        }
      }),
    )
  })

  test('1, 2, 1, 2 … moves by 0.75; a constant price by nothing; beyond float64 by ∞', () => {
    const alternating = definedDvols(Float64Array.from({ length: 60 }, (_, i) => 1 + (i % 2)))
    expect([...alternating.slice(50)]).toEqual(new Array(10).fill(0.75))
    expect(definedDvols(new Float64Array(51).fill(3))[50]).toBe(0)
    expect(definedDvols(Float64Array.from({ length: 51 }, (_, i) => (i % 2 ? 1e300 : 1e-300)))[50]).toBe(
      Number.POSITIVE_INFINITY,
    )
  })
})

function dayOf(date: string, prices: Float64Array, asset = 'BTCUSDT'): DayColumns {
  const other = new Float64Array(prices.length).fill(1)
  return {
    date,
    bars: prices.length,
    velDiv: new Float64Array(prices.length),
    eigen: {},
    assets: ['ETHUSDT', asset],
    prices: [other, prices],
  }
}

const days = Array.from({ length: 5 }, (_, day) =>
  Float64Array.from({ length: 200 }, (_, i) => 67000 + Math.sin(i * i + day) * 10 * (1 + day)),
)

describe('gate', () => {
  test('the threshold of a day is the percentile of all defined volatilities of the days before', () => {
    const gate = new VolGate({ kind: 'percentile', percentile: 60 })
    const earlier: number[] = []
    for (const [index, prices] of days.entries()) {
      const mask = gate.maskForDay(dayOf(`2026-01-0${index + 1}`, prices))
      if (index === 0) expect(mask).toBeUndefined()
      else {
        const threshold = percentileOfSorted(Float64Array.from(earlier).sort(), 0.6)
        expect(mask).toEqual(volOkMask(prices, threshold).mask)
      }
      earlier.push(...definedDvols(prices).filter((dvol) => !Number.isNaN(dvol)))
    }
    expect(gate.threshold).toBe(percentileOfSorted(Float64Array.from(earlier).sort(), 0.6))
  })

  test('until an earlier day has a defined volatility, the warm-up rule holds', () => {
    const gate = new VolGate({ kind: 'percentile', percentile: 60 })
    expect(gate.maskForDay(dayOf('2026-01-01', days[0]!.slice(0, 50)))).toBeUndefined()
    expect(gate.maskForDay(dayOf('2026-01-02', days[1]!, 'XRPUSDT'))).toBeUndefined()
    expect(gate.maskForDay(dayOf('2026-01-03', days[2]!))).toBeUndefined()
    expect(gate.maskForDay(dayOf('2026-01-04', days[3]!))).toBeDefined()
  })

  test('a fixed threshold gates the first day, and a day without BTCUSDT is closed', () => {
    const gate = new VolGate({ kind: 'fixed', threshold: 1e-4 })
    expect(gate.maskForDay(dayOf('2026-01-01', days[0]!))).toEqual(volOkMask(days[0]!, 1e-4).mask)
    expect(gate.maskForDay(dayOf('2026-01-02', days[1]!, 'XRPUSDT'))).toEqual(new Uint8Array(200))
    expect(gate.threshold).toBe(1e-4)
  })

  test('it counts the bars that needed exact arithmetic', () => {
    const gate = new VolGate({ kind: 'fixed', threshold: 0.75 })
    gate.maskForDay(
      dayOf(
        '2026-01-01',
        Float64Array.from({ length: 60 }, (_, i) => 1 + (i % 2)),
      ),
    )
    expect(gate.escalations).toBe(10)
  })
})
