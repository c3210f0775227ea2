import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Exact } from '../../../src/base/exact.js'
import { roundedToCents } from '../../../src/cli/compare/rounded-to-cents.js'

const text = (amounts: readonly Exact[]) => amounts.map((amount) => amount.toFixed(2))
const sum = (amounts: readonly Exact[]) => amounts.reduce((total, amount) => total.plus(amount), new Exact(0))
const exact = (...amounts: string[]) => amounts.map((amount) => new Exact(amount))

describe('the parts of a difference in cents', () => {
  it.each([
    ['are rounded by themselves where these add up', '0.014', ['0.014', '0.014', '-0.014'], ['0.01', '0.01', '-0.01']],
    ['give the cent that is over to what lost most', '0.03', ['0.0149', '0.0101', '0.004'], ['0.02', '0.01', '0.00']],
    ['take up what is in no part', '0.02', ['0.014', '0'], ['0.02', '0.00']],
    ['leave a difference without parts alone', '0.004', ['0'], ['0.00']],
  ])('%s', (_, difference, amounts, rounded) => {
    const parts = roundedToCents(difference, exact(...amounts))
    expect(text(parts)).toEqual(rounded)
  })

  it('sum to the rounded difference, each less than a cent from what it is', () => {
    const mills = fc.array(fc.integer({ min: -100_000, max: 100_000 }), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(mills, (values) => {
        const amounts = values.map((value) => new Exact(value).dividedBy(10_000))
        const parts = roundedToCents(sum(amounts).toFixed(), amounts)
        expect(sum(parts).toFixed()).toBe(sum(amounts).toDecimalPlaces(2).toFixed())
        for (const [i, part] of parts.entries())
          expect(part.minus(amounts[i]!).abs().lessThanOrEqualTo('0.01')).toBe(true)
      }),
    )
  })
})
