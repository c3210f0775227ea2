import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CheckedBar, FillCheck } from '../../../src/core/orderbook/fill-check.js'

interface Bar {
  readonly foretold?: number | undefined
  /** Which sides were filled; absent: it was not known what the bar began with. */
  readonly fills?: readonly [buy: boolean, sell: boolean] | undefined
}

function barOf({ foretold, fills }: Bar, symbol = 'AUSDT'): CheckedBar {
  const value = { fills: fills && { buy: fills[0], sell: fills[1] } }
  return { assets: [{ symbol, value, features: { fillProbability: foretold } }] }
}

function checked(bars: readonly Bar[]): FillCheck {
  const check = new FillCheck()
  for (const bar of bars) check.add(barOf(bar))
  return check
}

const BOTH = [true, true] as const
const NEITHER = [false, false] as const

describe('what was foretold of fills', () => {
  it.each<[string, Bar[], { outcomes: number; brier: number; baseRate: number } | undefined]>([
    ['nothing', [], undefined],
    ['a bar alone', [{ foretold: 0.5, fills: BOTH }], undefined],
    ['a certainty that came true', [{ foretold: 1 }, { fills: BOTH }], { outcomes: 2, brier: 0, baseRate: 1 }],
    ['one that did not', [{ foretold: 1 }, { fills: NEITHER }], { outcomes: 2, brier: 1, baseRate: 0 }],
    ['half of it', [{ foretold: 1 }, { fills: [true, false] }], { outcomes: 2, brier: 0.5, baseRate: 0.5 }],
    [
      'a bar that does not count between',
      [{ foretold: 1 }, {}, { fills: BOTH }],
      { outcomes: 2, brier: 0, baseRate: 1 },
    ],
    [
      'two bars before one that counts',
      [{ foretold: 1 }, { foretold: 0 }, { fills: BOTH }],
      { outcomes: 4, brier: 0.5, baseRate: 1 },
    ],
    [
      'the bar itself, which is no outcome of its own',
      [{ foretold: 1, fills: NEITHER }, { fills: BOTH }, { fills: NEITHER }],
      { outcomes: 2, brier: 0, baseRate: 1 },
    ],
  ])('is held against the next bar that counts: %s', (_, bars, expected) => {
    const result = checked(bars).result()
    if (expected === undefined) expect(result).toBeUndefined()
    else expect(result).toMatchObject(expected)
  })

  it('of one asset is not held against another', () => {
    const check = new FillCheck()
    check.add(barOf({ foretold: 1 }, 'AUSDT'))
    check.add(barOf({ fills: NEITHER }, 'BUSDT'))
    expect(check.result()).toBeUndefined()
  })

  it('is as good as always saying the base rate when that is what was said', () => {
    const bars = [NEITHER, BOTH, NEITHER, [true, false] as const].map((fills) => ({ foretold: 0.375, fills }))
    const result = checked([{ foretold: 0.375 }, ...bars]).result()!
    expect(result.baseRate).toBe(0.375)
    expect(result.brier).toBeCloseTo(result.brierOfBaseRate, 12)
  })

  const story = fc.array(
    fc.record({
      foretold: fc.option(
        fc.integer({ min: 0, max: 40 }).map((of) => of / 40),
        { nil: undefined },
      ),
      fills: fc.option(fc.tuple(fc.boolean(), fc.boolean()), { nil: undefined }),
    }),
    { maxLength: 300, size: 'max' },
  )

  it('falls into at most ten groups from low to high, which hold every outcome once and add up to the whole', () => {
    fc.assert(
      fc.property(story, (bars) => {
        const result = checked(bars).result()
        if (result === undefined) return
        const { deciles, outcomes, baseRate } = result
        expect(deciles.length).toBeLessThanOrEqual(10)
        expect(deciles.reduce((sum, of) => sum + of.outcomes, 0)).toBe(outcomes)
        expect(deciles.reduce((sum, of) => sum + of.filled * of.outcomes, 0) / outcomes).toBeCloseTo(baseRate, 10)
        for (const [i, { lowest, highest, foretold }] of deciles.entries()) {
          expect(lowest).toBeLessThanOrEqual(foretold + 1e-12)
          expect(foretold).toBeLessThanOrEqual(highest + 1e-12)
          if (i > 0) expect(deciles[i - 1]!.highest).toBeLessThan(lowest)
        }
      }),
    )
  })

  it('falls into ten groups of one size when no two forecasts are equal', () => {
    const bars = Array.from({ length: 101 }, (_, i) => ({ foretold: i / 101, fills: i % 2 === 0 ? BOTH : NEITHER }))
    const { deciles } = checked(bars).result()!
    expect(deciles.map(({ outcomes }) => outcomes)).toEqual(Array(10).fill(20))
    expect(deciles[0]).toMatchObject({ lowest: 0, highest: 9 / 101, filled: 0.5 })
  })
})
