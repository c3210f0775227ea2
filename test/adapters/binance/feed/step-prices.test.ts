import { describe, expect, it } from 'vitest'
import { StepPrices } from '../../../../src/adapters/binance/feed/step-prices.js'

const STEP_MS = 5_000
const T = 1_800_000_000_000

function prices(symbols = 1): StepPrices {
  return new StepPrices(symbols, STEP_MS, T)
}

/** Price and origin of the first symbol. */
function closed(steps: StepPrices): readonly [number, string | null] {
  const {
    prices: [price],
    origins: [origin],
  } = steps.close()
  return [price!, origin!]
}

describe('the price of a step', () => {
  it.each([
    { midAgeMs: 1, markAgeMs: 1, expected: [100, 'mid'] },
    { midAgeMs: 2 * STEP_MS, markAgeMs: 1, expected: [100, 'mid'] },
    { midAgeMs: 2 * STEP_MS + 1, markAgeMs: 1, expected: [99, 'mark'] },
    { midAgeMs: 2 * STEP_MS + 1, markAgeMs: 2 * STEP_MS, expected: [99, 'mark'] },
    { midAgeMs: 2 * STEP_MS + 1, markAgeMs: 2 * STEP_MS + 1, expected: [Number.NaN, null] },
  ])('is $expected with a mid $midAgeMs ms old and a mark $markAgeMs ms old', ({ midAgeMs, markAgeMs, expected }) => {
    const steps = prices()
    steps.mid(0, 100, T - midAgeMs)
    steps.mark(0, 99, T - markAgeMs)
    expect(closed(steps)).toEqual(expected)
  })

  it('is that of what is stamped before its end: what is stamped at the end waits for the next step', () => {
    const steps = prices()
    steps.mid(0, 100, T - 1)
    steps.mid(0, 101, T)
    expect(closed(steps)).toEqual([100, 'mid'])
    expect(closed(steps)).toEqual([101, 'mid'])
  })

  it('is the youngest by its stamp, in whatever order frames of overlapping connections come', () => {
    const steps = prices()
    steps.mid(0, 100, T - 1)
    steps.mid(0, 98, T - 10)
    steps.mid(0, 103, T + 20)
    steps.mid(0, 102, T + 10)
    expect(closed(steps)).toEqual([100, 'mid'])
    expect(closed(steps)).toEqual([103, 'mid'])
  })

  it('is missing at the step at which it comes from elsewhere than before, and at that step alone', () => {
    const steps = prices()
    steps.mid(0, 100, T - 1)
    steps.mark(0, 99, T - 1)
    expect(closed(steps)).toEqual([100, 'mid'])
    steps.forget(0, 'mid')
    expect(closed(steps)).toEqual([Number.NaN, 'mark'])
    steps.mark(0, 99, T + STEP_MS + 1)
    expect(closed(steps)).toEqual([99, 'mark'])
    steps.mid(0, 101, T + 2 * STEP_MS + 1)
    expect(closed(steps)).toEqual([Number.NaN, 'mid'])
    expect(closed(steps)).toEqual([101, 'mid'])
  })

  it('is there at once after a step without any: no return spans the two', () => {
    const steps = prices()
    steps.mid(0, 100, T - 1)
    closed(steps)
    steps.forget(0, 'mid')
    expect(closed(steps)).toEqual([Number.NaN, null])
    steps.mark(0, 99, T + STEP_MS + 1)
    expect(closed(steps)).toEqual([99, 'mark'])
  })

  it('is none where a side of the book is empty and there is no mark', () => {
    const steps = prices()
    steps.mid(0, 100, T - 2)
    steps.mid(0, Number.NaN, T - 1)
    expect(closed(steps)).toEqual([Number.NaN, null])
  })

  it('goes on behind steps that are left out', () => {
    const steps = prices(2)
    steps.mid(0, 100, T - 1)
    steps.mark(1, 7, T + 4 * STEP_MS)
    steps.skipTo(T + 5 * STEP_MS)
    expect(steps.close()).toMatchObject({
      timeMs: T + 5 * STEP_MS,
      prices: Float64Array.of(Number.NaN, 7),
      origins: [null, 'mark'],
    })
    expect(steps.dueMs).toBe(T + 6 * STEP_MS)
  })
})
