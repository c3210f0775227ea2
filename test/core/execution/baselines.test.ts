import { expect, test } from 'vitest'
import { Bench, INSTRUMENT, SETTINGS } from './bench-of-one.js'

test('fifty instruments are as soon ready as one', () => {
  const others = Array.from({ length: 49 }, (_, i) => ({
    ...INSTRUMENT,
    identity: { ...INSTRUMENT.identity, symbol: `COIN${i}USDT` },
  }))
  const bench = Bench.ready({ ...SETTINGS, instruments: [INSTRUMENT, ...others] })
  expect(bench.side.entryBlocks()).toEqual([])
})
