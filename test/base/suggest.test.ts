import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editDistance, nearestName } from '../../src/base/suggest.js'

const NAMES = ['fraction', 'max_hold_bars', 'min_leverage', 'max_leverage', 'fixed_tp_pct', 'seed', 'initial_capital']

describe('the nearest name', () => {
  it.each([
    ['fractoin', 'fraction'],
    ['fracton', 'fraction'],
    ['Fraction', 'fraction'],
    ['maxHoldBars', 'max_hold_bars'],
    ['max-hold-bar', 'max_hold_bars'],
    ['min_leverge', 'min_leverage'],
    ['sed', 'seed'],
    ['tp', 'fixed_tp_pct'],
    ['capital', 'initial_capital'],
    ['leverage', undefined],
    ['zzz', undefined],
    ['', undefined],
  ])('of %j is %j', (wrong, right) => {
    expect(nearestName(wrong, NAMES)).toBe(right)
  })
})

describe('edit distance', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 })

  it('is zero exactly for equal words, and symmetric', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b) === 0).toBe(a === b)
        expect(editDistance(a, b)).toBe(editDistance(b, a))
      }),
    )
  })

  it('is one after one insertion, deletion, substitution or swap of neighbours', () => {
    expect(editDistance('fraction', 'fractions')).toBe(1)
    expect(editDistance('fraction', 'fracion')).toBe(1)
    expect(editDistance('fraction', 'fractiun')).toBe(1)
    expect(editDistance('fraction', 'fractoin')).toBe(1)
  })

  it('lies between the difference in length and the longer length', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBeGreaterThanOrEqual(Math.abs(a.length - b.length))
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })
})
