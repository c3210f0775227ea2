import { expect, it } from 'vitest'
import { LiquidationBurstWindow } from '../../../src/core/analysis/liquidation-burst.js'

it('a liquidation of ten seconds ago is in the burst, one of a millisecond more is not, and a later one is not yet', () => {
  const burst = new LiquidationBurstWindow()
  burst.add({ tsMs: 10_000, side: 'SELL', valueUsd: 5 })
  expect(burst.at(20_000)).toEqual({
    ...{ totalVolumeUsd: 5, longLiquidationsUsd: 5, shortLiquidationsUsd: 0, liquidationCount: 1 },
    ...{ windowStartMs: 10_000, windowEndMs: 20_000 },
  })
  expect(burst.at(20_001)).toBeUndefined()
  expect(burst.at(9_999)).toBeUndefined()
})

it('a forced sale closes a long position, a forced purchase a short one', () => {
  const burst = new LiquidationBurstWindow()
  burst.add({ tsMs: 2, side: 'BUY', valueUsd: 3 })
  burst.add({ tsMs: 1, side: 'SELL', valueUsd: 4 })
  expect(burst.at(2)).toMatchObject({ longLiquidationsUsd: 4, shortLiquidationsUsd: 3, totalVolumeUsd: 7 })
})

it('it keeps a thousand liquidations and counts those of the window that made room', () => {
  const burst = new LiquidationBurstWindow()
  for (let i = 0; i < 1_003; i++) burst.add({ tsMs: i, side: 'SELL', valueUsd: 1 })
  expect(burst.at(1_003)?.liquidationCount).toBe(1_000)
  expect(burst.dropped).toBe(3)
})
