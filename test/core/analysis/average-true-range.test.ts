import { expect, it } from 'vitest'
import { AverageTrueRange } from '../../../src/core/analysis/average-true-range.js'

it('there is no range until fourteen candles were closed', () => {
  const atr = new AverageTrueRange()
  const known = Array.from({ length: 15 }, () => {
    atr.add({ high: 12, low: 10, close: 11 })
    return atr.value
  })
  expect(known).toEqual([...Array<undefined>(13).fill(undefined), 2, 2])
})

it('a gap from the close before counts to the range, up and down', () => {
  const [up, down] = [new AverageTrueRange(1), new AverageTrueRange(1)]
  for (const atr of [up, down]) atr.add({ high: 101, low: 99, close: 100 })
  up.add({ high: 110, low: 109, close: 110 })
  down.add({ high: 91, low: 90, close: 90 })
  expect([up.value, down.value]).toEqual([10, 10])
})
