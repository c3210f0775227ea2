import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LiveVolGate } from '../../../src/core/signal/live-vol-gate.js'
import { VolGate, type VolGateSetting } from '../../../src/core/signal/vol-gate.js'

const price = fc.oneof(
  { weight: 12, arbitrary: fc.double({ min: 90, max: 110, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
)
const day = fc.array(price, { minLength: 1, maxLength: 130 })
const setting: fc.Arbitrary<VolGateSetting> = fc.oneof(
  fc.record({ kind: fc.constant('fixed' as const), threshold: fc.double({ min: 0, max: 0.2, noNaN: true }) }),
  fc.record({ kind: fc.constant('percentile' as const), percentile: fc.integer({ min: 0, max: 100 }) }),
)

it('the gate bar by bar is the mask of the whole days, over days of any prices', () => {
  fc.assert(
    fc.property(setting, fc.array(day, { minLength: 1, maxLength: 4 }), (given, days) => {
      const whole = new VolGate(given)
      const live = new LiveVolGate(new VolGate(given))
      for (const prices of days) {
        live.beginDay()
        const mask = whole.maskForDay({
          date: '2025-05-01',
          bars: prices.length,
          velDiv: new Float64Array(prices.length),
          eigen: {},
          assets: ['BTCUSDT'],
          prices: [Float64Array.from(prices)],
        })
        expect(prices.map((value) => live.next(value))).toEqual(
          mask === undefined ? prices.map(() => undefined) : [...mask].map((byte) => byte === 1),
        )
      }
    }),
  )
})
