import { describe, expect, it } from 'vitest'
import { scanFactors, w750OfDate } from '../../../src/core/breaker/scan-factors.js'
import type { FactorScanDay } from '../../../src/ports/factor-scans.js'

const scan = (fng: number | null) => ({ funding_btc: null, dvol_btc: 50, fng, taker: null })
const day = (date: string, over: Partial<FactorScanDay> = {}): FactorScanDay => ({
  date,
  first: [],
  firstW750: [],
  lastW750: [],
  ...over,
})
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

describe("the breaker's rows out of scans", () => {
  it('have the medians of the first ten scans of each date', () => {
    const days = [
      day('2025-05-10', { first: [...upTo(10).map(scan), scan(1000)] }),
      day('2025-05-11', { first: [scan(null)] }),
    ]
    expect([...scanFactors(days, 'first-10').factors]).toEqual([
      ['2025-05-10', { fundingBtc: null, dvolBtc: 50, fng: 5.5, taker: null }],
      ['2025-05-11', { fundingBtc: null, dvolBtc: 50, fng: null, taker: null }],
    ])
  })

  it('have the velocity before each date, and of the date after the last; or that of their own first scans', () => {
    const days = [
      day('2025-05-10', { firstW750: [9, 7, 8], lastW750: upTo(10) }),
      day('2025-05-11', { firstW750: [null], lastW750: [null, 3] }),
    ]
    expect([...scanFactors(days, 'last-10').w750]).toEqual([
      ['2025-05-10', null],
      ['2025-05-11', 5.5],
      ['2025-05-12', 6],
    ])
    expect([...scanFactors(days, 'first-10').w750]).toEqual([
      ['2025-05-10', 8],
      ['2025-05-11', null],
    ])
  })
})

describe('the velocity of a date', () => {
  it('of the last ten scans goes back over short days, and not over a day without scans', () => {
    const days = new Map([
      ['2025-05-07', day('2025-05-07', { lastW750: [100] })],
      ['2025-05-09', day('2025-05-09', { lastW750: upTo(10) })],
      ['2025-05-10', day('2025-05-10', { lastW750: [50] })],
    ])
    const velocity = (date: string) => w750OfDate((of) => days.get(of), date, 'last-10')
    // 2 … 10 and 50.
    expect(velocity('2025-05-11')).toBe(6.5)
    expect(velocity('2025-05-09')).toBeNull()
    expect(velocity('2025-05-08')).toBe(100)
  })
})
