import { describe, expect, it } from 'vitest'
import { step } from '../../../src/core/orderbook/dark-streak.js'
import { darkCase } from '../../golden/guard-functions.js'
import { marketCases, marketDifference } from '../../support/golden-market.js'

describe('the independent vectors are reproduced', () => {
  it.each(marketCases('guards', 'dark'))('%s', (_, { args, expected, tolerance }) => {
    expect(marketDifference(expected, darkCase(args), tolerance)).toBeUndefined()
  })
})

describe('a dark streak', () => {
  it('is told once, however long it lasts, and told again when it comes back', () => {
    let darkBars = 0
    const signals: string[] = []
    const bars = [...Array<number>(5_000).fill(0), 2, 1, ...Array<number>(10).fill(0), 1]
    for (const frames of bars) {
      const stepped = step({ darkBars, frames })
      darkBars = stepped.darkBars
      if (stepped.signal !== undefined) signals.push(stepped.signal)
    }
    expect(signals).toEqual(['STALE_DATA', 'DATA_BACK', 'STALE_DATA', 'DATA_BACK'])
  })
})
