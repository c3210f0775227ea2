import { expect, it } from 'vitest'
import { neededObservation } from '../../../src/core/strategy/needed-observation.js'
import type { BarObservation } from '../../../src/ports/vocabulary/observation.js'
import { observed, proximityOf, zoneOf } from '../examples/inputs.js'

const WHOLE: BarObservation = {
  status: 'UNINITIALIZED',
  timestampMs: 0,
  symbols: {
    BTCUSDT: observed('BTCUSDT', {
      burst: { long: 1, short: 0 },
      zone: zoneOf(),
      proximity: proximityOf({ count: 1, long: 1, short: 0 }),
      price: 100,
    }),
    ETHUSDT: observed('ETHUSDT', {}),
  },
}

it('what nobody observes is not shown', () => {
  expect(neededObservation(WHOLE, [])).toBeUndefined()
  expect(neededObservation(WHOLE, [undefined, false])).toBeUndefined()
  expect(neededObservation(undefined, [true])).toBeUndefined()
})

it('whoever asks for everything is shown it as it is', () => {
  expect(neededObservation(WHOLE, [['orderBlock'], true])).toBe(WHOLE)
})

it('whoever names primitives is shown those, with regime and market, and those of the others who ask', () => {
  const shown = neededObservation(WHOLE, [['liquidationBurst'], false, ['supplyDemandZone', 'orderBlock']])!
  const { primitives, regime, market } = shown.symbols.BTCUSDT!
  expect(Object.keys(primitives)).toEqual(['symbol', 'liquidationBurst', 'supplyDemandZone'])
  expect({ regime, market }).toEqual({ regime: WHOLE.symbols.BTCUSDT!.regime, market: WHOLE.symbols.BTCUSDT!.market })
  expect(shown.symbols.ETHUSDT!.primitives).toEqual({ symbol: 'ETHUSDT' })
})
