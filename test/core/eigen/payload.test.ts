import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { eigenScanPayload } from '../../../src/core/eigen/payload.js'
import { normaliseEigenScan, type PublishedScan } from '../../../src/core/eigen/read-payload.js'
import { sampleScan } from '../../support/scans.js'

const schema = JSON.parse(
  readFileSync(new URL('../../../specs/grid/latest_eigen_scan.schema.json', import.meta.url), 'utf8'),
)
const validate = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(schema)
const payload = eigenScanPayload(sampleScan({ scanNumber: 7315 }), { publishedAtMs: 1_767_571_205_250 })

function read(json: unknown): PublishedScan {
  const reading = normaliseEigenScan(JSON.parse(JSON.stringify(json)))
  if ('problem' in reading) throw new Error(reading.problem)
  return reading.scan
}

describe('the payload of a scan', () => {
  it('says the scan in the fields of the grid, null where it says nothing', () => {
    expect(payload).toEqual({
      scan_number: 7315,
      timestamp: '2026-01-05T00:00:05.017Z',
      timestamp_ns: '1767571205017000123',
      bridge_ts: 1_767_571_205.25,
      vel_div: -0.1,
      w50_velocity: -0.04,
      w150_velocity: 0.02,
      w300_velocity: 0.25,
      w750_velocity: null,
      instability_50: 0.041,
      instability_150: 0.0205,
      asset_prices: { BTCUSDT: 71_281.03, XRPUSDT: 0.30000000000000004 },
      data_quality: 2 / 3,
      eigenvalue_gradients: { 50: (2.5 * -0.04) / 0.96, 150: (2.25 * 0.02) / 1.02, 300: 0.425, 750: null },
      multi_window_results: {
        50: { lambda_max: 2.5, velocity: -0.04, rotation: 0.001, instability: 0.041 },
        150: { lambda_max: 2.25, velocity: 0.02, rotation: 0.0005, instability: 0.0205 },
        300: { lambda_max: 2.125, velocity: 0.25, rotation: 0, instability: 0.25 },
        750: { lambda_max: null, velocity: null, rotation: null, instability: null },
      },
    })
  })

  it('keeps to its schema, with a volatility verdict and without', () => {
    const decided = eigenScanPayload(sampleScan(), { publishedAtMs: 0, volOk: false })
    expect(decided.vol_ok).toBe(false)
    for (const document of [payload, decided]) {
      validate(JSON.parse(JSON.stringify(document)))
      expect(validate.errors).toBeNull()
    }
  })

  it.each(Object.keys(payload))('has a schema that misses %s', (key) => {
    const { [key]: _, ...rest } = payload as unknown as Record<string, unknown>
    expect(validate(rest)).toBe(false)
  })
})

describe('reading a payload', () => {
  it('gives the scan back to the bit', () => {
    const { windows, velDiv, dataQuality, timestampNs } = sampleScan()
    expect(read(payload)).toEqual({
      scanNumber: 7315,
      timestampNs,
      bridgeTs: 1_767_571_205.25,
      velDiv,
      windows,
      prices: new Map([
        ['BTCUSDT', 71_281.03],
        ['XRPUSDT', 0.1 + 0.2],
      ]),
      dataQuality,
    })
    expect(read({ ...payload, vol_ok: true }).volOk).toBe(true)
  })

  it('takes the nested form for the same scan', () => {
    const { scan_number, bridge_ts, timestamp_ns, ...result } = payload
    expect(read({ scan_number, bridge_ts, timestamp_ns, result })).toEqual(read(payload))
    expect(read({ result: payload })).toEqual(read(payload))
  })

  it('finds velocities among the windows, takes vel_div from them, and prices beside assets', () => {
    const scan = read({
      scan_number: 3,
      timestamp: '2026-04-05T12:00:00.250001+00:00',
      result: {
        multi_window_results: { 50: { velocity: -0.05, instability: 0.2 }, 750: { velocity: 0.01 } },
        assets: ['BTCUSDT', 'ETHUSDT'],
        asset_prices: [71_281.03, null],
      },
    })
    expect(scan.velDiv).toBe(-0.05 - 0.01)
    expect(scan.windows[0]).toEqual({ lambdaMax: NaN, velocity: -0.05, rotation: NaN, instability: 0.2 })
    expect(scan.prices).toEqual(new Map([['BTCUSDT', 71_281.03]]))
    expect(scan.timestampNs).toBe(1_775_390_400_250_001_000n)
  })

  it.each([
    ['nanoseconds as text', { timestamp_ns: '1775390400250001003' }, 1_775_390_400_250_001_003n],
    [
      'nanoseconds as a number, rounded by JSON',
      { timestamp_ns: Number('1775390400250001003') },
      1_775_390_400_250_001_000n,
    ],
    ['Python without a zone: UTC', { timestamp: '2026-04-05T12:00:00.250001' }, 1_775_390_400_250_001_000n],
    ['another zone', { timestamp: '2026-04-05 14:00:00+0200' }, 1_775_390_400_000_000_000n],
    ['seconds', { timestamp: 1_775_390_400.25 }, 1_775_390_400_250_000_000n],
  ])('knows a time given as %s', (_, time, timestampNs) => {
    const found = read({ scan_number: 1, asset_prices: {}, ...time }).timestampNs
    expect(Number(found - timestampNs)).toBeCloseTo(0, -3)
  })

  it.each([
    ['null', null, 'expected an object, found null'],
    ['a list', [payload], 'expected an object, found a list'],
    [
      'no number',
      { ...payload, scan_number: undefined },
      'scan_number: expected an integer of at least 0, found nothing',
    ],
    ['half a number', { ...payload, scan_number: 1.5 }, 'scan_number: expected an integer of at least 0, found 1.5'],
    [
      'no time',
      { ...payload, timestamp_ns: 'noon', timestamp: 'today' },
      "timestamp_ns: expected nanoseconds, or a time in timestamp, found 'noon'",
    ],
    ['no prices', { ...payload, asset_prices: undefined }, 'asset_prices: expected prices by symbol'],
    ['a price of 0', { ...payload, asset_prices: { A: 0 } }, 'asset_prices.A: expected a positive price, found 0'],
    [
      'a price as text',
      { ...payload, asset_prices: { A: '1' } },
      "asset_prices.A: expected a positive price, found '1'",
    ],
    [
      'too few prices',
      { ...payload, assets: ['A', 'B'], asset_prices: [1] },
      'expected 2 prices, one per asset, found 1',
    ],
  ])('is refused with a reason: %s', (_, json, problem) => {
    const reading = normaliseEigenScan(json)
    expect('problem' in reading && reading.problem).toContain(problem)
  })
})
