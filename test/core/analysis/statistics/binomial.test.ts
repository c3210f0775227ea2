import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { atLeast } from '../../../../src/core/analysis/statistics/binomial.js'
import { minus, plus, type Rational, rational, times } from '../../../support/rational.js'

const small = fc
  .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 64 }))
  .map(([a, b, sixtyFourths]) => ({ successes: Math.min(a, b), trials: Math.max(a, b), chance: sixtyFourths / 64 }))

const large = fc
  .tuple(
    fc.integer({ min: 0, max: 20_000 }),
    fc.integer({ min: 0, max: 20_000 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([a, b, chance]) => ({ successes: Math.min(a, b), trials: Math.max(a, b), chance }))

describe('the exact binomial tail', () => {
  test('agrees with rational arithmetic over all outcomes to twelve digits', () => {
    fc.assert(
      fc.property(small, (tail) => {
        const exact = asNumber(byEnumeration(tail))
        expect(Math.abs(atLeast(tail) - exact)).toBeLessThanOrEqual(1e-12 * Math.max(exact, 1e-300))
      }),
    )
  })

  test('lies between 0 and 1 and never grows with the successes', () => {
    fc.assert(
      fc.property(large, (tail) => {
        const p = atLeast(tail)
        expect(p).toBeGreaterThanOrEqual(0)
        expect(p).toBeLessThanOrEqual(1)
        if (tail.successes > 0) expect(atLeast({ ...tail, successes: tail.successes - 1 })).toBeGreaterThanOrEqual(p)
      }),
    )
  })

  test('and the tail of the failures make 1', () => {
    fc.assert(
      fc.property(large, ({ successes, trials, chance }) => {
        const other = atLeast({ successes: trials - successes + 1, trials: trials + 1, chance: 1 - chance })
        const one = atLeast({ successes: successes + 1, trials: trials + 1, chance })
        expect(one + other).toBeCloseTo(1, 9)
      }),
    )
  })

  test.each([
    [{ successes: 0, trials: 0, chance: 0.3 }, 1],
    [{ successes: 0, trials: 50, chance: 0 }, 1],
    [{ successes: 1, trials: 50, chance: 0 }, 0],
    [{ successes: 50, trials: 50, chance: 1 }, 1],
    [{ successes: 1, trials: 1, chance: 0.125 }, 0.125],
    [{ successes: 1000, trials: 1000, chance: 0.5 }, 2 ** -1000],
    [{ successes: 5000, trials: 5000, chance: 0.5 }, 0],
  ])('of %j is %d', (tail, expected) => {
    const found = atLeast(tail)
    expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-12 * expected)
  })

  test('has twelve digits below 1e-290 of thousands of trials', () => {
    const tail = { successes: 3_130, trials: 4_000, chance: 0.5 }
    const exact = halvesAtLeast(tail.successes, tail.trials)
    expect(exact).toBeLessThan(1e-290)
    expect(Math.abs(atLeast(tail) / exact - 1)).toBeLessThan(1e-12)
  })

  test('refuses more successes than trials', () => {
    expect(() => atLeast({ successes: 3, trials: 2, chance: 0.5 })).toThrow('successes are some of the trials')
    expect(() => atLeast({ successes: 1, trials: 2, chance: Number.NaN })).toThrow('a chance is a number')
  })
})

function byEnumeration({ successes, trials, chance }: { successes: number; trials: number; chance: number }): Rational {
  const p = rational(chance)
  const q = minus(rational(1), p)
  let sum = rational(0)
  for (let k = successes; k <= trials; k++) {
    let term: Rational = { numerator: choose(trials, k), denominator: 1n }
    for (let i = 0; i < trials; i++) term = times(term, i < k ? p : q)
    sum = plus(sum, term)
  }
  return sum
}

/** Of fair trials, by whole numbers: their share of 2^trials, with 80 bits of it. */
function halvesAtLeast(successes: number, trials: number): number {
  let sum = 0n
  let term = 1n
  for (let k = trials; k >= successes; k--) {
    sum += term
    term = (term * BigInt(k)) / BigInt(trials - k + 1)
  }
  const bits = sum.toString(2).length
  return Number(sum >> BigInt(bits - 80)) * 2 ** -80 * 2 ** (bits - trials)
}

function choose(n: number, k: number): bigint {
  let ways = 1n
  for (let i = 1; i <= k; i++) ways = (ways * BigInt(n - k + i)) / BigInt(i)
  return ways
}

function asNumber({ numerator, denominator }: Rational): number {
  const shift = BigInt(Math.max(0, denominator.toString(2).length - numerator.toString(2).length + 80))
  return Number((numerator << shift) / denominator) * 2 ** -Number(shift)
}
