import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { CalibratedParameter, type ParameterCalibration } from '../../../src/core/assumptions/calibrated-parameter.js'

const DAY_MS = 86_400_000

const calibration = (given: Partial<ParameterCalibration> = {}): ParameterCalibration => ({
  name: 'slippage',
  value: 10,
  unit: 'bps',
  calibratedAtMs: 0,
  samples: 100,
  source: 'test',
  expectedMean: 10,
  ...given,
})

const observed = (values: readonly number[], given?: Partial<ParameterCalibration>, before?: CalibratedParameter) => {
  const parameter = before ?? new CalibratedParameter(calibration(given))
  for (const value of values) parameter.observe(value)
  return parameter
}

const times = (n: number, value: number) => new Array<number>(n).fill(value)

describe('a calibrated parameter', () => {
  test.each<[number, number, Partial<ParameterCalibration>, string]>([
    [29, 100, {}, 'UNKNOWN'],
    [30, 11.5, {}, 'HEALTHY'],
    [30, 11.6, {}, 'DRIFTING'],
    [30, 13, {}, 'DRIFTING'],
    [30, 13.1, {}, 'BROKEN'],
    [30, 6.9, {}, 'BROKEN'],
    [30, 0.2, { expectedMean: 0 }, 'DRIFTING'],
    [30, -0.4, { expectedMean: 0 }, 'BROKEN'],
  ])('%i times %d without a deviation, of %j, is %s', (n, value, given, healthStatus) => {
    expect(observed(times(n, value), given).reading.healthStatus).toBe(healthStatus)
  })

  it('is unknown where nothing is expected of it', () => {
    const { expectedMean: _, ...without } = calibration()
    const parameter = new CalibratedParameter(without)
    observed(times(40, 5), {}, parameter)
    expect(parameter.reading).toMatchObject({ healthStatus: 'UNKNOWN', observedMean: 5 })
  })

  it('drifts when it varies more than it should, around the same mean', () => {
    const values = times(40, 0).map((_, i) => 10 + (i % 2 === 0 ? 1 : -1) * 1.5)
    expect(observed(values, { expectedStd: 1 }).reading).toMatchObject({ healthStatus: 'DRIFTING', driftPct: 0 })
  })

  it('drifts when small differences to one side have summed up, long before its mean says so', () => {
    const values = [...times(200, 9.5), ...times(20, 11)]
    const { reading } = observed(values, { expectedStd: 1 })
    expect(reading.driftPct).toBeLessThan(0.15)
    expect(reading).toMatchObject({ healthStatus: 'DRIFTING', cusumPos: 10 })
  })

  it('stays broken whatever comes, until it is calibrated anew', () => {
    const parameter = observed(times(30, 20))
    observed(times(2_000, 10), {}, parameter)
    expect(parameter.reading).toMatchObject({ healthStatus: 'BROKEN', observedMean: 10, observations: 1_000 })
    expect(parameter.recalibrate(calibration({ calibratedAtMs: DAY_MS }))).toBe(true)
    expect(parameter.reading).toMatchObject({ healthStatus: 'UNKNOWN', observations: 0, cusumPos: 0, cusumNeg: 0 })
  })

  it('is calibrated at most once in a day', () => {
    const parameter = observed(times(30, 20))
    expect(parameter.recalibrate(calibration({ calibratedAtMs: DAY_MS - 1 }))).toBe(false)
    expect(parameter.reading.healthStatus).toBe('BROKEN')
  })

  it('goes on from its snapshot as if it had never stopped', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 5, max: 15, noNaN: true }), { maxLength: 60 }),
        fc.nat(60),
        (values, cut) => {
          const kept = observed(values.slice(0, cut), { expectedStd: 2 }).snapshot()
          const second = new CalibratedParameter(calibration({ expectedStd: 2 }), JSON.parse(JSON.stringify(kept)))
          observed(values.slice(cut), {}, second)
          expect(second.reading).toEqual(observed(values, { expectedStd: 2 }).reading)
        },
      ),
    )
  })
})
