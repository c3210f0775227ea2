import { describe, expect, it } from 'vitest'
import { DayFactors, dateOfMs } from '../../../src/core/breaker/day-factors.js'

const HOUR = 3_600_000
const MIDNIGHT = Date.UTC(2026, 0, 6)
const DATE = '2026-01-06'

describe('the row of a date', () => {
  it.each([
    ['was stamped at 00:00', { atMs: MIDNIGHT, seenMs: MIDNIGHT + 1_000 }, true],
    ['was stamped before and arrived until 00:05', { atMs: MIDNIGHT - 60_000, seenMs: MIDNIGHT + 299_999 }, true],
    ['was stamped before and arrived after 00:05', { atMs: MIDNIGHT - 60_000, seenMs: MIDNIGHT + 300_001 }, false],
    ['was stamped after 00:00', { atMs: MIDNIGHT + 1, seenMs: MIDNIGHT + 2 }, false],
    ['was two hours old at 00:00', { atMs: MIDNIGHT - 2 * HOUR, seenMs: MIDNIGHT - HOUR }, true],
    ['was older than two hours at 00:00', { atMs: MIDNIGHT - 2 * HOUR - 1, seenMs: MIDNIGHT - HOUR }, false],
    ['claims a time more than a minute ahead', { atMs: MIDNIGHT - HOUR, seenMs: MIDNIGHT - HOUR - 60_001 }, false],
  ])('has a volatility index, or not, that %s', (_, { atMs, seenMs }, isKnown) => {
    const factors = new DayFactors()
    factors.take({ factor: 'dvol_btc', value: 60, atMs }, seenMs)
    expect(factors.rowOf(DATE)).toEqual(isKnown ? { dvolBtc: 60 } : {})
  })

  it('takes the newest stamp of each factor at or before 00:00, whatever comes after it', () => {
    const factors = new DayFactors()
    for (const minutes of [-90, -30, -1, 1, 30]) {
      const atMs = MIDNIGHT + minutes * 60_000
      factors.take({ factor: 'funding_btc', value: minutes / 10_000, atMs }, atMs)
    }
    factors.take({ factor: 'fng', value: 20, atMs: MIDNIGHT - 24 * HOUR }, MIDNIGHT - 24 * HOUR)
    expect(factors.rowOf(DATE)).toEqual({ fundingBtc: -0.0001, fng: 20 })
    factors.take({ factor: 'fng', value: 30, atMs: MIDNIGHT }, MIDNIGHT + 240_000)
    expect(factors.rowOf(DATE)).toMatchObject({ fng: 30 })
    expect(factors.rowOf('2026-01-07')).toMatchObject({ fng: 30 })
  })

  it('knows later on the next date what came too late for this one', () => {
    const factors = new DayFactors()
    factors.take({ factor: 'fng', value: 20, atMs: MIDNIGHT }, MIDNIGHT + HOUR)
    expect(factors.rowOf(DATE)).toEqual({})
    expect(factors.rowOf('2026-01-07')).toEqual({ fng: 20 })
  })

  it('says whether a row may have changed, and takes nothing that cannot be the factor', () => {
    const factors = new DayFactors()
    const value = { factor: 'dvol_btc', value: 60, atMs: MIDNIGHT } as const
    expect(factors.take(value, MIDNIGHT)).toBe(true)
    expect(factors.take(value, MIDNIGHT)).toBe(false)
    expect(factors.take({ ...value, atMs: MIDNIGHT - 1 }, MIDNIGHT)).toBe(false)
    expect(factors.take({ ...value, value: Number.NaN }, MIDNIGHT)).toBe(false)
    expect(factors.take({ ...value, value: -5 }, MIDNIGHT)).toBe(false)
    expect(factors.take({ ...value, atMs: Number.NaN }, MIDNIGHT)).toBe(false)
    expect(factors.rowOf(DATE)).toEqual({ dvolBtc: 60 })
  })
})

it('a moment belongs to its UTC date', () => {
  expect([MIDNIGHT - 1, MIDNIGHT].map(dateOfMs)).toEqual(['2026-01-05', '2026-01-06'])
})
