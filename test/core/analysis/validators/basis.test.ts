import { describe, expect, test } from 'vitest'
import { BasisMinutes, basis } from '../../../../src/core/analysis/validators/basis.js'
import type { CountedCascade } from '../../../../src/core/analysis/validators/cascade-hypotheses.js'

const MINUTE_MS = 60_000

describe('basis', () => {
  /** An hour of minutes at par, but for those given. */
  function minutesWith(discounts: Readonly<Record<number, number>>, minutes = 60): BasisMinutes {
    const kept = new BasisMinutes()
    for (let minute = 0; minute < minutes; minute++)
      kept.add({ tsMs: minute * MINUTE_MS + 1_000, mark: 100 + (discounts[minute] ?? 0), index: 100 })
    return kept
  }

  test.each([
    [10, false],
    [11, true],
    [15, true],
    [16, false],
  ])('a discount in minute 10 is before minute %d: %s', (minute, isBefore) => {
    expect(minutesWith({ 10: -0.6 }).wasFarBelow(minute * MINUTE_MS + 59_999)).toBe(isBefore)
  })

  test('half a percent is not more than half a percent', () => {
    expect(minutesWith({ 10: -0.5 }).wasFarBelow(11 * MINUTE_MS)).toBe(false)
  })

  test('is not known where no minute before is', () => {
    expect(new BasisMinutes().wasFarBelow(11 * MINUTE_MS)).toBeUndefined()
    expect(minutesWith({}).wasFarBelow(0)).toBeUndefined()
    expect(minutesWith({}).wasFarBelow(66 * MINUTE_MS)).toBeUndefined()
  })

  test('holds cascades against the share of minutes of which the same can be said', () => {
    const minutes = minutesWith(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [i * 10, -1])), 1_000)
    const cascades = Array.from({ length: 40 }, (_, i) => cascade('BTCUSDT', (i * 10 + 3) * MINUTE_MS))
    const tested = basis(cascades, new Map([['BTCUSDT', minutes]]))
    expect(tested).toMatchObject({ totalEvents: 40, counts: { supportingEvents: 40 } })
    expect(tested.details.baseRate).toBeCloseTo(0.5, 2)
    expect(tested.details.spot).toBe('index price of the marks')
  })

  test('without spot prices has no events', () => {
    expect(basis([cascade('BTCUSDT', 0)])).toMatchObject({ totalEvents: 0 })
  })
})

function cascade(coin: string, startTsMs: number): CountedCascade {
  return { coin, startTsMs, endTsMs: startTsMs, oiDropPct: 12, waveCount: 1 }
}
