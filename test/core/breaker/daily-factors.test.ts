import { describe, expect, test } from 'vitest'
import { medianOfFirstScans, medianOfLastScans } from '../../../src/core/breaker/daily-factors.js'
import { closeTo, goldenUnit } from '../../support/golden.js'

type Known = number | null
const golden = goldenUnit<{ median_first_10: [Known[], Known][] }>('acb-boost')

describe('a date from its scans', () => {
  test.each(golden.median_first_10)('golden: the first ten of %j give %s', (scans, expected) => {
    const found = medianOfFirstScans(scans)
    if (expected === null || found === null) expect(found).toBe(expected)
    else expect(closeTo(found, expected)).toBe(true)
    expect(medianOfLastScans([...scans].reverse())).toBe(found)
  })

  test('a value that is not a number is a missing one', () => {
    expect(medianOfFirstScans([Number.NaN, 2, null, 4])).toBe(3)
    expect(medianOfFirstScans([Number.NaN, null])).toBeNull()
  })
})
