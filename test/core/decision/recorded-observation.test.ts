import fc from 'fast-check'
import { expect, it } from 'vitest'
import { recordedObservation } from '../../../src/core/decision/recorded-observation.js'
import type { BarObservation } from '../../../src/ports/vocabulary/observation.js'
import { observed } from '../examples/inputs.js'

it('what a strategy sees is what a recovery will show it, bit for bit', () => {
  const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(-0))
  fc.assert(
    fc.property(number, number, fc.array(fc.tuple(number, number), { maxLength: 3 }), (one, other, voidIntervalsMs) => {
      const seen = observed('BTCUSDT', { price: one, flow: { buy: other, sell: -0 } })
      const { primitives } = seen
      const traversalVoidSpan = { maxVoidSec: other, voidIntervalsMs }
      const whole: BarObservation = {
        status: 'FAILED',
        timestampMs: 0,
        failureReason: 'EXCEPTION',
        symbols: { BTCUSDT: { ...seen, primitives: { ...primitives, traversalVoidSpan } } },
      }
      const kept = recordedObservation(whole)
      expect(Object.is(kept.symbols.BTCUSDT!.market.flow10s.sellUsd, 0)).toBe(true)
      expect(JSON.parse(JSON.stringify(kept))).toStrictEqual(kept)
    }),
  )
})

it('a field that is undefined is not there', () => {
  const whole = { status: 'UNINITIALIZED', timestampMs: 1, symbols: {}, failureReason: undefined }
  expect(Object.keys(recordedObservation(whole as unknown as BarObservation))).toEqual([
    'status',
    'timestampMs',
    'symbols',
  ])
})
