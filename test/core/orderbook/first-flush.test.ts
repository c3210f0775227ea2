import { describe, expect, it } from 'vitest'
import { firstFlushCase } from '../../golden/guard-functions.js'
import { marketCases, marketDifference } from '../../support/golden-market.js'

describe('the independent vectors are reproduced', () => {
  it.each(marketCases('guards', 'first_flush'))('%s', (_, { args, expected, tolerance }) => {
    expect(marketDifference(expected, firstFlushCase(args), tolerance)).toBeUndefined()
  })
})
