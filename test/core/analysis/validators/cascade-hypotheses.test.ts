import { describe, expect, test } from 'vitest'
import {
  absorption,
  type CountedCascade,
  fundingSettlement,
  isNearSettlement,
  manipulation,
  oiConcentration,
  sequencing,
  waveStructure,
} from '../../../../src/core/analysis/validators/cascade-hypotheses.js'

const DAY_MS = Date.UTC(2026, 0, 5)
const HOUR_MS = 3_600_000

function cascade(facts: Partial<CountedCascade> = {}): CountedCascade {
  return { coin: 'BTCUSDT', startTsMs: DAY_MS, endTsMs: DAY_MS, oiDropPct: '12.000000', waveCount: 3, ...facts }
}

function times(count: number, facts: Partial<CountedCascade>): CountedCascade[] {
  return Array.from({ length: count }, () => cascade(facts))
}

describe('hypotheses about cascades', () => {
  test('waveStructure counts those of three to five waves', () => {
    const cascades = [2, 3, 4, 5, 6].flatMap((waveCount) => times(10, { waveCount }))
    expect(waveStructure(cascades)).toMatchObject({
      totalEvents: 50,
      proxy: false,
      counts: { supportingEvents: 30, successRate: 0.6, isLargeEnough: true },
    })
  })

  test('absorption counts reversals among those after which the price moved', () => {
    const cascades = [
      ...times(20, { outcome: 'REVERSAL' }),
      ...times(15, { outcome: 'CONTINUATION' }),
      ...times(7, { outcome: 'NEUTRAL' }),
      ...times(3, {}),
    ]
    expect(absorption(cascades)).toMatchObject({ totalEvents: 35, proxy: true, counts: { supportingEvents: 20 } })
  })

  test('oiConcentration compares reversals from a drop of 15 % on with those below', () => {
    const cascades = [
      ...times(9, { oiDropPct: '15.000000', outcome: 'REVERSAL' }),
      ...times(1, { oiDropPct: 30, outcome: 'CONTINUATION' }),
      ...times(5, { oiDropPct: '14.999999', outcome: 'REVERSAL' }),
      ...times(15, { oiDropPct: 10, outcome: 'CONTINUATION' }),
      ...times(50, { oiDropPct: 50, outcome: 'NEUTRAL' }),
    ]
    expect(oiConcentration(cascades)).toMatchObject({
      totalEvents: 30,
      proxy: true,
      details: { threshold: 15, firstGroup: 10, secondGroup: 20, secondRate: 0.25 },
      counts: { supportingEvents: 9, successRate: 0.9, rateDifference: 0.65, isLargeEnough: true },
    })
  })

  test.each([
    ['manipulation', manipulation, 'CONTINUATION'],
    ['sequencing', sequencing, 'REVERSAL'],
  ] as const)('%s compares its outcome from three waves on with that of fewer', (_, hypothesis, outcome) => {
    const other = outcome === 'REVERSAL' ? 'CONTINUATION' : 'REVERSAL'
    const cascades = [
      ...times(12, { waveCount: 3, outcome }),
      ...times(8, { waveCount: 4, outcome: other }),
      ...times(10, { waveCount: 2, outcome }),
      ...times(10, { waveCount: 1, outcome: other }),
    ]
    const { counts, details } = hypothesis(cascades)
    expect(counts).toMatchObject({ supportingEvents: 12, successRate: 0.6, isLargeEnough: true })
    expect(counts?.rateDifference).toBeCloseTo(0.1, 12)
    expect(details).toMatchObject({ firstGroup: 20, secondGroup: 20 })
  })

  test('fundingSettlement asks for one and a half times the share of the day that is near a settlement', () => {
    const near = times(15, { startTsMs: DAY_MS + 8 * HOUR_MS + 60_000 })
    const far = times(65, { startTsMs: DAY_MS + 4 * HOUR_MS })
    expect(fundingSettlement([...near, ...far])).toMatchObject({
      details: { baseRate: 0.125, rateMin: 0.1875 },
      counts: { successRate: 0.1875, isLargeEnough: true },
    })
  })

  test('exactly 61 of 480 minutes are near a settlement: both ends of the half hours count', () => {
    const minutes = Array.from({ length: 480 }, (_, minute) => isNearSettlement(DAY_MS + minute * 60_000))
    expect(minutes.filter(Boolean)).toHaveLength(61)
    expect(isNearSettlement(DAY_MS - 1)).toBe(true)
    expect(isNearSettlement(-4 * HOUR_MS)).toBe(false)
  })

  test('a group of four is none, and fewer than thirty events are not enough', () => {
    const four = [
      ...times(4, { waveCount: 3, outcome: 'REVERSAL' }),
      ...times(60, { waveCount: 1, outcome: 'CONTINUATION' }),
    ]
    expect(sequencing(four)).toMatchObject({ details: { reason: 'fewer than 5 events in a group' } })
    expect(sequencing(four).counts).toBeUndefined()
    expect(waveStructure(times(29, {})).counts).toBeUndefined()
    expect(waveStructure(times(30, {})).counts).toBeDefined()
  })
})

describe('a calibrated threshold', () => {
  /** In time: `count` cascades, each with its place in them. */
  function timeline(count: number, facts: (i: number) => Partial<CountedCascade>): CountedCascade[] {
    return Array.from({ length: count }, (_, i) => cascade({ startTsMs: DAY_MS + i * HOUR_MS, ...facts(i) }))
  }

  test('is chosen on the first 60 % in time, and counts are of the rest alone', () => {
    const cascades = timeline(100, (i) => {
      const drop = 10 + (i % 20)
      return { oiDropPct: drop, outcome: drop >= 22 ? 'REVERSAL' : 'CONTINUATION' }
    })
    const tested = oiConcentration([...cascades].reverse(), { calibrate: true })
    expect(tested).toMatchObject({
      calibratedThreshold: 22,
      totalEvents: 40,
      details: { calibrationEvents: 60, threshold: 22 },
      counts: { successRate: 1, rateDifference: 1 },
    })
  })

  test('is not affected by what comes after', () => {
    const facts = (i: number): Partial<CountedCascade> => ({
      oiDropPct: 10 + (i % 20),
      outcome: i % 20 >= 10 ? 'REVERSAL' : 'CONTINUATION',
    })
    const asBefore = oiConcentration(timeline(100, facts), { calibrate: true })
    const otherwise = oiConcentration(
      timeline(100, (i) => (i < 60 ? facts(i) : { ...facts(i), outcome: i % 2 === 0 ? 'REVERSAL' : 'CONTINUATION' })),
      { calibrate: true },
    )
    expect(otherwise.calibratedThreshold).toBe(asBefore.calibratedThreshold)
    expect(otherwise.counts?.rateDifference).toBeLessThan(asBefore.counts!.rateDifference!)
  })

  test('is the stated one where no other leaves enough in both groups', () => {
    const tested = oiConcentration(
      timeline(100, () => ({ oiDropPct: 12, outcome: 'REVERSAL' })),
      { calibrate: true },
    )
    expect(tested.calibratedThreshold).toBeUndefined()
    expect(tested.details).toMatchObject({ threshold: 15 })
  })
})
